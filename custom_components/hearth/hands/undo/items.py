"""Know what comes and goes on lists, in calendars, among timers and automations, and how each is taken back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.components import calendar, todo
from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.components.intent.timers import TimerManager
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ..automations import INSTALL, REMOVE, async_installed, async_remove, install_effect
from ..effects import Effect

_LOGGER = logging.getLogger(__name__)

_SECONDS: Final = 5
_CALENDAR_DAYS: Final = (7, 400)

# The one action of ours that takes back what was made; who made it may do so.
UNDO: Final = "undo"


class Kind(StrEnum):
    """What an item is."""

    TODO = "todo"
    EVENT = "event"
    TIMER = "timer"
    AUTOMATION = "automation"
    DOCUMENT = "document"
    # Memory keeps its own way back.
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Place:
    """Where items come and go; a list or a calendar is one by itself."""

    kind: Kind
    entity_id: str | None = None


type Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """An item that a call has made, changed or removed: how it was before, None where there was none."""

    place: Place
    id: str
    before: Item | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as the audit keeps it."""
        return {
            "kind": self.place.kind.value,
            "entity_id": self.place.entity_id,
            "id": self.id,
            "before": None if self.before is None else dict(self.before),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Changed:
        """Return what the audit kept."""
        return cls(Place(Kind(stored["kind"]), stored["entity_id"]), stored["id"], stored["before"])


# What our own actions make or take away.
_OURS: Final[Mapping[str, Kind]] = {
    INSTALL: Kind.AUTOMATION,
    REMOVE: Kind.AUTOMATION,
    "save_document": Kind.DOCUMENT,
    **dict.fromkeys(("remember", "replace", "forget"), Kind.MEMORY),
}


def place_of(hass: HomeAssistant, effect: Effect) -> Place | None:
    """Return where an effect makes, changes or removes items, None for one that does not."""
    match effect.domain, effect.service:
        case "todo", _ if effect.entity_id:
            return Place(Kind.TODO, effect.entity_id)
        case "shopping_list", _:
            return Place(Kind.TODO, entity_id) if (entity_id := shopping_list(hass)) else None
        case "calendar", "create_event" if effect.entity_id:
            return Place(Kind.EVENT, effect.entity_id)
        case "timer", _ if effect.entity_id is None:
            return Place(Kind.TIMER)
        case domain, service if domain == DOMAIN and service in _OURS:
            return Place(_OURS[service])
        case domain, service if (domain, service) == (DOMAIN, UNDO):
            # What memory has taken back it does not give again.
            kind = Kind(effect.data.get("kind", Kind.MEMORY))
            return None if kind is Kind.MEMORY else Place(kind, effect.entity_id)
        case _:
            return None


def shopping_list(hass: HomeAssistant) -> str | None:
    """Return the list that the actions of `shopping_list` change, None where it is not shown as one."""
    entries = er.async_get(hass).entities.values()
    found = (entry.entity_id for entry in entries if (entry.domain, entry.platform) == ("todo", "shopping_list"))
    return next(found, None)


async def async_items(hass: HomeAssistant, place: Place) -> dict[str, Item] | None:
    """Return what is at a place by its ID, None where that can't be read."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await _READERS[place.kind](hass, place.entity_id)
    except (HomeAssistantError, TimeoutError) as err:
        _LOGGER.debug("What is at %s can't be read: %s", place, type(err).__name__)
    except Exception:
        # The list is someone else's code; its bug must not keep anybody from acting.
        _LOGGER.exception("What is at %s can't be read", place)
    return None


def differences(place: Place, before: Mapping[str, Item], after: Mapping[str, Item]) -> list[Changed]:
    """Return which items have come, changed or gone."""
    ids = [item_id for item_id in {**before, **after} if before.get(item_id) != after.get(item_id)]
    return [Changed(place, item_id, before.get(item_id)) for item_id in ids]


def way_back(changed: Changed, now: Mapping[str, Item]) -> list[Effect] | None:
    """Return what brings an item back to how it was: nothing where it is so, None where nothing can."""
    place, was, is_now = changed.place, changed.before, now.get(changed.id)
    if place.kind is Kind.MEMORY or (was is None and is_now is not None):
        text = {"text": is_now["alias"]} if is_now and place.kind is Kind.AUTOMATION else {}
        return [Effect(DOMAIN, UNDO, place.entity_id, {"kind": place.kind.value, "id": changed.id, **text})]
    if was is None or was == is_now:
        return []
    match place.kind:
        case Kind.TODO if is_now is None:
            return _added_again(place.entity_id, was)
        case Kind.TODO:
            fields = {"item": changed.id, "rename": was["summary"], "status": was["status"], **_details(was)}
            return [Effect("todo", "update_item", place.entity_id, fields)]
        case Kind.AUTOMATION:
            return [install_effect(changed.id, was)]
        case _:
            return None


async def async_take_back(hass: HomeAssistant, effect: Effect) -> None:
    """Remove an item that was made; raises HomeAssistantError."""
    item_id: str = effect.data["id"]
    match Kind(effect.data["kind"]):
        case Kind.TODO:
            data = {"entity_id": effect.entity_id, "item": item_id}
            await hass.services.async_call("todo", "remove_item", data, blocking=True)
        case Kind.EVENT:
            await _calendar(hass, effect.entity_id).async_delete_event(item_id)
        case Kind.TIMER:
            timers: TimerManager = hass.data[TIMER_DATA]
            timers.cancel_timer(item_id)
        case Kind.DOCUMENT:
            await hass.async_add_executor_job(_delete, _documents(hass) / Path(item_id).name)
        case _:
            await async_remove(hass, item_id)


def _added_again(entity_id: str | None, was: Item) -> list[Effect]:
    added = Effect("todo", "add_item", entity_id, {"item": was["summary"], **_details(was)})
    if was["status"] == todo.TodoItemStatus.NEEDS_ACTION:
        return [added]
    return [added, Effect("todo", "update_item", entity_id, {"item": was["summary"], "status": was["status"]})]


def _details(was: Item) -> dict[str, str]:
    """Return the fields that not every list has."""
    due = was.get("due")
    named = {"due_datetime" if due and "T" in due else "due_date": due, "description": was.get("description")}
    return {key: value for key, value in named.items() if value}


async def _async_todo(hass: HomeAssistant, entity_id: str | None) -> dict[str, Item]:
    entity = hass.data[todo.DATA_COMPONENT].get_entity(str(entity_id))
    items = (entity.todo_items if entity else None) or ()
    return {
        item.uid: {
            "summary": item.summary,
            "status": item.status.value if item.status else todo.TodoItemStatus.NEEDS_ACTION.value,
            "due": item.due.isoformat() if item.due else None,
            "description": item.description,
        }
        for item in items
        if item.uid
    }


async def _async_events(hass: HomeAssistant, entity_id: str | None) -> dict[str, Item]:
    now: datetime = dt_util.now()
    past, coming = (timedelta(days=days) for days in _CALENDAR_DAYS)
    events = await _calendar(hass, entity_id).async_get_events(hass, now - past, now + coming)
    return {event.uid: {} for event in events if event.uid}


async def _async_timers(hass: HomeAssistant, _entity_id: str | None) -> dict[str, Item]:
    timers: TimerManager | None = hass.data.get(TIMER_DATA)
    return {timer_id: {"updated_at": timer.updated_at} for timer_id, timer in timers.timers.items()} if timers else {}


async def _async_automations(hass: HomeAssistant, _entity_id: str | None) -> dict[str, Item]:
    return dict(await async_installed(hass))


async def _async_documents(hass: HomeAssistant, _entity_id: str | None) -> dict[str, Item]:
    return {name: {} for name in await hass.async_add_executor_job(_names, _documents(hass))}


async def _async_nothing(_hass: HomeAssistant, _entity_id: str | None) -> dict[str, Item]:
    return {}


_READERS: Final[Mapping[Kind, Callable[[HomeAssistant, str | None], Awaitable[dict[str, Item]]]]] = {
    Kind.TODO: _async_todo,
    Kind.EVENT: _async_events,
    Kind.TIMER: _async_timers,
    Kind.AUTOMATION: _async_automations,
    Kind.DOCUMENT: _async_documents,
    Kind.MEMORY: _async_nothing,
}


def _calendar(hass: HomeAssistant, entity_id: str | None) -> calendar.CalendarEntity:
    """Return a calendar that lets events be deleted; raises HomeAssistantError for any other."""
    entity = hass.data[calendar.DATA_COMPONENT].get_entity(str(entity_id))
    features = entity.supported_features if entity else None
    if entity is None or not (features or 0) & calendar.CalendarEntityFeature.DELETE_EVENT:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="cannot_delete_events")
    return entity


def _documents(hass: HomeAssistant) -> Path:
    """Return the folder in which documents are saved."""
    return Path(hass.config.path(DOMAIN, "vault", "documents"))


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.md")]


def _delete(path: Path) -> None:
    """Delete a document; the library follows by itself. Raises HomeAssistantError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="document_not_saved") from err
