"""Test that rules which disagree are found, with who wins."""

from typing import Any

import pytest

from custom_components.hearth.hands.policy import Rule, conflicts

NIGHT = {"after": "22:00:00", "before": "06:00:00"}


def rule(name: str, verdict: str, **when: Any) -> Rule:
    """Return a rule by its verdict and conditions."""
    return Rule.read({"name": name, "when": when, "verdict": verdict})


@pytest.mark.parametrize(
    ("one", "other", "on"),
    [
        ({}, {}, {}),
        ({"domains": ["cover"]}, {}, {"domains": {"cover"}}),
        ({"domains": ["cover", "lock"]}, {"domains": ["lock", "light"]}, {"domains": {"lock"}}),
        ({"actions": ["lock.lock"]}, {"domains": ["lock"]}, {"actions": {"lock.lock"}, "domains": {"lock"}}),
        ({"entities": ["lock.door"]}, {"domains": ["lock"]}, {"entities": {"lock.door"}, "domains": {"lock"}}),
        ({"areas": ["hall"]}, {"actors": ["guest"]}, {"areas": {"hall"}}),
        (NIGHT, {"after": "05:00:00", "before": "07:00:00"}, {}),
        (NIGHT, {"after": "23:00:00", "before": "01:00:00"}, {}),
        ({"presence": "home"}, {"tainted": True}, {}),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_disagreements(one: dict[str, Any], other: dict[str, Any], on: dict[str, set[str]], turned: bool) -> None:
    """Rules that can fit at once and say different things disagree, and the stricter wins in either order."""
    rules = [rule("mild", "ask", **one), rule("strict", "deny", **other)]
    (found,) = conflicts(rules[::-1] if turned else rules)
    assert found.winner is not None
    assert (found.winner.name, found.loser.name, found.on) == ("strict", "mild", on)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"domains": ["cover"]}, {"domains": ["light"]}),
        ({"actions": ["lock.lock"]}, {"actions": ["lock.unlock"]}),
        ({"actions": ["lock.lock"]}, {"domains": ["light"]}),
        ({"entities": ["light.hall"]}, {"domains": ["lock"]}),
        ({"actors": ["guest"]}, {"actors": ["person"]}),
        ({"classes": ["read"]}, {"classes": ["sensitive"]}),
        ({"weekdays": ["mon"]}, {"weekdays": ["fri"]}),
        ({"presence": "home"}, {"presence": "away"}),
        (NIGHT, {"after": "07:00:00", "before": "20:00:00"}),
    ],
)
def test_rules_that_never_meet(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Rules about different things do not disagree."""
    assert conflicts([rule("a", "ask", **one), rule("b", "deny", **other)]) == []


def test_rules_that_say_the_same() -> None:
    """Two that want the same do not disagree."""
    assert conflicts([rule("a", "deny"), rule("b", "deny", domains=["lock"])]) == []


@pytest.mark.parametrize(
    ("verdict", "classes", "powerless"),
    [
        ("allow", ["critical"], True),
        ("ask", ["critical", "unknown"], True),
        ("ask_person", ["critical"], False),
        ("deny", ["critical"], False),
        ("allow", ["critical", "sensitive"], False),
        ("allow", [], False),
    ],
)
def test_rules_without_effect(verdict: str, classes: list[str], powerless: bool) -> None:
    """A rule that allows only what always asks is told of."""
    found = conflicts([rule("open", verdict, classes=classes)])
    assert [(one.loser.name, one.winner) for one in found] == ([("open", None)] if powerless else [])
