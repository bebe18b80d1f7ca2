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


@dataclass(slots=True)
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
        if only_stops(resolution):
            return True
        acts = [call for call in scope.calls if call.resolution.effects or call.resolution.unknown]
        if not (resolution.effects or resolution.unknown):
            wanted = [self._bucket(scope.agent_id, READS)]
        elif len(acts) >= MOST_ACTS_A_TURN:
            return False
        else:
            wanted = [self._bucket(scope.agent_id, AGENT_ATTENDED if scope.can_ask else AGENT_UNATTENDED)]
            rate = ENTITY_ATTENDED if scope.can_ask else ENTITY_UNATTENDED
            wanted += [self._bucket((scope.agent_id, entity_id), rate) for entity_id in resolution.entity_ids]
        if any(bucket.left < 1 for bucket in wanted):
            return False
        for bucket in wanted:
            bucket.left -= 1
        return True

    def _bucket(self, whose: Hashable, rate: Rate) -> _Bucket:
        """Return what is left by now."""
        now = self._now()
        bucket = self._buckets.pop((whose, rate), None) or _Bucket(rate.burst, now)
        bucket.left = min(rate.burst, bucket.left + (now - bucket.at) * rate.a_minute / 60)
        bucket.at = now
        if len(self._buckets) >= _MOST_BUCKETS:
            # The one that was asked for longest ago stands first, and has filled up since.
            del self._buckets[next(iter(self._buckets))]
        self._buckets[whose, rate] = bucket
        return bucket


def only_stops(resolution: Resolution) -> bool:
    """Tell whether a call does nothing but stop what moves or plays."""
    return bool(resolution.effects) and not resolution.unknown and all(e.service in _STOPS for e in resolution.effects)
