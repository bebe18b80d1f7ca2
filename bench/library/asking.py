"""Ask the library, and keep what it said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
import time
from typing import Any

from bench.client import Client, RequestFailedError
from bench.household import Question, readable_by

_LIMIT = 5
_PATH = "/v1/search"


class Mode(StrEnum):
    """How is looked for: as Hearth does, or with one signal alone."""

    HYBRID = "hybrid"
    VECTOR = "vector"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, who asked it how, the passages that came (the best first), and milliseconds."""

    question: Question
    asker: str
    mode: Mode
    passages: Sequence[Mapping[str, Any]]
    ms: float
    embedding_ms: float


async def ask(client: Client, question: Question, asker: str, mode: Mode) -> Asked:
    """Ask a question as somebody.

    Raises:
        RequestFailedError: the library did not answer, or not in this mode.
    """
    began = time.perf_counter()
    reply = await client.post(_PATH, _wish(question, readable_by(asker), mode))
    ms = (time.perf_counter() - began) * 1000
    if reply["mode"] != mode:
        raise RequestFailedError(f"{_PATH}: asked for {mode}, was answered by {reply['mode']}")
    return Asked(question, asker, mode, reply["passages"], ms, reply["embedding_ms"] or 0.0)


async def refuses_guests(client: Client, questions: Sequence[Question]) -> bool:
    """Tell whether each question is refused to somebody who may read nobody's items."""
    for question in questions:
        try:
            await client.post(_PATH, _wish(question, (), Mode.HYBRID))
        except RequestFailedError as err:
            if err.status == HTTPStatus.BAD_REQUEST:
                continue
            raise
        return False
    return True


def _wish(question: Question, owners: Sequence[str], mode: Mode) -> dict[str, Any]:
    return {
        "query": question.words,
        "owners": list(owners),
        "limit": _LIMIT,
        "mode": mode,
        "hearth": {"priority": "voice"},
    }
