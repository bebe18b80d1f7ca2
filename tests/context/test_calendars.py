"""Test what is told of calendars: recurring, all day, over midnight, over the changes of the clocks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import CONF_OWNERS, CONF_SOURCES, NOBODY
from custom_components.hearth.context import Surroundings, kept
from tests.context.conftest import ASKER, AddCalendar, event

type Call = Callable[..., Awaitable[llm.ToolResult]]

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
DAILY = "RRULE:FREQ=DAILY"
IN_BERLIN = ";TZID=Europe/Berlin:"


def told(result: llm.ToolResult) -> list[str]:
    """Return what a result says of its events, in short."""
    assert not result.error, result.data
    events: Any = result.data["events"]
    return [f"{event['summary']} {event['start']} {event['end']}" for event in events]


@pytest.mark.parametrize(
    ("zone", "ics", "period", "expected"),
    [
        pytest.param(
            BERLIN,
            event("Dentist", f"{IN_BERLIN}20261122T090000", f"{IN_BERLIN}20261122T094500"),
            ("2026-11-22", "2026-11-22"),
            ["Dentist 2026-11-22T09:00:00+01:00 2026-11-22T09:45:00+01:00"],
            id="one event",
        ),
        pytest.param(
            NEW_YORK,
            event("Dentist", f"{IN_BERLIN}20261122T023000", f"{IN_BERLIN}20261122T033000"),
            ("2026-11-21", "2026-11-21"),
            ["Dentist 2026-11-21T20:30:00-05:00 2026-11-21T21:30:00-05:00"],
            id="written elsewhere, it is the day before here",
        ),
        pytest.param(
            BERLIN,
            event("Holiday", ";VALUE=DATE:20261123", ";VALUE=DATE:20261126"),
            ("2026-11-25", "2026-11-25"),
            ["Holiday 2026-11-23 2026-11-25"],
            id="the last of several whole days",
        ),
        pytest.param(
            BERLIN,
            event("Holiday", ";VALUE=DATE:20261123", ";VALUE=DATE:20261126"),
            ("2026-11-26", "2026-11-27"),
            [],
            id="the day after whole days",
        ),
        pytest.param(
            NEW_YORK,
            event("Birthday", ";VALUE=DATE:20261122", ";VALUE=DATE:20261123"),
            ("2026-11-22", "2026-11-22"),
            ["Birthday 2026-11-22 2026-11-22"],
            id="a whole day is the same day everywhere",
        ),
        pytest.param(
            BERLIN,
            event("Party", f"{IN_BERLIN}20261121T220000", f"{IN_BERLIN}20261122T020000"),
            ("2026-11-22", "2026-11-22"),
            ["Party 2026-11-21T22:00:00+01:00 2026-11-22T02:00:00+01:00"],
            id="over midnight, asked for the second day",
        ),
        pytest.param(
            BERLIN,
            event("Bins", f"{IN_BERLIN}20261024T070000", f"{IN_BERLIN}20261024T071500", DAILY),
            ("2026-10-24", "2026-10-26"),
            [
                "Bins 2026-10-24T07:00:00+02:00 2026-10-24T07:15:00+02:00",
                "Bins 2026-10-25T07:00:00+01:00 2026-10-25T07:15:00+01:00",
                "Bins 2026-10-26T07:00:00+01:00 2026-10-26T07:15:00+01:00",
            ],
            id="recurring over the end of summer time, always at seven",
        ),
        pytest.param(
            BERLIN,
            event(
                "Yoga", f"{IN_BERLIN}20260302T180000", f"{IN_BERLIN}20260302T190000", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE"
            ),
            ("2026-11-21", "2026-11-27"),
            [
                "Yoga 2026-11-23T18:00:00+01:00 2026-11-23T19:00:00+01:00",
                "Yoga 2026-11-25T18:00:00+01:00 2026-11-25T19:00:00+01:00",
            ],
            id="twice a week since spring",
        ),
        pytest.param(
            NEW_YORK,
            event("Feed", ";TZID=America/New_York:20260307T023000", ";TZID=America/New_York:20260307T024500", DAILY),
            ("2026-03-07", "2026-03-07"),
            ["Feed 2026-03-07T02:30:00-05:00 2026-03-07T02:45:00-05:00"],
            id="the night before the hour that is left out",
        ),
        pytest.param(
            BERLIN,
            event("Rent", ";VALUE=DATE:20260131", ";VALUE=DATE:20260201", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1"),
            ("2026-11-01", "2027-02-28"),
            [f"Rent {day} {day}" for day in ("2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28")],
            id="the last day of every month",
        ),
        pytest.param(
            BERLIN,
            event("Late", f"{IN_BERLIN}20261121T180000", f"{IN_BERLIN}20261121T190000"),
            ("2026-11-21T19:00", "2026-11-21T23:00"),
            [],
            id="over when the period begins",
        ),
    ],
)
async def test_events_by_range(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    add_calendar: AddCalendar,
    call: Call,
    zone: str,
    ics: str,
    period: tuple[str, str],
    expected: list[str],
) -> None:
    """Any period gives exactly its events, in local times."""
    freezer.move_to("2026-11-21T12:00:00Z")
    await hass.config.async_set_time_zone(zone)
    await add_calendar("Family", ics)
    start, end = period
    assert told(await call("calendar_events", start=start, end=end)) == expected


async def test_without_a_range_the_coming_week_is_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, add_calendar: AddCalendar, call: Call
) -> None:
    """Today counts, the eighth day does not, and the calendars stand with their events."""
    freezer.move_to("2026-11-21T12:00:00Z")
    await add_calendar("Family", event("Daily", ":20261101T070000Z", ":20261101T073000Z", DAILY))
    await add_calendar("Work", event("Review", ":20261124T090000Z", ":20261124T100000Z", "LOCATION:Room 5"))
    result = await call("calendar_events")
    assert len(told(result)) == 8
    events: Any = result.data["events"]
    assert [event for event in events if event["calendar"] == "Work"] == [
        {
            "calendar": "Work",
            "summary": "Review",
            "start": "2026-11-24T01:00:00-08:00",
            "end": "2026-11-24T02:00:00-08:00",
            "all_day": False,
            "location": "Room 5",
        }
    ]
    assert told(await call("calendar_events", calendar="the work calendar")) == [
        "Review 2026-11-24T01:00:00-08:00 2026-11-24T02:00:00-08:00"
    ]


async def test_a_year_of_events_is_bounded(add_calendar: AddCalendar, call: Call) -> None:
    """What is cut is counted, and longer than a year is refused."""
    await add_calendar("Family", event("Daily", ":20260101T070000Z", ":20260101T073000Z", DAILY))
    result = await call("calendar_events", start="2026-01-01", end="2026-12-31")
    assert (len(told(result)), result.data["not_shown"]) == (40, 325)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"calendar": "Choir"}, "There is no calendar called 'Choir'. There are: Family."),
        ({"start": "soon"}, "'soon' is no date or time"),
        ({"start": "2026-11-22", "end": "2026-11-21"}, "'end' must be later than 'start'"),
        ({"start": "2026-01-01", "end": "2028-01-01"}, "longer than a year"),
    ],
)
async def test_what_can_not_be_answered_is_said(
    add_calendar: AddCalendar, call: Call, args: dict[str, str], words: str
) -> None:
    """A model is told what to mend."""
    await add_calendar("Family", "")
    try:
        error = str((await call("calendar_events", **args)).data["error"])
    except probatio.Invalid as err:
        error = str(err)
    assert words in error


async def test_a_calendar_that_fails_does_not_hide_the_others(
    hass: HomeAssistant, add_calendar: AddCalendar, call: Call, freezer: FrozenDateTimeFactory
) -> None:
    """The events of the others are told, and who does not answer."""
    freezer.move_to("2026-11-21T12:00:00Z")
    await add_calendar("Family", event("Dentist", ":20261122T080000Z", ":20261122T084500Z"))
    await add_calendar("Work", "")
    hass.states.async_set("calendar.broken", "off", {"friendly_name": "Broken"})
    async_expose_entity(hass, "conversation", "calendar.broken", should_expose=True)
    result = await call("calendar_events")
    assert len(told(result)) == 1
    assert result.data["calendars_that_do_not_answer"] == ["Broken"]
    assert (await call("calendar_events", calendar="broken")).error


async def test_the_situation_names_what_comes_next(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, add_calendar: AddCalendar, surroundings: Surroundings
) -> None:
    """Events stand with their day, place and calendar; what is over is gone, and what is near comes first."""
    freezer.move_to("2026-11-21T12:00:00Z")
    await hass.config.async_set_time_zone(BERLIN)
    await add_calendar(
        "Family",
        event("Dentist", f"{IN_BERLIN}20261122T090000", f"{IN_BERLIN}20261122T094500", "LOCATION:Mill Street 4")
        + event("Lunch", f"{IN_BERLIN}20261121T123000", f"{IN_BERLIN}20261121T133000")
        + event("Breakfast", f"{IN_BERLIN}20261121T080000", f"{IN_BERLIN}20261121T090000")
        + event("Tea", f"{IN_BERLIN}20261121T140000", f"{IN_BERLIN}20261121T150000")
        + event("Market", ";VALUE=DATE:20261121", ";VALUE=DATE:20261122")
        + event("Fair", ";VALUE=DATE:20261123", ";VALUE=DATE:20261125")
        + event("Choir", f"{IN_BERLIN}20261126T190000", f"{IN_BERLIN}20261126T210000")
        + event("Advent", ";VALUE=DATE:20261129", ";VALUE=DATE:20261130"),
    )
    situation = await surroundings.situation.async_assemble(ASKER, budget_tokens=500)
    assert [line.text for line in situation.lines] == [
        "14:00 to 15:00: Tea [Family]",
        "12:30 to 13:30: Lunch [Family]",
        "today, all day: Market [Family]",
        "tomorrow Sun 22 Nov 09:00 to 09:45: Dentist, Mill Street 4 [Family]",
        "Mon 23 Nov to Tue 24 Nov, all day: Fair [Family]",
        "Thu 26 Nov 19:00 to 21:00: Choir [Family]",
    ]
    assert situation.text.startswith("<outside>\n")
    assert situation.untrusted


async def test_a_new_event_is_known_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, add_calendar: AddCalendar, surroundings: Surroundings
) -> None:
    """What was kept goes stale with the calendar's state, and otherwise with time."""
    freezer.move_to("2026-11-21T12:00:00Z")
    await add_calendar("Family", "")
    assert not (await surroundings.situation.async_assemble(ASKER, budget_tokens=500)).lines
    created = {
        "entity_id": "calendar.family",
        "summary": "Fire drill",
        "start_date_time": "2026-11-21T12:05:00+00:00",
        "end_date_time": "2026-11-21T12:15:00+00:00",
    }
    await hass.services.async_call("calendar", "create_event", created, blocking=True)
    await hass.async_block_till_done()
    (line,) = (await surroundings.situation.async_assemble(ASKER, budget_tokens=500)).lines
    assert "Fire drill" in line.text


async def test_what_has_changed_is_asked_for_anew_at_once(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, surroundings: Surroundings
) -> None:
    """Nobody who asks right after a change is told what was kept before it."""
    asked = []

    async def answer(call: ServiceCall) -> dict[str, Any]:
        asked.append(call)
        return {"calendar.family": {"events": []}}

    hass.services.async_register("calendar", "get_events", answer, supports_response=SupportsResponse.ONLY)
    async_expose_entity(hass, "conversation", "calendar.family", should_expose=True)
    for state in ("off", "on", "off"):
        hass.states.async_set("calendar.family", state)
        for _ in range(2):
            await surroundings.situation.async_assemble(ASKER, budget_tokens=500)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("settings", "exposed", "words"),
    [
        pytest.param({}, False, "No calendar of this home is shown to you.", id="not exposed"),
        pytest.param({CONF_SOURCES: {"calendar": False}}, True, "may not see this", id="switched off"),
        pytest.param({CONF_OWNERS: NOBODY}, True, "No calendar of this home is shown to you.", id="nobody's"),
    ],
)
async def test_what_may_not_be_seen_is_not_told(
    hass: HomeAssistant,
    options: MockConfigEntry,
    add_calendar: AddCalendar,
    surroundings: Surroundings,
    call: Call,
    freezer: FrozenDateTimeFactory,
    settings: dict[str, Any],
    exposed: bool,
    words: str,
) -> None:
    """Neither a line nor an event of a calendar that the asker may not see."""
    freezer.move_to("2026-11-21T12:00:00Z")
    entity_id = await add_calendar("Family", event("Secret", ":20261122T080000Z", ":20261122T084500Z"))
    if CONF_OWNERS in settings:
        settings = {CONF_OWNERS: {surroundings.situation._access.key_of(entity_id): NOBODY}}  # noqa: SLF001
    hass.config_entries.async_update_entry(options, options=settings)
    async_expose_entity(hass, "conversation", entity_id, should_expose=exposed)
    result = await call("calendar_events", start="2026-11-21", end="2026-11-30")
    assert result.error
    assert words in str(result.data["error"])
    assert "Secret" not in (await surroundings.situation.async_assemble(ASKER, budget_tokens=500)).text
    assert (
        "Secret"
        not in (
            await surroundings.states.async_relevant("calendar", asker=ASKER, language="en", budget_tokens=500)
        ).text
    )


async def test_nobody_waits_for_a_calendar_that_is_slow(
    hass: HomeAssistant, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn goes on without it, and the next one has what it answered."""
    monkeypatch.setattr(kept, "_PATIENCE_SECONDS", 0.01)
    answers = asyncio.Event()

    async def answer(_call: ServiceCall) -> dict[str, Any]:
        await answers.wait()
        start, end = dt_util.now(), dt_util.now() + timedelta(hours=1)
        row = {"summary": "Choir", "start": start.isoformat(), "end": end.isoformat()}
        return {"calendar.slow": {"events": [row]}}

    hass.services.async_register("calendar", "get_events", answer, supports_response=SupportsResponse.ONLY)
    hass.states.async_set("calendar.slow", "off")
    async_expose_entity(hass, "conversation", "calendar.slow", should_expose=True)
    assert (await surroundings.situation.async_assemble(ASKER, budget_tokens=500)).lines == ()
    answers.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    (line,) = (await surroundings.situation.async_assemble(ASKER, budget_tokens=500)).lines
    assert "Choir" in line.text


async def test_a_calendar_that_fails_is_left_alone_for_a_while(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, surroundings: Surroundings
) -> None:
    """An error is no reason to ask again on every turn."""
    asked = []

    async def fail(call: ServiceCall) -> None:
        asked.append(call)
        raise HomeAssistantError("no answer")

    hass.services.async_register("calendar", "get_events", fail, supports_response=SupportsResponse.ONLY)
    hass.states.async_set("calendar.broken", "off")
    async_expose_entity(hass, "conversation", "calendar.broken", should_expose=True)
    for _ in range(3):
        assert (await surroundings.situation.async_assemble(ASKER, budget_tokens=500)).lines == ()
    assert len(asked) == 1
    freezer.tick(timedelta(minutes=16))
    await surroundings.situation.async_assemble(ASKER, budget_tokens=500)
    assert len(asked) == 2
