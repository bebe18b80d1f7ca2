"""Tell which devices are as somebody should know: open, unlocked, wet, low, gone, at work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import override

from homeassistant.const import ATTR_DEVICE_CLASS, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import State

from ...access import Source, tells_of_outside
from ..entity import describe, label, state_word
from ..lines import Draft, Line, Tellable
from ..times import when
from ..viewer import Viewer
from .source import LiveSource

_LOW_BATTERY_PERCENT = 15
# More than so many that are gone have one cause, and are one line.
_MOST_GONE = 3

_SENSED: Mapping[str, float] = {
    "battery": 0.35,
    "carbon_monoxide": 1.0,
    "door": 0.6,
    "garage_door": 0.75,
    "gas": 1.0,
    "heat": 0.7,
    "lock": 0.8,
    "moisture": 1.0,
    "opening": 0.55,
    "problem": 0.5,
    "running": 0.4,
    "safety": 1.0,
    "smoke": 1.0,
    "tamper": 0.85,
    "window": 0.5,
}
_COVERS: Mapping[str, float] = {"door": 0.6, "garage": 0.75, "gate": 0.6, "window": 0.5}
# Washing machines, ovens and their like say by these words that they are at work.
_RUNNING = frozenset({"in_use", "run", "running"})
# With these gone, somebody may believe to be safe who is not.
_MISSED_DOMAINS = frozenset({"alarm_control_panel", "lock"})
_MISSED_CLASSES = frozenset({"carbon_monoxide", "door", "garage_door", "gas", "moisture", "safety", "smoke", "window"})
# What stands open matters more while nobody is there to see it.
_WAYS_IN = frozenset({"door", "garage", "garage_door", "gate", "lock", "opening", "window"})
_UNWATCHED = 0.15


class Devices(LiveSource):
    """The devices that are not as they mostly are; read at this moment, every time."""

    source = Source.DEVICES

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> Sequence[Tellable]:
        """Return what is to be told of each device that somebody should know of."""
        added = _UNWATCHED if self._nobody_home() else 0.0
        drafts: list[Draft] = []
        gone: list[State] = []
        for domain, urgency_of in _RULES.items():
            for state in self.hass.states.async_all(domain):
                if state.state == STATE_UNAVAILABLE:
                    gone.extend([state] if _is_missed(state) and viewer.sees(state.entity_id) else [])
                elif (urgency := urgency_of(state)) and viewer.sees(state.entity_id):
                    drafts.append(self._draft(state, urgency + (added if _is_way_in(state) else 0.0), now))
        return [*drafts, *self._gone(gone)]

    def _draft(self, state: State, urgency: float, now: datetime) -> Draft:
        def write() -> Line:
            text = f"{label(self.hass, state)}: {self._told(state, now)}"
            return self.line(state.entity_id, text, urgency, untrusted=tells_of_outside(state))

        return self.draft(state.entity_id, urgency, write)

    def _told(self, state: State, now: datetime) -> str:
        """Return a state with the time since when; a value that wavers is told in words that don't."""
        if state.domain == "media_player":
            return describe(self.hass, state)
        if state.domain == "sensor" and state.attributes.get(ATTR_DEVICE_CLASS) == "battery":
            return f"battery low, {describe(self.hass, state)}"
        if state.domain == "binary_sensor" and state.attributes.get(ATTR_DEVICE_CLASS) == "battery":
            return "battery low"
        return f"{state_word(self.hass, state)} since {when(state.last_changed, now)}"

    def _gone(self, states: list[State]) -> Iterator[Line]:
        """Return what does not answer: each by name, or how many if they are many."""
        states.sort(key=lambda state: state.entity_id)
        if len(states) <= _MOST_GONE:
            for state in states:
                yield self.line(state.entity_id, f"{label(self.hass, state)}: unavailable", 0.4)
            return
        names = ", ".join(label(self.hass, state) for state in states[:_MOST_GONE])
        yield self.line("unavailable", f"{len(states)} devices do not answer: {names} and others", 0.45)

    def _nobody_home(self) -> bool:
        people = self.hass.states.async_all("person")
        return bool(people) and all(person.state != "home" for person in people)


def _by_state(urgencies: Mapping[str, float]) -> Callable[[State], float]:
    return lambda state: urgencies.get(state.state, 0.0)


def _sensed(state: State) -> float:
    return _SENSED.get(state.attributes.get(ATTR_DEVICE_CLASS, ""), 0.0) if state.state == STATE_ON else 0.0


def _cover(state: State) -> float:
    is_open = state.state in ("open", "opening")
    return _COVERS.get(state.attributes.get(ATTR_DEVICE_CLASS, ""), 0.0) if is_open else 0.0


def _measured(state: State) -> float:
    match state.attributes.get(ATTR_DEVICE_CLASS):
        case "battery":
            return _battery(state)
        case "enum":
            return 0.4 if state.state.casefold() in _RUNNING else 0.0
        case _:
            return 0.0


def _battery(state: State) -> float:
    try:
        left = float(state.state)
    except ValueError:
        return 0.0
    return 0.35 if left <= _LOW_BATTERY_PERCENT else 0.0


# How much somebody should know of a device's state, 0 for not at all.
_RULES: Mapping[str, Callable[[State], float]] = {
    "alarm_control_panel": _by_state(
        {
            "armed_away": 0.3,
            "armed_home": 0.3,
            "armed_night": 0.3,
            "armed_vacation": 0.3,
            "arming": 0.6,
            "pending": 0.95,
            "triggered": 1.0,
        }
    ),
    "binary_sensor": _sensed,
    "cover": _cover,
    "lawn_mower": _by_state({"error": 0.6, "mowing": 0.4}),
    "lock": _by_state({"jammed": 0.9, "open": 0.85, "opening": 0.8, "unlocked": 0.8, "unlocking": 0.8}),
    "media_player": _by_state({"playing": 0.3}),
    "sensor": _measured,
    "siren": _by_state({"on": 1.0}),
    "vacuum": _by_state({"cleaning": 0.4, "error": 0.6, "returning": 0.3}),
    "valve": _by_state({"open": 0.4, "opening": 0.4}),
}


def _is_missed(state: State) -> bool:
    return state.domain in _MISSED_DOMAINS or (
        state.domain == "binary_sensor" and state.attributes.get(ATTR_DEVICE_CLASS) in _MISSED_CLASSES
    )


def _is_way_in(state: State) -> bool:
    return state.domain == "lock" or state.attributes.get(ATTR_DEVICE_CLASS) in _WAYS_IN
