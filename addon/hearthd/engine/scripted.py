"""Play a language model from a script, exactly and without surprise, for tests and demos.

A script is a JSON file:

    {"exchanges": [{"expect": {"role": "user", "contains": "light"}, "reply": {"content": "Done."}}], "loop": false}

Each request takes the next exchange. `expect` is held against the last message. A reply may have `reasoning`,
`content`, `tool_calls` (arguments as an object, or as a text that need not be JSON), `finish_reason`, `chunk_size` in
characters, `delay_ms` before each chunk, and it may end in an `error` code or `hang`. A script that is changed while
it plays starts from its beginning.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from itertools import count
import json
from pathlib import Path
import time
from typing import Any, Literal, override

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hearthd.engine.backend import (
    Backend,
    BackendInfo,
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    ReasoningDelta,
    TextDelta,
    Timings,
    ToolCallDelta,
)
from hearthd.engine.metrics import ModelMetrics
from hearthd.errors import ApiError, ErrorCode

_CHUNK_SIZE = 12
# Real models say with these codes when to come again.
_PASSING = {ErrorCode.MODEL_LOADING, ErrorCode.ENGINE_BUSY}
_RETRY_SECONDS = 1.0


class _Part(BaseModel):
    """A part of a script; an unknown field in it is a mistake of its author."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Expectation(_Part):
    """What the last message of a request must be like."""

    role: Literal["user", "tool"] | None = None
    contains: str = ""

    def admits(self, message: dict[str, Any]) -> bool:
        """Tell whether a message is as expected."""
        return self.role in {None, message.get("role")} and self.contains in (message.get("content") or "")


class _Call(_Part):
    """One tool call of a reply."""

    name: str
    arguments: dict[str, Any] | str = {}

    @property
    def written(self) -> str:
        """Return the arguments as the model writes them."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments, ensure_ascii=False)


class _Reply(_Part):
    """What the model says to one request."""

    reasoning: str = ""
    content: str = ""
    tool_calls: tuple[_Call, ...] = ()
    finish_reason: FinishReason | None = None
    chunk_size: int = Field(default=_CHUNK_SIZE, ge=1)
    delay_ms: float = Field(default=0, ge=0)
    error: ErrorCode | None = None
    hang: bool = False


class _Exchange(_Part):
    """One request and the reply to it."""

    expect: _Expectation = _Expectation()
    reply: _Reply


class _Script(_Part):
    """A whole script."""

    exchanges: tuple[_Exchange, ...]
    loop: bool = False


class ScriptedBackend(Backend):
    """A model that says what its script says, and fails on anything that its script does not expect."""

    kind: Literal["local", "remote", "scripted"] = "scripted"

    def __init__(self, path: Path, metrics: ModelMetrics) -> None:
        """Keep the path of the script; nothing is read yet."""
        self._path = path
        self._metrics = metrics
        self._script = _Script(exchanges=())
        self._stamp: tuple[int, int] | None = None
        self._position = 0
        self._taking = asyncio.Lock()
        self._call_numbers = count(1)

    @override
    async def start(self) -> BackendInfo:
        async with self._taking:
            await asyncio.to_thread(self._reread)
        return BackendInfo(self._path.stem, tool_format="scripted")

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        began = time.monotonic()
        async with self._taking:
            await asyncio.to_thread(self._reread)
            reply = self._take(request)
        self._metrics.queue_seconds[request.priority].observe(0)
        # Whoever sees it running may stop it, and must not leave its part of the script to the next request.
        with self._metrics.running.track_inprogress():
            async with aclosing(self._play(request, reply, began)) as events:
                async for event in events:
                    yield event

    async def _play(self, request: ChatRequest, reply: _Reply, began: float) -> AsyncGenerator[ChatEvent]:
        """Say a reply, which was asked for at some time (monotonic seconds)."""
        first: float | None = None
        chunks = 0
        for delta in self._deltas(reply):
            await asyncio.sleep(reply.delay_ms / 1000)
            first = first or time.monotonic()
            chunks += 1
            yield delta
        if reply.error is not None:
            retry_after = _RETRY_SECONDS if reply.error in _PASSING else None
            raise ApiError(reply.error, "The script has the model fail here.", retry_after=retry_after)
        if reply.hang:
            await asyncio.Event().wait()
        ended = time.monotonic()
        first = first or ended
        timings = Timings(
            prompt_n=sum(len((message.get("content") or "").split()) for message in request.messages),
            prompt_ms=(first - began) * 1000,
            predicted_n=chunks,
            predicted_ms=(ended - first) * 1000,
        )
        self._metrics.count_tokens(timings)
        yield Finish(
            reply.finish_reason or (FinishReason.TOOL_CALLS if reply.tool_calls else FinishReason.STOP), timings
        )

    @override
    async def close(self) -> None:
        """Free nothing: a running reply is ended by whoever reads it."""

    def _reread(self) -> None:
        """Read the script again if its file has changed, and start from its beginning."""
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp == self._stamp:
                return
            self._script = _Script.model_validate_json(self._path.read_bytes())
        except OSError as err:
            raise ApiError(ErrorCode.MODEL_MISSING, "The model's script is not there.") from err
        except ValidationError as err:
            where = ".".join(str(part) for part in err.errors()[0]["loc"])
            raise ApiError(ErrorCode.MODEL_FAILED, f"The model's script is wrong at: {where or 'its start'}.") from err
        self._stamp, self._position = stamp, 0

    def _take(self, request: ChatRequest) -> _Reply:
        """Take the next exchange, if the request is the one that it expects."""
        exchanges = self._script.exchanges
        if self._position == len(exchanges) and self._script.loop:
            self._position = 0
        if self._position == len(exchanges):
            raise ApiError(ErrorCode.SCRIPT_MISMATCH, f"The script has ended after {len(exchanges)} exchanges.")
        exchange = exchanges[self._position]
        if not exchange.expect.admits(request.messages[-1]):
            raise ApiError(
                ErrorCode.SCRIPT_MISMATCH, f"Exchange {self._position + 1} of the script expects another message."
            )
        self._position += 1
        return exchange.reply

    def _deltas(self, reply: _Reply) -> Iterator[ChatEvent]:
        """Cut a reply into pieces."""
        for piece in _pieces(reply.reasoning, reply.chunk_size):
            yield ReasoningDelta(piece)
        for piece in _pieces(reply.content, reply.chunk_size):
            yield TextDelta(piece)
        for index, call in enumerate(reply.tool_calls):
            yield ToolCallDelta(index, id=f"call_{next(self._call_numbers)}", name=call.name)
            for piece in _pieces(call.written, reply.chunk_size):
                yield ToolCallDelta(index, arguments=piece)


def _pieces(text: str, size: int) -> Iterator[str]:
    """Cut a text into pieces of a size."""
    return (text[start : start + size] for start in range(0, len(text), size))
