"""List what must follow of each action: the state, or the attribute, that shows it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from .effects import Effect

_GONE: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
# What is pressed shows when it last was.
_JUST_NOW: Final = timedelta(minutes=1)


class Progress(IntEnum):
    """How far an entity has come towards what was asked, from worst to best."""

    UNCHANGED = 0
    STARTED = 1
    DONE = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """How far an entity has come, and what shows it; None where it can't be reached."""

    progress: Progress
    value: str | None


type Check = Callable[[State], Seen]


@dataclass(frozen=True, slots=True)
class _Mark:
    """The states that prove an action, and those that show it under way; `done` may also be all but some."""

    done: frozenset[str] = frozenset()
    started: frozenset[str] = frozenset()
    anything_but: frozenset[str] = frozenset()

    def look(self, state: State) -> Seen:
        is_done = state.state in self.done or (bool(self.anything_but) and state.state not in self.anything_but)
        started = Progress.STARTED if state.state in self.started else Progress.UNCHANGED
        return Seen(Progress.DONE if is_done else started, state.state)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A field of an action, and the attribute that takes its value over; None stands for the state itself.

    `scales` are what the field's number may have to be multiplied by: intents count some things in percent. What is
    `soft` may come later, or not at all on a device that does without: nobody is told that it did not work.
    """

    field: str
    attribute: str | None = None
    tolerance: float = 0.0
    scales: tuple[float, ...] = (1.0,)
    soft: bool = False

    def look(self, state: State, wanted: Any) -> Seen:
        value = state.state if self.attribute is None else state.attributes.get(self.attribute)
        if self._is(value, wanted):
            return Seen(Progress.DONE, str(value))
        if self.soft:
            return Seen(Progress.DONE if value is None else Progress.STARTED, str(value))
        moving = state.state in ("opening", "closing") or bool(state.attributes.get("is_transitioning"))
        return Seen(Progress.STARTED if moving else Progress.UNCHANGED, str(value))

    def _is(self, value: Any, wanted: Any) -> bool:
        """Tell whether a value is what was wanted, as near as devices keep to it."""
        if isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
            return len(wanted) == len(value) and all(map(self._is, value, wanted, strict=True))
        if isinstance(wanted, bool) or isinstance(value, bool):
            return _flag(value) is _flag(wanted)
        try:
            number = float(str(value))
            return any(abs(number - float(str(wanted)) * scale) <= self.tolerance * scale for scale in self.scales)
        except ValueError:
            return str(value).casefold() == str(wanted).casefold()


def _flag(value: Any) -> bool:
    return str(value).casefold() in ("true", "on", "yes", "1")


def _to(*done: str, started: Iterable[str] = ()) -> _Mark:
    return _Mark(frozenset(done), frozenset(started))


def _not(*states: str) -> _Mark:
    return _Mark(anything_but=frozenset({*states, *_GONE}))


_ON, _OFF = _to("on"), _to("off")
_SWITCHED: Final = ("fan", "group", "humidifier", "input_boolean", "light", "remote", "siren", "switch")
_MARKS: Final[Mapping[tuple[str, str], _Mark]] = {
    **{(domain, "turn_on"): _ON for domain in (*_SWITCHED, "automation")},
    **{(domain, "turn_off"): _OFF for domain in (*_SWITCHED, "automation", "climate", "script", "water_heater")},
    ("alarm_control_panel", "alarm_arm_away"): _to("armed_away", started=("arming",)),
    ("alarm_control_panel", "alarm_arm_custom_bypass"): _to("armed_custom_bypass", started=("arming",)),
    ("alarm_control_panel", "alarm_arm_home"): _to("armed_home", started=("arming",)),
    ("alarm_control_panel", "alarm_arm_night"): _to("armed_night", started=("arming",)),
    ("alarm_control_panel", "alarm_arm_vacation"): _to("armed_vacation", started=("arming",)),
    ("alarm_control_panel", "alarm_disarm"): _to("disarmed", started=("disarming",)),
    ("alarm_control_panel", "alarm_trigger"): _to("triggered", started=("pending",)),
    ("camera", "turn_off"): _OFF,
    ("camera", "turn_on"): _not("off"),
    ("climate", "turn_on"): _not("off"),
    ("cover", "close_cover"): _to("closed", started=("closing",)),
    ("cover", "open_cover"): _to("open", started=("opening",)),
    ("cover", "stop_cover"): _not("opening", "closing"),
    ("lawn_mower", "dock"): _to("docked", started=("returning",)),
    ("lawn_mower", "pause"): _to("paused"),
    ("lawn_mower", "start_mowing"): _to("mowing"),
    ("lock", "lock"): _to("locked", started=("locking",)),
    ("lock", "open"): _to("open", started=("opening", "unlocking")),
    ("lock", "unlock"): _to("unlocked", "open", started=("unlocking", "opening")),
    ("media_player", "media_pause"): _not("playing", "buffering"),
    ("media_player", "media_play"): _to("playing", started=("buffering", "on")),
    ("media_player", "media_stop"): _not("playing", "buffering"),
    ("media_player", "turn_off"): _to("off", "standby"),
    ("media_player", "turn_on"): _not("off", "standby"),
    ("timer", "cancel"): _to("idle"),
    ("timer", "finish"): _to("idle"),
    ("timer", "pause"): _to("paused"),
    ("timer", "start"): _to("active"),
    ("update", "install"): _OFF,
    ("vacuum", "clean_area"): _to("cleaning"),
    ("vacuum", "clean_spot"): _to("cleaning"),
    ("vacuum", "pause"): _to("paused", "idle"),
    ("vacuum", "return_to_base"): _to("docked", started=("returning",)),
    ("vacuum", "start"): _to("cleaning"),
    ("vacuum", "stop"): _not("cleaning", "returning"),
    ("valve", "close_valve"): _to("closed", started=("closing",)),
    ("valve", "open_valve"): _to("open", started=("opening",)),
    ("valve", "stop_valve"): _not("opening", "closing"),
    ("water_heater", "turn_on"): _not("off"),
}
_VALUE = (_Taken("value", tolerance=0.01),)
_TAKEN: Final[Mapping[tuple[str, str], tuple[_Taken, ...]]] = {
    ("climate", "set_fan_mode"): (_Taken("fan_mode", "fan_mode"),),
    ("climate", "set_humidity"): (_Taken("humidity", "humidity", 1),),
    ("climate", "set_hvac_mode"): (_Taken("hvac_mode"),),
    ("climate", "set_preset_mode"): (_Taken("preset_mode", "preset_mode"),),
    ("climate", "set_swing_mode"): (_Taken("swing_mode", "swing_mode"),),
    ("climate", "set_temperature"): (
        _Taken("temperature", "temperature", 0.5),
        _Taken("target_temp_low", "target_temp_low", 0.5),
        _Taken("target_temp_high", "target_temp_high", 0.5),
        _Taken("hvac_mode"),
    ),
    ("cover", "set_cover_position"): (_Taken("position", "current_position", 2),),
    ("cover", "set_cover_tilt_position"): (_Taken("tilt_position", "current_tilt_position", 2),),
    ("fan", "oscillate"): (_Taken("oscillating", "oscillating"),),
    ("fan", "set_direction"): (_Taken("direction", "direction"),),
    ("fan", "set_percentage"): (_Taken("percentage", "percentage", 17),),
    ("fan", "set_preset_mode"): (_Taken("preset_mode", "preset_mode"),),
    ("humidifier", "set_humidity"): (_Taken("humidity", "humidity", 1),),
    ("humidifier", "set_mode"): (_Taken("mode", "mode"),),
    ("input_number", "set_value"): _VALUE,
    ("input_select", "select_option"): (_Taken("option"),),
    ("input_text", "set_value"): _VALUE,
    # An intent's brightness is in percent, an action's goes up to 255.
    ("light", "turn_on"): (
        _Taken("brightness", "brightness", 3, (1.0, 2.55), soft=True),
        _Taken("brightness_pct", "brightness", 2, (2.55,), soft=True),
        _Taken("rgb_color", "rgb_color", 60, soft=True),
        _Taken("color", "rgb_color", 60, soft=True),
        _Taken("color_temp_kelvin", "color_temp_kelvin", 150, soft=True),
        _Taken("temperature", "color_temp_kelvin", 150, soft=True),
        _Taken("effect", "effect", soft=True),
    ),
    ("media_player", "repeat_set"): (_Taken("repeat", "repeat"),),
    ("media_player", "select_sound_mode"): (_Taken("sound_mode", "sound_mode"),),
    ("media_player", "select_source"): (_Taken("source", "source"),),
    ("media_player", "shuffle_set"): (_Taken("shuffle", "shuffle"),),
    ("media_player", "volume_mute"): (_Taken("is_volume_muted", "is_volume_muted"),),
    ("media_player", "volume_set"): (_Taken("volume_level", "volume_level", 0.03, (1.0, 0.01)),),
    ("number", "set_value"): _VALUE,
    ("select", "select_option"): (_Taken("option"),),
    ("text", "set_value"): _VALUE,
    ("vacuum", "set_fan_speed"): (_Taken("fan_speed", "fan_speed"),),
    ("valve", "set_valve_position"): (_Taken("position", "current_position", 2),),
    ("water_heater", "set_away_mode"): (_Taken("away_mode", "away_mode"),),
    ("water_heater", "set_operation_mode"): (_Taken("operation_mode"),),
    ("water_heater", "set_temperature"): (_Taken("temperature", "temperature", 0.5),),
}
_PRESSED: Final = frozenset({("button", "press"), ("input_button", "press"), ("scene", "turn_on")})
# The states that a scene sets and that say enough by themselves.
_UNDER_WAY: Final[Mapping[str, tuple[str, ...]]] = {
    "on": (),
    "off": (),
    "open": ("opening",),
    "closed": ("closing",),
    "locked": ("locking",),
    "unlocked": ("unlocking",),
}


def check_for(effect: Effect) -> Check | None:
    """Return what tells how far an effect on an entity has come, None where no state shows it."""
    key = (effect.domain, effect.service)
    taken = [(one, effect.data[one.field]) for one in _TAKEN.get(key, ()) if effect.data.get(one.field) is not None]
    if effect.service == "apply":
        return _applied(effect)
    if key in _PRESSED:
        return _pressed
    if key == ("input_datetime", "set_datetime"):
        return _time_of(effect)
    if key == ("update", "install"):
        return _installed
    marks = [] if (mark := _MARKS.get(key)) is None else [mark]
    # Who dims a lamp wants it on, too; who sets nothing that shows, only that.
    checks: list[Check] = [*(one.look for one in marks), *(_taking(one, wanted) for one, wanted in taken)]
    return _all_of(checks) if checks else None


def look(check: Check, state: State | None) -> Seen:
    """Look at an entity, which may be out of reach."""
    return Seen(Progress.UNCHANGED, None) if state is None or state.state in _GONE else check(state)


def _taking(taken: _Taken, wanted: Any) -> Check:
    return lambda state: taken.look(state, wanted)


def _all_of(checks: list[Check]) -> Check:
    """Return the check that is as far as the one that is least far."""
    return lambda state: min((check(state) for check in checks), key=lambda seen: seen.progress)


def _applied(effect: Effect) -> Check | None:
    """Check what a scene sets, where it says so."""
    wanted = str(effect.data.get("state"))
    return _to(wanted, started=_UNDER_WAY[wanted]).look if wanted in _UNDER_WAY else None


def _pressed(state: State) -> Seen:
    last = dt_util.parse_datetime(state.state)
    is_new = last is not None and dt_util.utcnow() - dt_util.as_utc(last) <= _JUST_NOW
    return Seen(Progress.DONE if is_new else Progress.UNCHANGED, state.state)


def _time_of(effect: Effect) -> Check | None:
    """Check a date or a time, whose seconds may be left out."""
    fields = ("date", "time", "datetime")
    wanted = [str(effect.data[field]).replace("T", " ")[:16] for field in fields if effect.data.get(field) is not None]

    def check(state: State) -> Seen:
        return Seen(Progress.DONE if all(one in state.state for one in wanted) else Progress.UNCHANGED, state.state)

    return check if wanted else None


def _installed(state: State) -> Seen:
    seen = _OFF.look(state)
    if seen.progress is Progress.UNCHANGED and state.attributes.get("in_progress"):
        return Seen(Progress.STARTED, seen.value)
    return seen
