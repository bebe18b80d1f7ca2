"""Test that a person sees how far a download is, on a terminal and in a file."""

import itertools

import pytest

from hearthd.cli.progress import ProgressLine
from hearthd.models.download import PullProgress

GIGABYTE = 1_000_000_000


def steps(total: int = 2 * GIGABYTE, count: int = 100) -> list[PullProgress]:
    """Return the steps of a download of even pace, from beginning to end."""
    sizes = [total * number // count for number in range(1, count + 1)]
    return [
        PullProgress("checking", 0, total),
        *(PullProgress("downloading", size, total) for size in sizes),
        PullProgress("verifying", total, total),
        PullProgress("done", total, total),
    ]


def shown(
    capsys: pytest.CaptureFixture[str], told: list[PullProgress], *, is_terminal: bool, seconds: float = 1.0
) -> str:
    """Return what is printed when a step comes every so many seconds."""
    clock = itertools.count(100.0, seconds)
    line = ProgressLine(lambda: next(clock), is_terminal=is_terminal)
    for progress in told:
        line(progress)
    line.close()
    return capsys.readouterr().out


def test_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """There are a few plain lines, each with the whole truth."""
    lines = shown(capsys, steps(), is_terminal=False).splitlines()
    assert lines[0] == "Checking: 0 MB of 2.0 GB, 0 %"
    assert lines[6] == "Downloading: 1.0 GB of 2.0 GB, 50 %, 20 MB/s, 50 s left"
    assert lines[-1] == "Done: 2.0 GB of 2.0 GB, 100 %"
    assert len(lines) == 14


def test_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """There is one line, which ends with the download."""
    text = shown(capsys, steps(), is_terminal=True)
    assert text.count("\n") == 1
    assert text.endswith("Done: 2.0 GB of 2.0 GB, 100 %\n")
    assert len(text.split("\r\x1b[K")) == 104


def test_terminal_is_not_flooded(capsys: pytest.CaptureFixture[str]) -> None:
    """Steps that come faster than one can read are left out."""
    text = shown(capsys, steps(), is_terminal=True, seconds=0.01)
    assert len(text.split("\r\x1b[K")) == 8


def test_resumed_download(capsys: pytest.CaptureFixture[str]) -> None:
    """What was there before counts as done, and not for the rate."""
    half = [PullProgress("downloading", GIGABYTE + number * 10_000_000, 2 * GIGABYTE) for number in range(1, 22)]
    assert shown(capsys, half, is_terminal=False).splitlines() == [
        "Downloading: 1.0 GB of 2.0 GB, 50 %",
        "Downloading: 1.2 GB of 2.0 GB, 60 %, 10 MB/s, 1 min 20 s left",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "4.0 GB/s, 4 s left"), (9.0, "222 MB/s, 1 min 21 s left"), (10.0, "200 MB/s, 1 min 30 s left")],
)
def test_rate(capsys: pytest.CaptureFixture[str], seconds: float, words: str) -> None:
    """The rate is that of the last seconds, the time left is in its unit."""
    told = [PullProgress("downloading", size, 20 * GIGABYTE) for size in (0, 2 * GIGABYTE)]
    assert shown(capsys, told, is_terminal=False, seconds=seconds).endswith(f", 10 %, {words}\n")


def test_slow_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Hours are told as hours."""
    told = [PullProgress("downloading", size, 20 * GIGABYTE) for size in (0, 2_000_000)]
    assert shown(capsys, told, is_terminal=True).splitlines()[-1].endswith("2 MB/s, 2 h 46 min left")


def test_given_up(capsys: pytest.CaptureFixture[str]) -> None:
    """What is said next stands on a line of its own."""
    assert shown(capsys, steps()[:5], is_terminal=True).endswith("\n")
    assert shown(capsys, [], is_terminal=True) == ""
