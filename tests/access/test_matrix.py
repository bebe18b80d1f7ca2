"""Test who may see what: each source, by each asker, through each agent."""

from itertools import product
from typing import Any

import pytest

from custom_components.hearth.access import (
    ALL,
    CONF_AGENTS,
    CONF_PEOPLE,
    CONF_SOURCES,
    GUEST,
    HOUSEHOLD,
    NOT_PERSONAL,
    OTHER_AGENTS,
    RULES,
    Kind,
    Principal,
    Reason,
    Source,
    read_matrix,
    source_of_entity,
)

OURS = "01AGENT"
ANNA = Principal(Kind.PERSON, "person.anna", "anna")
EVERYBODY = (ANNA, HOUSEHOLD, GUEST)
LIVE = {Source.DEVICES, Source.WEATHER, Source.TIMERS}


def _seen(options: dict[str, Any], principal: Principal, agent: str = OURS) -> set[Source]:
    matrix = read_matrix(options, frozenset({OURS}))
    return {source for source in Source if matrix.decide(source, principal, agent) is Reason.ALLOWED}


@pytest.mark.parametrize(
    ("principal", "agent", "seen"),
    [
        pytest.param(ANNA, OURS, ALL, id="a person, ours"),
        pytest.param(HOUSEHOLD, OURS, ALL - {Source.MAIL}, id="the household, ours"),
        pytest.param(GUEST, OURS, LIVE, id="a guest, ours"),
        pytest.param(ANNA, OTHER_AGENTS, NOT_PERSONAL, id="a person, another agent"),
        pytest.param(HOUSEHOLD, OTHER_AGENTS, NOT_PERSONAL, id="the household, another agent"),
        pytest.param(GUEST, OTHER_AGENTS, LIVE, id="a guest, another agent"),
        pytest.param(ANNA, "01GONE", set(), id="an agent that is gone"),
    ],
)
def test_defaults_are_cautious(principal: Principal, agent: str, seen: set[Source]) -> None:
    """Let people have their own, guests what they stand in, other agents nothing personal."""
    assert _seen({}, principal, agent) == seen


@pytest.mark.parametrize("source", Source)
def test_what_is_switched_off_nobody_sees(source: Source) -> None:
    """Put the home's switch above everything."""
    wide = {CONF_AGENTS: {OURS: list(Source), OTHER_AGENTS: list(Source)}, CONF_PEOPLE: {"person:anna": list(Source)}}
    for principal, agent in product(EVERYBODY, (OURS, OTHER_AGENTS)):
        seen = _seen({**wide, CONF_SOURCES: {source.value: False}}, principal, agent)
        assert source not in seen
        assert seen == _seen(wide, principal, agent) - {source}


@pytest.mark.parametrize("source", Source)
def test_an_agent_and_a_person_must_both_be_allowed(source: Source) -> None:
    """Take the smaller of both rights."""
    only = [source.value]
    assert _seen({CONF_AGENTS: {OURS: only}}, ANNA) == {source}
    assert _seen({CONF_PEOPLE: {"person:anna": only}}, ANNA) == {source}
    assert _seen({CONF_AGENTS: {OURS: only}, CONF_PEOPLE: {"person:anna": []}}, ANNA) == set()
    assert _seen({CONF_AGENTS: {OTHER_AGENTS: only}}, ANNA, OTHER_AGENTS) == {source}
    assert _seen({CONF_AGENTS: {OURS: []}, CONF_PEOPLE: {"person:anna": only}}, ANNA) == set()


def test_a_guest_sees_nothing_personal_whatever_the_options_say() -> None:
    """Have no box that can be ticked by mistake."""
    seen = _seen({CONF_PEOPLE: {"guest": list(Source)}}, GUEST)
    assert seen == set(NOT_PERSONAL)
    assert not {source for source in seen if RULES[source].personal}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({CONF_SOURCES: {"calendar": None, "mail": "yes", "feeds": 1}}, id="no truth values"),
        pytest.param({CONF_PEOPLE: {"person:anna": ["a source of tomorrow"]}}, id="unknown sources"),
        pytest.param({CONF_AGENTS: {OURS: ["a source of tomorrow"]}}, id="unknown sources of an agent"),
    ],
)
def test_what_is_not_understood_is_not_allowed(options: dict[str, Any]) -> None:
    """Read damaged options as the narrower choice."""
    assert _seen(options, ANNA) <= ALL - {Source.CALENDAR, Source.MAIL, Source.FEEDS}


@pytest.mark.parametrize(
    ("source", "principal", "agent", "reason"),
    [
        (Source.MAIL, ANNA, OURS, Reason.ALLOWED),
        (Source.FEEDS, ANNA, OURS, Reason.SWITCHED_OFF),
        (Source.MAIL, ANNA, "01GONE", Reason.UNKNOWN_AGENT),
        (Source.MAIL, ANNA, OTHER_AGENTS, Reason.NOT_THIS_AGENT),
        (Source.MAIL, GUEST, OURS, Reason.NOT_FOR_GUESTS),
        (Source.MAIL, HOUSEHOLD, OURS, Reason.NOT_THIS_PERSON),
        (Source.ENERGY, GUEST, OURS, Reason.NOT_FOR_GUESTS),
    ],
)
def test_a_decision_has_a_reason(source: Source, principal: Principal, agent: str, reason: Reason) -> None:
    """Say why not, so that somebody can find out."""
    matrix = read_matrix({CONF_SOURCES: {"feeds": False}}, frozenset({OURS}))
    assert matrix.decide(source, principal, agent) is reason


def test_what_a_principal_says_and_reads() -> None:
    """Keep a person's things theirs, and nothing of a guest."""
    assert (ANNA.owner, ANNA.owners) == ("person:anna", ("household", "person:anna"))
    assert (HOUSEHOLD.owner, HOUSEHOLD.owners) == ("household", ("household",))
    assert (GUEST.owner, GUEST.owners) == (None, ())


def test_each_collection_belongs_to_one_source() -> None:
    """Leave no collection that two rights could open."""
    collections = [name for source in Source for name in source.collections]
    assert len(collections) == len(set(collections))


@pytest.mark.parametrize(
    ("entity_id", "source"),
    [
        ("light.kitchen", Source.DEVICES),
        ("person.anna", Source.PRESENCE),
        ("device_tracker.phone", Source.PRESENCE),
        ("calendar.family", Source.CALENDAR),
        ("todo.shopping", Source.TODO),
        ("weather.home", Source.WEATHER),
        ("sensor.phone_last_notification", Source.NOTIFICATIONS),
        ("sensor.phone_next_alarm", Source.TIMERS),
        ("sensor.fridge_power", Source.DEVICES),
        ("notify.phone", Source.NOTIFICATIONS),
    ],
)
def test_what_an_entity_tells_of(entity_id: str, source: Source) -> None:
    """Know the personal ones among the entities."""
    assert source_of_entity(entity_id) is source
