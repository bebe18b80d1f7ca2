"""Test that a page loses nothing, whoever writes it and whatever crashes."""

from collections.abc import Callable
from datetime import UTC, datetime
import os
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from custom_components.hearth.memory import page_file

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a page lies."""
    return tmp_path / "memory.md"


def adds(line: str) -> Callable[[str], str]:
    """Return an edit that adds a line."""
    return lambda text: f"{text}{line}\n"


def edit(path: Path, change: Callable[[str], str], copies: list[Path] | None = None) -> None:
    """Edit a page, at a time that plays no part."""
    page_file.edit(path, change, NOW, ([] if copies is None else copies).append)


def test_a_page_is_private_and_alone(path: Path) -> None:
    """Nobody else may read it, and nothing lies beside it afterwards."""
    edit(path, adds("one"))
    edit(path, adds("two"))
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in path.parent.iterdir()] == ["memory.md"]


def test_what_is_not_changed_is_not_written(path: Path) -> None:
    """An edit that leaves everything as it is touches nothing."""
    path.write_text("mine")
    before = path.stat()
    edit(path, lambda text: text)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("in_place", [True, False])
def test_an_edit_by_hand_in_between_is_taken_up(path: Path, in_place: bool) -> None:
    """What a person saves while we are about to write is edited instead."""
    path.write_text("one\n")
    asked = 0

    def change(text: str) -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            other = path if in_place else path.with_name("editor.tmp")
            other.write_text("one\nby hand\n")
            other.replace(path)
        return f"{text}ours\n"

    edit(path, change)
    assert (path.read_text(), asked) == ("one\nby hand\nours\n", 2)


def test_a_page_that_is_deleted_meanwhile_is_begun_anew(path: Path) -> None:
    """Who deletes a page wants it gone; what is said then begins a new one."""
    path.write_text("one\n")

    def change(text: str) -> str:
        path.unlink(missing_ok=True)
        return f"{text}ours\n"

    edit(path, change)
    assert path.read_text() == "ours\n"


def test_a_late_writer_is_kept_twice(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wrote into the version that was taken away finds it in the page, and beside it."""
    path.write_text("one\n")
    editor = os.open(path, os.O_WRONLY | os.O_APPEND)
    link = os.link

    def late(source: Path, target: Path) -> None:
        link(source, target)
        os.write(editor, b"late\n")
        monkeypatch.undo()

    monkeypatch.setattr(os, "link", late)
    copies: list[Path] = []
    edit(path, adds("ours"), copies)
    os.close(editor)
    assert path.read_text() == "one\nlate\nours\n"
    assert [copy.read_text() for copy in copies] == ["one\nlate\n"]
    assert copies[0].name.startswith("memory.conflict-20261121T120000-")


def test_a_disk_without_links(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems know no links; pages are kept on them all the same."""
    monkeypatch.setattr(os, "link", _refuse)
    edit(path, adds("one"))
    edit(path, adds("two"))
    assert path.read_text() == "one\ntwo\n"


def test_a_disk_that_fails_leaves_the_page(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error half-way puts the page back."""
    path.write_text("one\n")
    rename = Path.rename

    def refuse(source: Path, target: Path) -> Path:
        if source.suffix == ".tmp":
            raise OSError("full")
        return rename(source, target)

    monkeypatch.setattr(os, "link", _refuse)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="full"):
        edit(path, adds("two"))
    assert path.read_text() == "one\n"


def test_somebody_who_never_stops_writing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit gives up, and theirs stays."""
    monkeypatch.setattr(page_file, "_WAIT_SECONDS", 0)
    number = 0

    def change(text: str) -> str:
        nonlocal number
        number += 1
        path.write_text(f"{number}")
        return f"{text}ours"

    with pytest.raises(page_file.PageChangedTooOften):
        edit(path, change)
    assert path.read_text() == str(number)


def test_a_page_that_is_no_text_is_kept_aside(path: Path) -> None:
    """Bytes that are no UTF-8 are moved, told of, and a new page is begun."""
    path.write_bytes(b"\xff\xfe broken")
    copies: list[Path] = []
    edit(path, adds("one"), copies)
    assert path.read_text() == "one\n"
    assert [copy.read_bytes() for copy in copies] == [b"\xff\xfe broken"]
    assert copies[0].name.startswith("memory.damaged-")


@pytest.mark.parametrize("replaced", [True, False])
def test_what_a_crash_left_is_put_right(path: Path, replaced: bool) -> None:
    """The page is there again, or the new one stays, and nothing lies beside it."""
    path.with_name(".memory.md.aside").write_text("old\n")
    path.with_name(".memory.md.1234.tmp").write_text("new\n")
    if replaced:
        path.write_text("new\n")
    page_file.recover(path.parent)
    assert path.read_text() == ("new\n" if replaced else "old\n")
    assert [found.name for found in path.parent.iterdir()] == ["memory.md"]


_WRITER = """
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
import sys
# By its file: to import the package would take longer than all of the writing.
spec = spec_from_file_location("page_file", sys.argv[2])
page_file = module_from_spec(spec)
spec.loader.exec_module(page_file)
path = Path(sys.argv[1])
page_file.recover(path.parent)
number = len(path.read_text().splitlines()) if path.exists() else 0
print(number, flush=True)
while True:
    page_file.edit(path, lambda text: f"{text}line {number}\\n", datetime.now(UTC), print)
    print(number, flush=True)
    number += 1
"""


def test_a_kill_loses_no_line(path: Path) -> None:
    """However hard a writer ends, every line that it had told of is there, in order, and the next writer goes on."""
    for wait in (3, 17, 40):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), page_file.__file__], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            told = [int(writer.stdout.readline()) for _ in range(wait)]
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        page_file.recover(path.parent)
        lines = path.read_text().splitlines()
        assert lines == [f"line {number}" for number in range(len(lines))]
        assert len(lines) > told[-1]
    assert [found.name for found in path.parent.iterdir()] == ["memory.md"]


def _refuse(*_: object) -> None:
    raise PermissionError("no links here")
