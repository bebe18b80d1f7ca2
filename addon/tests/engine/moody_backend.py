"""Play a model whose start, words and end come when a test wants them."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal

from hearthd.engine.backend import (
    Backend,
    BackendInfo,
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    TextDelta,
    Timings,
    Warmth,
)
from hearthd.errors import ApiError


class MoodyBackend(Backend):
    """A model that says one word three times; it starts, speaks, fails and closes as told."""

    kind: Literal["local", "remote", "scripted"] = "scripted"

    def __init__(self, word: str = "word") -> None:
        """Be in a good mood."""
        self.word = word
        self.start_error: Exception | None = None
        self.refusal: ApiError | None = None
        self.chat_error: ApiError | None = None
        self.may_start = _open_gate()
        self.may_speak = _open_gate()
        self.may_go_on = _open_gate()
        self.may_close = _open_gate()
        self.starts = 0
        self.closes = 0
        self.running = 0

    async def start(self) -> BackendInfo:
        """Wait until told, then fail as told."""
        self.starts += 1
        await self.may_start.wait()
        if self.start_error is not None:
            raise self.start_error
        return BackendInfo(self.word, context_length=512, tool_format="hermes")

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Refuse, or say a word and fail, as told; a closed model cannot speak."""
        assert not self.closes
        self.running += 1
        try:
            await self.may_speak.wait()
            if self.refusal is not None:
                raise self.refusal
            yield TextDelta(self.word)
            await self.may_go_on.wait()
            if self.chat_error is not None:
                raise self.chat_error
            assert not self.closes
            yield TextDelta(self.word)
            yield TextDelta(self.word)
            yield Finish(FinishReason.STOP, Timings(cache_n=7, prompt_n=3, predicted_n=3, predicted_ms=30))
        finally:
            self.running -= 1

    async def warm(self, name: str, request: ChatRequest) -> Warmth:
        """Take as long as told."""
        await self.may_speak.wait()
        return Warmth(tokens=len(request.messages), prompt_ms=1.0)

    async def close(self) -> None:
        """Wait until told."""
        await self.may_close.wait()
        self.closes += 1


def _open_gate() -> asyncio.Event:
    """Return an event that holds nobody up yet."""
    gate = asyncio.Event()
    gate.set()
    return gate
