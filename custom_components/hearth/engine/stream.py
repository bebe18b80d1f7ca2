"""Turn the events of a stream into what they say: a reply's pieces, tool calls made whole, or a pull's progress."""

from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from dataclasses import dataclass, field
import json
from typing import Any

from .errors import EngineProtocolError, EngineUnreachable, error_from_wire
from .models import PullProgress
from .wire import ChatEvent, Finished, ReasoningDelta, TextDelta, ToolCall

_END = "[DONE]"


async def read_chat(events: AsyncIterable[str]) -> AsyncGenerator[ChatEvent]:
    """Yield what a streamed reply holds, in order, ending with `Finished`.

    A tool call is yielded as soon as it is complete, so that it can run while the next is still being written.
    Raises EngineError as reported in the stream, EngineProtocolError for anything malformed and EngineUnreachable
    for a stream that ends too early.
    """
    calls = _ToolCalls()
    async for data in events:
        if data == _END:
            break
        chunk = _parse(data)
        if "error" in chunk:
            raise error_from_wire(chunk)
        for choice in chunk.get("choices") or ():
            for event in _read_choice(choice, calls):
                yield event
            if reason := choice.get("finish_reason"):
                for call in calls.complete():
                    yield call
                yield Finished(str(reason), chunk.get("timings") or {}, chunk.get("model"))
                return
    raise EngineUnreachable("the reply ended before it was finished")


async def read_pull(events: AsyncIterable[str]) -> AsyncGenerator[PullProgress]:
    """Yield how far a model's way from the hub is, ending with the status "done".

    Raises EngineError as reported in the stream, EngineProtocolError for anything malformed and EngineUnreachable
    for a stream that ends too early.
    """
    async for data in events:
        event = _parse(data)
        if "error" in event:
            raise error_from_wire(event)
        progress = PullProgress.from_wire(event)
        yield progress
        if progress.status == "done":
            return
    raise EngineUnreachable("the model's way ended before it was there")


def _parse(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data)
    except ValueError as err:
        raise EngineProtocolError("a chunk of the reply is not JSON") from err
    if not isinstance(chunk, dict):
        raise EngineProtocolError("a chunk of the reply is not an object")
    return chunk


def _read_choice(choice: Any, calls: _ToolCalls) -> Iterator[ChatEvent]:
    delta = choice.get("delta") if isinstance(choice, dict) else None
    if not isinstance(delta, dict):
        raise EngineProtocolError("a chunk of the reply has no delta")
    if reasoning := delta.get("reasoning_content"):
        yield ReasoningDelta(str(reasoning))
    if content := delta.get("content"):
        yield TextDelta(str(content))
    for piece in delta.get("tool_calls") or ():
        yield from calls.add(piece)


@dataclass(slots=True)
class _Draft:
    """A tool call of which more may come."""

    id: str
    name: str
    arguments: str = ""


@dataclass(slots=True)
class _ToolCalls:
    """Collect the pieces of tool calls by their index."""

    _drafts: dict[int, _Draft] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)

    def add(self, piece: Any) -> Iterator[ToolCall]:
        """Take one piece; yield the calls before it, which nothing can be added to any more."""
        function = piece.get("function") if isinstance(piece, dict) else None
        index = piece.get("index") if isinstance(piece, dict) else None
        if not isinstance(function, dict) or not isinstance(index, int) or index in self._done:
            raise EngineProtocolError("a piece of a tool call is malformed")
        if index not in self._drafts:
            yield from self.complete()
            if not (name := function.get("name")):
                raise EngineProtocolError("a tool call has no name")
            self._drafts[index] = _Draft(str(piece.get("id") or f"call_{index}"), str(name))
        self._drafts[index].arguments += function.get("arguments") or ""

    def complete(self) -> Iterator[ToolCall]:
        """Yield every call that is still a draft."""
        for index, draft in sorted(self._drafts.items()):
            yield ToolCall(draft.id, draft.name, draft.arguments)
            self._done.add(index)
        self._drafts.clear()
