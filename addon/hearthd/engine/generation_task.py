"""Run one request under its deadline, so that it can be waited for, cut short, passed on and counted."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from hearthd.engine.backend import ChatEvent, ChatRequest, Finish
from hearthd.engine.model import Model
from hearthd.errors import ApiError, ErrorCode

# A client that reads slowly slows its generation down instead of filling our memory.
_BUFFERED_EVENTS = 64
_CLOSE_SECONDS = 2.0

# What another model may do better; anything else is the request's own fault, or its end.
_PASSED_ON = {
    ErrorCode.MODEL_MISSING,
    ErrorCode.MODEL_FAILED,
    ErrorCode.MODEL_LOADING,
    ErrorCode.ENGINE_BUSY,
    ErrorCode.REMOTE_UNREACHABLE,
    ErrorCode.REMOTE_FAILED,
    ErrorCode.REMOTE_AUTH,
}


class GenerationTask:
    """One reply that is being made in a task of its own; its events are read once, in order.

    `model` is the one that answers, None before the first event.
    """

    def __init__(
        self,
        request: ChatRequest,
        candidates: Callable[[], Sequence[Model]],
        on_end: Callable[[GenerationTask], None] = lambda _generation: None,
    ) -> None:
        """Start it; of `candidates`, at least one, the first that says something answers."""
        self.model: Model | None = None
        self._request = request
        self._candidates = candidates
        self._on_end = on_end
        self._began = asyncio.get_running_loop().time()
        self._first_s = 0.0
        self._asked: Model | None = None
        self._buffer: list[ChatEvent] = []
        self._reader: asyncio.Future[None] | None = None
        self._room = asyncio.Event()
        self._ending: ApiError | None = None
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._ended)

    async def next_events(self, within: float | None = None) -> Sequence[ChatEvent]:
        """Return what has come since the last call, at least one event; none after the last one.

        Raises:
            TimeoutError: nothing came for `within` seconds; asking again goes on where this left off.
            ApiError: the generation failed, its deadline passed or it was stopped.
        """
        if not self._buffer and not self._task.done():
            await self._wait_for_news(within)
        if self._buffer:
            events, self._buffer = self._buffer, []
            self._room.set()
            return events
        if self._ending is not None:
            raise self._ending
        if not self._task.cancelled():
            self._task.result()
        return ()

    def stop(self, error: ApiError | None = None) -> None:
        """Cancel what is still running; its reader gets the error, or an early end without one."""
        if not self._task.done():
            self._ending = self._ending or error
            self._task.cancel()

    async def aclose(self) -> None:
        """Cancel what is still running and wait until the model has let go of it."""
        self.stop()
        await asyncio.wait({self._task}, timeout=_CLOSE_SECONDS)

    async def _run(self) -> None:
        """Answer within the deadline."""
        deadline = self._request.deadline_s
        limit = asyncio.timeout_at(None if deadline is None else self._began + deadline)
        try:
            async with limit:
                await self._answer()
        except TimeoutError as err:
            if not limit.expired():
                # To the reader a TimeoutError means silence.
                raise RuntimeError("the backend let a timeout escape") from err
            raise ApiError(ErrorCode.DEADLINE_EXCEEDED, "The reply was not ready before its deadline.") from err

    async def _answer(self) -> None:
        """Ask one model after the other until one says something; if none does, the first one's failure counts."""
        failure: ApiError | None = None
        for model in self._candidates():
            self._asked = model
            try:
                return await self._ask(model)
            except ApiError as err:
                failure = failure or err
                if self.model is not None or err.code not in _PASSED_ON:
                    raise
                self._count(err.code)
        raise failure or RuntimeError("there was no model to ask")

    async def _ask(self, model: Model) -> None:
        """Move events from one model to the reader."""
        async with model.lend() as backend:
            waited_s = self._age()
            async with aclosing(backend.chat(self._request)) as events:
                async for event in events:
                    if self.model is None:
                        self._answered_by(model)
                    if isinstance(event, Finish):
                        await self._put(self._finished(event, waited_s))
                        return
                    await self._put(event)
        raise RuntimeError("the backend ended without Finish")

    def _answered_by(self, model: Model) -> None:
        """Note which model said the first word, and when."""
        self.model = model
        self._first_s = self._age()
        model.metrics.first_token_seconds[self._request.priority].observe(self._first_s)

    def _finished(self, event: Finish, waited_s: float) -> Finish:
        """Count a whole reply, and add to its figures what it waited for its model."""
        timings = replace(event.timings, queue_ms=event.timings.queue_ms + waited_s * 1000)
        if self._asked is not None:
            self._asked.metrics.recent.add(timings, self._first_s)
        self._count("ok")
        return replace(event, timings=timings)

    def _count(self, outcome: str) -> None:
        """Count how it went with the model that was asked, once."""
        if self._asked is not None:
            self._asked.metrics.count_request(self._request.priority, outcome)
            self._asked = None

    async def _put(self, event: ChatEvent) -> None:
        """Hand an event to the reader, who need not have taken the ones before, up to a limit."""
        self._buffer.append(event)
        self._wake_reader()
        while len(self._buffer) >= _BUFFERED_EVENTS:
            self._room.clear()
            await self._room.wait()

    async def _wait_for_news(self, within: float | None) -> None:
        """Wait for an event or the end; this happens for every token, so it does without asyncio's timeout."""
        loop = asyncio.get_running_loop()
        self._reader = reader = loop.create_future()
        timer = loop.call_later(within, _give_up, reader) if within is not None else None
        try:
            await reader
        finally:
            self._reader = None
            if timer is not None:
                timer.cancel()

    def _wake_reader(self) -> None:
        """Tell the reader, if one waits, that there is something to read."""
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _age(self) -> float:
        """Return how long ago the request came, in seconds."""
        return asyncio.get_running_loop().time() - self._began

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Count how it ended, which also marks the task's exception as seen, and wake the reader."""
        error = self._ending if task.cancelled() else task.exception()
        match error:
            case None:
                outcome = "cancelled" if task.cancelled() else "ok"
            case ApiError():
                outcome = error.code.value
            case _:
                outcome = ErrorCode.INTERNAL.value
        self._count(outcome)
        self._wake_reader()
        self._on_end(self)


def _give_up(reader: asyncio.Future[None]) -> None:
    """Tell a reader that there was silence."""
    if not reader.done():
        reader.set_exception(TimeoutError())
