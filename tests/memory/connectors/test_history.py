"""Test what is told of past days, against a real recorder."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.hearth.access import Access
from custom_components.hearth.engine import LibraryItem
from custom_components.hearth.memory.connectors.history import History
from tests.conftest import hearth_entry
from tests.stub_engine import StubEngine

from .conftest import Start

# Friday, ten o'clock in Berlin; a day that is over tomorrow.
TEN = datetime.fromisoformat("2026-11-20T09:00:00+00:00")


@pytest.fixture
async def recorded(recorder_mock: Recorder, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> HomeAssistant:
    """Return a home in Berlin that records, with a kitchen."""
    freezer.move_to(TEN)
    await hass.config.async_set_time_zone("Europe/Berlin")
    hass.config.location_name = "Home"
    for domain in ("homeassistant", "binary_sensor", "sensor"):
        assert await async_setup_component(hass, domain, {})
    for entity_id, name in (("binary_sensor.door", "Back Door"), ("sensor.fridge", "Fridge Temperature")):
        platform, _, object_id = entity_id.partition(".")
        entity = er.async_get(hass).async_get_or_create(platform, "test", object_id, suggested_object_id=object_id)
        kitchen = ar.async_get(hass).async_get_or_create("Kitchen")
        er.async_get(hass).async_update_entity(entity.entity_id, area_id=kitchen.id, name=name)
        async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    return hass


@pytest.fixture
def history(recorded: HomeAssistant) -> History:
    """Return what reads the recorder."""
    entry = hearth_entry("http://127.0.0.1:1", "", "1")
    return History(recorded, Access(recorded, entry))


async def _live(hass: HomeAssistant, freezer: FrozenDateTimeFactory, *states: tuple[int, str]) -> None:
    """Let the door be in states, each so many minutes after ten."""
    for minutes, state in states:
        freezer.move_to(TEN + timedelta(minutes=minutes))
        hass.states.async_set("binary_sensor.door", state, {"friendly_name": "Back Door", "device_class": "door"})
        await async_wait_recording_done(hass)


async def _measure(
    hass: HomeAssistant, entity_id: str, unit: str, rows: Sequence[StatisticData], *, has_sum: bool
) -> None:
    name = "Fridge Temperature" if entity_id == "sensor.fridge" else "Fridge Energy"
    hass.states.async_set(entity_id, "4", {"friendly_name": name, "unit_of_measurement": unit})
    async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE if has_sum else StatisticMeanType.ARITHMETIC,
        has_sum=has_sum,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class="energy" if has_sum else "temperature",
        unit_of_measurement=unit,
    )
    async_import_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def _pages(history: History) -> list[LibraryItem]:
    entries = (await history.async_list()).entries
    items = [await entry.read() for entry in entries.values()]
    return [item for item in items if item is not None]


async def test_a_day_is_told_by_what_was_counted_and_measured(
    recorded: HomeAssistant, history: History, freezer: FrozenDateTimeFactory
) -> None:
    """Count openings, tell range and average, and how much was used, of each area on each day."""
    hours = [TEN + timedelta(hours=hour) for hour in range(3)]
    means = [StatisticData(start=hour, mean=4.0 + n, min=3.0 + n, max=5.0 + n) for n, hour in enumerate(hours)]
    await _measure(recorded, "sensor.fridge", "°C", means, has_sum=False)
    sums = [StatisticData(start=hour, state=10.0 + n, sum=0.25 * n) for n, hour in enumerate(hours)]
    await _measure(recorded, "sensor.energy", "kWh", sums, has_sum=True)
    await _live(recorded, freezer, (0, "off"), (5, "on"), (8, "off"), (9, "unavailable"), (20, "off"), (95, "on"))
    freezer.move_to(TEN + timedelta(days=1))
    home, kitchen = sorted(await _pages(history), key=lambda item: item.title)
    assert kitchen.content == (
        "Kitchen on Friday, 20 November 2026\n"
        "Fridge Temperature: 5 °C on average, from 3 to 7 °C\n"
        "Back Door: closed once, at 10:08, open 2 times, first at 10:05, last at 11:35"
    )
    assert home.content == "Home on Friday, 20 November 2026\nFridge Energy: 0.5 kWh in all"
    assert kitchen.title == "Kitchen on Friday, 20 November 2026"
    assert (kitchen.owner, kitchen.time) == ("household", datetime.fromisoformat("2026-11-20T00:00:00+01:00"))
    assert kitchen.url is not None
    assert kitchen.url.startswith("/history?entity_id=")


async def test_a_day_that_is_not_over_is_not_told(
    recorded: HomeAssistant, history: History, freezer: FrozenDateTimeFactory
) -> None:
    """Wait until the recorder has written the day's last hour down."""
    await _live(recorded, freezer, (0, "off"), (5, "on"))
    for now, pages in (("23:00:00", 0), ("23:29:00", 0), ("23:31:00", 1)):
        freezer.move_to(datetime.fromisoformat(f"2026-11-20T{now}+00:00"))
        assert len(await _pages(history)) == pages


async def test_a_quiet_day_is_looked_at_once(
    recorded: HomeAssistant, history: History, freezer: FrozenDateTimeFactory
) -> None:
    """Ask the recorder no second time about a day on which nothing happened."""
    recorded.states.async_set("binary_sensor.door", "off")
    assert len((await history.async_list()).entries) == 7
    assert await _pages(history) == []
    assert (await history.async_list()).entries == {}


async def test_missed_days_are_made_up_for_and_stay(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, start: Start, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Tell each day of the last week once, and keep it when it is longer ago."""
    await _live(recorded, freezer, (0, "off"), (5, "on"), (60 * 24, "off"))
    freezer.move_to(TEN + timedelta(days=4))
    runner = await start(History(recorded, Access(recorded, entry)))
    await runner.async_run()
    told = stub.library.texts("history")
    assert len(told) == 2
    freezer.move_to(TEN + timedelta(days=12))
    await runner.async_run()
    assert stub.library.texts("history") == told


async def test_what_is_hidden_is_not_told(
    recorded: HomeAssistant, history: History, freezer: FrozenDateTimeFactory
) -> None:
    """Respect what the home shows to assistants."""
    await _live(recorded, freezer, (0, "off"), (5, "on"))
    async_expose_entity(recorded, "conversation", "binary_sensor.door", should_expose=False)
    freezer.move_to(TEN + timedelta(days=1))
    assert await _pages(history) == []


async def test_a_home_without_a_recorder_has_no_history(hass: HomeAssistant) -> None:
    """List nothing where nothing is recorded."""
    entry = hearth_entry("http://127.0.0.1:1", "", "1")
    assert (await History(hass, Access(hass, entry)).async_list()).entries == {}
