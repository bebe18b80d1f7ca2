"""Test that models are listed, fetched, added, removed and chosen on the command line."""

from collections.abc import Callable
import os
from pathlib import Path
import pty
import signal
import subprocess
import sys
import time

import pytest

from hearthd.assignments import read_assignments, write_assignment
from hearthd.cli import main
from hearthd.models.catalogue import read_catalogue
from hearthd.settings import Role
from tests.models.fake_hub import FakeHub, Fault, gguf_bytes

MODEL = gguf_bytes()
REPO = "maker/Model-GGUF"

type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have room on the disk, and no settings of this machine's."""
    monkeypatch.setattr("hearthd.models.download.DISK_MARGIN_BYTES", 0)
    for name in [name for name in os.environ if name.startswith("HEARTH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(tmp_path: Path, fake_hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs one of the commands and returns its status, its output and its complaints."""
    fake_hub.publish(REPO, m=MODEL)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["models", *arguments, "--data", str(tmp_path), "--hub-url", fake_hub.url])
        output, complaints = capsys.readouterr()
        return status, output, complaints

    return run


def test_pull_and_use(run: Run, tmp_path: Path) -> None:
    """A model is fetched, listed and chosen."""
    status, output, complaints = run("pull", REPO, "m.gguf")
    assert (status, complaints) == (0, "")
    assert output.splitlines()[0].startswith("Checking: 0 MB of 1 MB")
    assert output.splitlines()[-2:] == [
        "Done: 1 MB of 1 MB, 100 %",
        "m is installed. To use it: hearthd models use fast m",
    ]
    assert (tmp_path / "models" / "m.gguf").read_bytes() == MODEL
    status, output, _ = run("use", "fast", "m")
    assert status == 0
    assert output.startswith("fast: installed:m\n")
    assert read_assignments(tmp_path) == {Role.FAST: "installed:m"}
    assert "fast       local     installed:m" in run("list")[1].splitlines()


def test_list(run: Run) -> None:
    """The roles come first, then the catalogue, then what is here besides."""
    run("pull", REPO, "m.gguf")
    for arguments in ([], ["list"]):
        status, output, _ = run(*arguments)
        assert status == 0
        roles, models = output.split("\n\n")
        *others, embedding = [line.split() for line in roles.splitlines()]
        assert others == [[role, "-"] for role in Role if role is not Role.EMBEDDING]
        assert embedding == ["embedding", "local", "installed:all-minilm-l6-v2"]
        rows = [line.split() for line in models.splitlines()]
        assert [row[0] for row in rows] == ["ID", *read_catalogue(), "m", "all-minilm-l6-v2"]
        assert rows[1][1] == "-"
        assert rows[-2][1:3] == ["1", "MB"]
        assert rows[-1][1:4] == ["27", "MB", "good"]


def test_newer_revision_is_shown(run: Run, fake_hub: FakeHub, tmp_path: Path) -> None:
    """A list says what could be pulled again, and a named revision does it."""
    run("pull", REPO, "m.gguf")
    newer = gguf_bytes(seed=b"newer")
    commit = fake_hub.publish(REPO, m=newer)
    assert run("pull", "m", "--revision", commit)[0] == 0
    assert (tmp_path / "models" / "m.gguf").read_bytes() == newer


def test_use_what_ships_with_us(run: Run, tmp_path: Path) -> None:
    """It can be chosen again after another one."""
    assert run("use", "embedding", "http://host:8080/v1#e5")[0] == 0
    assert run("use", "embedding", "all-minilm-l6-v2")[0] == 0
    assert read_assignments(tmp_path) == {Role.EMBEDDING: "installed:all-minilm-l6-v2"}


def test_use_none(run: Run, tmp_path: Path) -> None:
    """A role may be left without a model."""
    assert run("use", "reasoning", "none")[0] == 0
    assert read_assignments(tmp_path) == {Role.REASONING: None}


def test_use_of_another_server(run: Run, tmp_path: Path) -> None:
    """What a flag takes can be chosen too."""
    assert run("use", "reasoning", "http://host:8080/v1#qwen")[0] == 0
    assert read_assignments(tmp_path) == {Role.REASONING: "http://host:8080/v1#qwen"}


def test_add_and_remove(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of one's own is named as a person would name it, and survives."""
    (tmp_path / "own.gguf").write_bytes(MODEL)
    monkeypatch.chdir(tmp_path)
    assert run("add", "own.gguf") == (0, "own is installed.\n", "")
    assert run("add", "own.gguf", "--id", "again") == (0, "again is installed.\n", "")
    assert run("remove", "own") == (0, "own is removed.\n", "")
    assert (tmp_path / "own.gguf").read_bytes() == MODEL


def test_model_in_use_is_not_removed(run: Run, tmp_path: Path) -> None:
    """Whichever way a role names it."""
    run("pull", REPO, "m.gguf")
    write_assignment(tmp_path, Role.FAST, "m")
    status, _, complaints = run("remove", "m", "--model", f"reasoning={tmp_path}/models/m.gguf")
    assert (status, complaints) == (2, "hearthd: m plays the role reasoning, fast; give that another model first\n")
    write_assignment(tmp_path, Role.FAST, None)
    assert run("remove", "m")[0] == 0


def test_flags_before_and_behind_the_action(run: Run, tmp_path: Path) -> None:
    """Both are heard."""
    _, output, _ = run("--model", "reasoning=/a.gguf", "list", "--model", "fast=/b.gguf")
    assert {"fast       local     /b.gguf"} <= set(output.splitlines())
    assert main(["models", "--data", str(tmp_path / "other"), "use", "fast", "none"]) == 0
    assert read_assignments(tmp_path / "other") == {Role.FAST: None}


REFUSED: dict[str, tuple[list[str], int, str]] = {
    "unknown model": (["pull", "nothing"], 1, "The catalogue has no model of that id."),
    "no such file": (["pull", REPO, "n.gguf"], 1, "may have been renamed"),
    "offline": (["pull", REPO, "m.gguf", "--offline", "yes"], 1, "set to be offline"),
    "no model": (["add", __file__], 1, "not a GGUF file"),
    "nothing there": (["add", "/nowhere/m.gguf"], 1, "no file at that path"),
    "unknown id": (["remove", "nothing"], 1, "There is no model nothing here."),
    "unknown role": (["use", "seer", "m"], 2, "'seer' is no role; there are router, fast, reasoning, embedding"),
    "part of us": (["remove", "all-minilm-l6-v2", "--model", "embedding=/m.gguf"], 1, "is a part of Hearth"),
    "wrong kind": (["use", "fast", "all-minilm-l6-v2"], 1, "can play the role embedding, but not fast"),
    "not installed": (["use", "fast", "nothing"], 1, "pull or add it first"),
    "no reference": (["use", "fast", "what is this"], 2, "is no model"),
    "fixed role": (["use", "fast", "none", "--model", "/m.gguf"], 2, "set by a flag or in the environment"),
}


@pytest.mark.parametrize(("arguments", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_refusals(run: Run, arguments: list[str], status: int, words: str) -> None:
    """A mistake is one line on stderr."""
    found, output, complaints = run(*arguments)
    assert (found, output) == (status, "")
    assert complaints.startswith("hearthd: ")
    assert words in complaints
    assert complaints.count("\n") == 1


def start(fake_hub: FakeHub, tmp_path: Path, output: int) -> subprocess.Popen[bytes]:
    """Begin to fetch a model in a process of its own."""
    command = [sys.executable, "-m", "hearthd", "models", "pull", REPO, "m.gguf"]
    flags = ["--data", str(tmp_path), "--hub-url", fake_hub.url]
    # Where these tests run in the background they ignore Ctrl+C, and so would what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen([*command, *flags], stdout=output, stderr=subprocess.STDOUT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_interrupted_by_a_person(fake_hub: FakeHub, tmp_path: Path) -> None:
    """Ctrl+C ends a pull in one line, on a terminal, and the next one goes on."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(cut_after=len(MODEL) // 2, stall_seconds=30)]
    reading, writing = pty.openpty()
    process = start(fake_hub, tmp_path, writing)
    deadline = time.monotonic() + 30
    while not any(path.stat().st_size for path in (tmp_path / "models").glob(".*.part")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    os.close(writing)
    text = os.read(reading, 100_000).decode()
    os.close(reading)
    assert "\rChecking: " in text.replace("\x1b[K", "")
    assert text.splitlines()[-1] == "hearthd: stopped; pull again to go on where it was"
    assert "Traceback" not in text
    assert start(fake_hub, tmp_path, subprocess.DEVNULL).wait(timeout=30) == 0
    assert 0 < fake_hub.starts[-1] < len(MODEL)
