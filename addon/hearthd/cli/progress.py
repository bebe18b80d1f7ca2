"""Show how far a download is: one line that changes on a terminal, a few plain lines elsewhere."""

from collections import deque
from collections.abc import Callable
import sys
import time

from hearthd.models.download import PullProgress

_WORDS = {"checking": "Checking", "downloading": "Downloading", "verifying": "Verifying", "done": "Done"}
_EVERY_SECONDS = 0.25
_RATE_SECONDS = 10.0
_LINES = 10


class ProgressLine:
    """The progress of one download; call it with every step."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, is_terminal: bool | None = None) -> None:
        """Begin, and find out whether a terminal listens."""
        self._clock = clock
        self._is_terminal = sys.stdout.isatty() if is_terminal is None else is_terminal
        self._status = ""
        self._tenths = 0
        self._shown_at = 0.0
        # When how much had arrived, over the last seconds.
        self._points: deque[tuple[float, int]] = deque()

    def __call__(self, progress: PullProgress) -> None:
        """Show a step, if it is worth it."""
        now = self._clock()
        if progress.status != self._status:
            self._points.clear()
        self._points.append((now, progress.done_bytes))
        while now - self._points[0][0] > _RATE_SECONDS:
            self._points.popleft()
        if self._is_worth_showing(progress, now):
            self._status, self._shown_at = progress.status, now
            self._tenths = progress.done_bytes * _LINES // progress.total_bytes
            end = "\n" if progress.status == "done" or not self._is_terminal else ""
            begin = "\r\x1b[K" if self._is_terminal else ""
            print(f"{begin}{self._text(progress)}", end=end, flush=True)  # noqa: T201 - the program's output

    def close(self) -> None:
        """Leave the line, also when the download came to nothing."""
        if self._is_terminal and self._status not in {"", "done"}:
            print(flush=True)  # noqa: T201 - the program's output

    def _is_worth_showing(self, progress: PullProgress, now: float) -> bool:
        """Tell whether enough has changed."""
        if progress.status != self._status:
            return True
        if self._is_terminal:
            return now - self._shown_at >= _EVERY_SECONDS
        return progress.done_bytes * _LINES // progress.total_bytes > self._tenths

    def _text(self, progress: PullProgress) -> str:
        """Return one line."""
        done, total = progress.done_bytes, progress.total_bytes
        text = f"{_WORDS[progress.status]}: {as_size(done)} of {as_size(total)}, {done * 100 // total} %"
        (began, before), (now, here) = self._points[0], self._points[-1]
        if progress.status != "downloading" or now <= began or here <= before:
            return text
        rate = (here - before) / (now - began)
        return f"{text}, {as_size(rate)}/s, {_as_duration((total - done) / rate)} left"


def as_size(count: float) -> str:
    """Return bytes as people read them."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"  # noqa: PLR2004 - a gigabyte


def _as_duration(seconds: float) -> str:
    """Return a time as people read it."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
