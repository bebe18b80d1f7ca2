"""Define what crosses the wire to the engine, and read it strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .errors import EngineProtocolError

PROTOCOL_VERSION = 1


@dataclass(frozen=True, slots=True)
class Health:
    """What the engine says to anyone: whether it is up, and which protocol it speaks."""

    status: str
    version: str
    protocol_version: int

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the body of `/health`; raises EngineProtocolError."""
        fields = _Fields(body)
        return cls(fields.text("status"), fields.text("version"), fields.whole("protocol_version"))


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """Which model serves a role and how it fares; `context_length` is in tokens."""

    model: str | None
    backend: str | None
    state: str
    context_length: int | None
    tool_format: str | None
    error: str | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one role of `/v1/info`; raises EngineProtocolError."""
        fields = _Fields(body)
        return cls(
            fields.optional_text("model"),
            fields.optional_text("backend"),
            fields.text("state"),
            fields.optional_whole("context_length"),
            fields.optional_text("tool_format"),
            fields.optional_text("error"),
        )


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What the engine says to those who hold its token."""

    instance_id: str
    version: str
    protocol_version: int
    roles: Mapping[str, RoleInfo]
    hardware: Mapping[str, Any]

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the body of `/v1/info`; raises EngineProtocolError."""
        fields = _Fields(body)
        return cls(
            fields.text("instance_id"),
            fields.text("version"),
            fields.whole("protocol_version"),
            {name: RoleInfo.from_wire(role) for name, role in fields.mapping("roles").items()},
            fields.mapping("hardware"),
        )


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One chat completion to ask for.

    `model` is a role or a model's id; `messages` and `tools` are OpenAI's objects; `schema` is the JSON schema that
    the whole reply must satisfy; `priority` is "voice", "chat" or "background"; `session` names the warm sequence to
    extend.
    """

    model: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None = None
    schema: dict[str, Any] | None = None
    priority: str = "chat"
    session: str | None = None
    deadline_ms: int | None = None

    def as_wire(self) -> dict[str, Any]:
        """Return the request body; it always asks for a stream."""
        hearth: dict[str, Any] = {"priority": self.priority}
        if self.session is not None:
            hearth["session"] = self.session
        if self.deadline_ms is not None:
            hearth["deadline_ms"] = self.deadline_ms
        body: dict[str, Any] = {"model": self.model, "messages": self.messages, "stream": True, "hearth": hearth}
        if self.tools:
            body["tools"] = self.tools
        if self.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": self.schema, "strict": True},
            }
        return body


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's reasoning, which is never spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One complete tool call; `arguments` is the text the model wrote, which need not be JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a reply; `timings` has llama-server's names, in milliseconds and tokens, plus `queue_ms`."""

    reason: str
    timings: Mapping[str, Any]


type ChatEvent = TextDelta | ReasoningDelta | ToolCall | Finished


class _Fields:
    """Read fields of a JSON object, refusing what is missing or of another type."""

    def __init__(self, body: Any) -> None:
        if not isinstance(body, dict):
            raise EngineProtocolError("an object was expected")
        self._body: dict[str, Any] = body

    def _read[T](self, name: str, kind: type[T]) -> T:
        value = self._body.get(name)
        if not isinstance(value, kind):
            raise EngineProtocolError(f"field {name} is missing or of the wrong type")
        return value

    def text(self, name: str) -> str:
        return self._read(name, str)

    def whole(self, name: str) -> int:
        return self._read(name, int)

    def mapping(self, name: str) -> dict[str, Any]:
        return self._read(name, dict)

    def optional_text(self, name: str) -> str | None:
        return None if self._body.get(name) is None else self.text(name)

    def optional_whole(self, name: str) -> int | None:
        return None if self._body.get(name) is None else self.whole(name)
