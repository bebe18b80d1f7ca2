"""Define what crosses the wire to the engine, and read it strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .fields import Fields

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
        fields = Fields(body)
        return cls(fields.text("status"), fields.text("version"), fields.whole("protocol_version"))


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a role's requests were like since the engine started.

    Times are medians of the last requests in ms, `tokens_per_second` are written and `prompt_tokens_per_second` read,
    `cached_share` is the part of their prompts (0 to 1) that was known already; each is None before the first.
    `restored` counts the prefixes taken from disk.
    """

    requests: int
    waiting: int
    running: int
    first_token_ms: float | None
    tokens_per_second: float | None
    prompt_tokens_per_second: float | None
    queue_ms: float | None
    cached_share: float | None
    preemptions: int
    evictions: int
    restored: int

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the statistics of one role; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            requests=fields.whole("requests"),
            waiting=fields.whole("waiting"),
            running=fields.whole("running"),
            first_token_ms=fields.optional_number("first_token_ms"),
            tokens_per_second=fields.optional_number("tokens_per_second"),
            prompt_tokens_per_second=fields.optional_number("prompt_tokens_per_second"),
            queue_ms=fields.optional_number("queue_ms"),
            cached_share=fields.optional_number("cached_share"),
            preemptions=fields.whole("preemptions"),
            evictions=fields.whole("evictions"),
            restored=fields.whole("restored"),
        )


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """Which model serves a role and how it fares.

    `context_length` and `cache_tokens` are in tokens; `parallel` is how many requests run at once; `fallback` names the
    models that stand in for it, in order, and `serving` the one that answers at the moment.
    """

    model: str | None
    backend: str | None
    state: str
    context_length: int | None
    tool_format: str | None
    error: str | None
    prefix_sharing: str | None
    parallel: int | None
    cache_tokens: int | None
    threads: int | None
    gpu_layers: int | None
    flash_attention: bool | None
    fallback: tuple[str, ...]
    serving: str | None
    statistics: Statistics | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one role of `/v1/info`; raises EngineProtocolError."""
        fields = Fields(body)
        statistics = fields.optional_mapping("statistics")
        return cls(
            model=fields.optional_text("model"),
            backend=fields.optional_text("backend"),
            state=fields.text("state"),
            context_length=fields.optional_whole("context_length"),
            tool_format=fields.optional_text("tool_format"),
            error=fields.optional_text("error"),
            prefix_sharing=fields.optional_text("prefix_sharing"),
            parallel=fields.optional_whole("parallel"),
            cache_tokens=fields.optional_whole("cache_tokens"),
            threads=fields.optional_whole("threads"),
            gpu_layers=fields.optional_whole("gpu_layers"),
            flash_attention=fields.optional_flag("flash_attention"),
            fallback=fields.texts("fallback"),
            serving=fields.optional_text("serving"),
            statistics=None if statistics is None else Statistics.from_wire(statistics),
        )


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that the models lie on: what is free on it, and what they take."""

    free_bytes: int
    models_bytes: int

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read what `/v1/info` says of the disk; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(fields.whole("free_bytes"), fields.whole("models_bytes"))


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What the engine says to those who hold its token."""

    instance_id: str
    version: str
    protocol_version: int
    roles: Mapping[str, RoleInfo]
    hardware: Mapping[str, Any]
    disk: Disk | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the body of `/v1/info`; raises EngineProtocolError."""
        fields = Fields(body)
        disk = fields.optional_mapping("disk")
        return cls(
            instance_id=fields.text("instance_id"),
            version=fields.text("version"),
            protocol_version=fields.whole("protocol_version"),
            roles={name: RoleInfo.from_wire(role) for name, role in fields.mapping("roles").items()},
            hardware=fields.mapping("hardware"),
            disk=None if disk is None else Disk.from_wire(disk),
        )


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One chat completion to ask for.

    `model` is a role or a model's id; `messages` and `tools` are OpenAI's objects; `schema` is the JSON schema that
    the whole reply must satisfy; `priority` is "voice", "chat" or "background"; `session` names the warm sequence to
    extend; `reasoning` is OpenAI's effort ("none", "low", "medium", "high"), None leaves it to the model.
    """

    model: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None = None
    schema: dict[str, Any] | None = None
    priority: str = "chat"
    session: str | None = None
    deadline_ms: int | None = None
    reasoning: str | None = None

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
        if self.reasoning is not None:
            body["reasoning_effort"] = self.reasoning
        return body


@dataclass(frozen=True, slots=True)
class WarmRequest:
    """The beginning that requests to come will share, to be computed before they do.

    `name` (64 characters at most) is what it is kept under, in the place of what the name stood for before; the other
    fields are those of a ChatRequest.
    """

    model: str
    name: str
    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    reasoning: str | None = None

    def as_wire(self) -> dict[str, Any]:
        """Return the request body."""
        body: dict[str, Any] = {
            "model": self.model,
            "prefix": self.name,
            "messages": self.messages,
            "tools": self.tools,
        }
        if self.reasoning is not None:
            body["reasoning_effort"] = self.reasoning
        return body


@dataclass(frozen=True, slots=True)
class Warmth:
    """What warming came to: `cache_n` of the beginning's `tokens` were known already, the rest took `prompt_ms`."""

    tokens: int
    cache_n: int
    prompt_ms: float
    saved: bool

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the body of `/v1/warm`; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(fields.whole("tokens"), fields.whole("cache_n"), fields.number("prompt_ms"), fields.flag("saved"))


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
    """The end of a reply by `model`; `timings` has llama-server's names, in ms and tokens, and the engine's own."""

    reason: str
    timings: Mapping[str, Any]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What is told of a request after it: for which role, by which model it was answered, and what that took.

    `session` is its conversation; `model` is None and `timings` are empty for one that was not answered to its end.
    """

    role: str
    session: str | None = None
    model: str | None = None
    timings: Mapping[str, Any] = field(default_factory=dict)


type ChatEvent = TextDelta | ReasoningDelta | ToolCall | Finished
