"""Define what every language-model backend is given and gives back."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hearthd.errors import ApiError, ErrorCode


class Priority(StrEnum):
    """Order in which waiting requests are served, most urgent first."""

    VOICE = "voice"
    CHAT = "chat"
    BACKGROUND = "background"


class FinishReason(StrEnum):
    """Why a generation ended, in OpenAI's words."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn; None leaves the choice to the model's own defaults."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One chat completion, parsed and validated.

    `messages` are OpenAI message objects with text content. `tool_choice` is "auto", "none", "required" or the
    name of one of `tools`, given as `("named", name)`. `schema` is the JSON schema that the whole reply must
    satisfy; an empty schema admits any JSON object. `deadline_s` counts from arrival. `reasoning` is how hard the
    model is to think before it replies; None leaves that to the model.
    """

    messages: tuple[dict[str, Any], ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: Literal["auto", "none", "required"] | tuple[Literal["named"], str] = "auto"
    parallel_tool_calls: bool = True
    schema: dict[str, Any] | None = None
    reasoning: Literal["none", "low", "medium", "high"] | None = None
    sampling: Sampling = field(default_factory=Sampling)
    priority: Priority = Priority.CHAT
    session: str | None = None
    deadline_s: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply that is meant to be read or spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of the model's reasoning, kept out of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of one tool call; `id` and `name` come with its first piece only."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Timings:
    """Token counts and durations of one generation, in milliseconds.

    `draft_n` counts tokens that were guessed ahead, `preemptions` how often it had to make room for others.
    """

    cache_n: int = 0
    prompt_n: int = 0
    prompt_ms: float = 0.0
    predicted_n: int = 0
    predicted_ms: float = 0.0
    queue_ms: float = 0.0
    preemptions: int = 0
    draft_n: int = 0
    draft_n_accepted: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event of every generation that was not cut short by an error."""

    reason: FinishReason
    timings: Timings


type ChatEvent = TextDelta | ReasoningDelta | ToolCallDelta | Finish


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """What a backend tells about itself once it has started; None where it cannot know.

    `prefix_sharing` tells from which cached prefixes a request may start: any, only whole ones, or none.
    `parallel` counts the requests that run at the same time, `cache_tokens` what they keep in mind together.
    `dimension` is the length of the vectors that a model makes of texts.
    """

    model: str
    context_length: int | None = None
    tool_format: str | None = None
    prefix_sharing: Literal["any", "exact", "none"] | None = None
    parallel: int | None = None
    cache_tokens: int | None = None
    threads: int | None = None
    gpu_layers: int | None = None
    flash_attention: bool | None = None
    dimension: int | None = None


@dataclass(frozen=True, slots=True)
class Embeddings:
    """What texts mean, as vectors: the nearer the meanings, the greater the vectors' product.

    `model` is the id of the one that made them. `vectors` has shape (texts, dimension), and each row is of length 1.
    `tokens` is how many the model has read. `truncated` counts the texts that are longer than its context, of which
    only the beginning was read.
    """

    model: str
    vectors: NDArray[np.float32]
    tokens: int
    truncated: int = 0

    @classmethod
    def joined(cls, parts: Sequence[Embeddings]) -> Embeddings:
        """Return what was made in several parts, at least one, as if it had been made at once."""
        return cls(
            parts[0].model,
            np.concatenate([part.vectors for part in parts]),
            sum(part.tokens for part in parts),
            sum(part.truncated for part in parts),
        )


@dataclass(frozen=True, slots=True)
class Warmth:
    """What warming a prefix came to: its tokens, how many of them were warm before, and whether it is on disk."""

    tokens: int = 0
    cache_n: int = 0
    prompt_ms: float = 0.0
    saved: bool = False


class Backend(Protocol):
    """A language model that answers chat requests, or one that embeds texts.

    `start` raises `hearthd.errors.ApiError` with code `model_missing`, `model_failed` or a remote code, and may
    be called again after a failure. Closing the generator that `chat` returns cancels the generation within one
    decode step. `close` ends running generations with `shutting_down` and frees the model. Each counts its own work
    in the `hearthd.engine.metrics.ModelMetrics` that it is made with.
    """

    kind: Literal["local", "remote", "scripted"]

    async def start(self) -> BackendInfo:
        """Load or reach the model and describe it."""
        ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:  # noqa: ARG002 - here nothing is said
        """Generate one reply as a stream of events that ends with `Finish`."""
        raise ApiError(ErrorCode.UNSUPPORTED, "This model embeds texts; it does not chat.", param="model")

    async def warm(self, name: str, request: ChatRequest) -> Warmth:  # noqa: ARG002 - here nothing is kept
        """Read what requests like this one begin with, and keep it under a name until that is warmed again.

        Raises:
            ApiError: as `chat` does.
        """
        return Warmth()

    async def embed(self, texts: Sequence[str], priority: Priority) -> Embeddings:  # noqa: ARG002 - as in `chat`
        """Return the vectors of texts, in their order; cancelling it ends the work within one step.

        Raises:
            ApiError: as `chat` does.
        """
        raise ApiError(ErrorCode.UNSUPPORTED, "This model writes text; it does not embed.", param="model")

    def stop_all(self, error: ApiError) -> int:  # noqa: ARG002 - here nothing runs apart from its readers
        """End at once, with an error, whatever a thread of the model's own does; return how many requests that was.

        A generation that runs in its reader's task is ended by the reader, who closes it.
        """
        return 0

    async def close(self) -> None:
        """Stop generating and free what the model holds."""
        ...
