"""A real Home Assistant in a home of any size, with calendars, lists, weather and people that work."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
import logging
from pathlib import Path
import random
import tempfile
from typing import Any
from unittest.mock import patch

from homeassistant.components import persistent_notification
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.hearth.access import Access
from custom_components.hearth.const import DOMAIN, SUBENTRY_AGENT
from custom_components.hearth.context import Surroundings

from .home import Thing, furnish

AGENT_ID = "agent"

_DEMO_PLATFORMS = "homeassistant.components.demo.COMPONENTS_WITH_CONFIG_ENTRY_DEMO_PLATFORM"
_DEMO_SETUP = "homeassistant.components.demo.COMPONENTS_WITH_DEMO_PLATFORM"
_EVENTS, _ITEMS = 60, 30
_WORDS = ("bins", "dentist", "school", "plumber", "birthday", "review", "fence", "market", "lesson", "parcel")
# What a domain's things may become, beside what they are at first.
_OTHER_STATES = {
    "alarm_control_panel": "armed_away",
    "binary_sensor": "on",
    "climate": "off",
    "cover": "closed",
    "fan": "on",
    "lawn_mower": "mowing",
    "light": "on",
    "lock": "unlocked",
    "media_player": "playing",
    "switch": "on",
    "vacuum": "cleaning",
    "valve": "closed",
}


@asynccontextmanager
async def living_home(things: Sequence[Thing]) -> AsyncIterator[tuple[HomeAssistant, Surroundings]]:
    """Run a home that Hearth follows, without an engine: none is needed to know what is true."""
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            await hass.config.async_set_time_zone("Europe/Amsterdam")
            try:
                await _set_up(hass, things)
                surroundings = await Surroundings.async_start(hass, Access(hass, _entry(hass)))
                await hass.async_block_till_done(wait_background_tasks=True)
                yield hass, surroundings
                surroundings.stop()
            finally:
                await hass.async_stop(force=True)


def unrest(hass: HomeAssistant, things: Sequence[Thing], chance: random.Random, share: float) -> None:
    """Let a share of the things be otherwise than they are at first, the others as they are."""
    for thing in things:
        state = hass.states.get(thing.entity_id)
        if state is None:
            continue
        moved = chance.random() < share
        if thing.domain == "sensor":
            hass.states.async_set(thing.entity_id, f"{chance.uniform(1, 60):.1f}", state.attributes)
        else:
            value = _OTHER_STATES.get(thing.domain, thing.state) if moved else thing.state
            hass.states.async_set(thing.entity_id, value, state.attributes)


async def _set_up(hass: HomeAssistant, things: Sequence[Thing]) -> None:
    for domain in ("homeassistant", "llm", "persistent_notification", "intent"):
        if not await async_setup_component(hass, domain, {}):
            raise RuntimeError(f"{domain} could not be set up")
    now = dt_util.now()
    await hass.async_add_executor_job(_write_calendar, hass, now)
    await hass.async_add_executor_job(_write_list, hass, now)
    with patch(_DEMO_PLATFORMS, ["weather"]), patch(_DEMO_SETUP, []):
        await _add(hass, "demo", {})
    await _add(hass, "local_calendar", {"calendar_name": "Family", "storage_key": "family"})
    await _add(hass, "local_todo", {"todo_list_name": "Household", "storage_key": "household"})
    for name in ("anna", "bert"):
        hass.states.async_set(f"person.{name}", "home", {"friendly_name": name.capitalize(), "id": name})
    for number in range(5):
        persistent_notification.async_create(hass, f"Something about {_WORDS[number]}", "Notice", str(number))
    for state in hass.states.async_all():
        async_expose_entity(hass, "conversation", state.entity_id, should_expose=True)
    furnish(hass, things)


def _entry(hass: HomeAssistant) -> Any:
    entry = MockConfigEntry(
        domain=DOMAIN,
        subentries_data=[
            {
                "subentry_id": AGENT_ID,
                "subentry_type": SUBENTRY_AGENT,
                "title": "Hearth",
                "data": {},
                "unique_id": None,
            }
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def _add(hass: HomeAssistant, domain: str, data: dict[str, str]) -> None:
    entry = MockConfigEntry(domain=domain, data=data, title=domain)
    entry.add_to_hass(hass)
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError(f"{domain} could not be set up")
    await hass.async_block_till_done()


def _write_calendar(hass: HomeAssistant, now: datetime) -> None:
    chance = random.Random(3)  # noqa: S311 - a family's diary, not a secret
    rows = []
    for number in range(_EVENTS):
        start = (now + timedelta(hours=chance.randint(-200, 400))).replace(minute=0, second=0, microsecond=0)
        rows += [
            "BEGIN:VEVENT",
            f"UID:{number}",
            "DTSTAMP:20260101T000000Z",
            f"SUMMARY:{chance.choice(_WORDS)} {number}",
        ]
        rows += [f"DTSTART:{_utc(start)}", f"DTEND:{_utc(start + timedelta(hours=1))}"]
        rows += ["RRULE:FREQ=WEEKLY"] if number % 5 == 0 else []
        rows += ["END:VEVENT"]
    _write(hass, ".storage/local_calendar.family.ics", rows)


def _write_list(hass: HomeAssistant, now: datetime) -> None:
    rows = []
    for number in range(_ITEMS):
        rows += ["BEGIN:VTODO", f"UID:{number}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{_WORDS[number % 10]} {number}"]
        rows += [f"DUE;VALUE=DATE:{now + timedelta(days=number - 5):%Y%m%d}"] if number % 3 == 0 else []
        rows += ["STATUS:NEEDS-ACTION", "END:VTODO"]
    _write(hass, ".storage/local_todo.household.ics", rows)


def _write(hass: HomeAssistant, name: str, rows: list[str]) -> None:
    path = Path(hass.config.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["BEGIN:VCALENDAR", "PRODID:-//bench//EN", "VERSION:2.0", *rows, "END:VCALENDAR", ""]
    path.write_text("\r\n".join(lines))


def _utc(moment: datetime) -> str:
    return f"{dt_util.as_utc(moment):%Y%m%dT%H%M%SZ}"
