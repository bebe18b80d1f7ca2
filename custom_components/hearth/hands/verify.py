"""Look after acting, so that nobody is told of something that did not happen."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
import logging
from typing import Any, Final

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from .effects import Effect, Resolution
from .expected import Check, Progress, Seen, check_for, look
from .undo.items import shopping_list

__all__ = ["PATIENCE_SECONDS", "Progress", "Seen", "async_verify", "provable"]

_LOGGER = logging.getLogger(__name__)

# How long a device may take before it counts as not having moved.
PATIENCE_SECONDS: Final = 4.0
# These take their time before they show anything: over a cloud, over a radio that sleeps, or while they boot.
_PATIENCE: Final[Mapping[str, float]] = {
    "alarm_control_panel": 6.0,
    "climate": 8.0,
    "lawn_mower": 10.0,
    "lock": 8.0,
    "media_player": 8.0,
    "vacuum": 10.0,
    "water_heater": 8.0,
}
# These take longer than anybody waits for an answer: that they have begun is told at once.
_SLOW: Final = frozenset({"alarm_control_panel", "cover", "lawn_mower", "update", "vacuum", "valve"})
_ITEMS: Final = {"todo": ("item", "get_items"), "shopping_list": ("name", "get_items")}
_ASK_SECONDS: Final = 5


def provable(resolution: Resolution) -> tuple[Effect, ...]:
    """Return the effects that must have come true by now: what stands inside a script may do so later, or never.

    What a scene sets counts: it sets all of it at once.
    """
    chosen = resolution.effects if resolution.chosen is None else resolution.chosen
    if not any(effect.domain == "scene" for effect in chosen):
        return chosen
    return (*chosen, *(effect for effect in resolution.effects if effect.service == "apply"))


async def async_verify(
    hass: HomeAssistant, effects: tuple[Effect, ...], patience: float | None = None
) -> dict[str, Seen]:
    """Wait until everything is as the effects say, at most `patience` seconds or as long as each device may take.

    Returns how far each entity has come that can be checked; the last effect on an entity counts.
    """
    checks = {
        effect.entity_id: check
        for effect in effects
        if effect.entity_id is not None and (check := check_for(effect)) is not None
    }
    written = [effect for effect in effects if effect.service in ("add_item", "create_event")]
    seen = await _async_wait(hass, checks, patience) if checks else {}
    for effect in written:
        seen |= await _async_look_up(hass, effect)
    return seen


async def _async_wait(hass: HomeAssistant, checks: Mapping[str, Check], patience: float | None) -> dict[str, Seen]:
    waiting = asyncio.Event()

    @callback
    def changed(_event: Event[EventStateChangedData]) -> None:
        waiting.set()

    unsubscribe = async_track_state_change_event(hass, checks, changed)
    try:
        async with asyncio.timeout(_longest(checks) if patience is None else patience):
            while not all(_is_enough(entity_id, seen) for entity_id, seen in _look(hass, checks).items()):
                await waiting.wait()
                waiting.clear()
    except TimeoutError:
        pass
    finally:
        unsubscribe()
    return _look(hass, checks)


def _longest(entity_ids: Mapping[str, Check]) -> float:
    return max(_PATIENCE.get(split_entity_id(entity_id)[0], PATIENCE_SECONDS) for entity_id in entity_ids)


def _is_enough(entity_id: str, seen: Seen) -> bool:
    """Tell whether nothing better need be waited for."""
    least = Progress.STARTED if split_entity_id(entity_id)[0] in _SLOW else Progress.DONE
    return seen.progress >= least


def _look(hass: HomeAssistant, checks: Mapping[str, Check]) -> dict[str, Seen]:
    return {entity_id: look(check, hass.states.get(entity_id)) for entity_id, check in checks.items()}


async def _async_look_up(hass: HomeAssistant, effect: Effect) -> dict[str, Seen]:
    """Find what was to be written into a list or a calendar; nothing is said of what can't be looked up."""
    entity_id = effect.entity_id or (shopping_list(hass) if effect.domain == "shopping_list" else None)
    asked = _question(effect)
    if entity_id is None or asked is None:
        return {}
    wanted, domain, service, data = asked
    try:
        async with asyncio.timeout(_ASK_SECONDS):
            answer: Any = await hass.services.async_call(
                domain, service, {"entity_id": entity_id, **data}, blocking=True, return_response=True
            )
    except (HomeAssistantError, TimeoutError) as err:
        _LOGGER.debug("%s could not be looked into: %s", entity_id, type(err).__name__)
        return {}
    found = answer.get(entity_id, {})
    names = {str(item.get("summary", "")).casefold() for item in found.get("items") or found.get("events") or ()}
    progress = Progress.DONE if wanted.casefold() in names else Progress.UNCHANGED
    state = hass.states.get(entity_id)
    return {entity_id: Seen(progress, state.state if state else None)}


def _question(effect: Effect) -> tuple[str, str, str, dict[str, Any]] | None:
    """Return what must be there, and the action that tells what is."""
    if effect.domain in _ITEMS:
        field, service = _ITEMS[effect.domain]
        wanted = effect.data.get(field) or effect.data.get("item")
        return (str(wanted), "todo", service, {}) if wanted else None
    start, summary = effect.data.get("start_date_time") or effect.data.get("start_date"), effect.data.get("summary")
    if effect.domain != "calendar" or not (start and summary):
        return None
    moment = dt_util.parse_datetime(str(start)) or dt_util.parse_datetime(f"{start}T00:00:00")
    if moment is None:
        return None
    begin = dt_util.as_local(moment)
    span = {"start_date_time": begin.isoformat(), "end_date_time": (begin + timedelta(days=1)).isoformat()}
    return str(summary), "calendar", "get_events", span
