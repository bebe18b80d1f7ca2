"""Say in plain words when an automation acts and what it does."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers.translation import async_translate_state

from ...speech import join, say, weekday_name
from ..effects import Resolution, Risk
from ..phrases import name_of, phrases
from .file import Config


def summary_of(hass: HomeAssistant, language: str, config: Config, does: Resolution) -> str:
    """Return an automation in one sentence: when, under which conditions, what."""
    when = [_trigger(hass, language, trigger) for trigger in config["triggers"]]
    under = [_condition(hass, language, condition) for condition in config.get("conditions") or ()]
    what = phrases(hass, language, str(config["alias"]), does, least=Risk.READ)
    moment = ", ".join([join(language, list(dict.fromkeys(when))), *dict.fromkeys(under)])
    return say(language, "automation", when=moment, what=join(language, what) if what else "-")


def _trigger(hass: HomeAssistant, language: str, trigger: Mapping[str, Any]) -> str:
    kind = str(trigger.get("trigger") or trigger.get("platform"))
    match kind:
        case "time" if isinstance(trigger.get("at"), str):
            return say(language, "when_time", time=str(trigger["at"]).removesuffix(":00"))
        case "sun" if trigger.get("event") in ("sunrise", "sunset"):
            text = say(language, f"when_{trigger['event']}")
            return f"{text} ({trigger['offset']})" if trigger.get("offset") else text
        case "state" if trigger.get("to") and trigger.get("entity_id"):
            shown = _states(hass, language, trigger["entity_id"], trigger["to"])
            return say(language, "when_state", names=_names(hass, language, trigger), state=shown)
        case "numeric_state" if trigger.get("entity_id"):
            limits = [f"{sign} {trigger[key]}" for key, sign in (("above", ">"), ("below", "<")) if key in trigger]
            return say(language, "when_state", names=_names(hass, language, trigger), state=" ".join(limits))
        case _:
            return say(language, "when_other", kind=kind)


def _condition(hass: HomeAssistant, language: str, condition: Any) -> str:
    match condition:
        case {"condition": "time", "weekday": days} if len(condition) == len(("condition", "weekday")):
            names = [weekday_name(language, day) for day in _listed(days)]
            return say(language, "only_days", days=join(language, names))
        case {"condition": "state", "entity_id": entity_id, "state": state}:
            shown = _states(hass, language, entity_id, state)
            return say(language, "only_state", names=_names(hass, language, condition), state=shown)
        case _:
            return say(language, "only_other")


def _names(hass: HomeAssistant, language: str, holder: Mapping[str, Any]) -> str:
    return join(language, [name_of(hass, str(entity_id)) for entity_id in _listed(holder["entity_id"])])


def _states(hass: HomeAssistant, language: str, entity_ids: Any, states: Any) -> str:
    """Return states as Home Assistant shows them of an entity: a window's "on" is open."""
    first = str(next(iter(_listed(entity_ids)), ""))
    known = hass.states.get(first)
    device_class = known.attributes.get(ATTR_DEVICE_CLASS) if known else None
    domain = split_entity_id(first)[0] if known else ""
    return join(
        language,
        [async_translate_state(hass, str(state), domain, None, None, device_class) for state in _listed(states)],
    )


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else [value]
