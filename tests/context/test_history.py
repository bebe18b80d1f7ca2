"""Test what is told of the past: when it last was so, how often, how much."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.recorder import Recorder, history, statistics
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_add_external_statistics, async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from bench.context.home import Thing, furnish
from custom_components.hearth.access import CONF_OWNERS
from custom_components.hearth.context import Surroundings, past
from tests.context.conftest import ASKER

type Call = Callable[..., Awaitable[llm.ToolResult]]

BACK_DOOR = Thing("Back Door", "Kitchen", "binary_sensor", "door", "off")
# Saturday, one o'clock in Berlin.
NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


@pytest.fixture
def morning(freezer: FrozenDateTimeFactory) -> None:
    """Let it be morning, before anything records."""
    freezer.move_to(NOON - timedelta(hours=3))


@pytest.fixture
async def recorded(
    morning: None,
    recorder_mock: Recorder,
    core: HomeAssistant,
    surroundings: Surroundings,
    freezer: FrozenDateTimeFactory,
) -> HomeAssistant:
    """Return a home in Berlin, at noon by the world's clock, that records."""
    freezer.move_to(NOON)
    await core.config.async_set_time_zone("Europe/Berlin")
    return core


async def live(hass: HomeAssistant, freezer: FrozenDateTimeFactory, entity_id: str, *states: tuple[int, str]) -> None:
    """Let an entity be in states, each so many minutes after noon."""
    attributes = hass.states.get(entity_id).attributes  # type: ignore[union-attr]
    for minutes, state in states:
        freezer.move_to(NOON + timedelta(minutes=minutes))
        hass.states.async_set(entity_id, state, attributes)
        await async_wait_recording_done(hass)


async def test_when_was_the_back_door_last_opened(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call
) -> None:
    """The exact time, how often and how long, in whatever words the state is asked for."""
    furnish(recorded, [BACK_DOOR])
    states = ((5, "on"), (8, "off"), (30, "on"), (31, "off"), (60, "off"))
    await live(recorded, freezer, BACK_DOOR.entity_id, *states)
    for words, language in (("open", "en"), ("opened", "en"), ("on", "en"), ("geöffnet", "de")):
        result = await call("history", language=language, name="back door", wanted_state=words)
        (thing,) = _things(result)
        assert thing == {
            "name": "Back Door (Kitchen)",
            "kind": "binary_sensor",
            "now": "closed since 13:31",
            "wanted_state": words,
            "times": 2,
            "last": "2026-11-21T13:30:00+01:00",
            "in_all": "4 min",
        }


def _things(result: llm.ToolResult) -> list[dict[str, Any]]:
    assert not result.error, result.data
    things: Any = result.data["things"]
    return list(things)


@pytest.mark.parametrize("persistent_database", [True])
@pytest.mark.parametrize("recorder_config", [{"commit_interval": 3600}])
async def test_what_has_just_changed_need_not_be_written_yet(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call
) -> None:
    """A door that stands open since a second ago was last opened then."""
    furnish(recorded, [BACK_DOOR])
    await live(recorded, freezer, BACK_DOOR.entity_id, (5, "off"))
    freezer.move_to(NOON + timedelta(minutes=7))
    recorded.states.async_set(BACK_DOOR.entity_id, "on", recorded.states.get(BACK_DOOR.entity_id).attributes)  # type: ignore[union-attr]
    (thing,) = _things(await call("history", name="back door", wanted_state="open"))
    assert (thing["times"], thing["last"]) == (1, "2026-11-21T13:07:00+01:00")


async def test_changes_are_told_newest_first_and_bounded(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call
) -> None:
    """Twenty changes are told and the others counted."""
    furnish(recorded, [BACK_DOOR])
    await live(recorded, freezer, BACK_DOOR.entity_id, *((n, "on" if n % 2 else "off") for n in range(1, 24)))
    (thing,) = _things(await call("history", area="kitchen"))
    assert thing["changes"][0] == {"state": "open", "since": "2026-11-21T13:23:00+01:00"}
    assert len(thing["changes"]) == 20
    assert thing["not_shown"] >= 3


async def test_a_state_that_began_before_is_not_counted_as_beginning(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call
) -> None:
    """What was so when the period began was not opened in it."""
    furnish(recorded, [BACK_DOOR])
    await live(recorded, freezer, BACK_DOOR.entity_id, (1, "on"), (90, "off"), (100, "off"))
    (thing,) = _things(await call("history", name="Back Door", start="2026-11-21T14:00", wanted_state="open"))
    assert (thing["times"], thing["last"], thing["was_so_at_start"], thing["in_all"]) == (0, None, True, "30 min")


async def test_what_is_measured_is_told_by_its_extremes(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call
) -> None:
    """Nobody reads a thousand temperatures."""
    furnish(recorded, [Thing("Attic Temperature", "Attic", "sensor", "temperature", "20.5")])
    await live(recorded, freezer, "sensor.attic_temperature", (1, "18.0"), (2, "unavailable"), (3, "23.5"), (4, "21"))
    (thing,) = _things(await call("history", name="attic temperature"))
    assert thing["lowest"] == {"value": 18.0, "at": "2026-11-21T13:01:00+01:00"}
    assert thing["highest"] == {"value": 23.5, "at": "2026-11-21T13:03:00+01:00"}
    assert (thing["unit"], thing["now"]) == ("°C", "21 °C")


@pytest.mark.parametrize(
    ("tool", "args", "words"),
    [
        (
            "history",
            {"name": "Front Gate"},
            "There is no thing with a history called 'Front Gate'. There are: Back Door",
        ),
        ("history", {"area": "Cellar"}, "There is nothing with a history in an area called 'Cellar'."),
        ("history", {}, "give a 'name' or an 'area'"),
        ("statistics", {"name": "Fridge", "kind": "sum"}, "There is no sensor with a sum called 'Fridge'."),
        ("statistics", {"name": "Fridge", "kind": "median"}, "kind"),
    ],
)
async def test_what_is_not_there_is_said(
    recorded: HomeAssistant, call: Call, tool: str, args: dict[str, str], words: str
) -> None:
    """Unknown names get a clear answer."""
    furnish(recorded, [BACK_DOOR])
    try:
        error = str((await call(tool, **args)).data["error"])
    except probatio.Invalid as err:
        error = str(err)
    assert words in error


async def test_a_home_without_a_recorder_says_so(core: HomeAssistant, surroundings: Surroundings, call: Call) -> None:
    """No history is no failure."""
    furnish(core, [BACK_DOOR, Thing("Fridge Power", "Kitchen", "sensor", "power", "90")])
    for tool, args in (("history", {"name": "back door"}), ("statistics", {"name": "fridge", "kind": "mean"})):
        result = await call(tool, **args)
        assert result.error
        assert "recorder" in str(result.data["error"])


async def _meter(hass: HomeAssistant, entity_id: str, name: str, used: list[float]) -> None:
    """Give a meter statistics: what it used in each hour of the last hours."""
    attributes = {
        "friendly_name": name,
        "device_class": "energy",
        "state_class": "total_increasing",
        "unit_of_measurement": "kWh",
    }
    hass.states.async_set(entity_id, "900", attributes)
    async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    first = NOON - timedelta(hours=len(used))
    sums = [sum(used[: n + 1]) for n in range(len(used))]
    rows = [
        StatisticData(start=first + timedelta(hours=n), state=800 + total, sum=total) for n, total in enumerate(sums)
    ]
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class="energy",
        unit_of_measurement="kWh",
    )
    async_import_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def test_how_much_energy_did_the_fridge_use_this_week(recorded: HomeAssistant, call: Call) -> None:
    """The number is computed by code, in the meter's unit, and by the day in local days."""
    await _meter(recorded, "sensor.fridge_energy", "Fridge Energy", [0.1] * 120)
    result = await call("statistics", name="fridge", kind="sum", start="2026-11-19", by="day")
    assert result.data == {
        "name": "Fridge Energy",
        "kind": "sum",
        # From Thursday's midnight in Berlin: 61 hours.
        "value": 6.1,
        "unit": "kWh",
        "start": "2026-11-19T00:00:00+01:00",
        "end": "2026-11-21T13:00:00+01:00",
        "by": [
            {"start": "2026-11-19T00:00:00+01:00", "value": 2.4},
            {"start": "2026-11-20T00:00:00+01:00", "value": 2.4},
            {"start": "2026-11-21T00:00:00+01:00", "value": 1.3},
        ],
    }
    hourly = await call("statistics", name="fridge energy", kind="change", start="2026-11-19", by="hour")
    assert hourly.data["not_shown"] == 30


async def test_means_and_extremes(recorded: HomeAssistant, call: Call) -> None:
    """What is measured has a mean; between several sensors of the same name one must choose."""
    things = [
        Thing("Attic Temperature", "Attic", "sensor", "temperature"),
        Thing("Fridge Power", "", "sensor", "power"),
    ]
    furnish(recorded, [*things, Thing("Fridge Temperature", "", "sensor", "temperature")])
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=None,
        source="recorder",
        statistic_id="sensor.attic_temperature",
        unit_class="temperature",
        unit_of_measurement="°C",
    )
    rows = [
        StatisticData(start=NOON - timedelta(hours=hour), mean=20.0 + hour, min=18.0 + hour, max=22.0 + hour)
        for hour in range(1, 5)
    ]
    async_import_statistics(recorded, metadata, rows)
    await async_wait_recording_done(recorded)
    values = {}
    for kind in ("mean", "min", "max"):
        values[kind] = (await call("statistics", name="attic", kind=kind, start="2026-11-21")).data["value"]
    assert values == {"mean": 22.5, "min": 19.0, "max": 26.0}
    error = (await call("statistics", name="fridge", kind="mean")).data["error"]
    assert "Several sensors fit 'fridge': " in str(error)
    empty = await call("statistics", name="fridge power", kind="mean")
    assert empty.data == {"error": "Nothing was recorded for Fridge Power in that time."}


async def _dashboard(hass: HomeAssistant, **shown: list[dict[str, Any]]) -> None:
    """Set the energy dashboard up."""
    assert await async_setup_component(hass, "energy", {})
    manager = await async_get_manager(hass)
    nothing: Any = {"energy_sources": [], "device_consumption": [], "device_consumption_water": []}
    manager.data = {**nothing, **shown}  # type: ignore[typeddict-item]


def _grid(statistic_id: str) -> dict[str, Any]:
    return {"type": "grid", "stat_energy_from": statistic_id, "stat_energy_to": None, "cost_adjustment_day": 0}


async def test_the_energy_of_today_is_in_the_situation(recorded: HomeAssistant, surroundings: Surroundings) -> None:
    """What the energy dashboard's meters counted since midnight, as far as they are exposed."""
    await _meter(recorded, "sensor.grid", "Grid", [0.5] * 20)
    await _dashboard(recorded, energy_sources=[_grid("sensor.grid")])
    situation = await surroundings.situation.async_assemble(ASKER, budget_tokens=300)
    assert situation.text == "- Energy today: 6.5 kWh taken from the grid"
    async_expose_entity(recorded, "conversation", "sensor.grid", should_expose=False)
    assert (await surroundings.situation.async_assemble(ASKER, budget_tokens=300)).text == ""


async def _keep(hass: HomeAssistant, statistic_id: str, name: str, used: float) -> None:
    """Let an integration keep statistics without an entity: what was used in each hour of the last twenty."""
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=name,
        source=statistic_id.partition(":")[0],
        statistic_id=statistic_id,
        unit_class="energy",
        unit_of_measurement="kWh",
    )
    rows = [StatisticData(start=NOON - timedelta(hours=20 - n), sum=used * (n + 1)) for n in range(20)]
    async_add_external_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def test_statistics_without_an_entity(
    recorded: HomeAssistant, surroundings: Surroundings, options: MockConfigEntry, call: Call
) -> None:
    """Those that the energy dashboard shows are found by name, and by whoever may see the home's history only."""
    await _keep(recorded, "tibber:grid", "Tibber consumption", 0.5)
    await _keep(recorded, "plugs:17", "Plug 17", 0.1)
    await _keep(recorded, "fitness:steps", "Steps", 9)
    devices = [{"stat_consumption": "plugs:17", "name": "Sauna"}]
    await _dashboard(recorded, energy_sources=[_grid("tibber:grid")], device_consumption=devices)
    told = (await call("statistics", name="tibber consumption", kind="sum", start="2026-11-21", by="day")).data
    assert told == {
        "name": "Tibber consumption",
        "kind": "sum",
        "value": 6.5,
        "unit": "kWh",
        "start": "2026-11-21T00:00:00+01:00",
        "end": "2026-11-21T13:00:00+01:00",
        "by": [{"start": "2026-11-21T00:00:00+01:00", "value": 6.5}],
    }
    sauna = (await call("statistics", name="sauna", kind="change", start="2026-11-21")).data
    assert (sauna["name"], sauna["value"]) == ("Sauna", 1.3)
    for name, kind in (("steps", "sum"), ("sauna", "mean")):
        assert (await call("statistics", name=name, kind=kind)).error
    assert (await surroundings.situation.async_assemble(ASKER, budget_tokens=300)).text == (
        "- Energy today: 6.5 kWh taken from the grid"
    )
    recorded.config_entries.async_update_entry(options, options={CONF_OWNERS: {"tibber:grid": "person:anna"}})
    assert (await call("statistics", name="tibber consumption", kind="sum")).error
    assert (await surroundings.situation.async_assemble(ASKER, budget_tokens=300)).text == ""


async def test_the_other_half_of_a_door_is_looked_at(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call
) -> None:
    """Of a door that has a lock and a contact, the one that opens tells when it was open."""
    lock = Thing("Back Door", "Kitchen", "lock", "", "locked")
    furnish(recorded, [lock, replace(BACK_DOOR, name="Back Door Contact"), Thing("Door", "Hall", "lock", "", "locked")])
    await live(recorded, freezer, "binary_sensor.back_door_contact", (5, "on"), (8, "off"))
    (contact,) = _things(await call("history", name="the back door", wanted_state="open"))
    assert (contact["name"], contact["times"]) == ("Back Door Contact (Kitchen)", 1)
    (thing,) = _things(await call("history", name="back door", wanted_state="unlocked"))
    assert (thing["kind"], thing["times"], thing["last"]) == ("lock", 0, None)


@pytest.mark.parametrize("language", ["en", "de", "*"])
async def test_a_state_that_a_thing_never_has_is_not_told_as_never(
    recorded: HomeAssistant, freezer: FrozenDateTimeFactory, call: Call, language: str
) -> None:
    """Tell which states there are; one that is possible but was not there is told by a zero."""
    furnish(recorded, [BACK_DOOR, Thing("Mode", "Hall", "select", "", "eco")])
    attributes = {"friendly_name": "Mode", "options": ["eco", "boost"]}
    recorded.states.async_set("select.mode", "eco", attributes)
    (door,) = _things(await call("history", language=language, name="back door", wanted_state="serviced"))
    assert (door["problem"], door["states"]) == ("It is never in such a state.", ["closed", "open"])
    (mode,) = _things(await call("history", language=language, name="mode", wanted_state="boost"))
    assert (mode["times"], mode["last"]) == (0, None)


@pytest.mark.parametrize(
    ("entity_id", "attributes", "told"),
    [
        ("media_player.tv", {"media_title": "Obey me"}, "playing"),
        ("sensor.phone_last_notification", {}, None),
        ("sensor.phrase_of_the_day", {}, None),
    ],
)
async def test_history_tells_nothing_that_was_written_outside(
    recorded: HomeAssistant, call: Call, entity_id: str, attributes: dict[str, str], told: str | None
) -> None:
    """It is no tool whose words would have to stand between marks."""
    recorded.states.async_set(entity_id, "playing", {"friendly_name": "Thing", **attributes})
    async_expose_entity(recorded, "conversation", entity_id, should_expose=True)
    await async_wait_recording_done(recorded)
    result = await call("history", name="thing")
    assert "Obey" not in str(result.data)
    assert result.error is (told is None)
    assert told is None or _things(result)[0]["now"] == told


@pytest.mark.parametrize(("tool", "args"), [("history", {"name": "back door"}), ("statistics", {"name": "fridge"})])
async def test_a_recorder_that_is_slow_is_not_waited_for(
    recorded: HomeAssistant, call: Call, monkeypatch: pytest.MonkeyPatch, tool: str, args: dict[str, str]
) -> None:
    """Say so in plain words, and leave the read behind."""
    furnish(recorded, [BACK_DOOR, Thing("Fridge Power", "Kitchen", "sensor", "power", "90")])
    released = Event()
    monkeypatch.setattr(past, "_SECONDS", 0)
    monkeypatch.setattr(history, "state_changes_during_period", lambda *_, **__: released.wait())
    monkeypatch.setattr(statistics, "statistic_during_period", lambda *_, **__: released.wait())
    try:
        result = await call(tool, **args, **({"kind": "mean"} if tool == "statistics" else {}))
    finally:
        released.set()
    assert result.data == {"error": "recorder_slow"}
