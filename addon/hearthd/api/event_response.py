"""Send events as they come, and stop what makes them when nobody listens any more."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Protocol, override

from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from hearthd.api.event_stream import CONTENT_TYPE


class Work(Protocol):
    """What makes a reply and can be told that nobody wants it any more."""

    def stop(self) -> None:
        """Have it end soon."""

    async def aclose(self) -> None:
        """Wait until it has ended."""


class EventResponse(Response):
    """A reply as server-sent events.

    Nothing is sent before there is something to say, so that an early failure keeps its own HTTP status.
    """

    def __init__(self, work: Work, events: AsyncGenerator[bytes]) -> None:
        """Answer with the events that some work makes, as it makes them."""
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, media_type=CONTENT_TYPE)
        del self.headers["content-length"]
        self._work = work
        self._events = events

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_started = False
        async with ended_with_client(self._work, receive), aclosing(self._events) as events:
            async for event in events:
                if not is_started:
                    is_started = True
                    await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": event, "more_body": True})
        if is_started:
            await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def ended_with_client(work: Work, receive: Receive) -> AsyncGenerator[None]:
    """Stop some work when its client hangs up, and wait for its end when its reply ends for any other reason."""

    async def hang_up() -> None:
        """Wait until the client is gone, also while there is nothing to send."""
        while (await receive())["type"] != "http.disconnect":
            pass
        work.stop()

    watch = asyncio.create_task(hang_up())
    try:
        yield
    finally:
        watch.cancel()
        await work.aclose()
