"""Count what the library does, for Prometheus."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from hearthd.library.item import CollectionRow

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class LibraryMetrics:
    """The figures of one library; any thread may count."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Begin to count from nothing, among the engine's figures."""

        def gauge(name: str, words: str) -> Gauge:
            return Gauge(f"hearth_library_{name}", words, ("collection",), registry=registry)

        self._items = gauge("items", "Items that the library holds.")
        self._chunks = gauge("chunks", "Passages that the library holds.")
        self._pending = gauge("pending_chunks", "Passages that have no vector yet.")
        self._errors = gauge("failed_items", "Items that could not be read.")
        self.embedded = Counter("hearth_library_embedded", "Passages that were made vectors of.", registry=registry)
        self.search_seconds = Histogram(
            "hearth_library_search_seconds",
            "Time from a question's vector to its passages.",
            ("mode",),
            registry=registry,
            buckets=_SECONDS,
        )
        self._shown: set[str] = set()

    def show(self, rows: Sequence[CollectionRow]) -> None:
        """Tell how much each collection holds."""
        names = {row.name for row in rows}
        for name in self._shown - names:
            for gone in (self._items, self._chunks, self._pending, self._errors):
                gone.remove(name)
        self._shown = names
        for row in rows:
            self._items.labels(row.name).set(row.items)
            self._chunks.labels(row.name).set(row.chunks)
            self._pending.labels(row.name).set(row.pending)
            self._errors.labels(row.name).set(row.errors)
