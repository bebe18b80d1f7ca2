"""Spare a model that keeps failing, and try it again now and then.

The pattern is Michael Nygard's circuit breaker ("Release It!", 2007).
"""

from hearthd.engine.metrics import CircuitState

_THRESHOLD = 3
_LONGEST_S = 60.0


class CircuitBreaker:
    """Counts failures in a row; open, it lets nobody through until it is time to try again.

    Pure: the clock (seconds, monotonic) is passed in. The time doubles with each trial that fails.
    """

    def __init__(self, cool_down_s: float) -> None:
        """Begin closed; `cool_down_s` is how long it stays open at first."""
        self._cool_down_s = cool_down_s
        self._next_s = cool_down_s
        self._failures = 0
        self._retry_at: float | None = None

    def state(self, now: float) -> CircuitState:
        """Return whether the model is asked (closed), spared (open) or due to be tried again (half open)."""
        if self._retry_at is None:
            return "closed"
        return "open" if now < self._retry_at else "half_open"

    def seconds_left(self, now: float) -> float:
        """Return how long it stays open."""
        return 0.0 if self._retry_at is None else max(0.0, self._retry_at - now)

    def open(self, now: float) -> None:
        """Let nobody through for a while: what failed leaves no doubt."""
        self._failures = _THRESHOLD
        self._retry_at = now + self._next_s
        self._next_s = min(self._next_s * 2, max(_LONGEST_S, self._cool_down_s))

    def fail(self, now: float) -> None:
        """Count a failure, and open after the third in a row."""
        self._failures += 1
        if self._failures >= _THRESHOLD:
            self.open(now)

    def close(self) -> None:
        """Let everybody through after a trial that went well; the next failure opens it again."""
        self._retry_at = None

    def succeed(self) -> None:
        """Forget all failures."""
        self._failures = 0
        self._retry_at = None
        self._next_s = self._cool_down_s
