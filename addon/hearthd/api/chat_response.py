"""Send a reply as it is made, and cancel it when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import override

from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from hearthd.api.chat_reply import ReplyHead, stream_reply, whole_reply
from hearthd.api.event_stream import CONTENT_TYPE
from hearthd.engine.generation_task import GenerationTask


class WholeChatResponse(Response):
    """A reply in one piece."""

    def __init__(self, generation: GenerationTask, head: ReplyHead) -> None:
        """Answer with what the generation will have made."""
        super().__init__()
        self._generation = generation
        self._head = head

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with _ended_with_client(self._generation, receive):
            reply = await whole_reply(self._generation, self._head)
            if reply is not None:
                await JSONResponse(reply)(scope, receive, send)


class StreamedChatResponse(Response):
    """A reply as server-sent events.

    Nothing is sent before there is something to say, so that an early failure keeps its own HTTP status.
    """

    def __init__(self, generation: GenerationTask, head: ReplyHead, keep_alive_s: float) -> None:
        """Answer with what the generation makes, as it is made."""
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, media_type=CONTENT_TYPE)
        del self.headers["content-length"]
        self._events = stream_reply(generation, head, keep_alive_s)
        self._generation = generation

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_started = False
        async with _ended_with_client(self._generation, receive), aclosing(self._events) as events:
            async for event in events:
                if not is_started:
                    is_started = True
                    await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": event, "more_body": True})
        if is_started:
            await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def _ended_with_client(generation: GenerationTask, receive: Receive) -> AsyncGenerator[None]:
    """Cancel a generation when its client hangs up, or when its reply ends for any other reason."""

    async def hang_up() -> None:
        """Wait until the client is gone, also while the model is silent."""
        while (await receive())["type"] != "http.disconnect":
            pass
        generation.stop()

    watch = asyncio.create_task(hang_up())
    try:
        yield
    finally:
        watch.cancel()
        await generation.aclose()
