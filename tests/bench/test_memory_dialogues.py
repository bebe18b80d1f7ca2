"""Test that the memory's benchmark tells what can be judged."""

from bench.memory.dialogues import SPEAKERS, facts


def test_a_seed_tells_the_same_again() -> None:
    """Whoever repeats a run hears the same words, and another seed tells others."""
    assert facts(4) == facts(4)
    assert facts(4) != facts(5)


def test_values_can_be_told_apart() -> None:
    """No secret is in two mouths, and what changes has another value than before."""
    told = facts(4)
    secrets = [value for fact in told if fact.is_secret for value in (fact.value, fact.later_value) if value]
    assert len(secrets) == len(set(secrets)) > 90
    assert {fact.speaker for fact in told} == set(SPEAKERS)
    assert all(fact.value in fact.words for fact in told)
    changed = [fact for fact in told if fact.later and fact.later_value]
    assert len(changed) > 30
    assert all(fact.final in str(fact.later) and fact.final != fact.value for fact in changed)
