"""Move states between the model and the disk, off the model's thread."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
import logging
from pathlib import Path

from hearthd.engine.kernel.snapshots import Origin, Snapshot, SnapshotStore
from hearthd.engine.llama.weights import Tokens
from hearthd.engine.metrics import ModelMetrics

_LOGGER = logging.getLogger(__name__)

_MIB = 2**20


class Archive:
    """The snapshots of one model that is run in one way; a thread of its own reads and writes them."""

    def __init__(
        self, store: SnapshotStore, model: Path, parameters: Mapping[str, str | int | bool], metrics: ModelMetrics
    ) -> None:
        """Serve the model in a file, run with some parameters, from a store that others may use too."""
        self._store = store
        self._origin = Origin(_digest(model), parameters)
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, "snapshots")
        self._dropped = store.dropped

    def find(self, tokens: Tokens) -> Snapshot | None:
        """Return the longest saved prefix of some tokens."""
        return self._store.best(self._origin, tokens)

    def has(self, tokens: Tokens) -> bool:
        """Return whether exactly these tokens are saved."""
        return self._store.has(self._origin, tokens)

    def fetch(self, snapshot: Snapshot, then: Callable[[bytes | None], None]) -> None:
        """Read a snapshot, and tell its bytes, or None if it is not usable, in the archive's thread."""

        def told(done: Future[bytes | None]) -> None:
            self._count_dropped()
            then(_result(done))

        self._thread.submit(self._store.load, snapshot).add_done_callback(told)

    def save(self, tokens: Tokens, state: bytearray, then: Callable[[bool], None]) -> None:
        """Write a snapshot, and tell whether it is on disk, in the archive's thread."""

        def told(done: Future[bool]) -> None:
            self._count_dropped()
            saved = _result(done) is True
            if saved:
                self._metrics.snapshots_saved.inc()
            then(saved)

        self._thread.submit(self._store.save, self._origin, tokens, state).add_done_callback(told)

    def _count_dropped(self) -> None:
        """Count what the store has dropped since the last time."""
        dropped, self._dropped = self._store.dropped - self._dropped, self._store.dropped
        self._metrics.snapshots_dropped.inc(dropped)

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.shutdown()


def _result[T](done: Future[T]) -> T | None:
    """Return what a call returned, None if it failed: the disk is a convenience."""
    try:
        return done.result()
    except Exception:
        _LOGGER.exception("A saved prefix could not be read or written")
        return None


def _digest(path: Path) -> str:
    """Return what tells a model's file from others: its size, and a digest of its first and last megabyte."""
    with path.open("rb") as file:
        digest = sha256(file.read(_MIB))
        size = file.seek(0, 2)
        file.seek(max(size - _MIB, 0))
        digest.update(file.read(_MIB))
    return f"{size}-{digest.hexdigest()}"
