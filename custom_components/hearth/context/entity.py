"""Name an entity and say in few words how it is, at this moment."""

from collections.abc import Callable, Mapping

from homeassistant.components.sensor import async_rounded_state
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_NOT_HOME,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er, intent, translation
from homeassistant.util import dt as dt_util

from .area import area_name
from .lines import clean
from .times import when

ENGLISH = "en"
WORDS = "entity_component"
WORDED = ("binary_sensor", "weather")

_NAME_CHARACTERS = 60
_MOST_BRIGHT = 255
_MISSING = (STATE_UNAVAILABLE, STATE_UNKNOWN)
# The state of these is when they were last used.
_MOMENTS = frozenset({"button", "conversation", "event", "input_button", "notify", "scene", "stt", "tts"})
# How long these have been as they are is half of what people ask about them.
_AGED_DOMAINS = frozenset({"alarm_control_panel", "cover", "lock", "person", "valve"})
_AGED_CLASSES = frozenset(
    {"door", "garage_door", "lock", "moisture", "motion", "occupancy", "opening", "presence", "smoke", "window"}
)


@callback
def names_of(hass: HomeAssistant, state: State) -> list[str]:
    """Return the names that people gave an entity, its usual one first."""
    entry = er.async_get(hass).async_get(state.entity_id)
    return intent.async_get_entity_aliases(hass, entry, state=state) or [state.name]


@callback
def area_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the name of the area that an entity stands in, None where it stands nowhere."""
    entry = er.async_get(hass).async_get(entity_id)
    return area_name(hass, entry.device_id, entry.area_id) if entry else None


@callback
def label(hass: HomeAssistant, state: State) -> str:
    """Return an entity's usual name, and its area where the name does not tell it."""
    name = clean(names_of(hass, state)[0], _NAME_CHARACTERS)
    area = area_of(hass, state.entity_id)
    return name if area is None or area.casefold() in name.casefold() else f"{name} ({clean(area, _NAME_CHARACTERS)})"


@callback
def state_word(hass: HomeAssistant, state: State, value: str | None = None) -> str:
    """Return a state, or another value of the same entity, as people say it in English: "open" for a door's "on"."""
    value = state.state if value is None else value
    if state.domain in WORDED and value not in _MISSING:
        words = translation.async_get_cached_translations(hass, ENGLISH, WORDS, state.domain)
        return words.get(word_key(state, value), value).lower()
    if state.domain == "person" and value == STATE_NOT_HOME:
        return "away"
    return clean(value.replace("_", " "))


@callback
def word_key(state: State, value: str) -> str:
    """Return the key of the word for a value of an entity in Home Assistant's translations."""
    return f"component.{state.domain}.{WORDS}.{state.attributes.get(ATTR_DEVICE_CLASS) or '_'}.state.{value}"


@callback
def describe(hass: HomeAssistant, state: State, *, is_dated: bool = True) -> str:
    """Return how an entity is: its state with what belongs to it, and since when where that matters."""
    now = dt_util.now()
    if state.state in _MISSING:
        return state.state
    if state.domain == "sensor":
        return _measured(hass, state)
    if state.domain in _MOMENTS:
        moment = dt_util.parse_datetime(state.state)
        return f"last at {when(moment, now)}" if moment else state_word(hass, state)
    more = _MORE.get(state.domain)
    parts = [state_word(hass, state), *(more(hass, state.attributes) if more else [])]
    since = f" since {when(state.last_changed, now)}" if is_dated and _is_aged(state) else ""
    return ", ".join(filter(None, parts)) + since


def _is_aged(state: State) -> bool:
    return state.domain in _AGED_DOMAINS or (
        state.domain == "binary_sensor" and state.attributes.get(ATTR_DEVICE_CLASS) in _AGED_CLASSES
    )


def _measured(hass: HomeAssistant, state: State) -> str:
    """Return a sensor's value, rounded as the home shows it, with its unit."""
    if state.attributes.get(ATTR_DEVICE_CLASS) == "timestamp":
        moment = dt_util.parse_datetime(state.state)
        return when(moment, dt_util.now()) if moment else state.state
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    value = clean(async_rounded_state(hass, state.entity_id, state))
    return f"{value} {unit}" if unit else value


type _Attributes = Mapping[str, object]


def _light(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    brightness = attributes.get("brightness")
    return [f"{max(1, round(brightness / _MOST_BRIGHT * 100))} %"] if isinstance(brightness, int) else []


def _cover(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    position = attributes.get("current_position")
    return [f"{position} %"] if isinstance(position, int) and 0 < position < 100 else []  # noqa: PLR2004 - a percentage's ends


def _climate(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    unit = hass.config.units.temperature_unit
    now, target, action = (attributes.get(name) for name in ("current_temperature", "temperature", "hvac_action"))
    return [
        f"{action} at the moment" if action else "",
        f"{now} {unit} now" if now is not None else "",
        f"set to {target} {unit}" if target is not None else "",
    ]


def _humidifier(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    now, target = attributes.get("current_humidity"), attributes.get("humidity")
    return [f"{now} % now" if now is not None else "", f"set to {target} %" if target is not None else ""]


def _fan(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    speed = attributes.get("percentage")
    return [f"{speed} %"] if speed else []


def _media_player(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    title, artist, volume = (attributes.get(name) for name in ("media_title", "media_artist", "volume_level"))
    playing = clean(" by ".join(str(part) for part in (title, artist) if part), _NAME_CHARACTERS)
    return [playing, f"volume {round(volume * 100)} %" if isinstance(volume, float) else ""]


def _weather(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    return [
        f"{value} {attributes.get(unit) or ''}".rstrip()
        for name, unit in (("temperature", "temperature_unit"), ("wind_speed", "wind_speed_unit"))
        if (value := attributes.get(name)) is not None
    ]


def _calendar(hass: HomeAssistant, attributes: _Attributes) -> list[str]:
    message = attributes.get("message")
    return [f"next: {clean(str(message), _NAME_CHARACTERS)}"] if message else []


_MORE: Mapping[str, Callable[[HomeAssistant, _Attributes], list[str]]] = {
    "calendar": _calendar,
    "climate": _climate,
    "cover": _cover,
    "fan": _fan,
    "humidifier": _humidifier,
    "light": _light,
    "media_player": _media_player,
    "water_heater": _climate,
    "weather": _weather,
}
