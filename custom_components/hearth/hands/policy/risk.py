"""Class what an effect means for the people in the home."""

from collections.abc import Mapping

from homeassistant.components.climate.const import ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW
from homeassistant.const import ATTR_TEMPERATURE, EntityStateAttribute, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_conversion import TemperatureConverter

from ...const import DOMAIN
from ..effects import Effect, Risk

# Outside these a thermostat can freeze pipes or heat an empty house.
HEATING_LIMITS_CELSIUS = (10.0, 28.0)

_ANY = "*"
_R, _S, _C = Risk.REVERSIBLE, Risk.SENSITIVE, Risk.CRITICAL

# A script, a scene or an automation is as grave as what is found inside it, so its own entry is mild.
# Closing or locking asks, but can harm nobody who is left outside as much as opening harms those inside.
_RISKS: Mapping[str, Mapping[str, Risk]] = {
    "alarm_control_panel": {
        _ANY: _C,
        "alarm_arm_away": _S,
        "alarm_arm_home": _S,
        "alarm_arm_night": _S,
        "alarm_arm_vacation": _S,
    },
    "assist_satellite": {_ANY: _S},
    "automation": {"turn_on": _S, "turn_off": _S, "toggle": _S, "trigger": _R},
    "calendar": {"create_event": _S, "get_events": Risk.READ},
    "climate": {_ANY: _R},
    "cover": {_ANY: _S},
    "fan": {_ANY: _R},
    DOMAIN: {"remember": _R, "replace": _R, "forget": _R, "undo": _R, "save_document": _R, "send_to_me": _S},
    "group": {"turn_on": _R, "turn_off": _R, "toggle": _R},
    "humidifier": {_ANY: _R},
    "input_boolean": {_ANY: _R},
    "input_button": {_ANY: _S},
    "input_datetime": {_ANY: _R},
    "input_number": {_ANY: _R},
    "input_select": {_ANY: _R},
    "input_text": {_ANY: _R},
    "lawn_mower": {_ANY: _R},
    "light": {_ANY: _R},
    "lock": {_ANY: _C, "lock": _S},
    "media_player": {_ANY: _R},
    "notify": {_ANY: _S},
    "number": {_ANY: _S},
    "persistent_notification": {_ANY: _R},
    "scene": {"turn_on": _R, "apply": _S},
    "script": {_ANY: _R},
    "select": {_ANY: _S},
    "shopping_list": {"add_item": _R, "complete_item": _R, "incomplete_item": _R, "remove_item": _S},
    "siren": {_ANY: _C, "turn_off": _S},
    "switch": {_ANY: _R},
    "timer": {_ANY: _R},
    "todo": {"add_item": _R, "update_item": _R, "get_items": Risk.READ, "remove_item": _S},
    "tts": {_ANY: _S},
    "update": {_ANY: _C},
    "vacuum": {_ANY: _R},
    "valve": {_ANY: _C, "close_valve": _S},
    "water_heater": {_ANY: _S},
    "weather": {"get_forecasts": Risk.READ},
}

_CLOSES_COVER = frozenset({"close_cover", "close_cover_tilt", "stop_cover", "stop_cover_tilt"})
_ENTRANCES = frozenset({"door", "garage", "gate"})
_CHANGES_MEMORY = frozenset({"remember", "replace", "forget", "undo"})


def classify(hass: HomeAssistant, effect: Effect, *, tainted: bool = False) -> Risk | None:
    """Return the risk of an effect, or None when nobody can know it.

    What is remembered speaks again in every later turn, so text from outside, of which a turn is `tainted`, must not
    put it there, or take it away, without a person's yes.
    """
    services = _RISKS.get(effect.domain, {})
    risk = services.get(effect.service, services.get(_ANY))
    if effect.domain == "cover" and effect.service not in _CLOSES_COVER and _is_entrance(hass, effect):
        return Risk.CRITICAL
    if effect.domain == "climate" and _leaves_heating_limits(hass, effect):
        return Risk.SENSITIVE
    if tainted and effect.domain == DOMAIN and effect.service in _CHANGES_MEMORY:
        return Risk.SENSITIVE
    return risk


def _is_entrance(hass: HomeAssistant, effect: Effect) -> bool:
    """Tell whether a cover is a way into the house; one that can't be looked at counts as one."""
    if effect.entity_id is None or (state := hass.states.get(effect.entity_id)) is None:
        return True
    return state.attributes.get(EntityStateAttribute.DEVICE_CLASS) in _ENTRANCES


def _leaves_heating_limits(hass: HomeAssistant, effect: Effect) -> bool:
    low, high = HEATING_LIMITS_CELSIUS
    wanted = (effect.data.get(key) for key in (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH))
    return any(not low <= _celsius(hass, value) <= high for value in wanted if value is not None)


def _celsius(hass: HomeAssistant, value: object) -> float:
    """Return a temperature of the home's unit in °C; what is no number lies outside every limit."""
    try:
        degrees = float(str(value))
    except ValueError:
        return float("inf")
    return TemperatureConverter.convert(degrees, hass.config.units.temperature_unit, UnitOfTemperature.CELSIUS)
