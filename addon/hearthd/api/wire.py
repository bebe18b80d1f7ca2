"""Read the bodies of requests strictly, and say in plain words what is wrong with one."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hearthd.engine.backend import Priority
from hearthd.errors import ApiError, ErrorCode

_DAY_MS = 24 * 60 * 60 * 1000
_WORDS = {
    "missing": "it is required",
    "union_tag_invalid": "it must be one of {expected_tags}",
    "union_tag_not_found": "it needs the field {discriminator}",
    "model_type": "an object is expected",
    "model_attributes_type": "an object is expected",
    "dict_type": "an object is expected",
    "list_type": "a list is expected",
    "string_type": "a text is expected",
    "int_type": "a whole number is expected",
    "float_type": "a number is expected",
    "bool_type": "true or false is expected",
}


class Wire(BaseModel):
    """A part of a request; what we do not know in it is ignored, as OpenAI's clients send ever more."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Extra(Wire):
    """What only Hearth knows."""

    priority: Literal["voice", "chat", "background"] = "chat"
    session: str | None = Field(default=None, min_length=1, max_length=256)
    deadline_ms: int | None = Field(default=None, ge=1, le=_DAY_MS)

    @property
    def urgency(self) -> Priority:
        """Return the priority as backends know it."""
        return Priority(self.priority)

    @property
    def deadline_s(self) -> float | None:
        """Return the deadline in seconds, counted from arrival."""
        return None if self.deadline_ms is None else self.deadline_ms / 1000


def validated[T: Wire](kind: type[T], body: Any) -> T:
    """Read a body.

    Raises:
        ApiError: `invalid_request`, with the field at fault as `param`, and never with what stands in it.
    """
    try:
        return kind.model_validate(body)
    except ValidationError as err:
        raise _explained(err, body) from err


def _explained(err: ValidationError, body: Any) -> ApiError:
    """Say in plain words what is wrong with the first field that is, without quoting it."""
    first = err.errors(include_url=False, include_input=False)[0]
    param = _param(first["loc"], body)
    context = first.get("ctx", {})
    fallback = str(context["error"]) if first["type"] == "value_error" else first["msg"]
    words = _WORDS[first["type"]].format(**context) if first["type"] in _WORDS else fallback
    return ApiError(ErrorCode.INVALID_REQUEST, f"{param or 'the body'}: {words}", param=param or None)


def _param(location: tuple[int | str, ...], body: Any) -> str:
    """Return the path of a field as a client would write it, without the names of our own union's members."""
    path = ""
    value = body
    for position, step in enumerate(location):
        match value, step:
            case list(), int() if step < len(value):
                path, value = f"{path}[{step}]", value[step]
            case dict(), str() if step in value or position == len(location) - 1:
                path, value = f"{path}.{step}", value.get(step)
    return path.lstrip(".")
