"""Test what every connector owes, whatever it reads."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.access import Access
from custom_components.hearth.memory.connectors.checkpoint import Checkpoint
from custom_components.hearth.memory.connectors.runner import Runner
from tests.stub_engine import StubEngine, error

from .conftest import Start
from .sources import SOURCES, SourceInTest

EACH = pytest.mark.parametrize("source", SOURCES, indirect=True, ids=[kind.__name__ for kind in SOURCES])
type Begin = Callable[[], Awaitable[Runner]]


@pytest.fixture
def begin(source: SourceInTest, start: Start, access: Access) -> Begin:
    """Return what starts the source's connector and runs it once, with the first thing in the library."""

    async def begin() -> Runner:
        runner = await start(source.connector(access))
        await source.begin_listening()
        await runner.async_run()
        return runner

    return begin


def _held(stub: StubEngine, runner: Runner) -> dict[str, dict[str, Any]]:
    return dict(stub.library.collections[runner.connector.collection])


def _holds(stub: StubEngine, runner: Runner, words: str) -> bool:
    return any(words in item["title"] + _text(item) for item in _held(stub, runner).values())


def _text(item: dict[str, Any]) -> str:
    return str(item.get("text") or "") + str(item.get("data") or "")


def _sent(stub: StubEngine) -> list[str]:
    """Return the IDs of everything that was sent, in order."""
    return [item["id"] for method, _, body in stub.library.asked if method == "POST" for item in body["items"]]


@EACH
async def test_the_life_of_a_source(
    source: SourceInTest, begin: Begin, start: Start, access: Access, stub: StubEngine
) -> None:
    """Load everything, send each thing once, know after a restart what was sent, and prune what is gone."""
    runner = await begin()
    ((item_id, item),) = _held(stub, runner).items()
    assert item["owner"] == source.owner
    assert item["title"]
    assert item_id.startswith(runner.connector.prefix)
    assert len(item_id) < 80
    assert not {word.lower() for word in source.first.split()} & set(item_id.lower().replace("/", " ").split())
    assert runner.status.failures == 0
    assert runner.status.succeeded_at is not None
    # Nothing new.
    await runner.async_run()
    assert _sent(stub) == [item_id]
    # Something new.
    await source.add()
    await runner.async_run()
    assert len(_sent(stub)) == 2
    assert set(_held(stub, runner)) == set(_sent(stub))
    # A restart.
    runner = await start(source.connector(access))
    await runner.async_run()
    assert len(_sent(stub)) == 2
    # Something gone; what was news stays.
    await source.remove()
    await runner.async_run()
    left = set(_held(stub, runner))
    assert left == (set(_sent(stub)) - {item_id} if runner.connector.is_complete else set(_sent(stub)))


@EACH
async def test_what_is_lost_is_made_up_for(
    hass: HomeAssistant, source: SourceInTest, begin: Begin, start: Start, access: Access, stub: StubEngine
) -> None:
    """Double nothing when the checkpoint is lost, and fill a library that lost everything as far as the source can."""
    runner = await begin()
    before = set(_held(stub, runner))
    await runner.async_stop()
    await Checkpoint(hass, runner.connector.prefix).async_remove()
    runner = await start(source.connector(access))
    await source.begin_listening()
    await runner.async_run()
    assert set(_held(stub, runner)) == before
    stub.library.collections.clear()
    runner = await start(source.connector(access))
    await runner.async_run()
    assert set(_held(stub, runner)) == set((await runner.connector.async_list()).entries)


@EACH
async def test_an_engine_that_is_away_is_waited_for(
    hass: HomeAssistant, source: SourceInTest, begin: Begin, start: Start, access: Access, stub: StubEngine
) -> None:
    """Lose nothing that happens while nobody takes it, not even when Home Assistant restarts meanwhile."""
    runner = await begin()
    stub.down = True
    await source.add()
    await runner.async_run()
    assert runner.status.engine_error in {None, "engine_unreachable"}
    runner = await start(source.connector(access))
    await runner.async_run()
    assert runner.status.engine_error == "engine_unreachable"
    stub.down = False
    await runner.async_run()
    assert runner.status.engine_error is None
    assert runner.status.waiting == 0
    assert len(_held(stub, runner)) == 2


@EACH
async def test_a_source_that_is_switched_off_leaves_the_library(
    hass: HomeAssistant, source: SourceInTest, begin: Begin, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Hold nothing of it after one run, and take nothing that happens."""
    runner = await begin()
    off = {**source.options, "sources": {runner.connector.source.value: False}}
    hass.config_entries.async_update_entry(entry, options=off)
    await source.add()
    await runner.async_run()
    assert _held(stub, runner) == {}
    assert runner.status.waiting == 0


@EACH
async def test_what_happens_is_taken_without_waiting(
    hass: HomeAssistant, source: SourceInTest, begin: Begin, stub: StubEngine
) -> None:
    """Look at once when the source says that there is something; look at a silent one after a while."""
    runner = await begin()
    await source.add()
    await hass.async_block_till_done()
    seconds = 6 if source.has_event else runner.connector.interval.total_seconds() + 1
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(_held(stub, runner)) == 2


@EACH
async def test_failures_are_told_and_cost_nothing(
    source: SourceInTest, begin: Begin, stub: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Survive whatever other integrations' code does, and keep what there was of a source that is out of reach."""
    runner = await begin()
    before = _held(stub, runner)

    async def fail() -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(runner.connector, "async_list", fail)
        await runner.async_run()
        assert list(runner.status.troubles.values()) == ["failed"]
    await runner.async_run()
    assert (runner.status.failures, _held(stub, runner)) == (0, before)
    await source.spoil()
    await runner.async_run()
    await runner.async_run()
    assert _held(stub, runner) == before
    assert set(runner.status.troubles.values()) == ({source.trouble} if source.trouble else set())
    assert runner.status.failures == (2 if source.trouble else 0)


@EACH
async def test_what_is_refused_or_forgotten_stays_out(
    source: SourceInTest, begin: Begin, stub: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offer what the engine never takes once only, and leave out for good what somebody wanted out."""
    runner = await begin()
    answer_usually = stub.library.answer

    async def refuse(request: Any) -> Any:
        return error("invalid_request") if request.method == "POST" else await answer_usually(request)

    await source.add()
    with monkeypatch.context() as refusing:
        refusing.setattr(stub.library, "answer", refuse)
        await runner.async_run()
        await runner.async_run()
    assert runner.status.refused == 1
    forgotten = set(_held(stub, runner))
    await runner.async_forget(forgotten)
    stub.library.collections.clear()
    await source.begin_listening()
    await runner.async_run()
    assert _held(stub, runner) == {}
