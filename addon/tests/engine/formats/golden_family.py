"""Read the golden transcripts: for each family a template in its wire format, a prompt and replies."""

from dataclasses import dataclass
from functools import cache
import json
from pathlib import Path
from typing import Any

from hearthd.engine.backend import ChatRequest, Tool
from hearthd.engine.formats.chat_format import ChatFormat

SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}
_FOLDER = Path(__file__).parent / "golden"
_CONVERSATION: dict[str, Any] = json.loads((_FOLDER / "conversation.json").read_text("utf-8"))
TOOLS = tuple(Tool(**tool) for tool in _CONVERSATION["tools"])
MESSAGES: tuple[dict[str, Any], ...] = tuple(_CONVERSATION["messages"])
CONVERSATION = ChatRequest(MESSAGES, TOOLS)
FAMILIES = sorted(folder.name for folder in _FOLDER.iterdir() if folder.is_dir())


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply and the parts that it is made of, neighbouring pieces joined."""

    text: str
    parts: list[list[Any]]
    in_reasoning: bool = False


def template(family: str) -> str:
    """Return a template in a family's wire format."""
    return (_FOLDER / family / "template.jinja").read_text("utf-8")


@cache
def chat_format(family: str) -> ChatFormat:
    """Return a family's format, as it is found by its template."""
    return ChatFormat(template(family), None, SPECIAL, ())


def prompt(family: str) -> str:
    """Return the conversation as the family's models expect it."""
    return (_FOLDER / family / "prompt.txt").read_text("utf-8")


@cache
def replies(family: str) -> dict[str, Reply]:
    """Return a family's replies by what is special about them."""
    found = json.loads((_FOLDER / family / "replies.json").read_text("utf-8"))
    return {one.pop("case"): Reply(**one) for one in found}
