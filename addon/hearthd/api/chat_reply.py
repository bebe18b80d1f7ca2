"""Write the engine's events as OpenAI's chat completion objects."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
import json
import time
from typing import Any, assert_never
import uuid

from hearthd.api.event_stream import DONE, KEEP_ALIVE
from hearthd.engine.backend import ChatEvent, Finish, ReasoningDelta, TextDelta, Timings, ToolCallDelta
from hearthd.engine.generation_task import GenerationTask

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


async def stream_reply(generation: GenerationTask, keep_alive_s: float) -> AsyncGenerator[bytes]:
    """Yield a reply as server-sent events, with a comment for every `keep_alive_s` seconds of silence.

    What is ready at the same time is yielded together.

    Raises:
        ApiError: the generation failed.
    """
    writer: _ChunkWriter | None = None
    while True:
        try:
            events = await generation.next_events(within=keep_alive_s)
        except TimeoutError:
            yield KEEP_ALIVE
            continue
        if not events:
            return
        writer = writer or _ChunkWriter(_head(generation, "chat.completion.chunk"))
        yield writer.write(events)
        if isinstance(events[-1], Finish):
            return


async def whole_reply(generation: GenerationTask) -> dict[str, Any] | None:
    """Wait for a reply and return it as one object, or None if it was given up.

    Raises:
        ApiError: the generation failed.
    """
    draft = _Draft()
    while events := await generation.next_events():
        for event in events:
            if isinstance(event, Finish):
                choice = {"index": 0, "message": draft.as_message(), "finish_reason": event.reason}
                return _head(generation, "chat.completion") | {"choices": [choice]} | _figures(event.timings)
            draft.add(event)
    return None


def _head(generation: GenerationTask, kind: str) -> dict[str, Any]:
    """Return what is the same in every object of one reply; `created` is in Unix seconds."""
    model = generation.model.id if generation.model else None
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": model}


class _ChunkWriter:
    """Writes the chunks of one reply.

    There is one for every token, so what is the same in all of them is written once.
    """

    def __init__(self, head: dict[str, Any]) -> None:
        """Begin a reply."""
        self._begin = f'data: {_ENCODE(head).removesuffix("}")},"choices":[{{"index":0,"delta":'
        self._role = {"role": "assistant"}

    def write(self, events: Sequence[ChatEvent]) -> bytes:
        """Return events as server-sent ones; the last of the reply has its mark behind it."""
        return "".join(map(self._chunk, events)).encode()

    def _chunk(self, event: ChatEvent) -> str:
        """Return one event; JSON never holds a raw line break, so one data line is enough."""
        delta = _delta(event)
        if self._role:
            delta, self._role = self._role | delta, {}
        if isinstance(event, Finish):
            figures = _ENCODE(_figures(event.timings)).removeprefix("{")
            return f'{self._begin}{_ENCODE(delta)},"finish_reason":"{event.reason}"}}],{figures}\n\n{DONE}'
        return f'{self._begin}{_ENCODE(delta)},"finish_reason":null}}]}}\n\n'


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
            "preemptions": timings.preemptions,
            "draft_n": timings.draft_n,
            "draft_n_accepted": timings.draft_n_accepted,
        },
    }


def _ratio(amount: float, per: float) -> float:
    """Divide, where nothing per nothing is nothing."""
    return amount / per if per else 0.0
