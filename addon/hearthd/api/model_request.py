"""Read the bodies of requests about the models themselves, strictly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.store import ModelStore, Wanted

_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Addition:
    """A file that is to be added; without an id it is called after its name."""

    path: Path
    id: str | None


def parse_pull(body: Any, store: ModelStore) -> Wanted:
    """Read what is to be fetched: `id`, or `repo` and `file`, and perhaps a `revision`.

    Raises:
        ApiError: `invalid_request`, `unsupported` or `unknown_model`.
    """
    model_id, repo, file, revision = (_text(body, name) for name in ("id", "repo", "file", "revision"))
    if model_id is not None and repo is None and file is None:
        return store.wanted(model_id, revision)
    if model_id is None and repo is not None and file is not None:
        return store.wanted_file(repo, file, revision)
    raise ApiError(ErrorCode.INVALID_REQUEST, "Give either the id of a model, or a repo and a file.")


def parse_addition(body: Any) -> Addition:
    """Read which file is to be added; raises ApiError `invalid_request`."""
    path, model_id = _text(body, "path"), _text(body, "id")
    if path is None:
        raise ApiError(ErrorCode.INVALID_REQUEST, "path: it is required.", param="path")
    return Addition(Path(path), model_id)


def _text(body: Any, name: str) -> str | None:
    """Return a text of the body, None if it is not there."""
    if not isinstance(body, dict):
        raise ApiError(ErrorCode.INVALID_REQUEST, "The body must be an object.")
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or "\x00" in value:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"{name}: a text is expected.", param=name)
    return value
