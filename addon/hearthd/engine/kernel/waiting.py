"""Hold the requests that wait for a model, bounded for each priority and in order of urgency."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from hearthd.engine.backend import Priority
from hearthd.errors import ApiError, ErrorCode

URGENCY = {priority: rank for rank, priority in enumerate(Priority)}
# A guess of how long one request takes, until some have been served.
_FIRST_GUESS_S = 2.0
# How much the latest service time tells about the next one.
_WEIGHT = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class _Place[T]:
    """An item in the room; `since` starts its ageing, `arrived` its turn within a class."""

    item: T
    priority: Priority
    arrived: float
    since: float
    deadline: float | None


class WaitingRoom[T]:
    """A bounded room for each priority, with one order over all of them.

    Pure: the clock (seconds, monotonic) is passed in, nothing is locked and nothing waits. Items are told apart
    by identity.
    """

    def __init__(self, limit: int, *, seats: int = 1, ageing_s: float = 30.0) -> None:
        """Let `limit` items of each priority wait for `seats` that serve at the same time.

        Every `ageing_s` seconds of waiting lift an item by one class.
        """
        self._limit = limit
        self._seats = seats
        self._ageing_s = ageing_s
        self._places: list[_Place[T]] = []
        self._typical_s = _FIRST_GUESS_S

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._places)

    def __iter__(self) -> Iterator[T]:
        """Yield who waits, in the order in which they came or came back."""
        return (place.item for place in self._places)

    def depth(self, priority: Priority) -> int:
        """Return how many of a priority wait."""
        return sum(place.priority is priority for place in self._places)

    def put(self, item: T, priority: Priority, now: float, *, deadline: float | None = None) -> None:
        """Let a new item wait; `deadline` is a time of the same clock as `now`.

        Raises:
            ApiError: `engine_busy` if too many of its priority wait. Its `retry_after` is when one of them will
                have been taken, if requests go on taking as long as they did lately.
        """
        if self.depth(priority) >= self._limit:
            raise ApiError(
                ErrorCode.ENGINE_BUSY,
                "Too many requests are waiting for the model.",
                retry_after=self._seconds_to_place(priority),
            )
        self._places.append(_Place(item, priority, now, now, deadline))

    def put_back(
        self, item: T, priority: Priority, now: float, *, arrived: float, deadline: float | None = None
    ) -> None:
        """Let an item wait again that was taken before and then preempted; it is never refused.

        It has its old turn among its own priority, but its ageing starts anew: it has just been served.
        """
        self._places.append(_Place(item, priority, arrived, now, deadline))

    def take(self, now: float, admits: Callable[[T], bool] = lambda _item: True) -> T | None:
        """Remove and return the most urgent item that `admits` lets in; None if there is none.

        The order is that of the classes after ageing, then of arrival. While one has to wait, nobody overtakes it
        but those of a more urgent class: they would take what it waits for.
        """
        barrier = len(URGENCY)
        for place in sorted(self._places, key=lambda place: (self._rank(place, now), place.arrived)):
            if URGENCY[place.priority] >= barrier:
                continue
            if admits(place.item):
                self._places.remove(place)
                return place.item
            barrier = URGENCY[place.priority]
        return None

    def served(self, seconds: float) -> None:
        """Note that a request that was taken has ended, and how long it was served."""
        self._typical_s += (seconds - self._typical_s) * _WEIGHT

    def drop(self, item: T) -> bool:
        """Remove an item that nobody waits for any more; False if it is not here."""
        kept = [place for place in self._places if place.item is not item]
        was_here = len(kept) < len(self._places)
        self._places = kept
        return was_here

    def expired(self, now: float) -> list[T]:
        """Remove and return the items whose deadline has come."""
        due = [place for place in self._places if place.deadline is not None and place.deadline <= now]
        self._places = [place for place in self._places if place not in due]
        return [place.item for place in due]

    def next_deadline(self) -> float | None:
        """Return when the next item expires, or None if none does."""
        return min((place.deadline for place in self._places if place.deadline is not None), default=None)

    def drain(self) -> list[T]:
        """Remove and return all items, in order of arrival."""
        items = [place.item for place in sorted(self._places, key=lambda place: place.arrived)]
        self._places.clear()
        return items

    def _rank(self, place: _Place[T], now: float) -> int:
        """Return the class after ageing: 0 is the most urgent."""
        return max(0, URGENCY[place.priority] - int((now - place.since) / self._ageing_s))

    def _seconds_to_place(self, priority: Priority) -> float:
        """Return when one of a priority will have been taken: after all that are more urgent."""
        ahead = sum(URGENCY[place.priority] < URGENCY[priority] for place in self._places)
        seconds = self._typical_s * (ahead + 1) / self._seats
        return max(1.0, ceil(seconds * 10) / 10)
