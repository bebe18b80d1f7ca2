"""Make an automation of a sentence: "every day at 7 turn on the radio", "when the door opens turn on the light"."""

from collections.abc import Mapping, Sequence
import re
from typing import Any, Final

from homeassistant.const import ATTR_ENTITY_ID, CONF_ALIAS, CONF_CONDITIONS, CONF_TRIGGERS
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
import probatio

from ...speech import Parts, heard, named_day
from ..effects import Effect
from ..resolve import async_resolve_intent, async_understand

_LONGEST: Final = 100
_CLOCK: Final = re.compile(r"(\d{1,2})(?:\D+(\d{2}))?")
_AFTERNOON: Final = re.compile(r"p\.?m", re.IGNORECASE)
_NOON: Final = 12
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS: Final[Mapping[str, Sequence[str]]] = {"workday": _WEEKDAYS[:5], "weekend": _WEEKDAYS[5:]}
# What a state that is spoken of is called in each domain; elsewhere it is called as it is spoken of.
_STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "open": {"binary_sensor": "on"},
    "closed": {"binary_sensor": "off"},
    "unlocked": {"binary_sensor": "on"},
    "locked": {"binary_sensor": "off"},
    "on": {},
    "off": {},
    "home": {},
    "away": {"person": "not_home", "device_tracker": "not_home"},
}


async def async_routine(
    hass: HomeAssistant, words: str, language: str, llm_context: llm.LLMContext
) -> dict[str, Any] | None:
    """Return the automation that a sentence surely means, as Home Assistant writes it down, None for any other."""
    if (parts := heard(language, "routine", words)) is None:
        return None
    if (trigger := _trigger(hass, parts, llm_context.assistant)) is None:
        return None
    command = " ".join(filter(None, (parts.get("command"), parts.get("rest"))))
    if not (steps := await _async_steps(hass, command, llm_context)):
        return None
    days = _days(language, parts)
    return {
        CONF_ALIAS: words.strip(" .!")[:_LONGEST],
        CONF_TRIGGERS: [trigger],
        **({CONF_CONDITIONS: [{"condition": "time", "weekday": list(days)}]} if days else {}),
        "actions": steps,
    }


@callback
def _trigger(hass: HomeAssistant, parts: Parts, assistant: str | None) -> dict[str, Any] | None:
    if event := next((event for event in ("sunset", "sunrise") if event in parts), None):
        return {"trigger": "sun", "event": event}
    if name := parts.get("name"):
        return _state_trigger(hass, name, next(state for state in _STATES if state in parts), assistant)
    at = _clock(parts)
    return {"trigger": "time", "at": at} if at else None


@callback
def _state_trigger(hass: HomeAssistant, name: str, state: str, assistant: str | None) -> dict[str, Any] | None:
    """Return the trigger of the one thing that goes by a name, if it can be in that state at all."""
    constraints = intent.MatchTargetsConstraints(name=name, assistant=assistant)
    found: list[State] = intent.async_match_targets(hass, constraints).states
    if len(found) != 1:
        return None
    to = _STATES[state].get(found[0].domain, state)
    return {"trigger": "state", "entity_id": [found[0].entity_id], "to": to}


def _clock(parts: Parts) -> str | None:
    """Return a time of day; an evening's seven o'clock is not the morning's."""
    if "noon" in parts:
        return "12:00:00"
    if "midnight" in parts:
        return "00:00:00"
    if (match := _CLOCK.search(parts.get("time", ""))) is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour < _NOON and ("evening" in parts or _AFTERNOON.search(parts["time"])):
        hour += _NOON
    return f"{hour:02}:{minute:02}:00" if hour < 24 and minute < 60 else None  # noqa: PLR2004 - as a clock has them


def _days(language: str, parts: Parts) -> Sequence[str]:
    """Return the days of the week that a sentence names, none for every day."""
    named = next((days for key, days in _DAYS.items() if key in parts), None)
    if named is not None:
        return named
    day = named_day(language, parts.get("day", ""))
    return (_WEEKDAYS[day],) if isinstance(day, int) else ()


async def _async_steps(hass: HomeAssistant, command: str, llm_context: llm.LLMContext) -> list[dict[str, Any]]:
    """Return the steps that do what a command of Home Assistant's does now, none where that can't be told."""
    if (understood := await async_understand(hass, command, llm_context)) is None:
        return []
    try:
        does = await async_resolve_intent(hass, *understood, llm_context)
    except HomeAssistantError:
        return []
    steps: dict[str, dict[str, Any]] = {}
    for effect in (effect for effect in does.picked if effect.domain != "homeassistant"):
        if effect.entity_id is None or not _takes(hass, effect):
            return []
        action = f"{effect.domain}.{effect.service}"
        step = {"action": action, "target": {ATTR_ENTITY_ID: []}, "data": dict(effect.data)}
        entity_ids = steps.setdefault(f"{action} {effect.data}", step)["target"][ATTR_ENTITY_ID]
        if effect.entity_id not in entity_ids:
            entity_ids.append(effect.entity_id)
    return [{key: value for key, value in step.items() if value} for step in steps.values()]


def _takes(hass: HomeAssistant, effect: Effect) -> bool:
    """Tell whether an action takes the fields that an intent would give it."""
    service = hass.services.async_services_for_domain(effect.domain).get(effect.service)
    if service is None or service.schema is None:
        return False
    try:
        service.schema({ATTR_ENTITY_ID: effect.entity_id, **effect.data})
    except probatio.Invalid:
        return False
    return True
