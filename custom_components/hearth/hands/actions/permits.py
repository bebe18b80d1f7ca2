"""Hold actions to what the user allows of them, by whichever tool or sentence they are called."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ..effects import Resolution
from ..policy import Fact, Hours, fact_of

CONF_ACTIONS: Final = "actions"
CONF_AREAS: Final = "areas"
CONF_ENTITIES: Final = "entities"
CONF_PEOPLE: Final = "people"
CONF_RANGES: Final = "ranges"
CONF_TIMES: Final = "times"

# What the options hold for an action that is not to be used at all.
NEVER: Final = False


@dataclass(frozen=True, slots=True)
class Permit:
    """What is allowed of one action; what is empty is not limited.

    Entities, by the ID that stays or by entity ID, and areas add up. `ranges` holds the least and the greatest value
    of a field; once there are any, no other numbers may be given, or another field would do what this one may not.
    `people` are owners of access.
    """

    is_never: bool = False
    entities: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    hours: Hours | None = None
    people: frozenset[str] = frozenset()

    @classmethod
    def read(cls, stored: Any) -> Self:
        """Return a permit as the options hold it; one that can't be understood allows nothing."""
        try:
            limits = _STORED(dict(stored))
        except probatio.Invalid, TypeError, ValueError:
            return cls(is_never=True)
        return cls(
            entities=frozenset(limits.get(CONF_ENTITIES, ())),
            areas=frozenset(limits.get(CONF_AREAS, ())),
            ranges={name: (low, high) for name, (low, high) in limits.get(CONF_RANGES, {}).items()},
            hours=Hours(*limits[CONF_TIMES]) if CONF_TIMES in limits else None,
            people=frozenset(limits.get(CONF_PEOPLE, ())),
        )

    def covers(self, fact: Fact) -> bool:
        """Tell whether the action may be used on what an effect touches."""
        if not self.entities and not self.areas:
            return True
        return bool({fact.entity_id, fact.entity_key} & self.entities) or fact.area_id in self.areas

    def refusal(self, fact: Fact, fields: Mapping[str, Any], person: str | None, now: datetime) -> str | None:
        """Return why an effect is not allowed, in plain words, or None if it is.

        `fields` are what the action is given, `person` on whose behalf it is used, `now` the local time.
        """
        action = f"{fact.domain}.{fact.service}"
        if self.is_never:
            return f"{action} is never to be used"
        if self.people and person not in self.people:
            return f"whoever asks may not use {action}"
        if self.hours is not None and self.hours.day_of(now) is None:
            return f"{action} may be used only from {self.hours.start:%H:%M} until {self.hours.end:%H:%M}"
        if not self.covers(fact):
            return f"{action} may not be used on {fact.entity_id or 'this'}"
        return self._refusal_of_values(action, fields) if self.ranges else None

    def _refusal_of_values(self, action: str, fields: Mapping[str, Any]) -> str | None:
        for name, value in fields.items():
            if name not in self.ranges:
                if _holds_number(value):
                    return f"{name} may not be given to {action}, of all numbers only {', '.join(sorted(self.ranges))}"
                continue
            low, high = self.ranges[name]
            number = _number(value)
            if number is None or not low <= number <= high:
                return f"{name} must lie between {low:g} and {high:g}"
        return None


def read_permits(options: Mapping[str, Any]) -> dict[str, Permit]:
    """Return what the options say of each action that they name."""
    return {action: Permit.read(stored) for action, stored in options.get(CONF_ACTIONS, {}).items()}


@callback
def refusal(
    hass: HomeAssistant,
    options: Mapping[str, Any],
    resolution: Resolution,
    person: str | None,
    now: datetime | None = None,
) -> str | None:
    """Return why the options do not allow what somebody picked to have done, in plain words, or None if they do.

    `now` is a local time other than the present one.
    """
    stored = options.get(CONF_ACTIONS, {})
    for effect in resolution.picked if stored else ():
        if (action := f"{effect.domain}.{effect.service}") not in stored:
            continue
        permit = Permit.read(stored[action])
        if reason := permit.refusal(fact_of(hass, effect), effect.data, person, now or dt_util.now()):
            return reason
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _holds_number(value: object) -> bool:
    """Tell whether there is a number anywhere in a value."""
    match value:
        case Mapping():
            return any(map(_holds_number, value.values()))
        case list() | tuple() | set():
            return any(map(_holds_number, value))
        case _:
            return _number(value) is not None


_NUMBER = probatio.Coerce(float)
_STORED = probatio.Schema(
    {
        probatio.Optional(CONF_ENTITIES): [str],
        probatio.Optional(CONF_AREAS): [str],
        probatio.Optional(CONF_RANGES): {str: probatio.ExactSequence([_NUMBER, _NUMBER])},
        probatio.Optional(CONF_TIMES): probatio.ExactSequence([cv.time, cv.time]),
        probatio.Optional(CONF_PEOPLE): [str],
    }
)
