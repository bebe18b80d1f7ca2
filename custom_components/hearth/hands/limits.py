"""Limit how often things happen: plenty for people, little for a loop that nobody watches."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
import time
from typing import Final

from .call import Scope
from .effects import Resolution


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and afterwards so many a minute."""

    burst: int
    a_minute: float


# Whoever speaks to an agent is there and hears what happens; an AI task or another integration's agent runs unattended.
AGENT_ATTENDED: Final = Rate(300, 60)
AGENT_UNATTENDED: Final = Rate(30, 12)
ENTITY_ATTENDED: Final = Rate(30, 20)
ENTITY_UNATTENDED: Final = Rate(6, 6)
READS: Final = Rate(1_000, 300)
# Within one turn a model may go in circles, however patient the person is.
MOST_ACTS_A_TURN: Final = 40

# Whatever has run wild, it can always be stopped.
_STOPS: Final = frozenset({"stop", "stop_cover", "stop_cover_tilt", "stop_valve", "media_stop", "media_pause", "pause"})
_MOST_BUCKETS: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Bucket:
    """What is left of a rate, and when that was counted, in seconds."""

    left: float
    at: float


class Limits:
    """How much everybody may still do, in memory only."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with everything left; `now` returns seconds."""
        self._now = now
        self._buckets: dict[tuple[Hashable, Rate], _Bucket] = {}

    def allow(self, scope: Scope, resolution: Resolution) -> bool:
        """Count a call, and tell whether it is within the limits of its turn, its agent and its entities.

        One that is not counts for nothing, and what only stops something is always allowed.
        """
        if not self.allows(scope, resolution):
            return False
        for whose, rate in _counted(scope, resolution):
            self._take(whose, rate)
        return True

    def allows(self, scope: Scope, resolution: Resolution) -> bool:
        """Tell whether a call would be within the limits, and count nothing."""
        acts = [call for call in scope.calls if _acts(call.resolution)]
        if _acts(resolution) and not only_stops(resolution) and len(acts) >= MOST_ACTS_A_TURN:
            return False
        return all(self._left(whose, rate) >= 1 for whose, rate in _counted(scope, resolution))

    def _left(self, whose: Hashable, rate: Rate) -> float:
        """Return what is left by now."""
        if (bucket := self._buckets.get((whose, rate))) is None:
            return rate.burst
        return min(rate.burst, bucket.left + (self._now() - bucket.at) * rate.a_minute / 60)

    def _take(self, whose: Hashable, rate: Rate) -> None:
        left = self._left(whose, rate) - 1
        self._buckets.pop((whose, rate), None)
        if len(self._buckets) >= _MOST_BUCKETS:
            # The one that was taken from longest ago stands first, and has filled up since.
            del self._buckets[next(iter(self._buckets))]
        self._buckets[whose, rate] = _Bucket(left, self._now())


def _counted(scope: Scope, resolution: Resolution) -> list[tuple[Hashable, Rate]]:
    """Return whose limits a call counts for, and which; what only stops something counts for none."""
    if only_stops(resolution):
        return []
    if not _acts(resolution):
        return [(scope.agent_id, READS)]
    of_agent, of_entity = (AGENT_ATTENDED, ENTITY_ATTENDED) if scope.can_ask else (AGENT_UNATTENDED, ENTITY_UNATTENDED)
    entities = [((scope.agent_id, entity_id), of_entity) for entity_id in resolution.entity_ids]
    return [(scope.agent_id, of_agent), *entities]


def _acts(resolution: Resolution) -> bool:
    return bool(resolution.effects or resolution.unknown)


def only_stops(resolution: Resolution) -> bool:
    """Tell whether a call does nothing but stop what moves or plays."""
    return bool(resolution.effects) and not resolution.unknown and all(e.service in _STOPS for e in resolution.effects)
