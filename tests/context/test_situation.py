"""Test what the situation says of each source, and what it never says."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import persistent_notification
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.core import HomeAssistant, ServiceCall, State
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er, llm
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.context.home import Thing, furnish
from custom_components.hearth.access import CONF_OWNERS, CONF_SOURCES, GUEST, QUESTION_TAG, Asker, Source
from custom_components.hearth.context import Assembled, Surroundings
from custom_components.hearth.context.forecast import Part
from custom_components.hearth.context.sources.weather import told
from tests.context.conftest import ASKER

type Call = Callable[..., Awaitable[llm.ToolResult]]

NOW = "2026-11-21T12:00:00Z"


async def assemble(surroundings: Surroundings, asker: Asker = ASKER, budget: int = 600) -> Assembled:
    """Return the situation."""
    return await surroundings.situation.async_assemble(asker, budget_tokens=budget)


async def lines(surroundings: Surroundings, asker: Asker = ASKER) -> list[str]:
    """Return the situation's lines."""
    return [line.text for line in (await assemble(surroundings, asker)).lines]


@pytest.fixture
async def berlin(core: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Be in Berlin at one o'clock on a Saturday."""
    freezer.move_to(NOW)
    await core.config.async_set_time_zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("thing", "line"),
    [
        (
            Thing("Leak Sensor", "Bathroom", "binary_sensor", "moisture", "on"),
            "Leak Sensor (Bathroom): wet since 13:00",
        ),
        (
            Thing("Smoke Alarm", "Kitchen", "binary_sensor", "smoke", "on"),
            "Smoke Alarm (Kitchen): detected since 13:00",
        ),
        (Thing("Front Door", "Hall", "lock", "", "unlocked"), "Front Door (Hall): unlocked since 13:00"),
        (Thing("Hall Lock", "Hall", "binary_sensor", "lock", "on"), "Hall Lock: unlocked since 13:00"),
        (Thing("Garage Door", "Garage", "cover", "garage", "open"), "Garage Door: open since 13:00"),
        (Thing("Window", "Bedroom", "binary_sensor", "window", "on"), "Window (Bedroom): open since 13:00"),
        (Thing("Alarm", "", "alarm_control_panel", "", "triggered"), "Alarm: triggered since 13:00"),
        (Thing("Lock Battery", "Hall", "sensor", "battery", "9"), "Lock Battery (Hall): battery low, 9 %"),
        (Thing("Remote", "", "binary_sensor", "battery", "on"), "Remote: battery low"),
        (Thing("Washer", "Cellar", "sensor", "enum", "Run"), "Washer (Cellar): Run since 13:00"),
        (Thing("Dishwasher", "Kitchen", "binary_sensor", "running", "on"), "Dishwasher (Kitchen): running since 13:00"),
        (Thing("Vacuum", "Hall", "vacuum", "", "error"), "Vacuum (Hall): error since 13:00"),
        (Thing("TV", "Den", "media_player", "tv", "playing"), "TV (Den): playing"),
        (Thing("Front Door", "Hall", "lock", "", "unavailable"), "Front Door (Hall): unavailable"),
    ],
)
async def test_a_device_that_somebody_should_know_of(
    core: HomeAssistant, berlin: None, surroundings: Surroundings, thing: Thing, line: str
) -> None:
    """What is open, unlocked, wet, low, at work or gone is told, and only if it is exposed."""
    furnish(core, [thing])
    assert await lines(surroundings) == [line]
    async_expose_entity(core, "conversation", thing.entity_id, should_expose=False)
    assert await lines(surroundings) == []


@pytest.mark.parametrize(
    "thing",
    [
        Thing("Window", "Bedroom", "binary_sensor", "window", "off"),
        Thing("Motion", "Bedroom", "binary_sensor", "motion", "on"),
        Thing("Blinds", "Bedroom", "cover", "blind", "open"),
        Thing("Battery", "Bedroom", "sensor", "battery", "16"),
        Thing("Battery", "Bedroom", "sensor", "battery", "unknown"),
        Thing("Temperature", "Bedroom", "sensor", "temperature", "31"),
        Thing("Lamp", "Bedroom", "light", "", "on"),
        Thing("Lamp", "Bedroom", "light", "", "unavailable"),
        Thing("Alarm", "", "alarm_control_panel", "", "disarmed"),
        Thing("Vacuum", "Bedroom", "vacuum", "", "docked"),
    ],
)
async def test_what_is_as_it_mostly_is_goes_untold(
    core: HomeAssistant, surroundings: Surroundings, thing: Thing
) -> None:
    """Nobody needs to be told of a closed window."""
    furnish(core, [thing])
    assert await lines(surroundings) == []


async def test_many_that_are_gone_are_one_line(core: HomeAssistant, surroundings: Surroundings) -> None:
    """When a bridge is down, its devices do not fill the page."""
    furnish(core, [Thing(f"Door {n}", "Hall", "binary_sensor", "door", "unavailable") for n in range(1, 8)])
    assert await lines(surroundings) == [
        "7 devices do not answer: Door 1 (Hall), Door 2 (Hall), Door 3 (Hall) and others"
    ]


async def test_ways_in_matter_more_while_nobody_is_home(core: HomeAssistant, surroundings: Surroundings) -> None:
    """An open window outranks a playing TV, and still more so in an empty house."""
    furnish(core, [Thing("Window", "Hall", "binary_sensor", "window", "on")])
    (before,) = (await assemble(surroundings)).lines
    core.states.async_set("person.anna", "not_home", {"id": "anna"})
    (after,) = (await assemble(surroundings)).lines
    assert after.urgency > before.urgency
    assert (after.key, after.text) == (before.key, before.text)


async def test_the_same_situation_gives_the_same_words(
    core: HomeAssistant, berlin: None, surroundings: Surroundings, freezer: FrozenDateTimeFactory
) -> None:
    """Time alone changes nothing within the day, and a state that is told anew is read anew."""
    furnish(
        core, [Thing("Front Door", "Hall", "lock", "", "unlocked"), Thing("Motion", "Hall", "binary_sensor", "motion")]
    )
    before = await assemble(surroundings)
    freezer.tick(timedelta(minutes=20))
    core.states.async_set("binary_sensor.motion", "on")
    assert await assemble(surroundings) == before
    core.states.async_set("lock.front_door", "locked")
    assert (await assemble(surroundings)).lines == ()


async def test_people(core: HomeAssistant, berlin: None, surroundings: Surroundings) -> None:
    """Who is where is told of those whose whereabouts are exposed, and of nobody to a guest."""
    for name, state in (("Anna", "home"), ("Bert", "not_home"), ("Carla", "School"), ("Dora", "home")):
        core.states.async_set(f"person.{name.lower()}", state, {"friendly_name": name, "id": name.lower()})
        async_expose_entity(core, "conversation", f"person.{name.lower()}", should_expose=name != "Dora")
    assert await lines(surroundings) == [
        "Anna is home since 13:00",
        "Bert is away since 13:00",
        "Carla is in the zone School since 13:00",
    ]
    assert await lines(surroundings, Asker(GUEST, ASKER.agent_id)) == []


async def test_timers_and_alarm_clocks(core: HomeAssistant, berlin: None, surroundings: Surroundings) -> None:
    """Timers are told by when they end, whoever keeps them."""
    assert await async_setup_component(core, "intent", {})
    assert await async_setup_component(core, "timer", {"timer": {"tea": {"name": "Tea", "duration": "00:05:00"}}})
    async_expose_entity(core, "conversation", "timer.tea", should_expose=True)
    await core.services.async_call("timer", "start", {"entity_id": "timer.tea"}, blocking=True)
    async_register_timer_handler(core, "device", lambda *_: None)
    timer_id = core.data[TIMER_DATA].start_timer("device", None, 10, None, "en", name="pizza")
    core.states.async_set(
        "sensor.annas_phone_next_alarm",
        "2026-11-22T05:30:00+00:00",
        {"friendly_name": "Anna's Phone Next Alarm", "device_class": "timestamp"},
    )
    async_expose_entity(core, "conversation", "sensor.annas_phone_next_alarm", should_expose=True)
    told = await lines(surroundings)
    assert "Timer Tea: ends at 13:05:00" in told
    assert "Anna's Phone Next Alarm: tomorrow Sun 22 Nov 06:30" in told
    (pizza,) = (line for line in told if line.startswith("Timer pizza: ends at 13:"))
    assert pizza >= "Timer pizza: ends at 13:09:00"
    core.data[TIMER_DATA].pause_timer(timer_id)
    await core.services.async_call("timer", "pause", {"entity_id": "timer.tea"}, blocking=True)
    told = await lines(surroundings)
    assert any(line.startswith("Timer pizza: paused, ") for line in told)
    assert any(line.startswith("Timer Tea: paused, 0:05:00") for line in told)
    core.data[TIMER_DATA].cancel_timer(timer_id)


# The last day on which something is due is the day before the one in the file, as the standard has it.
ITEMS = """BEGIN:VTODO
UID:1
DTSTAMP:20261101T000000Z
SUMMARY:Call the plumber
DUE;VALUE=DATE:20261120
STATUS:NEEDS-ACTION
END:VTODO
BEGIN:VTODO
UID:2
DTSTAMP:20261101T000000Z
SUMMARY:Send the form
DUE:20261121T170000Z
STATUS:NEEDS-ACTION
END:VTODO
BEGIN:VTODO
UID:3
DTSTAMP:20261101T000000Z
SUMMARY:Paint the fence
STATUS:NEEDS-ACTION
END:VTODO
BEGIN:VTODO
UID:4
DTSTAMP:20261101T000000Z
SUMMARY:Buy a fence
STATUS:COMPLETED
END:VTODO
"""


@pytest.fixture
async def household_list(core: HomeAssistant) -> str:
    """Return a real to-do list with items that are late, due today, open and done."""
    path = Path(core.config.path(".storage/local_todo.household.ics"))
    text = f"BEGIN:VCALENDAR\nPRODID:-//test//EN\nVERSION:2.0\n{ITEMS}END:VCALENDAR\n"
    await core.async_add_executor_job(_write, path, text)
    entry = MockConfigEntry(
        domain="local_todo", data={"todo_list_name": "Household", "storage_key": "household"}, title="Household"
    )
    entry.add_to_hass(core)
    assert await core.config_entries.async_setup(entry.entry_id)
    await core.async_block_till_done()
    return "todo.household"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("\n", "\r\n"))


async def test_what_is_to_be_done(
    core: HomeAssistant, berlin: None, household_list: str, surroundings: Surroundings, call: Call
) -> None:
    """What is late and due stands by itself, the rest is named, what is done is not; a new item shows at once."""
    assert await lines(surroundings) == [
        "Household: Call the plumber, overdue since Thu 19 Nov",
        "Household: Send the form, due 18:00",
        "Household, open: Paint the fence",
    ]
    added = {"entity_id": household_list, "item": "Oil the gate"}
    await core.services.async_call("todo", "add_item", added, blocking=True)
    await core.async_block_till_done()
    assert "Household, open: Paint the fence, Oil the gate" in await lines(surroundings)
    assert (await call("todo_items", list="household list")).data == {
        "lists": [
            {
                "name": "Household",
                "items": [
                    {"summary": "Call the plumber", "due": "2026-11-19"},
                    {"summary": "Send the form", "due": "2026-11-21T18:00:00+01:00"},
                    {"summary": "Paint the fence", "due": None},
                    {"summary": "Oil the gate", "due": None},
                ],
            }
        ]
    }
    error = (await call("todo_items", list="Groceries")).data["error"]
    assert error == "There is no list called 'Groceries'. There are: Household."


async def test_a_list_that_fails_does_not_hide_the_others(core: HomeAssistant, household_list: str, call: Call) -> None:
    """What the others hold is told, and who does not answer."""
    core.states.async_set("todo.broken", "3", {"friendly_name": "Broken"})
    async_expose_entity(core, "conversation", "todo.broken", should_expose=True)
    result = await call("todo_items")
    assert result.data["lists_that_do_not_answer"] == ["Broken"]
    assert (await call("todo_items", list="broken")).data == {"error": "These lists do not answer: Broken"}


async def test_no_list_is_shown(core: HomeAssistant, household_list: str, call: Call) -> None:
    """A list that is not exposed is not there."""
    async_expose_entity(core, "conversation", household_list, should_expose=False)
    assert (await call("todo_items")).error
    error = (await call("todo_items", list="Household")).data["error"]
    assert error == "There is no list called 'Household'. There is none that you may see."


@pytest.fixture
async def weather(core: HomeAssistant) -> str:
    """Return the weather of Home Assistant's own demo."""
    entry = MockConfigEntry(domain="demo", title="Demo")
    entry.add_to_hass(core)
    with_platforms = "homeassistant.components.demo.COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(with_platforms, ["weather"])
        assert await core.config_entries.async_setup(entry.entry_id)
        await core.async_block_till_done()
    async_expose_entity(core, "conversation", "weather.demo_weather_south", should_expose=True)
    return "weather.demo_weather_south"


async def test_the_weather(
    core: HomeAssistant, berlin: None, weather: str, surroundings: Surroundings, call: Call
) -> None:
    """Now, today and tomorrow in the situation; any day by the tool."""
    told = await lines(surroundings)
    assert told[0].startswith("Weather now: sunny, 21.6 °C, ")
    assert any(line.startswith("Weather today: rainy, 15") for line in told), told
    assert any(line.startswith("Weather tomorrow: rainy, 8") for line in told), told
    days: Any = (await call("weather")).data["days"]
    assert len(days) == 7
    result = await call("weather", day="2026-11-22")
    (tomorrow,) = days[1:2]
    assert result.data["days"] == [tomorrow]
    assert {"date", "condition", "high", "low", "precipitation", "precipitation_probability"} <= set(tomorrow)
    assert (await call("weather", day="2027-01-01")).data == {"error": "There is no forecast for 2027-01-01."}
    core.states.async_set(weather, "unavailable")
    assert (await call("weather")).data == {"error": "The weather service does not answer."}
    async_expose_entity(core, "conversation", weather, should_expose=False)
    assert (await call("weather")).data == {"error": "No weather service of this home is shown to you."}


async def test_a_forecast_in_parts_is_put_together(core: HomeAssistant, weather: str, call: Call) -> None:
    """Where no whole days are forecast, halves and hours are."""
    async_expose_entity(core, "conversation", weather, should_expose=False)
    async_expose_entity(core, "conversation", "weather.demo_weather_north", should_expose=True)
    state = core.states.get("weather.demo_weather_north")
    assert state is not None
    twice_daily = {**state.attributes, "supported_features": 4}
    core.states.async_set(state.entity_id, state.state, twice_daily)
    halves: Any = (await call("weather")).data["days"]
    assert all(day["low"] <= day["high"] for day in halves)
    assert len({day["date"] for day in halves}) == len(halves)
    core.states.async_set(state.entity_id, state.state, {**state.attributes, "supported_features": 2})
    hours: Any = (await call("weather")).data["days"]
    by_hour = await call("weather", day=hours[0]["date"])
    assert by_hour.data["hours"]
    assert by_hour.data["now"] == (await call("weather")).data["now"]
    core.states.async_set(state.entity_id, state.state, {**state.attributes, "supported_features": 0})
    assert (await call("weather")).data["days"] == []


async def test_notifications(
    core: HomeAssistant, berlin: None, surroundings: Surroundings, call: Call, freezer: FrozenDateTimeFactory
) -> None:
    """What waits to be read stays; what was sent is news for some hours; what commands a phone, or asks, is none."""

    async def sent(_call: ServiceCall) -> None:
        """Take it."""

    core.services.async_register("notify", "family", sent)
    _owned(core, surroundings, "notify.family", "household")
    persistent_notification.async_create(core, "Update\navailable", "Router", "router")
    freezer.tick(timedelta(minutes=1))
    for message in ("The bin is full", "clear_notification", "command_bluetooth", ""):
        await core.services.async_call("notify", "family", {"message": message, "title": "Bins"}, blocking=True)
    question = {"message": "May I unlock Front Door?", "data": {"tag": f"{QUESTION_TAG}1"}}
    await core.services.async_call("notify", "family", question, blocking=True)
    assert await lines(surroundings) == [
        "Notified 13:00 [Home Assistant]: Router: Update available",
        "Notified 13:01 [sent to family]: Bins: The bin is full",
    ]
    freezer.tick(timedelta(hours=13))
    assert await lines(surroundings) == [
        "Notified yesterday Sat 21 Nov 13:00 [Home Assistant]: Router: Update available"
    ]
    assert (await call("notifications")).data == {
        "notifications": [
            {
                "title": "Bins",
                "message": "The bin is full",
                "time": "2026-11-21T13:01:00+01:00",
                "source": "sent to family",
                "waits_to_be_read": False,
            },
            {
                "title": "Router",
                "message": "Update available",
                "time": "2026-11-21T13:00:00+01:00",
                "source": "Home Assistant",
                "waits_to_be_read": True,
            },
        ]
    }
    persistent_notification.async_dismiss(core, "router")
    assert (await call("notifications", since="2026-11-22")).data == {"notifications": []}
    freezer.tick(timedelta(hours=48))
    assert (await call("notifications", since="2026-11-01")).data == {"notifications": []}


def _owned(core: HomeAssistant, surroundings: Surroundings, thing: str, owner: str) -> None:
    (entry,) = core.config_entries.async_entries("hearth")
    owners = {**entry.options.get(CONF_OWNERS, {}), thing: owner}
    core.config_entries.async_update_entry(entry, options={**entry.options, CONF_OWNERS: owners})


@pytest.mark.parametrize(
    ("target", "origin"),
    [
        pytest.param({"entity_id": "notify.tablet"}, "sent to Tablet (Kitchen)", id="an entity"),
        pytest.param({"entity_id": ["notify.secret", "notify.tablet"]}, "sent to Tablet (Kitchen)", id="one of two"),
        pytest.param({"entity_id": ["notify.secret"]}, None, id="nobody's"),
        pytest.param({"device_id": "device"}, "sent to Tablet (Kitchen)", id="a device"),
        pytest.param({"area_id": "kitchen"}, "sent to Tablet (Kitchen)", id="an area"),
        pytest.param({"entity_id": "all"}, "sent to Tablet (Kitchen)", id="everybody"),
        pytest.param({"area_id": "hall"}, None, id="an empty area"),
    ],
)
async def test_what_is_sent_to_entities_is_remembered(
    core: HomeAssistant, berlin: None, surroundings: Surroundings, target: dict[str, Any], origin: str | None
) -> None:
    """However a message finds its way, those see it who see one of the entities that it went to, and only those."""

    async def sent(_call: ServiceCall) -> None:
        """Take it."""

    core.services.async_register("notify", "send_message", sent)
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(core)
    area = ar.async_get(core).async_create("Kitchen")
    device = dr.async_get(core).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("test", "tablet")}, name="Tablet"
    )
    dr.async_get(core).async_update_device(device.id, area_id=area.id)
    entities = er.async_get(core)
    tablet = entities.async_get_or_create("notify", "test", "tablet", suggested_object_id="tablet", device_id=device.id)
    for name in ("tablet", "secret"):
        core.states.async_set(f"notify.{name}", "unknown", {"friendly_name": name.capitalize()})
    _owned(core, surroundings, tablet.id, "household")
    data = {**target, "message": "The bin is full"}
    if "device_id" in target:
        data["device_id"] = device.id
    await core.services.async_call("notify", "send_message", data, blocking=True)
    assert await lines(surroundings) == ([f"Notified 13:00 [{origin}]: The bin is full"] if origin else [])


async def test_many_notifications_are_bounded(core: HomeAssistant, surroundings: Surroundings, call: Call) -> None:
    """Twenty are told, the rest is counted, and no message is endless."""
    for number in range(25):
        persistent_notification.async_create(core, "x" * 5000, None, str(number))
    result = await call("notifications")
    notifications: Any = result.data["notifications"]
    assert (len(notifications), result.data["not_shown"]) == (20, 5)
    assert len(notifications[0]["message"]) == 500


async def test_what_a_phone_shows_is_told_to_its_person_only(
    core: HomeAssistant, berlin: None, surroundings: Surroundings, call: Call
) -> None:
    """The companion app's sensor is exposed and has an owner, or it is silent."""
    sensor = "sensor.annas_phone_last_notification"
    core.states.async_set(sensor, "Your parcel is there", {"android.title": "Post", "friendly_name": "Anna's Phone"})
    async_expose_entity(core, "conversation", sensor, should_expose=True)
    assert await lines(surroundings) == []
    _owned(core, surroundings, sensor, "household")
    assert await lines(surroundings) == ["Notified 13:00 [Anna's Phone]: Post: Your parcel is there"]
    async_expose_entity(core, "conversation", sensor, should_expose=False)
    assert await lines(surroundings) == []


ALL = {
    Source.CALENDAR: "calendar_events",
    Source.ENERGY: "history",
    Source.NOTIFICATIONS: "notifications",
    Source.TODO: "todo_items",
    Source.WEATHER: "weather",
}


@pytest.mark.parametrize(("source", "tool"), ALL.items())
async def test_a_source_that_is_switched_off_is_silent(
    core: HomeAssistant, options: MockConfigEntry, surroundings: Surroundings, call: Call, source: Source, tool: str
) -> None:
    """The tool says that it may not."""
    core.config_entries.async_update_entry(options, options={CONF_SOURCES: {source.value: False}})
    result = await call(tool)
    assert result.error
    assert "may not see this" in str(result.data["error"])


async def test_devices_that_are_switched_off_are_silent(
    core: HomeAssistant, options: MockConfigEntry, surroundings: Surroundings, call: Call
) -> None:
    """Neither the situation nor the states of devices are told, by whatever road."""
    furnish(core, [Thing("Front Door", "Hall", "lock", "", "unlocked")])
    assert str((await call("situation")).data["situation"]).startswith("- Front Door (Hall): unlocked since ")
    core.config_entries.async_update_entry(options, options={CONF_SOURCES: {"devices": False}})
    assert (await call("situation")).data == {"situation": "Nothing out of the ordinary."}
    told = await surroundings.states.async_relevant("front door", asker=ASKER, language="en", budget_tokens=100)
    assert told.lines == ()


async def test_a_broken_source_does_not_silence_the_others(
    core: HomeAssistant,
    berlin: None,
    surroundings: Surroundings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The situation is told without it."""

    async def fail(*_: object) -> list[object]:
        raise ZeroDivisionError

    furnish(core, [Thing("Front Door", "Hall", "lock", "", "unlocked")])
    presence = next(source for source in surroundings.sources if source.source is Source.PRESENCE)
    monkeypatch.setattr(presence, "async_lines", fail)
    assert await lines(surroundings) == ["Front Door (Hall): unlocked since 13:00"]
    assert "The source presence could not be read" in caplog.text
    caplog.clear()


def test_every_source_declares_itself(surroundings: Surroundings) -> None:
    """Each says what it costs, how long it is fresh, what must be allowed and whether it was written outside."""
    told = {source.source: (source.cost.name, source.freshness, source.untrusted) for source in surroundings.sources}
    assert told == {
        Source.CALENDAR: ("CALL", timedelta(minutes=15), True),
        Source.DEVICES: ("MEMORY", timedelta(0), False),
        Source.ENERGY: ("RECORDER", timedelta(minutes=10), False),
        Source.NOTIFICATIONS: ("MEMORY", timedelta(0), True),
        Source.PRESENCE: ("MEMORY", timedelta(0), False),
        Source.TIMERS: ("MEMORY", timedelta(0), False),
        Source.TODO: ("CALL", timedelta(minutes=5), True),
        Source.WEATHER: ("CALL", timedelta(minutes=30), False),
    }


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("rainy", 8.0, 3.0, 4.0, 80), "rainy, 3.0 to 8.0 °C, 4.0 mm of rain or snow, 80 % likely"),
        (("partlycloudy", 8.0, None, 0.0, 0), "partly cloudy, 8.0 °C"),
        (("", None, None, None, None), ""),
    ],
)
async def test_a_forecast_tells_what_it_knows(
    core: HomeAssistant, surroundings: Surroundings, values: tuple[Any, ...], words: str
) -> None:
    """What a weather service does not say is left out, and so is rain that does not fall."""
    units = {"temperature_unit": "°C", "precipitation_unit": "mm"}
    assert told(core, State("weather.x", "sunny", units), Part(dt_util.utcnow(), *values)) == words
