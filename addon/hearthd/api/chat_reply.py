"""Write the engine's events as OpenAI's chat completion objects."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
import time
from typing import Any, assert_never
import uuid

from hearthd.api.event_stream import DONE, KEEP_ALIVE, encode_event
from hearthd.engine.backend import ChatEvent, Finish, ReasoningDelta, TextDelta, Timings, ToolCallDelta
from hearthd.engine.generation_task import GenerationTask


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """What is the same in every piece of one reply; `created` is in Unix seconds."""

    model: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def as_wire(self, kind: str) -> dict[str, Any]:
        """Return the fields of an object of that kind."""
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


async def stream_reply(generation: GenerationTask, head: ReplyHead, keep_alive_s: float) -> AsyncGenerator[bytes]:
    """Yield a reply as server-sent events, with a comment for every `keep_alive_s` seconds of silence.

    Raises:
        ApiError: the generation failed.
    """
    role = {"role": "assistant"}
    while True:
        try:
            event = await generation.next_event(within=keep_alive_s)
        except TimeoutError:
            yield KEEP_ALIVE
            continue
        if event is None:
            return
        yield encode_event(_chunk(head, event, role))
        role = {}
        if isinstance(event, Finish):
            yield DONE
            return


async def whole_reply(generation: GenerationTask, head: ReplyHead) -> dict[str, Any] | None:
    """Wait for a reply and return it as one object, or None if it was given up.

    Raises:
        ApiError: the generation failed.
    """
    draft = _Draft()
    while (event := await generation.next_event()) is not None:
        if isinstance(event, Finish):
            choice = {"index": 0, "message": draft.as_message(), "finish_reason": event.reason}
            return head.as_wire("chat.completion") | {"choices": [choice]} | _figures(event.timings)
        draft.add(event)
    return None


@dataclass(slots=True)
class _Draft:
    """A whole reply while its pieces come in."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)

    def add(self, event: TextDelta | ReasoningDelta | ToolCallDelta) -> None:
        """Add one piece."""
        match event:
            case TextDelta(text):
                self.text.append(text)
            case ReasoningDelta(text):
                self.reasoning.append(text)
            case ToolCallDelta(index, call_id, name, arguments):
                empty = {"id": call_id, "type": "function", "function": {"name": name, "arguments": ""}}
                self.calls.setdefault(index, empty)["function"]["arguments"] += arguments
            case _:
                assert_never(event)

    def as_message(self) -> dict[str, Any]:
        """Return OpenAI's message."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self.text) or None}
        if self.reasoning:
            message["reasoning_content"] = "".join(self.reasoning)
        if self.calls:
            message["tool_calls"] = [self.calls[index] for index in sorted(self.calls)]
        return message


def _chunk(head: ReplyHead, event: ChatEvent, role: dict[str, str]) -> dict[str, Any]:
    """Return the chunk for one event."""
    choice = {"index": 0, "delta": role | _delta(event), "finish_reason": None}
    chunk = head.as_wire("chat.completion.chunk") | {"choices": [choice]}
    if isinstance(event, Finish):
        choice["finish_reason"] = event.reason
        chunk |= _figures(event.timings)
    return chunk


def _delta(event: ChatEvent) -> dict[str, Any]:
    """Return what one event adds to the message."""
    match event:
        case TextDelta(text):
            return {"content": text}
        case ReasoningDelta(text):
            return {"reasoning_content": text}
        case ToolCallDelta(index, None, None, arguments):
            return {"tool_calls": [{"index": index, "function": {"arguments": arguments}}]}
        case ToolCallDelta(index, call_id, name, arguments):
            function = {"name": name, "arguments": arguments}
            return {"tool_calls": [{"index": index, "id": call_id, "type": "function", "function": function}]}
        case Finish():
            return {}
        case _:
            assert_never(event)


def _figures(timings: Timings) -> dict[str, Any]:
    """Return OpenAI's `usage` and llama-server's `timings`."""
    prompt_tokens = timings.cache_n + timings.prompt_n
    return {
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": timings.predicted_n,
            "total_tokens": prompt_tokens + timings.predicted_n,
            "prompt_tokens_details": {"cached_tokens": timings.cache_n},
        },
        "timings": {
            "cache_n": timings.cache_n,
            "prompt_n": timings.prompt_n,
            "prompt_ms": timings.prompt_ms,
            "prompt_per_token_ms": _ratio(timings.prompt_ms, timings.prompt_n),
            "prompt_per_second": _ratio(timings.prompt_n * 1000, timings.prompt_ms),
            "predicted_n": timings.predicted_n,
            "predicted_ms": timings.predicted_ms,
            "predicted_per_token_ms": _ratio(timings.predicted_ms, timings.predicted_n),
            "predicted_per_second": _ratio(timings.predicted_n * 1000, timings.predicted_ms),
            "queue_ms": timings.queue_ms,
        },
    }


def _ratio(amount: float, per: float) -> float:
    """Divide, where nothing per nothing is nothing."""
    return amount / per if per else 0.0
