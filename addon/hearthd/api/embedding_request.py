"""Read OpenAI's request for embeddings, strictly."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from hearthd.api.wire import Extra, Wire, validated
from hearthd.engine.backend import Priority
from hearthd.errors import ApiError, ErrorCode

# As many as OpenAI takes.
_MOST_TEXTS = 2048


@dataclass(frozen=True, slots=True)
class EmbeddingCall:
    """Texts to embed: by whom, how urgent it is, and whether vectors are to be written as base64."""

    model: str
    texts: tuple[str, ...]
    is_base64: bool
    priority: Priority
    deadline_s: float | None


def parse_embedding(body: Any) -> EmbeddingCall:
    """Read the JSON body of a request for embeddings.

    Raises:
        ApiError: `invalid_request` or `unsupported`, with the field at fault as `param`.
    """
    wire = validated(_Embedding, body)
    extra = wire.hearth or Extra()
    return EmbeddingCall(
        wire.model, tuple(wire.input), wire.encoding_format == "base64", extra.urgency, extra.deadline_s
    )


def _listed(value: Any) -> Any:
    """Make a list of one text; numbers of tokens mean nothing without the vocabulary that they are of."""
    items = value if isinstance(value, list) else [value]
    if any(type(item) is int or isinstance(item, list) for item in items):
        raise ApiError(ErrorCode.UNSUPPORTED, "Only texts can be embedded, not tokens.", param="input")
    return [value] if isinstance(value, str) else value


class _Embedding(Wire):
    """A request to embed texts."""

    model: str = Field(min_length=1)
    input: Annotated[list[Annotated[str, Field(min_length=1)]], BeforeValidator(_listed)] = Field(
        min_length=1, max_length=_MOST_TEXTS
    )
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = None
    hearth: Extra | None = None

    @field_validator("dimensions")
    @classmethod
    def _only_whole(cls, value: int | None) -> int | None:
        """Refuse to cut vectors: few models are made for that."""
        if value is not None:
            raise ApiError(ErrorCode.UNSUPPORTED, "Vectors are of the model's own length.", param="dimensions")
        return value
