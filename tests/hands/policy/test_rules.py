"""Test the home's own rules: how they are read, when they fit, and what they can't do."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homeassistant.helpers.llm import ToolAnnotations
from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.hands.effects import Risk
from custom_components.hearth.hands.policy import (
    Actor,
    BadRuleError,
    Consent,
    Decision,
    Fact,
    Preset,
    Question,
    Reason,
    Rule,
    Rules,
    Ruling,
    Verdict,
    decide,
)
from custom_components.hearth.hands.policy.presets import LADDER
from custom_components.hearth.hands.policy.rules import ANNOTATIONS, CLASSES

NIGHT = {"after": "22:00:00", "before": "06:00:00"}
BLIND = Fact(Risk.SENSITIVE, "cover", "open_cover", "cover.blind", "01KEY", "kitchen", frozenset({"shades"}))
# A Friday.
EVENING = datetime(2026, 11, 20, 20, tzinfo=UTC)


def rule(verdict: str, name: str = "mine", **when: Any) -> dict[str, Any]:
    """Return a rule as the options hold it."""
    return {"name": name, "when": when, "verdict": verdict}


@pytest.mark.parametrize(
    ("when", "question", "fits"),
    [
        ({}, {}, True),
        ({"actors": ["person", "guest"]}, {"actor": Actor.GUEST}, True),
        ({"actors": ["person"]}, {"actor": Actor.HOUSEHOLD}, False),
        ({"people": ["person:anna"]}, {"person": "person:anna"}, True),
        ({"people": ["person:anna"]}, {"person": None}, False),
        ({"agents": ["01AGENT"]}, {"agent_id": "01AGENT"}, True),
        ({"agents": ["01AGENT"]}, {"agent_id": "other_agents"}, False),
        ({"domains": ["cover", "lock"]}, {}, True),
        ({"domains": ["lock"]}, {}, False),
        ({"actions": ["cover.open_cover"]}, {}, True),
        ({"actions": ["cover.close_cover"]}, {}, False),
        ({"entities": ["cover.blind"]}, {}, True),
        ({"entities": ["01KEY"]}, {}, True),
        ({"entities": ["cover.other"]}, {}, False),
        ({"areas": ["kitchen"]}, {}, True),
        ({"areas": ["hall"]}, {}, False),
        ({"labels": ["shades", "danger"]}, {}, True),
        ({"labels": ["danger"]}, {}, False),
        ({"classes": ["sensitive"]}, {}, True),
        ({"classes": ["critical", "unknown"]}, {}, False),
        ({"annotations": ["open_world"]}, {"annotations": ToolAnnotations()}, True),
        ({"annotations": ["open_world"]}, {"annotations": ToolAnnotations(open_world=False)}, False),
        ({"annotations": ["destructive"]}, {}, False),
        ({"tainted": True}, {"tainted": True}, True),
        ({"tainted": True}, {}, False),
        ({"tainted": False}, {"tainted": True}, True),
        ({"presence": "away"}, {"anybody_home": False}, True),
        ({"presence": "away"}, {"anybody_home": True}, False),
        ({"presence": "home"}, {"anybody_home": True}, True),
        ({"weekdays": ["fri"]}, {}, True),
        ({"weekdays": ["sat", "sun"]}, {}, False),
        ({"after": "19:00:00"}, {}, True),
        ({"after": "21:00:00"}, {}, False),
        ({"before": "21:00:00"}, {}, True),
        ({"domains": ["cover"], "areas": ["hall"]}, {}, False),
    ],
)
def test_conditions(when: dict[str, Any], question: dict[str, Any], fits: bool) -> None:
    """All conditions of a rule must fit; an empty one always does."""
    asked = Question((BLIND,), **{"now": EVENING, **question})
    assert Rule.read(rule("deny", **when)).fits(asked, BLIND) is fits


@pytest.mark.parametrize(
    ("day", "hour", "fits"),
    [(20, 21, False), (20, 22, True), (21, 2, True), (21, 6, False), (21, 23, False), (20, 2, False)],
)
def test_a_night_belongs_to_the_day_it_begins_on(day: int, hour: int, fits: bool) -> None:
    """Friday's night lasts until Saturday morning."""
    asked = Question((BLIND,), now=datetime(2026, 11, day, hour, tzinfo=UTC))
    assert Rule.read(rule("deny", weekdays=["fri"], **NIGHT)).fits(asked, BLIND) is fits


@pytest.mark.parametrize(("verdict", "fits"), [("allow", False), ("ask", True), ("ask_person", True), ("deny", True)])
def test_what_nobody_knows_counts_against(verdict: str, fits: bool) -> None:
    """Where nobody knows who is at home, a rule that forbids holds and one that allows does not."""
    asked = Question((BLIND,), anybody_home=None)
    assert Rule.read(rule(verdict, presence="away")).fits(asked, BLIND) is fits


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"preset": "lax"}, "lax"),
        ({"rules": [rule("perhaps")]}, "verdict"),
        ({"rules": [{"name": "mine"}]}, "verdict"),
        ({"rules": [{"verdict": "deny"}]}, "name"),
        ({"rules": [rule("deny", name="")]}, "name"),
        ({"rules": [rule("deny", moon="full")]}, "moon"),
        ({"rules": [rule("deny", actors=["burglar"])]}, "actors"),
        ({"rules": [rule("deny", after="late")]}, "after"),
        ({"rules": [rule("deny", weekdays=["friday"])]}, "weekdays"),
        ({"rules": [rule("deny", classes=["awful"])]}, "classes"),
    ],
)
def test_a_rule_that_can_not_be_read_is_not_skipped(options: Mapping[str, Any], problem: str) -> None:
    """It might be one that forbids, so it is told of, and nothing is decided without it."""
    with pytest.raises(BadRuleError) as error:
        Rules.read(options)
    assert error.value.translation_key == "bad_rule"
    assert problem in str(error.value.translation_placeholders)


DECISIONS = [
    ("the preset holds without rules", [], {}, Verdict.ASK, Reason.SENSITIVE, None),
    ("a rule lifts what the preset asks", [rule("allow")], {}, Verdict.ALLOW, Reason.RULE, "mine"),
    ("a rule forbids", [rule("deny")], {}, Verdict.DENY, Reason.RULE, "mine"),
    ("a yes lifts no prohibition", [rule("deny")], {"approved": Consent.PERSON}, Verdict.DENY, Reason.RULE, "mine"),
    (
        "the strictest wins in one order",
        [rule("allow", name="yes"), rule("deny", name="no")],
        {},
        Verdict.DENY,
        Reason.RULE,
        "no",
    ),
    (
        "the strictest wins in the other",
        [rule("deny", name="no"), rule("allow", name="yes")],
        {},
        Verdict.DENY,
        Reason.RULE,
        "no",
    ),
    ("text from outside asks all the same", [rule("allow")], {"tainted": True}, Verdict.ASK, Reason.TAINTED, None),
    ("a rule for others changes nothing", [rule("deny", actors=["guest"])], {}, Verdict.ASK, Reason.SENSITIVE, None),
    (
        "what is refused for less is refused for more",
        [rule("deny", classes=["reversible"]), rule("allow", name="yes", classes=["sensitive"])],
        {},
        Verdict.DENY,
        Reason.RULE,
        "mine",
    ),
]


@pytest.mark.parametrize(
    ("stored", "question", "verdict", "reason", "name"),
    [pytest.param(*row[1:], id=row[0]) for row in DECISIONS],
)
def test_rules_decide(
    stored: list[dict[str, Any]], question: dict[str, Any], verdict: Verdict, reason: Reason, name: str | None
) -> None:
    """The home's own rules come before its preset, the strictest first, and say that it was they."""
    decision = decide(Question((BLIND,), **question), Rules.read({"rules": stored}))
    assert (decision.verdict, decision.reason, decision.rule) == (verdict, reason, name)


@pytest.mark.parametrize("risk", [Risk.CRITICAL, None])
def test_no_rule_opens_the_door(risk: Risk | None) -> None:
    """The critical and the unknown wait for a person who is known, whatever a rule allows."""
    decision = decide(Question((Fact(risk, "lock", "unlock"),)), Rules.read({"rules": [rule("allow")]}))
    assert (decision.verdict, decision.needs) == (Verdict.ASK, Consent.PERSON)


@pytest.mark.parametrize(
    ("preset", "actor", "risk", "ruling"),
    [
        ("normal", "household", Risk.REVERSIBLE, Ruling.ALLOW),
        ("normal", "household", Risk.SENSITIVE, Ruling.ASK),
        ("normal", "guest", Risk.CRITICAL, Ruling.ASK_PERSON),
        ("cautious", "guest", Risk.SENSITIVE, Ruling.DENY),
        ("cautious", "household", None, Ruling.DENY),
        ("cautious", "person", Risk.CRITICAL, Ruling.ASK_PERSON),
        ("trusting", "person", Risk.SENSITIVE, Ruling.ALLOW),
        ("trusting", "automation", Risk.CRITICAL, Ruling.ASK_PERSON),
    ],
)
def test_presets(preset: str, actor: str, risk: Risk | None, ruling: Ruling) -> None:
    """A preset says for everybody what asks."""
    decision = decide(Question((Fact(risk),), actor=Actor(actor)), Rules.read({"preset": preset}))
    assert (decision.verdict, decision.needs) == (ruling.verdict, ruling.needs)


RISKS = st.sampled_from(LADDER)
LASTING = [("hearth", "install_automation"), ("hearth", "remove_automation")]
FACTS = st.one_of(
    st.builds(
        Fact,
        RISKS,
        domain=st.sampled_from(["lock", "light"]),
        entity_id=st.sampled_from([None, "lock.door", "light.hall"]),
        area_id=st.sampled_from([None, "hall"]),
    ),
    st.builds(lambda action: Fact(Risk.SENSITIVE, *action), st.sampled_from(LASTING)),
)
STORED_RULES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "b", "c"]),
        "verdict": st.sampled_from(["allow", "ask", "ask_person", "deny"]),
        "when": st.fixed_dictionaries(
            {},
            optional={
                "actors": st.lists(st.sampled_from(Actor)),
                "domains": st.lists(st.sampled_from(["lock", "light"])),
                "entities": st.lists(st.sampled_from(["lock.door", "light.hall"])),
                "areas": st.lists(st.sampled_from(["hall", "attic"])),
                "classes": st.lists(st.sampled_from(sorted(CLASSES))),
                "annotations": st.lists(st.sampled_from(ANNOTATIONS)),
                "after": st.sampled_from(["06:00:00", "22:00:00"]),
                "weekdays": st.lists(st.sampled_from(["mon", "fri"])),
                "presence": st.sampled_from(["home", "away"]),
                "tainted": st.booleans(),
            },
        ),
    }
)
ANY_RULES = st.builds(
    lambda preset, rules: Rules.read({"preset": preset, "rules": rules}),
    st.sampled_from(Preset),
    st.lists(STORED_RULES),
)
QUESTIONS = st.builds(
    Question,
    st.lists(FACTS, max_size=3).map(tuple),
    has_unknown=st.booleans(),
    hidden=st.booleans(),
    forbidden=st.sampled_from([None, "never"]),
    tainted=st.booleans(),
    halted=st.booleans(),
    can_ask=st.booleans(),
    approved=st.sampled_from([None, *Consent]),
    actor=st.sampled_from(Actor),
    annotations=st.sampled_from([None, ToolAnnotations()]),
    anybody_home=st.sampled_from([None, True, False]),
    now=st.sampled_from([EVENING, datetime(2026, 11, 23, 3, tzinfo=UTC)]),
)


def severity(decision: Decision) -> tuple[int, int]:
    """Return how strict a decision is; of those that ask, the one that waits for whose yes weighs more."""
    weight = list(Consent).index(decision.needs) if decision.verdict is Verdict.ASK else 0
    return list(Verdict).index(decision.verdict), weight


@given(QUESTIONS, ANY_RULES)
def test_no_rules_lift_a_floor(question: Question, rules: Rules) -> None:
    """Whatever a home writes into its rules, some things stay as they are."""
    decision = decide(question, rules)
    acts = question.risk is not Risk.READ
    if question.hidden or question.forbidden or (question.halted and acts):
        assert decision.verdict is Verdict.DENY
    if question.risk in (None, Risk.CRITICAL):
        assert decision.verdict is not Verdict.ALLOW or question.approved in (Consent.PERSON, Consent.ADMIN)
        assert decision.verdict is not Verdict.ASK or decision.needs in (Consent.PERSON, Consent.ADMIN)
    if any((fact.domain, fact.service) in LASTING for fact in question.facts):
        assert decision.verdict is not Verdict.ALLOW or question.approved is Consent.ADMIN
        assert decision.verdict is not Verdict.ASK or decision.needs is Consent.ADMIN
    if question.tainted and question.risk is Risk.SENSITIVE:
        assert decision.verdict is not Verdict.ALLOW or question.approved is not None
    assert decision.verdict is not Verdict.ASK or question.can_ask


@given(QUESTIONS, ANY_RULES, st.data())
def test_stricter_circumstances_never_make_it_milder(question: Question, rules: Rules, data: st.DataObject) -> None:
    """A graver class, text from outside, a part that nobody sees, a stop: none of them opens a door."""
    graver = tuple(
        replace(fact, risk=data.draw(st.sampled_from(LADDER[LADDER.index(fact.risk) :]))) for fact in question.facts
    )
    stricter = replace(
        question,
        facts=(*graver, *data.draw(st.lists(FACTS, max_size=1))),
        **{name: getattr(question, name) or data.draw(st.booleans()) for name in ("tainted", "has_unknown", "halted")},
    )
    assert severity(decide(stricter, rules)) >= severity(decide(question, rules))


@given(QUESTIONS, ANY_RULES, st.randoms())
def test_the_order_of_rules_does_not_count(question: Question, rules: Rules, random: Any) -> None:
    """Who comes first is no accident of a list."""
    shuffled = list(rules.own)
    random.shuffle(shuffled)
    assert severity(decide(question, replace(rules, own=tuple(shuffled)))) == severity(decide(question, rules))
