"""The demo home on disk, and what its family adds once through Home Assistant's API."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
import json
from pathlib import Path
import shutil
from typing import Any
from zoneinfo import ZoneInfo

from .api import HomeApi, Websocket

ROOT = Path(__file__).resolve().parent.parent
_FURNISHING = Path(__file__).with_name("furnishing")

NAME, USERNAME, PASSWORD = "Alex", "alex", "hearth-demo"

_READING_SECONDS = 30.0
_POLL_SECONDS = 0.5
# From this score on Hearth takes a passage to be about what was asked.
_FOUND = 0.5
_NOTE = """\
The boiler stands in the cellar, behind the bicycles. Its pressure should be 1.5 bar; below 1 bar, open the filling tap
until the needle is in the green. It was last serviced on 3 May, and the next service is due in a year.
"""

# A fridge that uses some 0.8 kWh a day, over two weeks.
_PAST_HOURS, _FRIDGE_KWH, _FRIDGE_KWH_AN_HOUR = 24 * 14, 212.4, 0.034

_TIME_ZONE = ZoneInfo("Europe/Amsterdam")  # as in furnishing/configuration.yaml

# What stays out of a voice assistant's sight: it is nobody's question.
_PRIVATE_DOMAINS = frozenset({"automation", "conversation", "device_tracker", "event", "sun", "tag", "zone"})
_PRIVATE_ENTITIES = ("sensor.backup_", "sensor.sun_", "binary_sensor.sun_", "sensor.hearth_", "binary_sensor.hearth_")


def lay_out(folder: Path, port: int) -> None:
    """Put the home's configuration into `folder`; what Home Assistant has stored there stays.

    Integrations are linked, not copied: an edit in the checkout is live after a restart.
    """
    storage = folder / ".storage"
    storage.mkdir(parents=True, exist_ok=True)
    for source in _FURNISHING.glob("*.yaml"):
        # Automations are added by talking, and stay.
        if source.name != "automations.yaml" or not (folder / source.name).exists():
            shutil.copy(source, folder)
    components = folder / "custom_components"
    components.mkdir(exist_ok=True)
    for target in (ROOT / "custom_components" / "hearth", _FURNISHING / "custom_components" / "demo_home"):
        link = components / target.name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    # Onboarding's other steps would set up services that call out.
    if not (storage / "onboarding").exists():
        _store(storage, "onboarding", 4, 1, {"done": ["core_config", "analytics", "integration"]})
    _store(storage, "http", 2, 2, {"stable": _http_settings(port), "pending": None, "yaml_migration_done": True})


def _http_settings(port: int) -> dict[str, Any]:
    return {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": "2026-01-01T00:00:00+00:00",
        "error": None,
        "error_message": None,
    }


def _store(storage: Path, key: str, version: int, minor_version: int, data: dict[str, Any]) -> None:
    """Write what homeassistant.helpers.storage.Store reads."""
    content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
    (storage / key).write_text(json.dumps(content))


async def log_in(api: HomeApi) -> None:
    """Log in as the demo's user, who is made on the first start."""
    if await api.has_owner():
        await api.log_in(USERNAME, PASSWORD)
    else:
        await api.create_owner(NAME, USERNAME, PASSWORD)


async def furnish(api: HomeApi, websocket: Websocket) -> None:
    """Add what a family adds by hand: calendar, lists, who carries which phone, what Assist may see; and some past."""
    await _add_calendar_and_lists(api, websocket)
    await _hand_out_phones(websocket)
    await _place_alarm(websocket)
    await _expose(api, websocket)
    await _give_a_past(api, websocket)
    await _set_dashboard_up(websocket)


async def tell(api: HomeApi) -> None:
    """Add what Hearth is to know beside the home: a note, and a message that came; once more makes no difference."""
    await api.call("hearth.ingest", title="Boiler", text=_NOTE, household=True)
    # Home Assistant forgets these when it ends.
    await api.call(
        "persistent_notification.create",
        notification_id="washing_machine",
        title="Washing machine",
        message="The laundry is done.",
    )
    await _wait_until_read(api)


async def _wait_until_read(api: HomeApi) -> None:
    """Wait until the note is found by its meaning, too; the model for that loads at its first use."""
    deadline = asyncio.get_running_loop().time() + _READING_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        answer = await api.post("/api/services/hearth/search?return_response", {"query": "the boiler"})
        found = answer["service_response"]
        if found["mode"] == "hybrid" and any(passage["score"] >= _FOUND for passage in found["passages"]):
            return
        await asyncio.sleep(_POLL_SECONDS)


async def _add_calendar_and_lists(api: HomeApi, websocket: Websocket) -> None:
    domains = {entry["domain"] for entry in await websocket.command("config_entries/get")}
    if "local_calendar" not in domains:
        await api.add_integration("local_calendar", {"calendar_name": "Family", "import": "create_empty"})
        for event in _events(datetime.now(_TIME_ZONE)):
            await api.call("calendar.create_event", entity_id="calendar.family", **event.as_data())
    if "local_todo" not in domains:
        await api.add_integration("local_todo", {"todo_list_name": "Household"})
        for item in ("Descale the coffee machine", "Book the chimney sweep"):
            await api.call("todo.add_item", entity_id="todo.household", item=item)
    if "shopping_list" not in domains:
        await api.add_integration("shopping_list", {})
        for item in ("Milk", "Coffee beans", "Light bulbs"):
            await api.call("todo.add_item", entity_id="todo.shopping_list", item=item)


@dataclass(frozen=True, slots=True)
class _Event:
    """An event in the family's calendar."""

    summary: str
    start: datetime
    length: timedelta
    location: str = ""

    def as_data(self) -> dict[str, str]:
        return {
            "summary": self.summary,
            "location": self.location,
            "start_date_time": self.start.isoformat(),
            "end_date_time": (self.start + self.length).isoformat(),
        }


def _events(now: datetime) -> list[_Event]:
    """Return the days around `now` as a family has them."""

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(now.date() + timedelta(days=day), time(hour, minute), tzinfo=now.tzinfo)

    return [
        _Event("Dinner with Grandma", at(0, 18, 30), timedelta(hours=2), "Her place"),
        _Event("Dentist", at(1, 9), timedelta(minutes=45), "Mill Street 4"),
        _Event("Sam's piano lesson", at(1, 16), timedelta(hours=1)),
        _Event("Bins out", at(2, 7), timedelta(minutes=15)),
        _Event("Parents' evening", at(3, 19), timedelta(hours=1, minutes=30), "School"),
    ]


async def _hand_out_phones(websocket: Websocket) -> None:
    people = await websocket.command("person/list")
    for person in people["storage"]:
        await websocket.command(
            "person/update",
            person_id=person["id"],
            name=person["name"],
            user_id=person["user_id"],
            device_trackers=["device_tracker.alex_s_phone"],
        )


async def _place_alarm(websocket: Websocket) -> None:
    """Put the alarm, which is no device, into the hall."""
    await websocket.command("config/entity_registry/update", entity_id="alarm_control_panel.home_alarm", area_id="hall")


async def _expose(api: HomeApi, websocket: Websocket) -> None:
    """Let Assist see the home; core hides locks, alarms and calendars until somebody says so."""
    everything = sorted(await api.states())
    hidden = [entity_id for entity_id in everything if _is_private(entity_id)]
    for entity_ids, should_expose in ((hidden, False), (sorted(set(everything) - set(hidden)), True)):
        await websocket.command(
            "homeassistant/expose_entity",
            assistants=["conversation"],
            entity_ids=entity_ids,
            should_expose=should_expose,
        )


def _is_private(entity_id: str) -> bool:
    return entity_id.partition(".")[0] in _PRIVATE_DOMAINS or entity_id.startswith(_PRIVATE_ENTITIES)


async def _give_a_past(api: HomeApi, websocket: Websocket) -> None:
    """Let the fridge have used energy for two weeks, and somebody come in by the back door just now."""
    this_hour = datetime.now(_TIME_ZONE).replace(minute=0, second=0, microsecond=0)
    await websocket.command(
        "recorder/import_statistics",
        metadata={
            "source": "recorder",
            "statistic_id": "sensor.fridge_energy",
            "name": None,
            "has_sum": True,
            "mean_type": 0,
            "unit_class": "energy",
            "unit_of_measurement": "kWh",
        },
        stats=[
            {
                "start": (this_hour - timedelta(hours=_PAST_HOURS - hour)).isoformat(),
                "state": round(_FRIDGE_KWH - _FRIDGE_KWH_AN_HOUR * (_PAST_HOURS - hour), 3),
                "sum": round(_FRIDGE_KWH_AN_HOUR * hour, 3),
            }
            for hour in range(_PAST_HOURS)
        ],
    )
    door = (await api.states())["binary_sensor.back_door_contact"]
    for state in ("on", "off"):
        await api.post(f"/api/states/{door['entity_id']}", {"state": state, "attributes": door["attributes"]})


async def _set_dashboard_up(websocket: Websocket) -> None:
    """Show the rooms on the first page of everybody."""
    await websocket.command("frontend/set_system_data", key="core", value={"default_panel": "our-home"})
