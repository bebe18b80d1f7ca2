"""Test the queue between the event loop and the model's thread."""

import asyncio

import pytest

from hearthd.engine.backend import ChatRequest, Priority, TextDelta
from hearthd.engine.jobs import CancelledJobError, Job, JobQueue
from hearthd.errors import ApiError, ErrorCode


@pytest.fixture
def loop() -> asyncio.AbstractEventLoop:
    """Return a loop that is closed already: a client that has gone."""
    loop = asyncio.new_event_loop()
    loop.close()
    return loop


def job(loop: asyncio.AbstractEventLoop, priority: Priority = Priority.CHAT) -> Job:
    """Return a job of a priority."""
    return Job(ChatRequest((), priority=priority), loop)


def test_most_urgent_comes_first_then_first_come(loop: asyncio.AbstractEventLoop) -> None:
    """Voice before chat before background, in the order of arrival inside each."""
    queue = JobQueue(8)
    order = [Priority.BACKGROUND, Priority.CHAT, Priority.VOICE, Priority.BACKGROUND, Priority.VOICE, Priority.CHAT]
    jobs = [job(loop, priority) for priority in order]
    for one in jobs:
        queue.put(one)
    assert [queue.take() for _ in jobs] == [jobs[index] for index in (2, 4, 1, 5, 0, 3)]


def test_full_queue_refuses_and_says_when_to_come_again(loop: asyncio.AbstractEventLoop) -> None:
    """A place is free again as soon as a waiting job is dropped or taken."""
    queue = JobQueue(1)
    first, second, third = job(loop), job(loop), job(loop)
    queue.put(first)
    with pytest.raises(ApiError) as failure:
        queue.put(second)
    assert failure.value.code is ErrorCode.ENGINE_BUSY
    assert (failure.value.retry_after or 0) >= 1
    queue.drop(first)
    queue.put(second)
    assert queue.take() is second
    queue.put(third)


def test_wait_grows_with_what_was_measured(loop: asyncio.AbstractEventLoop) -> None:
    """Slow jobs make for a later retry."""
    waits: list[float] = []
    for seconds in (2.0, 200.0):
        queue = JobQueue(0)
        queue.done(seconds)
        with pytest.raises(ApiError) as failure:
            queue.put(job(loop))
        waits.append(failure.value.retry_after or 0)
    assert waits[0] < waits[1]


def test_close_ends_waiting_and_running_jobs(loop: asyncio.AbstractEventLoop) -> None:
    """Nothing is taken or put any more, and every job is told."""
    queue = JobQueue(4)
    running, waiting = job(loop), job(loop)
    queue.put(running)
    queue.take()
    queue.put(waiting)
    queue.close()
    assert queue.take() is None
    for one in (running, waiting):
        with pytest.raises(ApiError) as failure:
            one.check()
        assert failure.value.code is ErrorCode.SHUTTING_DOWN
    with pytest.raises(ApiError):
        queue.put(job(loop))


def test_dropped_job_is_cancelled_and_never_taken(loop: asyncio.AbstractEventLoop) -> None:
    """The order of the others stays."""
    queue = JobQueue(4)
    jobs = [job(loop) for _ in range(3)]
    for one in jobs:
        queue.put(one)
    queue.drop(jobs[0])
    with pytest.raises(CancelledJobError):
        jobs[0].check()
    assert [queue.take(), queue.take()] == jobs[1:]


def test_first_ending_counts(loop: asyncio.AbstractEventLoop) -> None:
    """A client that left is not told of the shutdown that follows."""
    one = job(loop)
    one.check()
    one.cancel()
    one.fail(ApiError(ErrorCode.SHUTTING_DOWN, "x"))
    with pytest.raises(CancelledJobError):
        one.check()


def test_event_for_a_closed_loop_is_dropped(loop: asyncio.AbstractEventLoop) -> None:
    """The model's thread survives a loop that has gone."""
    one = job(loop)
    one.emit(TextDelta("x"))
    assert one.events.empty()
