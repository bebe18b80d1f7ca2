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
async def test_everything_is_loaded(source: SourceInTest, begin: Begin, stub: StubEngine) -> None:
    """Send what is there, whose it is and where it is from, under an ID that tells nothing."""
    runner = await begin()
    ((item_id, item),) = _held(stub, runner).items()
    assert item["owner"] == source.owner
    assert item["title"]
    assert item_id.startswith(runner.connector.prefix)
    assert len(item_id) < 80
    assert not {word.lower() for word in source.first.split()} & set(item_id.lower().replace("/", " ").split())
    assert runner.status.failures == 0
    assert runner.status.succeeded_at is not None


@EACH
async def test_only_what_is_new_is_sent(source: SourceInTest, begin: Begin, stub: StubEngine) -> None:
    """Send each thing once, however often it is looked at."""
    runner = await begin()
    first = _sent(stub)
    await runner.async_run()
    assert _sent(stub) == first
    await source.add()
    await runner.async_run()
    assert len(_sent(stub)) == len(first) + 1
    assert len(_held(stub, runner)) == 2
    assert _sent(stub)[-1] not in first


@EACH
async def test_what_is_gone_is_pruned(source: SourceInTest, begin: Begin, stub: StubEngine) -> None:
    """Take out of the library what is gone, where the source can tell; what was news stays."""
    runner = await begin()
    await source.add()
    await runner.async_run()
    before = set(_held(stub, runner))
    await source.remove()
    await runner.async_run()
    left = set(_held(stub, runner))
    assert len(left) == (1 if runner.connector.is_complete else 2)
    assert left <= before


@EACH
async def test_it_goes_on_where_it_was(
    source: SourceInTest, begin: Begin, start: Start, access: Access, stub: StubEngine
) -> None:
    """Know after a restart what the library has."""
    await begin()
    sent = _sent(stub)
    runner = await start(source.connector(access))
    await runner.async_run()
    assert _sent(stub) == sent


@EACH
async def test_a_lost_checkpoint_doubles_nothing(
    hass: HomeAssistant, source: SourceInTest, begin: Begin, start: Start, access: Access, stub: StubEngine
) -> None:
    """Find the same things under the same IDs."""
    runner = await begin()
    before = _held(stub, runner)
    await Checkpoint(hass, runner.connector.prefix).async_remove()
    again = source.connector(access)
    fresh = await start(again)
    await Checkpoint(hass, again.prefix).async_remove()
    await source.begin_listening()
    await fresh.async_run()
    assert set(_held(stub, fresh)) == set(before)


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
async def test_an_emptied_library_is_filled_again(
    source: SourceInTest, begin: Begin, start: Start, access: Access, stub: StubEngine
) -> None:
    """Notice that the library lost everything, and send again what the source still has."""
    runner = await begin()
    held = set(_held(stub, runner))
    stub.library.collections.clear()
    runner = await start(source.connector(access))
    await runner.async_run()
    assert set(_held(stub, runner)) == (held if await _listed(runner) else set())


async def _listed(runner: Runner) -> bool:
    return bool((await runner.connector.async_list()).entries)


@EACH
async def test_a_failure_is_told_and_costs_nothing(source: SourceInTest, begin: Begin, stub: StubEngine) -> None:
    """Keep what there was of a source that can't be read, and say what is wrong with it."""
    runner = await begin()
    before = _held(stub, runner)
    await source.spoil()
    await runner.async_run()
    await runner.async_run()
    assert _held(stub, runner) == before
    assert set(runner.status.troubles.values()) == ({source.trouble} if source.trouble else set())
    assert runner.status.failures == (2 if source.trouble else 0)


@EACH
async def test_a_connector_that_breaks_is_no_end(
    source: SourceInTest, begin: Begin, stub: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Survive whatever another integration's code does."""
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
async def test_what_was_forgotten_does_not_come_back(source: SourceInTest, begin: Begin, stub: StubEngine) -> None:
    """Leave out for good what somebody wanted out."""
    runner = await begin()
    forgotten = list(_held(stub, runner))
    await runner.async_forget(forgotten)
    stub.library.collections.clear()
    await source.begin_listening()
    await source.add()
    await runner.async_run()
    assert len(_held(stub, runner)) == 1
    assert not set(forgotten) & set(_held(stub, runner))


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
@pytest.mark.parametrize("code", ["invalid_request", "body_too_large"])
async def test_one_bad_item_spoils_no_other(source: SourceInTest, begin: Begin, stub: StubEngine, code: str) -> None:
    """Count what the engine never takes, and do not offer it again."""
    runner = await begin()
    path = f"/v1/collections/{runner.connector.collection}/items"
    await source.add()
    asked = len(stub.asked)
    list_items = stub.library.answer

    async def answer(request: Any) -> Any:
        return error(code) if request.method == "POST" and request.path == path else await list_items(request)

    stub.library.answer = answer  # type: ignore[method-assign] # the next requests go to it
    await runner.async_run()
    assert runner.status.refused == 1
    await runner.async_run()
    assert runner.status.refused == 1
    assert len(stub.asked) == asked
