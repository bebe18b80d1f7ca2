"""Test what is kept of what costs something to find out."""

import asyncio
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hearth.context.kept import Kept


class Fetch:
    """Something that can be fetched: a number that rises."""

    def __init__(self) -> None:
        """Let everybody through."""
        self.count = 0
        self.may = asyncio.Event()
        self.may.set()
        self.fails = False

    async def __call__(self) -> int:
        """Return how often this was asked, when it may."""
        self.count += 1
        await self.may.wait()
        if self.fails:
            raise HomeAssistantError
        return self.count


@pytest.fixture
def fetch() -> Fetch:
    """Return what is fetched."""
    return Fetch()


@pytest.fixture
def kept(hass: HomeAssistant, fetch: Fetch) -> Kept[int]:
    """Return what keeps it for a minute."""
    return Kept(hass, "number", fetch, timedelta(minutes=1))


async def test_it_is_fetched_when_it_is_old(kept: Kept[int], freezer: FrozenDateTimeFactory) -> None:
    """Within its time it is not asked for again; a clock that was set back does not keep it."""
    assert [await kept.async_get() for _ in range(3)] == [1, 1, 1]
    freezer.tick(timedelta(minutes=1))
    assert await kept.async_get() == 2
    freezer.tick(timedelta(hours=-5))
    assert await kept.async_get() == 3
    kept.drop()
    assert await kept.async_get() == 4


async def test_a_failure_leaves_what_was_known(kept: Kept[int], fetch: Fetch, freezer: FrozenDateTimeFactory) -> None:
    """And is tried again only after a while."""
    assert await kept.async_get() == 1
    fetch.fails = True
    freezer.tick(timedelta(minutes=2))
    assert [await kept.async_get() for _ in range(3)] == [1, 1, 1]
    assert fetch.count == 2
    freezer.tick(timedelta(seconds=31))
    fetch.fails = False
    assert await kept.async_get() == 3


async def test_what_changes_while_it_is_fetched_is_fetched_again(kept: Kept[int], fetch: Fetch) -> None:
    """An answer from before the change is not taken for fresh."""
    fetch.may.clear()
    waiting = asyncio.ensure_future(kept.async_get())
    await asyncio.sleep(0)
    kept.drop()
    fetch.may.set()
    assert await waiting == 1
    assert await kept.async_get() == 2


async def test_it_can_be_given_up(kept: Kept[int], fetch: Fetch) -> None:
    """Nobody waits for what is no longer wanted, and stopping what never began is no error."""
    kept.stop()
    fetch.may.clear()
    waiting = asyncio.ensure_future(kept.async_get())
    await asyncio.sleep(0)
    kept.stop()
    assert await waiting is None
