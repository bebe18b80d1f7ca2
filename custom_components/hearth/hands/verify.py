"""Read the state back after acting, so that nobody is told of something that did not happen."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event

from .effects import Effect

# How long a device may take before it counts as not having moved; slow ones say so by a state of their own.
PATIENCE_SECONDS = 4.0


class Progress(IntEnum):
    """How far an entity has come towards what was asked, from worst to best."""

    UNCHANGED = 0
    STARTED = 1
    DONE = 2


@dataclass(frozen=True, slots=True)
class _Expected:
    """The states that prove an action, and those that show it under way."""

    done: frozenset[str]
    started: frozenset[str] = frozenset()


def _states(*done: str, started: tuple[str, ...] = ()) -> _Expected:
    return _Expected(frozenset(done), frozenset(started))


_ON, _OFF = _states("on"), _states("off")
_SWITCHABLE = ("fan", "group", "humidifier", "input_boolean", "light", "siren", "switch")
_EXPECTED: Mapping[tuple[str, str], _Expected] = {
    **{(domain, "turn_on"): _ON for domain in _SWITCHABLE},
    **{(domain, "turn_off"): _OFF for domain in _SWITCHABLE},
    ("alarm_control_panel", "alarm_arm_away"): _states("armed_away", started=("arming",)),
    ("alarm_control_panel", "alarm_arm_home"): _states("armed_home", started=("arming",)),
    ("alarm_control_panel", "alarm_arm_night"): _states("armed_night", started=("arming",)),
    ("alarm_control_panel", "alarm_disarm"): _states("disarmed", started=("disarming",)),
    ("automation", "turn_off"): _OFF,
    ("automation", "turn_on"): _ON,
    ("climate", "turn_off"): _OFF,
    ("cover", "close_cover"): _states("closed", started=("closing",)),
    ("cover", "open_cover"): _states("open", started=("opening",)),
    ("lock", "lock"): _states("locked", started=("locking",)),
    ("lock", "open"): _states("open", started=("opening", "unlocking")),
    ("lock", "unlock"): _states("unlocked", "open", started=("unlocking", "opening")),
    ("media_player", "media_pause"): _states("paused", "idle", "off"),
    ("media_player", "turn_off"): _states("off", "standby"),
    ("media_player", "turn_on"): _states("on", "idle", "playing", "paused", "buffering"),
    ("vacuum", "return_to_base"): _states("docked", started=("returning",)),
    ("vacuum", "start"): _states("cleaning"),
    ("valve", "close_valve"): _states("closed", started=("closing",)),
    ("valve", "open_valve"): _states("open", started=("opening",)),
}
# The attribute that must hold what the action was given, and how far off it may be.
_ATTRIBUTES: Mapping[tuple[str, str], tuple[str, str, float]] = {
    ("climate", "set_temperature"): ("temperature", "temperature", 0.5),
    ("cover", "set_cover_position"): ("position", "current_position", 2),
    ("humidifier", "set_humidity"): ("humidity", "humidity", 1),
    ("valve", "set_valve_position"): ("position", "current_position", 2),
}


async def async_verify(
    hass: HomeAssistant, effects: tuple[Effect, ...], patience: float = PATIENCE_SECONDS
) -> dict[str, Progress]:
    """Wait until the entities are as the effects say, at most `patience` seconds.

    Returns the progress of each entity that can be checked; the last effect on an entity counts.
    """
    checks = {
        effect.entity_id: check
        for effect in effects
        if effect.entity_id is not None and (check := _check_for(effect)) is not None
    }
    if not checks:
        return {}
    waiting = asyncio.Event()

    @callback
    def changed(_event: Event[EventStateChangedData]) -> None:
        waiting.set()

    unsubscribe = async_track_state_change_event(hass, checks, changed)
    try:
        async with asyncio.timeout(patience):
            while min(_progress(hass, checks).values()) is not Progress.DONE:
                await waiting.wait()
                waiting.clear()
    except TimeoutError:
        pass
    finally:
        unsubscribe()
    return _progress(hass, checks)


type _Check = Callable[[State], Progress]


def _progress(hass: HomeAssistant, checks: Mapping[str, _Check]) -> dict[str, Progress]:
    progress = {}
    for entity_id, check in checks.items():
        state = hass.states.get(entity_id)
        reachable = state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN)
        progress[entity_id] = check(state) if state is not None and reachable else Progress.UNCHANGED
    return progress


def _check_for(effect: Effect) -> _Check | None:
    key = (effect.domain, effect.service)
    if expected := _EXPECTED.get(key):
        return lambda state: _compare_state(state, expected)
    if attribute := _ATTRIBUTES.get(key):
        field, name, tolerance = attribute
        if (wanted := effect.data.get(field)) is not None:
            return lambda state: _compare_attribute(state, name, wanted, tolerance)
    return None


def _compare_state(state: State, expected: _Expected) -> Progress:
    if state.state in expected.done:
        return Progress.DONE
    return Progress.STARTED if state.state in expected.started else Progress.UNCHANGED


def _compare_attribute(state: State, name: str, wanted: object, tolerance: float) -> Progress:
    try:
        difference = abs(float(str(state.attributes.get(name))) - float(str(wanted)))
    except ValueError:
        return Progress.UNCHANGED
    if difference <= tolerance:
        return Progress.DONE
    return Progress.STARTED if state.state in ("opening", "closing") else Progress.UNCHANGED
