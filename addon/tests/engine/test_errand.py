"""Test that what a model is asked can be waited for, given up and stopped."""

import asyncio

import pytest

from hearthd.engine.errand import Errand
from hearthd.errors import ApiError, ErrorCode

pytestmark = pytest.mark.anyio

STOPPED = ApiError(ErrorCode.SHUTTING_DOWN, "words")


async def answer(gate: asyncio.Event, fails: ApiError | None = None) -> str:
    """Answer when a gate opens."""
    await gate.wait()
    if fails is not None:
        raise fails
    return "answer"


async def test_the_answer_comes() -> None:
    """Who waits gets it, and its end is told once."""
    ended: list[Errand[str]] = []
    gate = asyncio.Event()
    errand = Errand(answer(gate), ended.append)
    gate.set()
    assert await errand.result() == "answer"
    errand.stop(STOPPED)
    await errand.aclose()
    assert await errand.result() == "answer"
    assert ended == [errand]


async def test_the_failure_comes() -> None:
    """Who waits gets what went wrong."""
    gate = asyncio.Event()
    gate.set()
    errand = Errand(answer(gate, STOPPED), lambda _errand: None)
    with pytest.raises(ApiError) as failure:
        await errand.result()
    assert failure.value is STOPPED


async def test_whoever_stops_waiting_gives_it_up() -> None:
    """The work ends with its reader."""
    ended: list[Errand[str]] = []
    errand = Errand(answer(asyncio.Event()), ended.append)
    reader = asyncio.create_task(errand.result())
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await errand.aclose()
    assert ended == [errand]


@pytest.mark.parametrize(("error", "code"), [(STOPPED, ErrorCode.SHUTTING_DOWN), (None, ErrorCode.STOPPED)])
async def test_who_waits_is_told_why_it_was_stopped(error: ApiError | None, code: ErrorCode) -> None:
    """The first reason counts."""
    errand = Errand(answer(asyncio.Event()), lambda _errand: None)
    errand.stop(error)
    errand.stop(ApiError(ErrorCode.INTERNAL, "words"))
    await errand.aclose()
    with pytest.raises(ApiError) as failure:
        await errand.result()
    assert failure.value.code is code


async def test_a_failure_that_nobody_sees_is_no_warning() -> None:
    """Whoever asked may have gone."""
    gate = asyncio.Event()
    gate.set()
    errand = Errand(answer(gate, STOPPED), lambda _errand: None)
    await errand.aclose()
