"""What a benchmark makes of what it measured."""

import json
from typing import Any

import pytest

from bench.report import Row, Target, as_json, as_markdown, as_text, compared, with_table
from demo.home import ROOT

CONDITIONS: dict[str, Any] = {"summary": "a model; 5 rounds", "versions": {"hearthd": "1.2.3"}}
AT_MOST, AT_LEAST = Target(0.2), Target(0.95, at_least=True)


@pytest.mark.parametrize(
    ("target", "figure", "met"),
    [
        (AT_MOST, 0.2, True),
        (AT_MOST, 0.2000001, False),
        (AT_MOST, 0.0, True),
        (AT_LEAST, 0.95, True),
        (AT_LEAST, 0.9499999, False),
        (AT_LEAST, 3.0, True),
        (None, 1.0, None),
    ],
)
def test_a_target_is_met_up_to_its_edge(target: Target | None, figure: float, met: bool | None) -> None:
    """No rounding helps a figure over."""
    assert Row("row", 1.0, "ms", figure, target).met is met


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    """A round in which the machine was busy for both does not move it, as a ratio of medians would."""
    row = compared("row", "ms", [(10, 100), (40, 100), (200, 1000), (20, 100), (30, 100)], "peer")
    assert (row.ours, row.theirs, row.figure) == (30, 100, 0.2)
    assert row.raw["rounds"][2] == [200, 1000]


def test_the_object_has_every_number() -> None:
    """A program gets what a person sees, and the raw numbers behind it."""
    row = compared("row", "ms", [(1, 4)], "peer", target=AT_MOST, note="why", raw={"samples": [1]})
    told = json.loads(as_json("kernel", [row, Row("alone", 2.0, "ms", 2.0)], CONDITIONS))
    assert set(told) == {"bench", "machine", "conditions", "rows"}
    assert told["rows"][0] == {
        "name": "row",
        "ours": 1,
        "unit": "ms",
        "figure": 0.25,
        "target": {"value": 0.2, "at_least": False},
        "other": "peer",
        "theirs": 4,
        "note": "why",
        "raw": {"rounds": [[1, 4]], "samples": [1]},
        "met": False,
    }
    assert told["rows"][1]["met"] is None


@pytest.mark.parametrize("tell", [as_text, as_markdown])
def test_a_missed_target_is_easy_to_see(tell: Any) -> None:
    """Both tables say which target was missed, by how much and why."""
    told = tell([compared("restart", "ms", [(1, 4)], "peer", target=AT_MOST, note="a slow disk")], CONDITIONS)
    for words in ("restart", "0.25", "≤ 0.2", "MISSED", "4 ms (peer)", "a slow disk", "a model", "hearthd 1.2.3"):
        assert words in told


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12_345.6, "12346 ms"), (100.4, "100 ms"), (99.96, "100 ms"), (28.914, "28.9 ms"), (0.1234, "0.123 ms")],
)
def test_figures_are_short_and_never_in_powers_of_ten(value: float, shown: str) -> None:
    """Three digits are more than such a measurement is good for."""
    assert f"| {shown} |" in as_markdown([Row("row", value, "ms", value)], CONDITIONS)


def test_the_markdown_is_one_table() -> None:
    """Each row has as many cells as the heading, whether or not anything stands beside ours."""
    rows = [compared("compared", "ms", [(1, 4)], "peer", target=AT_MOST), Row("alone", 0.1, "ms", 0.1, Target(0.3))]
    table = [line for line in as_markdown(rows, CONDITIONS).splitlines() if line.startswith("|")]
    assert len(table) == 4
    assert {line.count("|") for line in table} == {7}
    assert table[3] == "| alone | 0.1 ms |  |  | ≤ 0.3 | met |"


@pytest.mark.parametrize("bench", ["kernel", "library"])
def test_the_page_gets_the_table_and_keeps_the_rest(bench: str) -> None:
    """The documentation's page has a place for the table, and a second table takes the first one's."""
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    once = with_table(page, bench, "| first |")
    twice = with_table(once, bench, "| second |")
    assert "| first |" in once
    assert "| first |" not in twice
    assert twice.replace("| second |", "| first |") == once
    assert twice.splitlines()[0] == page.splitlines()[0]
    assert twice.splitlines()[-1] == page.splitlines()[-1]


def test_a_page_without_a_place_for_it_is_left_alone() -> None:
    """A page that lost its marks is not overwritten."""
    with pytest.raises(ValueError, match="marks"):
        with_table("# Performance", "kernel", "| row |")
