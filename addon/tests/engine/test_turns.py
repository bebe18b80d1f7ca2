"""Test that seats at a remote model are neither lost nor given twice, whoever gives up when."""

import asyncio

import pytest

from hearthd.engine.backend import Priority
from hearthd.engine.metrics import Metrics, ModelMetrics
from hearthd.engine.turns import Turns
from hearthd.errors import ApiError, ErrorCode


@pytest.fixture
def metrics() -> ModelMetrics:
    """Return figures that are all nought."""
    return Metrics().of("m")


class Guest:
    """Somebody who takes a turn, and holds it until told."""

    def __init__(self, turns: Turns, priority: Priority = Priority.CHAT) -> None:
        """Come in."""
        self.is_seated = False
        self.may_go = asyncio.Event()
        self.task = asyncio.create_task(self._sit(turns, priority))

    async def _sit(self, turns: Turns, priority: Priority) -> None:
        async with turns.turn(priority):
            self.is_seated = True
            await self.may_go.wait()


async def settle() -> None:
    """Let everybody do what they can."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("leaves_first", [True, False])
@pytest.mark.parametrize("with_a_pause", [True, False])
async def test_giving_up_and_leaving_at_once(metrics: ModelMetrics, leaves_first: bool, with_a_pause: bool) -> None:
    """The seat goes to the next one, once."""
    turns = Turns(1, 8, metrics)
    seated, impatient, patient, last = (Guest(turns) for _ in range(4))
    await settle()
    for leaves in (leaves_first, not leaves_first):
        if leaves:
            seated.may_go.set()
        else:
            impatient.task.cancel()
        if with_a_pause:
            await settle()
    await settle()
    assert impatient.task.cancelled()
    assert (patient.is_seated, last.is_seated) == (True, False)
    assert (metrics.statistics().running, metrics.statistics().waiting) == (1, 1)
    patient.may_go.set()
    await settle()
    assert last.is_seated
    last.may_go.set()
    await asyncio.gather(seated.task, patient.task, last.task)
    assert (metrics.statistics().running, metrics.statistics().waiting) == (0, 0)


async def test_everybody_gives_up_at_once(metrics: ModelMetrics) -> None:
    """Whoever comes afterwards finds all seats free."""
    turns = Turns(2, 8, metrics)
    guests = [Guest(turns) for _ in range(6)]
    await settle()
    for guest in guests:
        guest.task.cancel()
    await settle()
    assert all(guest.task.cancelled() for guest in guests)
    again = [Guest(turns) for _ in range(3)]
    await settle()
    assert [guest.is_seated for guest in again] == [True, True, False]
    for guest in again:
        guest.may_go.set()
    await asyncio.gather(*(guest.task for guest in again))


async def test_each_priority_has_room_of_its_own(metrics: ModelMetrics) -> None:
    """Background work that waits keeps nobody out, and is overtaken."""
    turns = Turns(1, 1, metrics)
    seated = Guest(turns)
    await settle()
    late, urgent = Guest(turns, Priority.BACKGROUND), Guest(turns, Priority.VOICE)
    await settle()
    with pytest.raises(ApiError) as raised:
        await Guest(turns, Priority.BACKGROUND).task
    assert raised.value.code is ErrorCode.ENGINE_BUSY
    assert raised.value.retry_after
    seated.may_go.set()
    await settle()
    assert (urgent.is_seated, late.is_seated) == (True, False)
    for guest in (urgent, late):
        guest.may_go.set()
    await asyncio.gather(seated.task, urgent.task, late.task)
