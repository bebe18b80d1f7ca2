"""Test that a saved prefix is found again, and that a damaged one never is."""

from collections.abc import Callable, Sequence
import errno
import logging
import os
from pathlib import Path
import signal
import subprocess
import sys
import threading

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.engine.kernel.snapshots import Origin, SnapshotStore
from tests.engine.kernel import snapshot_writer

MODEL = Origin("sha-of-model", {"kv_type": "f16", "flash_attention": False, "build": 7360})
OTHER_RUN = Origin("sha-of-model", {"kv_type": "q8_0", "flash_attention": True, "build": 7360})
OTHER_MODEL = Origin("sha-of-other", {"kv_type": "f16", "flash_attention": False, "build": 7360})
LIMIT = 1 << 20


def find(store: SnapshotStore, tokens: Sequence[int], origin: Origin = MODEL) -> bytes | None:
    """Return the state of the longest prefix."""
    snapshot = store.best(origin, tokens)
    return None if snapshot is None else store.load(snapshot)


def only_file(folder: Path) -> Path:
    """Return the one file there is."""
    (path,) = folder.iterdir()
    return path


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize(
    ("tokens", "state"),
    [
        pytest.param([1, 2, 3, 4, 5, 6], b"five", id="the longest"),
        pytest.param([1, 2, 3, 4, 5], b"three", id="shorter than all, as one is to be decoded"),
        pytest.param([1, 2, 3, 9, 9, 9], b"three", id="as far as the tokens agree"),
        pytest.param([1, 2, 3], None, id="none that is shorter"),
        pytest.param([9, 2, 3, 4, 5, 6], None, id="none that agrees"),
        pytest.param([], None, id="no tokens"),
    ],
)
def test_longest_prefix_is_found(tmp_path: Path, tokens: list[int], state: bytes | None, reopened: bool) -> None:
    """Also after a restart, and only for what was run in the same way."""
    store = SnapshotStore(tmp_path / "made" / "here", LIMIT)
    assert store.save(MODEL, [1, 2, 3], b"three")
    assert store.save(MODEL, [1, 2, 3, 4, 5], memoryview(b"five"))
    assert store.save(OTHER_MODEL, [9, 2, 3], bytearray(b"other"))
    if reopened:
        store = SnapshotStore(tmp_path / "made" / "here", LIMIT)
    assert find(store, tokens) == state
    assert find(store, tokens, OTHER_RUN) is None
    assert store.has(MODEL, [1, 2, 3])
    assert not store.has(MODEL, [1, 2])


def test_snapshot_tells_its_length_before_it_is_read(tmp_path: Path) -> None:
    """What is in memory already may be longer."""
    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, range(100), bytes(1000))
    snapshot = store.best(MODEL, range(200))
    assert snapshot is not None
    assert snapshot.length == 100
    assert snapshot.size_bytes == store.size_bytes == only_file(tmp_path).stat().st_size


def test_snapshot_is_read_by_its_name(tmp_path: Path) -> None:
    """A store that does not know of a file yet can load it."""
    store, other = SnapshotStore(tmp_path, LIMIT), SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1], b"state")
    snapshot = store.best(MODEL, [1, 2])
    assert snapshot is not None
    assert other.load(snapshot) == b"state"
    assert other.best(MODEL, [1, 2]) is None


def test_nobody_else_reads_what_was_said(tmp_path: Path) -> None:
    """A state holds what people said."""
    SnapshotStore(tmp_path, LIMIT).save(MODEL, [1], b"state")
    assert only_file(tmp_path).stat().st_mode & 0o077 == 0


def _cut(path: Path, at: int) -> None:
    path.write_bytes(path.read_bytes()[:at])


def _flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: _cut(path, 0), id="empty"),
        pytest.param(lambda path: _cut(path, 10), id="cut in its first bytes"),
        pytest.param(lambda path: _cut(path, 60), id="cut in its header"),
        pytest.param(lambda path: _cut(path, -1), id="its last byte lost"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"\0"), id="a byte too much"),
        pytest.param(lambda path: _flip(path, 3), id="another format"),
        pytest.param(lambda path: _flip(path, 11), id="a header of gigabytes"),
        pytest.param(lambda path: _flip(path, 9), id="a header of another length"),
        pytest.param(lambda path: _flip(path, 12), id="a header that is no object"),
        pytest.param(lambda path: _flip(path, -1), id="a state of the same length"),
        pytest.param(lambda path: path.rename(path.with_stem("0" * 64)), id="another name"),
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b'"version": 1', b'"version": 2')),
            id="another version",
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b'"f16"', b'"f32"')), id="another way to run"
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b"[1, 2, 3]", b"[1, 2, 4]")), id="other tokens"
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b"[1, 2, 3]", b"[1, 2, {]")), id="no tokens"
        ),
        pytest.param(
            lambda path: path.write_bytes(path.read_bytes().replace(b'"sha256"', b'"sha255"')), id="no digest"
        ),
    ],
)
def test_damaged_snapshot_is_dropped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object], reopened: bool
) -> None:
    """It is gone from the disk, nothing else is, and it can be saved again."""
    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1, 2, 3], b"state" * 100)
    damage(only_file(tmp_path))
    store.save(OTHER_MODEL, [1, 2, 3], b"sound")
    if reopened:
        store = SnapshotStore(tmp_path, LIMIT)
    with caplog.at_level(logging.WARNING):
        assert find(store, [1, 2, 3, 4]) is None
    assert find(store, [1, 2, 3, 4]) is None
    assert find(store, [1, 2, 3, 4], OTHER_MODEL) == b"sound"
    assert str(tmp_path) not in caplog.text
    assert store.save(MODEL, [1, 2, 3], b"state" * 100)
    assert find(store, [1, 2, 3, 4]) == b"state" * 100


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unnoticed(tmp_path_factory: pytest.TempPathFactory, at: int, bit: int) -> None:
    """Whatever bit of a file flips, its state is right or not there."""
    folder = tmp_path_factory.mktemp("flipped")
    SnapshotStore(folder, LIMIT).save(MODEL, [1, 2, 3], bytes(100))
    path = only_file(folder)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1 << bit
    path.write_bytes(data)
    assert find(SnapshotStore(folder, LIMIT), [1, 2, 3, 4]) is None


def test_least_recently_used_go_over_the_limit(tmp_path: Path) -> None:
    """Loading counts as use, also for the next start."""
    store = SnapshotStore(tmp_path, 3 * 1300)
    for number in range(3):
        store.save(MODEL, [number], bytes(1000))
        os.utime(max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns), (number, number))
    assert find(store, [0, 9]) is not None
    store = SnapshotStore(tmp_path, 3 * 1300)
    store.save(MODEL, [3], bytes(1000))
    assert [store.has(MODEL, [number]) for number in range(4)] == [True, False, True, True]
    assert store.size_bytes <= 3 * 1300
    assert find(store, [2, 9]) is not None
    store.save(MODEL, [4], bytes(1000))
    assert [store.has(MODEL, [number]) for number in range(5)] == [False, False, True, True, True]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == store.size_bytes


def test_smaller_limit_is_kept_at_start(tmp_path: Path) -> None:
    """Who turns it off gets the space back; then nothing is saved."""
    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1], bytes(1000))
    store = SnapshotStore(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []
    assert not store.save(MODEL, [1], b"")
    assert store.best(MODEL, [1, 2]) is None


def test_too_large_a_state_costs_nothing_else(tmp_path: Path) -> None:
    """What does not fit is not saved, and what is there stays."""
    store = SnapshotStore(tmp_path, 2000)
    store.save(MODEL, [1], bytes(100))
    assert not store.save(MODEL, [1, 2], bytes(2000))
    assert find(store, [1, 2, 3]) == bytes(100)


def test_other_ways_to_run_a_model_are_stale(tmp_path: Path) -> None:
    """What a model left before its parameters changed is dropped; other models' is not."""
    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1], b"old")
    store.save(OTHER_MODEL, [1], b"other")
    store.save(OTHER_RUN, [2], b"new")
    assert [store.has(origin, [1]) for origin in (MODEL, OTHER_MODEL)] == [False, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_saving_again_replaces(tmp_path: Path) -> None:
    """One file for each prefix."""
    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1], b"first, and longer")
    store.save(MODEL, [1], b"second")
    assert find(store, [1, 2]) == b"second"
    assert store.size_bytes == only_file(tmp_path).stat().st_size


@pytest.mark.parametrize("failing", ["os.fsync", "pathlib.Path.replace"])
def test_full_disk_keeps_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failing: str
) -> None:
    """A disk that is full is told of in the log, without any path, and leaves nothing behind."""

    def fail(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1], b"old")
    with monkeypatch.context() as patch:
        patch.setattr(failing, fail)
        assert not store.save(MODEL, [1, 2], b"new")
    assert "No space left" in caplog.text
    assert str(tmp_path) not in caplog.text
    assert len(list(tmp_path.iterdir())) == 1
    assert find(store, [1, 2, 3]) == b"old"


def test_file_that_cannot_be_deleted_is_no_longer_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that has become read-only does not stop anything."""

    def fail(*args: object, **options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    store = SnapshotStore(tmp_path, LIMIT)
    store.save(MODEL, [1], b"state")
    _flip(only_file(tmp_path), -1)
    monkeypatch.setattr(Path, "unlink", fail)
    assert find(store, [1, 2]) is None
    assert find(store, [1, 2]) is None
    assert "Read-only" in caplog.text


def test_threads_may_save_and_load_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody ever finds half a state, and the index is right in the end."""
    store = SnapshotStore(tmp_path, LIMIT)
    wrong: list[bytes | None] = []

    def work(number: int) -> None:
        for _ in range(20):
            store.save(MODEL, [number % 2], bytes([number % 2]) * 50_000)
            state = find(store, [number % 2, 9])
            if state != bytes([number % 2]) * 50_000:
                wrong.append(state)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
    assert caplog.text == ""
    assert store.size_bytes == sum(path.stat().st_size for path in tmp_path.iterdir())


def _start_writer(folder: Path, *how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", snapshot_writer.__name__, str(folder), *how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])


def _survivors(folder: Path, told: set[int]) -> None:
    """Check that all that was told to be saved is there, unharmed, and that nothing else lies around."""
    store = SnapshotStore(folder, LIMIT * 4)
    for number in told:
        assert find(store, [number, 9], snapshot_writer.ORIGIN) == snapshot_writer.state(number)
    later = max(told) + 1
    assert find(store, [later, 9], snapshot_writer.ORIGIN) in {None, snapshot_writer.state(later)}
    assert len(list(folder.iterdir())) in {len(told), len(told) + 1}
    assert {path.suffix for path in folder.iterdir()} == {".state"}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(["bytes", "0"], id="at the first byte"),
        pytest.param(["bytes", "5"], id="in the first bytes"),
        pytest.param(["bytes", "100"], id="in the header"),
        pytest.param(["bytes", str(snapshot_writer.STATE_BYTES // 2)], id="in the state"),
        pytest.param(["bytes", str(snapshot_writer.STATE_BYTES)], id="near its end"),
        pytest.param(["call", "fsync"], id="before it is synchronised"),
        pytest.param(["call", "replace"], id="before it is renamed"),
    ],
)
def test_killed_at_any_point_loses_one_file_at_most(tmp_path: Path, how: list[str]) -> None:
    """The process ends there, for real; the next start finds everything else and no leftovers."""
    writer = _start_writer(tmp_path, *how)
    told = {int(line) for line in writer.communicate(timeout=50)[0].split()}
    assert writer.returncode in {-signal.SIGKILL, -signal.SIGXFSZ}
    assert told in ({0}, {0, 1})
    _survivors(tmp_path, told)


@pytest.mark.parametrize("after", [1, 7, 20])
def test_killed_at_any_time_loses_one_file_at_most(tmp_path: Path, after: int) -> None:
    """The same from outside: kill -9 while it saves one after the other."""
    writer = _start_writer(tmp_path, "never")
    assert writer.stdout is not None
    told = {int(writer.stdout.readline()) for _ in range(after)}
    writer.kill()
    told |= {int(line) for line in writer.communicate(timeout=50)[0].split("\n")[:-1]}
    assert writer.returncode == -signal.SIGKILL
    _survivors(tmp_path, told)
