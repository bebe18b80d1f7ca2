"""Test that what is counted is told, to Prometheus and to a person."""

from prometheus_client.parser import text_string_to_metric_families
import pytest

from hearthd.engine.backend import Priority, Timings
from hearthd.engine.metrics import Metrics, Statistics


def samples(metrics: Metrics) -> dict[str, dict[tuple[str, ...], float]]:
    """Return the values of every series by its name and the values of its labels, as Prometheus reads them."""
    read: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            read.setdefault(sample.name, {})[*sample.labels.values()] = sample.value
    return read


def test_text_is_what_prometheus_reads() -> None:
    """Each series of a model is there from the start, and counts what was counted."""
    metrics = Metrics()
    fast, slow = metrics.of("fast"), metrics.of('a "slow" one')
    fast.waiting[Priority.VOICE].set(2)
    fast.count_tokens(Timings(cache_n=90, prompt_n=10, predicted_n=5))
    slow.count_tokens(Timings(prompt_n=7))
    fast.first_token_seconds[Priority.CHAT].observe(0.3)
    fast.show_circuit("open")
    read = samples(metrics)
    assert read["hearth_waiting_requests"]["fast", "voice"] == 2
    assert read["hearth_waiting_requests"]['a "slow" one', "background"] == 0
    assert read["hearth_tokens_cached_total"] == {("fast",): 90, ('a "slow" one',): 0}
    assert read["hearth_tokens_prefilled_total"] == {("fast",): 10, ('a "slow" one',): 7}
    assert read["hearth_tokens_decoded_total"]["fast",] == 5
    assert read["hearth_first_token_seconds_count"]["fast", "chat"] == 1
    assert read["hearth_circuit_state"] == {("closed", "fast"): 0, ("open", "fast"): 1, ("half_open", "fast"): 0}


def test_engines_do_not_mix() -> None:
    """Two engines in one process count for themselves; a model that comes back goes on counting."""
    one, other = Metrics(), Metrics()
    one.of("m").preemptions.inc()
    one.of("m").preemptions.inc()
    assert one.of("m").statistics().preemptions == 2
    assert other.of("m").statistics().preemptions == 0


def test_statistics_without_a_reply() -> None:
    """What nobody has measured yet is not told as a nought."""
    assert Metrics().of("m").statistics() == Statistics(0, 0, 0, None, None, None, None, None, 0, 0, 0)


def test_statistics_are_of_the_last_replies() -> None:
    """The middle of the last 50 replies counts, and outcomes add up over priorities."""
    model = Metrics().of("m")
    model.recent.add(Timings(prompt_n=1000, predicted_n=2, predicted_ms=1, queue_ms=9000), first_token_s=9)
    for number in range(50):
        model.recent.add(
            Timings(cache_n=75, prompt_n=25, predicted_n=10, predicted_ms=100, queue_ms=number), number / 10
        )
    model.count_request(Priority.VOICE, "ok")
    model.count_request(Priority.CHAT, "engine_busy")
    model.running.set(3)
    statistics = model.statistics()
    assert (statistics.requests, statistics.running) == (2, 3)
    assert statistics.first_token_ms == pytest.approx(2450)
    assert statistics.queue_ms == pytest.approx(24.5)
    assert statistics.tokens_per_second == pytest.approx(100)
    assert statistics.cached_share == pytest.approx(0.75)


def test_reply_of_one_token_has_no_speed() -> None:
    """A duration of nothing makes no figure."""
    model = Metrics().of("m")
    model.recent.add(Timings(predicted_n=1), first_token_s=0.1)
    assert model.statistics().tokens_per_second is None
    assert model.statistics().cached_share is None


def test_how_fast_prompts_are_read() -> None:
    """Of replies and of warm-ups that had enough to read; a few tokens are read as fast as one."""
    model = Metrics().of("m")
    model.recent.add(Timings(prompt_n=20, prompt_ms=15, predicted_n=2, predicted_ms=1), first_token_s=0.1)
    assert model.statistics().prompt_tokens_per_second is None
    model.recent.add(Timings(prompt_n=100, prompt_ms=1000, predicted_n=2, predicted_ms=1), first_token_s=1)
    model.recent.add_reading(3000, 20_000)
    model.recent.add_reading(0, 3.5)
    assert model.statistics().prompt_tokens_per_second == pytest.approx(125)
