"""Count what the models do, for Prometheus and for a person who looks.

Names and units follow Prometheus' conventions: seconds, and counters that end in `_total`.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Enum,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from hearthd.engine.backend import Embeddings, Priority, Timings

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

# When each series began doubles the text and tells nobody anything.
disable_created_metrics()  # type: ignore[no-untyped-call] # it is the library's one function without types

type CircuitState = Literal["closed", "open", "half_open"]

_WINDOW = 50
_LEAST_READ = 64
_CIRCUIT_STATES: tuple[CircuitState, ...] = ("closed", "open", "half_open")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


@dataclass(frozen=True, slots=True)
class Statistics:
    """How a model has fared: counts since the engine started, and figures of its last replies, None without any.

    `first_token_ms`, `tokens_per_second` (written), `prompt_tokens_per_second` (read) and `queue_ms` are medians;
    `cached_share` is the share of prompt tokens that had not to be read again, from 0 to 1.
    """

    requests: int
    waiting: int
    running: int
    first_token_ms: float | None
    tokens_per_second: float | None
    prompt_tokens_per_second: float | None
    queue_ms: float | None
    cached_share: float | None
    preemptions: int
    evictions: int
    restored: int


@dataclass(frozen=True, slots=True)
class Recent:
    """The last replies of one model."""

    first_token_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    tokens_per_second: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    prompt_tokens_per_second: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    queue_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    _prompts: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def add(self, timings: Timings, first_token_s: float) -> None:
        """Note a reply that came to its end."""
        self.first_token_ms.append(first_token_s * 1000)
        self.queue_ms.append(timings.queue_ms)
        self._prompts.append((timings.cache_n, timings.cache_n + timings.prompt_n))
        # The first token comes with the prompt; a reply of one token says nothing about the speed.
        if timings.predicted_n > 1 and timings.predicted_ms > 0:
            self.tokens_per_second.append(timings.predicted_n * 1000 / timings.predicted_ms)
        self.add_reading(timings.prompt_n, timings.prompt_ms)

    def add_reading(self, tokens: int, ms: float) -> None:
        """Note how long some prompt tokens took to read; of a few, what a step costs anyway is most."""
        if tokens >= _LEAST_READ and ms > 0:
            self.prompt_tokens_per_second.append(tokens * 1000 / ms)

    @property
    def cached_share(self) -> float | None:
        """Return the share of prompt tokens that came from a cache."""
        total = sum(tokens for _, tokens in self._prompts)
        return sum(cached for cached, _ in self._prompts) / total if total else None


class Metrics:
    """All figures of one engine; two engines in one process do not mix."""

    def __init__(self) -> None:
        """Begin to count from nothing."""
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(f"hearth_{name}", words, ("model", *labels), registry=registry)

        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(f"hearth_{name}", words, ("model", *labels), registry=registry)

        def histogram(name: str, words: str) -> Histogram:
            return Histogram(f"hearth_{name}", words, ("model", "priority"), registry=registry, buckets=_SECONDS)

        self.requests = counter("requests", "Requests that ended, and how.", "priority", "outcome")
        self.waiting = gauge("waiting_requests", "Requests that wait for their turn.", "priority")
        self.running = gauge("running_requests", "Requests that are being answered.")
        self.queue_seconds = histogram("queue_seconds", "Time from a request's arrival to its turn.")
        self.first_token_seconds = histogram("first_token_seconds", "Time from a request's arrival to its first word.")
        self.tokens_cached = counter("tokens_cached", "Prompt tokens that had not to be read again.")
        self.tokens_prefilled = counter("tokens_prefilled", "Prompt tokens that were read.")
        self.tokens_decoded = counter("tokens_decoded", "Tokens that were written.")
        self.tokens_drafted = counter("tokens_drafted", "Tokens that were guessed ahead.")
        self.tokens_accepted = counter("tokens_accepted", "Guessed tokens that were right.")
        self.texts_embedded = counter("texts_embedded", "Texts of which vectors were made.")
        self.texts_truncated = counter("texts_truncated", "Texts that were too long, so that their end was not read.")
        self.preemptions = counter("preemptions", "Requests that had to make room for more urgent ones.")
        self.evictions = counter("evictions", "Cached prefixes that were given up, for want of room or of speed.")
        self.cells_used = gauge("cache_used_tokens", "Tokens that the model keeps in mind.")
        self.cells_total = gauge("cache_size_tokens", "Tokens that the model can keep in mind.")
        self.cells_shelved = gauge("cache_shelved_tokens", "Tokens of ended conversations that are kept aside.")
        self.snapshots_saved = counter("snapshots_saved", "Prefixes that were written to disk.")
        self.snapshots_restored = counter("snapshots_restored", "Prefixes that were read from disk.")
        self.snapshots_dropped = counter("snapshots_dropped", "Prefixes on disk that were stale, damaged or too many.")
        self.circuit = Enum(
            "hearth_circuit_state",
            "Whether a remote model is asked (closed), spared (open) or tried again (half_open).",
            ("model",),
            registry=registry,
            states=_CIRCUIT_STATES,
        )
        self._models: dict[str, ModelMetrics] = {}

    def of(self, model: str) -> ModelMetrics:
        """Return the figures of a model, which go on where they were if it was here before."""
        if model not in self._models:
            self._models[model] = ModelMetrics(self, model)
        return self._models[model]

    def render(self) -> bytes:
        """Return everything in Prometheus' text format 0.0.4."""
        return generate_latest(self.registry)


class ModelMetrics:
    """The figures of one model; any thread may count.

    What a backend knows, it counts itself: `waiting` and `running`, `queue_seconds` when a request's turn comes first,
    tokens, preemptions, evictions, cells and snapshots. Requests, first words and the last replies are counted once
    for all backends, where their events pass.
    """

    def __init__(self, metrics: Metrics, model: str) -> None:
        """Find or begin the series of a model, so that each is there from the start."""
        self._metrics = metrics
        self.model = model
        self.waiting: Mapping[Priority, Gauge] = {at: metrics.waiting.labels(model, at) for at in Priority}
        self.queue_seconds: Mapping[Priority, Histogram] = {
            at: metrics.queue_seconds.labels(model, at) for at in Priority
        }
        self.first_token_seconds: Mapping[Priority, Histogram] = {
            at: metrics.first_token_seconds.labels(model, at) for at in Priority
        }
        self.running = metrics.running.labels(model)
        self.tokens_cached = metrics.tokens_cached.labels(model)
        self.tokens_prefilled = metrics.tokens_prefilled.labels(model)
        self.tokens_decoded = metrics.tokens_decoded.labels(model)
        self.tokens_drafted = metrics.tokens_drafted.labels(model)
        self.tokens_accepted = metrics.tokens_accepted.labels(model)
        self.texts_embedded = metrics.texts_embedded.labels(model)
        self.texts_truncated = metrics.texts_truncated.labels(model)
        self.preemptions = metrics.preemptions.labels(model)
        self.evictions = metrics.evictions.labels(model)
        self.cells_used = metrics.cells_used.labels(model)
        self.cells_total = metrics.cells_total.labels(model)
        self.cells_shelved = metrics.cells_shelved.labels(model)
        self.snapshots_saved = metrics.snapshots_saved.labels(model)
        self.snapshots_restored = metrics.snapshots_restored.labels(model)
        self.snapshots_dropped = metrics.snapshots_dropped.labels(model)
        self.recent = Recent()

    def count_tokens(self, timings: Timings) -> None:
        """Count the tokens of a whole reply, for a backend that learns them only at its end."""
        self.tokens_cached.inc(timings.cache_n)
        self.tokens_prefilled.inc(timings.prompt_n)
        self.tokens_decoded.inc(timings.predicted_n)

    def count_embeddings(self, made: Embeddings) -> None:
        """Count texts that were embedded."""
        self.tokens_prefilled.inc(made.tokens)
        self.texts_embedded.inc(len(made.vectors))
        self.texts_truncated.inc(made.truncated)

    def count_request(self, priority: Priority, outcome: str) -> None:
        """Count a request that ended: `ok`, `cancelled` or the code of its error."""
        self._metrics.requests.labels(self.model, priority, outcome).inc()

    def show_circuit(self, state: CircuitState) -> None:
        """Tell whether a remote model is being asked."""
        self._metrics.circuit.labels(self.model).state(state)

    def statistics(self) -> Statistics:
        """Return the figures that a person is shown."""
        recent = self.recent
        return Statistics(
            requests=self._sum(self._metrics.requests),
            waiting=self._sum(self._metrics.waiting),
            running=self._sum(self._metrics.running),
            first_token_ms=_median(recent.first_token_ms),
            tokens_per_second=_median(recent.tokens_per_second),
            prompt_tokens_per_second=_median(recent.prompt_tokens_per_second),
            queue_ms=_median(recent.queue_ms),
            cached_share=recent.cached_share,
            preemptions=self._sum(self._metrics.preemptions),
            evictions=self._sum(self._metrics.evictions),
            restored=self._sum(self._metrics.snapshots_restored),
        )

    def _sum(self, metric: Counter | Gauge) -> int:
        """Add up a metric's series of this model."""
        samples = (sample for family in metric.collect() for sample in family.samples)
        return int(sum(sample.value for sample in samples if sample.labels["model"] == self.model))


def _median(values: deque[float]) -> float | None:
    """Return the middle one of some values, None of none."""
    return median(values) if values else None
