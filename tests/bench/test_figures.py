"""What script/bench prints."""

import json

import pytest

from bench.figures import Figure, as_json, as_text, median_difference, percentile


def test_the_object_has_exactly_the_promised_fields() -> None:
    """The JSON object is a promise: no field more, none less."""
    told = json.loads(as_json("turn", [Figure("p50 over peer", 12.34, "ms", 25, "peer", 3.21), Figure("p95", 9, "ms")]))
    assert set(told) == {"bench", "machine", "figures"}
    assert told["figures"] == [
        {
            "name": "p50 over peer",
            "value": 12.3,
            "unit": "ms",
            "target": 25,
            "peer": "peer",
            "peer_value": 3.2,
            "met": True,
        },
        {"name": "p95", "value": 9, "unit": "ms", "target": None, "peer": None, "peer_value": None, "met": None},
    ]


@pytest.mark.parametrize(("value", "met"), [(24.9, True), (25, True), (25.04, False)])
def test_a_target_is_judged_by_the_unrounded_value(value: float, met: bool) -> None:
    """A figure that only rounding brings below its target misses it."""
    (told,) = json.loads(as_json("turn", [Figure("added", value, "ms", 25)]))["figures"]
    assert told["met"] is met


def test_a_missed_target_is_easy_to_see() -> None:
    """The table says which target was not met."""
    assert "NOT MET" in as_text("turn", [Figure("added", 200, "ms", 150)])


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0], 0.5, 3.0),
        ([1.0, 2.0], 0.5, 1.5),
        ([5.0, 1.0, 3.0], 0.5, 3.0),
        ([0.0, 10.0], 0.95, 9.5),
        ([2.0, 4.0], 1, 4),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    """Percentiles lie between neighbours, whatever the order."""
    assert percentile(values, share) == pytest.approx(expected)


def test_a_busy_pair_does_not_move_the_difference() -> None:
    """What both of a pair suffered falls out."""
    assert median_difference([(3.0, 1.0), (103.0, 101.0), (4.0, 1.0)]) == 2.0
