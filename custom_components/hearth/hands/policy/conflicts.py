"""Find the rules that disagree, and say who wins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from ..effects import Risk
from .question import Ruling
from .rules import Rule, When

_LISTS: Final = (
    "actors",
    "people",
    "agents",
    "domains",
    "actions",
    "entities",
    "areas",
    "labels",
    "classes",
    "weekdays",
)
_THINGS: Final = ("domains", "actions", "entities", "areas", "labels")
_FLOORED: Final[frozenset[Risk | None]] = frozenset({Risk.CRITICAL, None})


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule that loses wherever both speak on the same: to a stricter one, or (None) to what no rule can change.

    `on` holds the things that the two name, by condition; empty where they are about everything.
    """

    loser: Rule
    winner: Rule | None
    on: Mapping[str, frozenset[str]]


def conflicts(rules: Sequence[Rule]) -> list[Conflict]:
    """Return every pair of rules that disagree, and every rule that allows what always asks."""
    powerless = (Conflict(rule, None, _named(rule.when, rule.when)) for rule in rules if _is_powerless(rule))
    return [*_disagreements(rules), *powerless]


def _disagreements(rules: Sequence[Rule]) -> Iterator[Conflict]:
    for one, other in combinations(rules, 2):
        if one.ruling is not other.ruling and _may_meet(one.when, other.when):
            loser, winner = sorted((one, other), key=lambda rule: rule.ruling)
            yield Conflict(loser, winner, _named(one.when, other.when))


def _is_powerless(rule: Rule) -> bool:
    return rule.ruling < Ruling.ASK_PERSON and bool(rule.when.classes) and rule.when.classes <= _FLOORED


def _may_meet(one: When, other: When) -> bool:
    """Tell whether there can be something on which two conditions both fit."""
    if any(_common(getattr(one, name), getattr(other, name)) == frozenset() for name in _LISTS):
        return False
    if _common(_domains(one), _domains(other)) == frozenset():
        return False
    if one.hours is not None and other.hours is not None and not one.hours.meets(other.hours):
        return False
    return one.presence is None or other.presence is None or one.presence is other.presence


def _common(one: frozenset[Any], other: frozenset[Any]) -> frozenset[Any] | None:
    """Return what both name, None where one of them names nothing and so means everything."""
    return one & other if one and other else None


def _domains(when: When) -> frozenset[str]:
    """Return the domains that conditions are about; an action and an entity name their own."""
    named = when.actions or frozenset(entity for entity in when.entities if "." in entity)
    return when.domains or frozenset(name.partition(".")[0] for name in named)


def _named(one: When, other: When) -> dict[str, frozenset[str]]:
    named = {name: (getattr(one, name), getattr(other, name)) for name in _THINGS}
    return {name: ours & theirs or ours | theirs for name, (ours, theirs) in named.items() if ours or theirs}
