"""Class what an effect means for the people in the home."""

from homeassistant.components.climate.const import ATTR_TARGET_TEMP_HIGH, ATTR_TARGET_TEMP_LOW
from homeassistant.const import ATTR_TEMPERATURE, EntityStateAttribute, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_conversion import TemperatureConverter

from ...const import DOMAIN
from ..effects import Effect, Risk
from ..tainted import calls_far, speaks, tells_others
from .classes import ANY, CLASSES

# Outside these a thermostat can freeze pipes or heat an empty house.
HEATING_LIMITS_CELSIUS = (10.0, 28.0)
HEATING_FIELDS = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)

_CLOSES_COVER = frozenset({"close_cover", "close_cover_tilt", "stop_cover", "stop_cover_tilt"})
_ENTRANCES = frozenset({"door", "garage", "gate", "window"})
_CHANGES_MEMORY = frozenset({"remember", "replace", "forget", "undo"})


def classify(
    hass: HomeAssistant, effect: Effect, *, tainted: bool = False, said: str = "", picked: bool = False
) -> Risk | None:
    """Return the risk of an effect, or None when nobody can know it.

    What is remembered speaks again in every later turn, so text from outside, of which a turn is `tainted`, must not
    put it there, or take it away, without a person's yes; nor may it send words on to anybody, but for those that the
    person `said`. Of what a caller `picked` itself an address of the internet may tell whoever answers there anything.
    """
    services = CLASSES.get(effect.domain, {})
    risk = services.get(effect.service, services.get(ANY))
    if effect.domain == "cover" and effect.service not in _CLOSES_COVER and _is_entrance(hass, effect):
        return Risk.CRITICAL
    if effect.domain == "climate" and _leaves_heating_limits(hass, effect):
        return Risk.SENSITIVE
    changes_memory = effect.domain == DOMAIN and effect.service in _CHANGES_MEMORY
    tells = speaks(effect) or (picked and calls_far(effect, said))
    if risk is Risk.REVERSIBLE and (tells or (tainted and (changes_memory or tells_others(effect, said)))):
        return Risk.SENSITIVE
    return risk


def _is_entrance(hass: HomeAssistant, effect: Effect) -> bool:
    """Tell whether a cover is a way into the house; one that can't be looked at counts as one."""
    if effect.entity_id is None or (state := hass.states.get(effect.entity_id)) is None:
        return True
    return state.attributes.get(EntityStateAttribute.DEVICE_CLASS) in _ENTRANCES


def _leaves_heating_limits(hass: HomeAssistant, effect: Effect) -> bool:
    low, high = HEATING_LIMITS_CELSIUS
    wanted = (effect.data.get(key) for key in HEATING_FIELDS)
    return any(not low <= _celsius(hass, value) <= high for value in wanted if value is not None)


def _celsius(hass: HomeAssistant, value: object) -> float:
    """Return a temperature of the home's unit in °C; what is no number lies outside every limit."""
    try:
        degrees = float(str(value))
    except ValueError:
        return float("inf")
    return TemperatureConverter.convert(degrees, hass.config.units.temperature_unit, UnitOfTemperature.CELSIUS)
