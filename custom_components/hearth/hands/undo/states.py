"""Keep how things were, and find out what brings them back, as Home Assistant's own scenes do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, cast

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, StateMachine, callback, split_entity_id
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ..effects import Effect

_CLIMATE: Final = (
    "temperature",
    "target_temp_high",
    "target_temp_low",
    "humidity",
    "preset_mode",
    "fan_mode",
    "swing_mode",
    "swing_horizontal_mode",
)
_LIGHT: Final = (
    "color_mode",
    "brightness",
    "effect",
    "hs_color",
    "color_temp_kelvin",
    "rgb_color",
    "rgbw_color",
    "rgbww_color",
    "xy_color",
)
_MEDIA: Final = ("source", "sound_mode", "volume_level", "is_volume_muted", "media_content_type", "media_content_id")
# What brings a state of each domain back: the attributes that the platform `reproduce_state` of the domain reads.
_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "alarm_control_panel": (),
    "alert": (),
    "automation": (),
    "climate": _CLIMATE,
    "counter": ("initial", "maximum", "minimum", "step"),
    "cover": ("current_position", "current_tilt_position"),
    "fan": ("percentage", "preset_mode", "oscillating", "direction"),
    "humidifier": ("mode", "humidity"),
    "input_boolean": (),
    "input_datetime": (),
    "input_number": (),
    "input_select": (),
    "input_text": (),
    "lawn_mower": (),
    "light": _LIGHT,
    "lock": (),
    "media_player": _MEDIA,
    "number": (),
    "remote": ("current_activity",),
    "select": (),
    "siren": (),
    "switch": (),
    "text": (),
    "timer": ("duration",),
    "vacuum": ("fan_speed",),
    "valve": (),
    "water_heater": ("temperature", "operation_mode", "away_mode"),
}
# Core can't bring these back, but one action of theirs can.
_ACTIONS: Final[Mapping[tuple[str, str], str]] = {
    ("lawn_mower", "docked"): "dock",
    ("lawn_mower", "mowing"): "start_mowing",
    ("lawn_mower", "paused"): "pause",
    ("siren", "off"): "turn_off",
    ("siren", "on"): "turn_on",
    ("valve", "closed"): "close_valve",
    ("valve", "open"): "open_valve",
}
# These are set one attribute after the other, whether or not they are as wanted already.
_ONE_BY_ONE: Final = frozenset({"climate", "media_player"})
# A device passes through these by itself.
_PASSING: Final = frozenset(
    {"arming", "buffering", "closing", "disarming", "locking", "opening", "pending", "returning", "unlocking"}
)
# What plays goes on by itself.
_MOVES_ON: Final = frozenset({"media_content_id", "media_content_type"})


@dataclass(frozen=True, slots=True)
class Kept:
    """How an entity was: its state, what else brings that back, and the context in which it came to be so."""

    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    context_id: str | None = None

    @classmethod
    def of(cls, state: State) -> Self:
        """Return what is kept of a state."""
        attributes = {name: value for name in _names(state.domain) if (value := state.attributes.get(name)) is not None}
        return cls(state.state, attributes, state.context.id)

    def as_dict(self) -> dict[str, Any]:
        """Return it as the audit keeps it."""
        return {"state": self.state, "attributes": dict(self.attributes), "context_id": self.context_id}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what the audit kept."""
        return cls(stored["state"], stored["attributes"], stored["context_id"])


@callback
def stands_for_others(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity is a group, of whichever integration: it is as its members are."""
    state = hass.states.get(entity_id)
    return state is not None and isinstance(state.attributes.get(ATTR_ENTITY_ID), list | tuple)


def can_come_back(domain: str) -> bool:
    """Tell whether how the entities of a domain are can be brought back."""
    return domain in _ATTRIBUTES


@callback
def keep(hass: HomeAssistant, entity_id: str) -> Kept | None:
    """Return how an entity is, None for one that can't be brought back; of a group its members are."""
    state = hass.states.get(entity_id)
    if state is None or not can_come_back(state.domain) or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    return None if stands_for_others(hass, entity_id) else Kept.of(state)


@callback
def is_as(hass: HomeAssistant, entity_id: str, wanted: Kept) -> bool:
    """Tell whether an entity is as it was."""
    now = keep(hass, entity_id)
    return now is not None and now.state == wanted.state and not _differing(now, wanted)


@callback
def changed_since(hass: HomeAssistant, entity_id: str, left: Kept) -> State | None:
    """Return how an entity is by now if somebody has changed it since it was left, None if nobody has.

    Without a trace of somebody a device that moves on by itself, or reports late, has not been changed.
    """
    state = hass.states.get(entity_id)
    if state is None or state.context.id == left.context_id:
        return None
    now = Kept.of(state)
    by_somebody = state.context.user_id is not None or state.context.parent_id is not None
    if now.state != left.state:
        return state if by_somebody or left.state not in _PASSING else None
    return state if by_somebody and _differing(now, left) - _MOVES_ON else None


async def async_ways_back(hass: HomeAssistant, wanted: Mapping[str, Kept]) -> list[Effect]:
    """Return the actions that bring entities back to how they were, in order; none for one that is so already."""
    states = [_state(hass, entity_id, kept) for entity_id, kept in sorted(wanted.items())]
    effects: list[Effect] = []
    for domain in sorted({state.domain for state in states}):
        effects += await _async_domain(hass, domain, [state for state in states if state.domain == domain])
    return effects


async def _async_domain(hass: HomeAssistant, domain: str, states: list[State]) -> list[Effect]:
    """Let a domain bring its states back before somebody who only writes down what it would do."""
    try:
        integration = await async_get_integration(hass, domain)
        platform = await integration.async_get_platform("reproduce_state")
    except IntegrationNotFound, ImportError:
        actions = ((state.entity_id, _ACTIONS.get((domain, state.state))) for state in states)
        return [Effect(domain, action, entity_id) for entity_id, action in actions if action]
    witness = _Witness(hass)
    for state in states:
        await platform.async_reproduce_states(cast("HomeAssistant", witness), [state])
    return witness.effects


class _Witness:
    """A Home Assistant in which nothing happens: it shows the real states and writes down what it is asked to do."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.states: StateMachine = hass.states
        self.effects: list[Effect] = []
        # The platforms reach actions through this.
        self.services = self

    async def async_call(self, domain: str, service: str, data: Mapping[str, Any], **_how: Any) -> None:
        fields = {key: value for key, value in data.items() if key != ATTR_ENTITY_ID}
        self.effects.append(Effect(domain, service, data[ATTR_ENTITY_ID], fields))


def _state(hass: HomeAssistant, entity_id: str, kept: Kept) -> State:
    """Return the state to bring back, with no more attributes than are needed."""
    attributes, now = dict(kept.attributes), keep(hass, entity_id)
    if now is not None and split_entity_id(entity_id)[0] in _ONE_BY_ONE:
        attributes = {key: value for key, value in attributes.items() if now.attributes.get(key) != value}
    if not attributes.keys() >= _MOVES_ON:
        attributes = {key: value for key, value in attributes.items() if key not in _MOVES_ON}
    return State(entity_id, kept.state, attributes)


def _names(domain: str) -> Iterable[str]:
    return _ATTRIBUTES.get(domain, ())


def _differing(one: Kept, other: Kept) -> set[str]:
    """Return the attributes that both have and that are not the same; tuples come back from the disk as lists."""
    return {
        name
        for name in one.attributes.keys() & other.attributes.keys()
        if _plain(one.attributes[name]) != _plain(other.attributes[name])
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
