"""Test when a failing model is spared, tried again and trusted again."""

from collections.abc import Sequence

import pytest

from hearthd.engine.circuit import CircuitBreaker

# What happens at which second, and the state after it.
STORIES: dict[str, Sequence[tuple[str, float, str]]] = {
    "nothing": [("look", 0, "closed")],
    "two failures": [("fail", 0, "closed"), ("fail", 1, "closed")],
    "three failures": [("fail", 0, "closed"), ("fail", 1, "closed"), ("fail", 2, "open"), ("look", 6.9, "open")],
    "not in a row": [("fail", 0, "closed"), ("fail", 1, "closed"), ("succeed", 2, "closed"), ("fail", 3, "closed")],
    "no doubt": [("open", 0, "open"), ("look", 4.9, "open"), ("look", 5, "half_open")],
    "trial fails": [("open", 0, "open"), ("open", 5, "open"), ("look", 14.9, "open"), ("look", 15, "half_open")],
    "trial succeeds": [("open", 0, "open"), ("close", 5, "closed"), ("succeed", 6, "closed"), ("fail", 7, "closed")],
    "trial deceives": [("open", 0, "open"), ("close", 5, "closed"), ("fail", 6, "open")],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_story(story: Sequence[tuple[str, float, str]]) -> None:
    """Failures in a row open it, time brings a trial, a success forgets."""
    breaker = CircuitBreaker(5)
    for event, now, state in story:
        match event:
            case "fail":
                breaker.fail(now)
            case "open":
                breaker.open(now)
            case "close":
                breaker.close()
            case "succeed":
                breaker.succeed()
        assert breaker.state(now) == state


def test_trials_become_rarer() -> None:
    """A server that is off for the night is asked once a minute, and at once again after its return."""
    breaker = CircuitBreaker(5)
    waits = []
    for _ in range(6):
        breaker.open(0)
        waits.append(breaker.seconds_left(0))
    assert waits == [5, 10, 20, 40, 60, 60]
    breaker.succeed()
    assert breaker.seconds_left(0) == 0
    breaker.open(0)
    assert breaker.seconds_left(0) == 5
