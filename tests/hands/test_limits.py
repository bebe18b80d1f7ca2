"""Test how often things may happen."""

from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.hands import Effect, Resolution, Scope
from custom_components.hearth.hands.call import CallRecord, Outcome
from custom_components.hearth.hands.limits import (
    AGENT_UNATTENDED,
    ENTITY_ATTENDED,
    ENTITY_UNATTENDED,
    MOST_ACTS_A_TURN,
    READS,
    Limits,
    Rate,
)

READING = Resolution()
UNKNOWN = Resolution(unknown=("a template",))


class Clock:
    """A clock that goes on only when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def turning_on(*entity_ids: str, service: str = "turn_on") -> Resolution:
    """Return what a call would do."""
    return Resolution(tuple(Effect("light", service, entity_id) for entity_id in entity_ids))


def turn(*, attended: bool = True, agent_id: str = "agent") -> Scope:
    """Return a new turn."""
    return Scope("conversation", agent_id, "words", "en", can_ask=attended)


def allowed(limits: Limits, resolution: Resolution, times: int, *, attended: bool = True) -> int:
    """Return how many of so many calls, each of a turn of its own, are allowed."""
    return sum(limits.allow(turn(attended=attended), resolution) for _ in range(times))


@pytest.mark.parametrize(
    ("attended", "rate"), [(True, ENTITY_ATTENDED), (False, ENTITY_UNATTENDED)], ids=["person", "unattended"]
)
def test_an_entity_has_its_rest(attended: bool, rate: Rate) -> None:
    """So many changes of one entity at once, then one by one as time goes by."""
    clock = Clock()
    limits = Limits(clock)
    kitchen = turning_on("light.kitchen")
    assert allowed(limits, kitchen, rate.burst + 5, attended=attended) == rate.burst
    assert allowed(limits, turning_on("light.bed"), 1, attended=attended) == 1
    clock.now += 60 / rate.a_minute
    assert allowed(limits, kitchen, 5, attended=attended) == 1


def test_an_agent_without_anybody_there_is_slow() -> None:
    """A loop over many entities, or of what nobody can look into, comes to an end."""
    limits = Limits(Clock())
    lights = [turning_on(f"light.{number}") for number in range(50)]
    assert sum(limits.allow(turn(attended=False), light) for light in lights) == AGENT_UNATTENDED.burst
    assert not limits.allow(turn(attended=False), UNKNOWN)
    assert limits.allow(turn(attended=False, agent_id="another"), UNKNOWN)
    assert limits.allow(turn(), UNKNOWN)


def test_reading_has_a_limit_of_its_own() -> None:
    """Many reads leave the acts alone, and have an end, too."""
    limits = Limits(Clock())
    assert allowed(limits, READING, READS.burst + 1) == READS.burst
    assert limits.allow(turn(), turning_on("light.kitchen"))


def test_a_turn_that_goes_in_circles() -> None:
    """However patient the person, one turn does so much and no more; reading does not count."""
    limits, scope = Limits(Clock()), turn()
    for number in range(MOST_ACTS_A_TURN):
        effects = turning_on(f"light.{number}")
        assert limits.allow(scope, effects)
        scope.calls.append(CallRecord("x", {}, effects, "allow", "reversible", Outcome.DONE, 1))
    assert not limits.allow(scope, turning_on("light.another"))
    assert limits.allow(scope, READING)
    assert limits.allow(turn(), turning_on("light.another"))


def test_what_stops_something_is_never_limited() -> None:
    """Whatever has run wild can be stopped."""
    limits = Limits(Clock())
    allowed(limits, turning_on("cover.blind"), 1000)
    assert allowed(limits, turning_on("cover.blind", service="stop_cover"), 1000) == 1000
    both = Resolution((*turning_on("a.b").effects, *turning_on("cover.blind", service="stop_cover").effects))
    assert allowed(limits, both, 1000) < 1000


@given(st.lists(st.tuples(st.sampled_from(["light.a", "light.b"]), st.floats(0, 30)), max_size=200))
def test_never_more_than_the_rate(calls: list[tuple[str, float]]) -> None:
    """Over any stretch an entity is changed at most the burst and what has come back since."""
    clock = Clock()
    limits, done = Limits(clock), {"light.a": 0, "light.b": 0}
    for entity_id, later in calls:
        clock.now += later
        done[entity_id] += limits.allow(turn(attended=False), turning_on(entity_id))
        most = ENTITY_UNATTENDED.burst + clock.now * ENTITY_UNATTENDED.a_minute / 60
        assert max(done.values()) <= most + 1e-6


def test_to_look_at_a_limit_counts_nothing() -> None:
    """However often somebody asks what would happen, as much may happen as before."""
    limits, kitchen = Limits(Clock()), turning_on("light.kitchen")
    assert all(limits.allows(turn(), kitchen) for _ in range(2 * ENTITY_ATTENDED.burst))
    assert limits._buckets == {}  # noqa: SLF001 - what is kept shows nowhere else
    assert allowed(limits, kitchen, ENTITY_ATTENDED.burst + 5) == ENTITY_ATTENDED.burst
    assert not limits.allows(turn(), kitchen)
    assert limits.allows(turn(), turning_on("light.bed"))


def test_what_is_not_used_is_forgotten() -> None:
    """The books stay small, however many entities there are."""
    limits = Limits(Clock())
    for number in range(10_000):
        limits.allow(turn(agent_id=str(number)), READING)
    assert len(limits._buckets) <= 4_096  # noqa: SLF001 - what is kept shows nowhere else
