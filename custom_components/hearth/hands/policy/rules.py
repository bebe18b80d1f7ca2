"""Read the home's own rules from the options, and tell which of them fit an effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Self

from homeassistant.const import WEEKDAYS
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import probatio

from ...const import DOMAIN
from ..call import Actor
from ..effects import Risk
from .presets import Preset
from .question import Fact, Question, Ruling

CONF_PRESET: Final = "preset"
CONF_RULES: Final = "rules"

ANNOTATIONS: Final = ("destructive", "open_world")
CLASSES: Final[Mapping[str, Risk | None]] = {**{risk.name.lower(): risk for risk in Risk}, "unknown": None}
PRESENCE: Final = {"home": True, "away": False}
# What waits for an administrator is what Home Assistant itself leaves to them, and no home's to choose.
RULINGS: Final = {ruling.name.lower(): ruling for ruling in Ruling if ruling is not Ruling.ASK_ADMIN}


class BadRuleError(HomeAssistantError):
    """The options hold a rule that can't be understood."""

    def __init__(self, name: str, problem: str) -> None:
        """Name the rule and what is wrong with it."""
        self.rule = name
        super().__init__(
            translation_domain=DOMAIN,
            translation_key="bad_rule",
            translation_placeholders={"name": name, "problem": problem},
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """A time of every day from `start` until `end`, through midnight where `end` comes first."""

    start: time
    end: time

    def day_of(self, now: datetime) -> datetime | None:
        """Return a moment of the day on which the hours that are on now have begun, None while they are not on."""
        if now.time() not in self:
            return None
        return now - timedelta(days=1) if now.time() < self.end <= self.start else now

    def __contains__(self, clock: time) -> bool:
        """Tell whether the hours are on at a time of the day."""
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def meets(self, other: Hours) -> bool:
        """Tell whether the hours have a moment in common with others."""
        return other.start in self or self.start in other


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a rule, which must all fit; an empty one always does.

    `actions` are named "domain.service"; `entities` by entity ID or by the ID that stays; `presence` tells
    whether somebody must be at home, or nobody; `annotations` are of a tool, any of which must be so.
    """

    actors: frozenset[Actor] = frozenset()
    people: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    classes: frozenset[Risk | None] = frozenset()
    annotations: frozenset[str] = frozenset()
    hours: Hours | None = None
    weekdays: frozenset[int] = frozenset()
    presence: bool | None = None
    tainted: bool = False

    def fits(self, question: Question, fact: Fact, *, if_unknown: bool) -> bool:
        """Tell whether all conditions fit; one on something that nobody knows fits `if_unknown`."""
        return (
            _among(question.actor, self.actors)
            and _among(question.person, self.people)
            and _among(question.agent_id, self.agents)
            and _among(fact.domain, self.domains)
            and _among(f"{fact.domain}.{fact.service}", self.actions)
            and (_among(fact.entity_id, self.entities) or _among(fact.entity_key, self.entities))
            and _among(fact.area_id, self.areas)
            and (not self.labels or bool(self.labels & fact.labels))
            and (not self.classes or fact.risk in self.classes)
            and (not self.annotations or any(getattr(question.annotations, name, False) for name in self.annotations))
            and self._is_time(question.now)
            and (self.presence is None or question.anybody_home in ({None} if if_unknown else set()) | {self.presence})
            and (question.tainted or not self.tainted)
        )

    def _is_time(self, now: datetime) -> bool:
        day = self.hours.day_of(now) if self.hours else now
        return day is not None and _among(day.weekday(), self.weekdays)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the home demands where some conditions fit."""

    name: str
    when: When
    ruling: Ruling

    def fits(self, question: Question, fact: Fact) -> bool:
        """Tell whether the rule speaks on an effect; where nobody knows, only one that is not mild does."""
        return self.when.fits(question, fact, if_unknown=self.ruling is not Ruling.ALLOW)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """Return a rule as the options hold it; raises BadRuleError."""
        try:
            read = _RULE(dict(stored))
        except probatio.Invalid as err:
            raise BadRuleError(str(stored.get("name") or "?"), str(err)) from err
        when = read["when"]
        after, before = when.pop("after", None), when.pop("before", None)
        hours = Hours(after or time.min, before or time.max) if after or before else None
        return cls(read["name"], When(**when, hours=hours), RULINGS[read["verdict"]])


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds in a home: its preset, and its own rules, whose order does not count."""

    preset: Preset = Preset.NORMAL
    own: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """Return what the options say; raises BadRuleError, for a rule that is skipped might be one that forbids."""
        chosen = options.get(CONF_PRESET, Preset.NORMAL)
        if chosen not in set(Preset):
            raise BadRuleError(CONF_PRESET, str(chosen))
        return cls(Preset(chosen), tuple(map(Rule.read, options.get(CONF_RULES, ()))))


def _among(thing: object, chosen: frozenset[Any]) -> bool:
    return not chosen or thing in chosen


def _frozen(items: list[Any]) -> frozenset[Any]:
    # A class among the steps of a schema would be a test for that class.
    return frozenset(items)


def _set_of(item: Any) -> Any:
    return probatio.All([item], _frozen)


_CONDITIONS = {
    "actors": _set_of(probatio.Coerce(Actor)),
    **dict.fromkeys(("people", "agents", "domains", "actions", "entities", "areas", "labels"), _set_of(str)),
    "classes": _set_of(probatio.All(probatio.In(CLASSES), CLASSES.__getitem__)),
    "annotations": _set_of(probatio.In(ANNOTATIONS)),
    "after": cv.time,
    "before": cv.time,
    "weekdays": _set_of(probatio.All(probatio.In(WEEKDAYS), WEEKDAYS.index)),
    "presence": probatio.All(probatio.In(PRESENCE), PRESENCE.__getitem__),
    "tainted": bool,
}
_RULE = probatio.Schema(
    {
        probatio.Required("name"): probatio.All(str, probatio.Length(min=1)),
        probatio.Optional("when", default=dict): {
            probatio.Optional(name): field for name, field in _CONDITIONS.items()
        },
        probatio.Required("verdict"): probatio.In(RULINGS),
    }
)
