"""Test that a model arrives whole and right, whatever happens on its way, and that nothing is sent twice."""

from collections.abc import Callable
import hashlib
import json
import os
from pathlib import Path
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.models import download
from hearthd.models.download import DISK_MARGIN_BYTES, PullProgress, PullStopped
from hearthd.models.hub import Hub
from hearthd.models.store import ModelStore
from tests.models.fake_hub import FakeHub, Fault, gguf_bytes

REPO = "maker/Model-GGUF"
PIECE = 64 * 1024
MODEL = gguf_bytes()
OTHER = gguf_bytes(seed=b"other")

type Free = Callable[[Path], int]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0.0)


def store_of(
    fake: FakeHub,
    folder: Path,
    free_disk: Free | None = None,
    *,
    offline: bool = False,
    token: str | None = None,
    seconds: float = 5,
) -> ModelStore:
    """Return a store that fetches from the fake hub."""
    hub = Hub(fake.url, token, offline=offline, seconds=seconds)
    return ModelStore(folder, hub, catalogue={}, free_disk=free_disk or (lambda _folder: 10**12))


def pull(store: ModelStore, revision: str | None = None, file: str = "m.gguf", repo: str = REPO) -> list[PullProgress]:
    """Fetch the model and return what was told on the way."""
    told: list[PullProgress] = []
    store.pull(store.wanted_file(repo, file, revision), told.append, threading.Event())
    return told


def refused(
    store: ModelStore, code: ErrorCode, revision: str | None = None, file: str = "m.gguf", repo: str = REPO
) -> ApiError:
    """Fetch the model in vain and return why."""
    with pytest.raises(ApiError) as caught:
        pull(store, revision, file, repo)
    assert caught.value.code is code
    for secret in ("secret", "127.0.0.1", "hf_key"):
        assert secret not in caught.value.message
    return caught.value


def parts(folder: Path) -> list[int]:
    """Return the sizes of what has not arrived to its end."""
    return [path.stat().st_size for path in folder.glob(".*.part")]


def test_model_arrives(fake_hub: FakeHub, tmp_path: Path) -> None:
    """The bytes are the hub's, they are pinned, and nothing else is left in the folder."""
    commit = fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path / "models")
    told = pull(store)
    assert store.path("m").read_bytes() == MODEL
    pin = store.installed()["m"].pin
    assert pin is not None
    assert (pin.source, pin.repo, pin.file, pin.revision) == ("hub", REPO, "m.gguf", commit)
    assert (pin.sha256, pin.size_bytes) == (hashlib.sha256(MODEL).hexdigest(), len(MODEL))
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"m.gguf", "lock.json", ".lock.json.lock"}
    assert [progress.status for progress in told[:1] + told[-2:]] == ["checking", "verifying", "done"]
    assert {progress.total_bytes for progress in told} == {len(MODEL)}
    steps = [progress.done_bytes for progress in told if progress.status == "downloading"]
    assert steps == sorted(steps)
    assert steps[-1] == len(MODEL)


def test_hub_learns_nothing_of_the_home(fake_hub: FakeHub, tmp_path: Path) -> None:
    """It sees hearthd's version and Python's, and is asked for nothing but the file."""
    fake_hub.publish(REPO, m=MODEL)
    pull(store_of(fake_hub, tmp_path))
    assert {request.split("/resolve/")[0] for request in fake_hub.asked} == {f"HEAD /{REPO}", f"GET /{REPO}"}
    assert {part.split("/")[0] for agent in fake_hub.user_agents for part in agent.split("; ")} == {
        "hearthd",
        "hf_hub",
        "python",
    }


def test_interrupted_connection_goes_on(fake_hub: FakeHub, tmp_path: Path) -> None:
    """Within one pull only the missing bytes are sent."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(cut_after=100_000), Fault(cut_after=300_001)]
    store = store_of(fake_hub, tmp_path)
    pull(store)
    assert store.path("m").read_bytes() == MODEL
    assert fake_hub.starts == [0, 100_000, 400_001]
    assert sum(fake_hub.sent) == len(MODEL)


def test_next_pull_goes_on(fake_hub: FakeHub, tmp_path: Path) -> None:
    """What a pull that failed had brought is not sent again."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(cut_after=100_000)] + [Fault(status=503)] * 5
    store = store_of(fake_hub, tmp_path)
    refused(store, ErrorCode.HUB_UNREACHABLE)
    assert parts(tmp_path) == [100_000]
    assert store.installed() == {}
    told = pull(store)
    assert told[0] == PullProgress("checking", 100_000, len(MODEL))
    assert sum(fake_hub.sent) == len(MODEL)
    assert store.path("m").read_bytes() == MODEL


def test_store_without_ranges(fake_hub: FakeHub, tmp_path: Path) -> None:
    """One that begins anew is let begin anew."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(cut_after=100_000), Fault(ignores_range=True)]
    store = store_of(fake_hub, tmp_path)
    pull(store)
    assert store.path("m").read_bytes() == MODEL
    assert fake_hub.starts == [0, 0]


def test_pull_of_what_is_there(fake_hub: FakeHub, tmp_path: Path) -> None:
    """It is verified and not sent."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    told = pull(store)
    assert {progress.status for progress in told} == {"checking", "verifying", "done"}
    assert fake_hub.sent == [len(MODEL)]
    assert parts(tmp_path) == []


def test_pull_mends_what_was_changed(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A file that is not what was pinned is fetched again; the old one serves until the new one is right."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    store.path("m").write_bytes(MODEL[:-1] + b"?")
    with store.path("m").open("rb") as running:
        pull(store)
        assert running.read() == MODEL[:-1] + b"?"
    assert store.path("m").read_bytes() == MODEL


@pytest.mark.parametrize("fault", [Fault(corrupt=True), Fault(extra=b"more")], ids=["corrupted", "too long"])
def test_wrong_bytes(fake_hub: FakeHub, tmp_path: Path, fault: Fault) -> None:
    """They are thrown away and said so; the next pull starts anew and is right."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [fault]
    store = store_of(fake_hub, tmp_path)
    refused(store, ErrorCode.CHECKSUM_MISMATCH)
    assert (store.installed(), parts(tmp_path)) == ({}, [])
    pull(store)
    assert store.path("m").read_bytes() == MODEL


def test_damaged_part(fake_hub: FakeHub, tmp_path: Path) -> None:
    """What a power cut spoiled of an unfinished file is found out at its end."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(cut_after=100_000)] + [Fault(status=503)] * 5
    store = store_of(fake_hub, tmp_path)
    refused(store, ErrorCode.HUB_UNREACHABLE)
    next(tmp_path.glob(".*.part")).write_bytes(bytes(100_000))
    refused(store, ErrorCode.CHECKSUM_MISMATCH)
    pull(store)
    assert store.path("m").read_bytes() == MODEL


def test_no_model_in_the_file(fake_hub: FakeHub, tmp_path: Path) -> None:
    """What has the right hash and is no GGUF file is not installed."""
    fake_hub.publish(REPO, m=b"<html>" * 1000)
    store = store_of(fake_hub, tmp_path)
    refused(store, ErrorCode.MODEL_FAILED)
    assert (store.installed(), parts(tmp_path)) == ({}, [])


def test_pinned_bytes_are_fetched_again(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A removed model comes back as it was, although the hub has a newer one."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    store.remove("m")
    fake_hub.publish(REPO, m=OTHER)
    pull(store)
    assert store.path("m").read_bytes() == MODEL


def test_pinned_revision_with_other_bytes(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A hub that gives other bytes for the same revision is not believed; what is there stays."""
    commit = fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    fake_hub.commits[REPO, commit]["m.gguf"] = (commit, OTHER)
    for revision in (None, commit, "main"):
        refused(store, ErrorCode.CHECKSUM_MISMATCH, revision)
    assert store.path("m").read_bytes() == MODEL
    assert fake_hub.sent == [len(MODEL)]


def test_newer_revision_is_pulled_by_name(fake_hub: FakeHub, tmp_path: Path) -> None:
    """Naming a revision pins it."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    newer = fake_hub.publish(REPO, m=OTHER)
    pull(store, "main")
    assert store.path("m").read_bytes() == OTHER
    pin = store.installed()["m"].pin
    assert pin is not None
    assert (pin.revision, pin.latest_revision) == (newer, newer)


def test_update_that_was_announced_is_pulled(fake_hub: FakeHub, tmp_path: Path) -> None:
    """After a look for updates a pull brings what was found."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    fake_hub.publish(REPO, m=OTHER)
    store.check_for_updates()
    pull(store)
    assert store.path("m").read_bytes() == OTHER


def test_unfinished_pull_of_an_older_revision(fake_hub: FakeHub, tmp_path: Path) -> None:
    """Its bytes are never mixed with those of another, and take no room when that has arrived."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(cut_after=100_000)] + [Fault(status=503)] * 5
    store = store_of(fake_hub, tmp_path)
    refused(store, ErrorCode.HUB_UNREACHABLE)
    fake_hub.publish(REPO, m=OTHER)
    pull(store)
    assert store.path("m").read_bytes() == OTHER
    assert fake_hub.starts == [0, 0]
    assert parts(tmp_path) == []


def test_disk_too_small(fake_hub: FakeHub, tmp_path: Path) -> None:
    """Nothing is fetched that would leave too little for the rest of the machine."""
    fake_hub.publish(REPO, m=MODEL)
    tight = len(MODEL) + DISK_MARGIN_BYTES - 1
    error = refused(store_of(fake_hub, tmp_path, lambda _folder: tight), ErrorCode.DISK_FULL)
    assert "GB more must be free" in error.message
    assert (fake_hub.sent, parts(tmp_path)) == ([], [])
    pull(store_of(fake_hub, tmp_path, lambda _folder: tight + 1))


def test_disk_fills_up_meanwhile(fake_hub: FakeHub, tmp_path: Path) -> None:
    """The download stops before others suffer, and goes on when there is room."""
    fake_hub.publish(REPO, m=MODEL)
    room = iter([10**12] * 6)
    refused(store_of(fake_hub, tmp_path, lambda _folder: next(room, DISK_MARGIN_BYTES - 1)), ErrorCode.DISK_FULL)
    (arrived,) = parts(tmp_path)
    assert 0 < arrived < len(MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    assert fake_hub.starts == [0, arrived]
    assert store.path("m").read_bytes() == MODEL


def test_disk_takes_no_more(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A file system's own refusal is the same to a person."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    try:
        refused(store, ErrorCode.DISK_FULL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert parts(tmp_path) == [300_000]
    pull(store)
    assert store.path("m").read_bytes() == MODEL


def test_renamed_repository(fake_hub: FakeHub, tmp_path: Path) -> None:
    """The hub's pointer to the new name is followed."""
    fake_hub.publish("maker/New", m=MODEL)
    fake_hub.moved[REPO] = "maker/New"
    store = store_of(fake_hub, tmp_path)
    pull(store)
    assert store.path("m").read_bytes() == MODEL


def test_renamed_file(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A file that is there no more is said so; what was fetched of it earlier still comes by its revision."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    fake_hub.publish(REPO, renamed=MODEL)
    error = refused(store, ErrorCode.HUB_NOT_FOUND, "main")
    assert "renamed" in error.message
    store.remove("m")
    pull(store)
    assert store.path("m").read_bytes() == MODEL


@pytest.mark.parametrize("token", [None, "hf_key"])
def test_unknown_repository(fake_hub: FakeHub, tmp_path: Path, token: str | None) -> None:
    """Who shows no token cannot be told whether it is private or not there."""
    code = ErrorCode.HUB_NOT_FOUND if token else ErrorCode.HUB_AUTH
    refused(store_of(fake_hub, tmp_path, token=token), code)


def test_unknown_revision(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A revision may be gone for good."""
    fake_hub.publish(REPO, m=MODEL)
    assert "revision" in refused(store_of(fake_hub, tmp_path), ErrorCode.HUB_NOT_FOUND, "0" * 40).message


@pytest.mark.parametrize("is_gated", [False, True])
def test_private_repository(fake_hub: FakeHub, tmp_path: Path, is_gated: bool) -> None:
    """It opens to its token only, which is shown to the hub and to nobody else."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.tokens[REPO] = "hf_key"
    if is_gated:
        fake_hub.gated.add(REPO)
    for token in (None, "hf_wrong"):
        error = refused(store_of(fake_hub, tmp_path, token=token), ErrorCode.HUB_AUTH)
        assert ("terms" in error.message) == is_gated
    store = store_of(fake_hub, tmp_path, token="hf_key")
    pull(store)
    assert store.path("m").read_bytes() == MODEL
    assert fake_hub.keys_shown_to_store == []


def test_token_of_the_machine_is_not_used(fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that lies about for other programs is none of ours."""
    monkeypatch.setenv("HF_TOKEN", "hf_key")
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.tokens[REPO] = "hf_key"
    refused(store_of(fake_hub, tmp_path), ErrorCode.HUB_AUTH)


def test_offline(fake_hub: FakeHub, tmp_path: Path) -> None:
    """The hub hears nothing."""
    fake_hub.publish(REPO, m=MODEL)
    refused(store_of(fake_hub, tmp_path, offline=True), ErrorCode.HUB_OFFLINE)
    assert fake_hub.asked == []


def test_hub_down(tmp_path: Path) -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused(store_of(FakeHub(url=f"http://127.0.0.1:{port}"), tmp_path), ErrorCode.HUB_UNREACHABLE)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_hub_in_trouble(fake_hub: FakeHub, tmp_path: Path, status: int) -> None:
    """Its troubles are not the person's."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.hub_faults = [Fault(status=status)]
    assert str(status) in refused(store_of(fake_hub, tmp_path), ErrorCode.HUB_UNREACHABLE).message


def test_silent_hub(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A hub that says nothing is waited for only so long, at any point."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path, seconds=0.2)
    fake_hub.hub_faults = [Fault(stall_seconds=1)]
    refused(store, ErrorCode.HUB_UNREACHABLE)
    fake_hub.store_faults = [Fault(cut_after=100_000, stall_seconds=1)]
    pull(store)
    assert store.path("m").read_bytes() == MODEL
    assert fake_hub.starts == [0, 100_000]


def test_hub_without_hashes(fake_hub: FakeHub, tmp_path: Path) -> None:
    """What cannot be verified is not fetched."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.has_hashes = False
    refused(store_of(fake_hub, tmp_path), ErrorCode.UNSUPPORTED)
    assert fake_hub.sent == []


def test_stopped(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A download that nobody wants any more ends soon and keeps what it has."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    stopped = threading.Event()

    def stop_in_the_middle(progress: PullProgress) -> None:
        if progress.done_bytes > len(MODEL) // 2:
            stopped.set()

    with pytest.raises(PullStopped):
        store.pull(store.wanted_file(REPO, "m.gguf"), stop_in_the_middle, stopped)
    (arrived,) = parts(tmp_path)
    assert len(MODEL) // 2 < arrived < len(MODEL)
    pull(store)
    assert fake_hub.starts == [0, arrived]
    assert store.path("m").read_bytes() == MODEL


def test_two_pulls_of_one_model(fake_hub: FakeHub, tmp_path: Path) -> None:
    """The second is told that there is a first; the first is not disturbed, nor is one of another model."""
    fake_hub.publish(REPO, m=MODEL, n=OTHER)
    fake_hub.store_faults = [Fault(pace_seconds=0.05)]
    store = store_of(fake_hub, tmp_path)
    first = threading.Thread(target=pull, args=(store,))
    first.start()
    assert fake_hub.has_begun.wait(5)
    refused(store_of(fake_hub, tmp_path), ErrorCode.PULL_RUNNING)
    pull(store, file="n.gguf")
    with pytest.raises(ApiError) as caught:
        store.remove("m")
    assert caught.value.code is ErrorCode.PULL_RUNNING
    first.join()
    assert (store.path("m").read_bytes(), store.path("n").read_bytes()) == (MODEL, OTHER)


KILLED = """
import sys, threading
from pathlib import Path
from hearthd.models.hub import Hub
from hearthd.models.store import ModelStore

store = ModelStore(Path(sys.argv[2]), Hub(sys.argv[1]), catalogue={}, free_disk=lambda folder: 10**12)
store.pull(store.wanted_file("maker/Model-GGUF", "m.gguf"), lambda progress: None, threading.Event())
"""


def test_killed(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A process that dies in the middle loses nothing that had arrived, and holds no lock."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.store_faults = [Fault(pace_seconds=0.1)]
    process = subprocess.Popen([sys.executable, "-c", KILLED, fake_hub.url, str(tmp_path)])
    assert fake_hub.has_begun.wait(30)
    deadline = time.monotonic() + 30
    while sum(parts(tmp_path)) < 2 * PIECE and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (arrived,) = parts(tmp_path)
    assert 2 * PIECE <= arrived < len(MODEL)
    store = store_of(fake_hub, tmp_path)
    assert store.installed() == {}
    pull(store)
    assert fake_hub.starts == [0, arrived]
    assert store.path("m").read_bytes() == MODEL


def test_damaged_lock_file(fake_hub: FakeHub, tmp_path: Path) -> None:
    """Without its pins a model still runs, but nothing is fetched: it could not be told from a wrong one."""
    fake_hub.publish(REPO, m=MODEL)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    lock = tmp_path / "lock.json"
    good = json.loads(lock.read_text())
    damaged = ["{", "[]", json.dumps(good | {"version": 2}), json.dumps({"models": {"m": {"sha256": 1}}})]
    for text in damaged:
        lock.write_text(text)
        assert "lock.json is damaged" in refused(store, ErrorCode.MODEL_FAILED).message
        assert store.installed()["m"].pin is None
        assert store.path("m").read_bytes() == MODEL
        assert lock.read_text() == text
    lock.unlink()
    pull(store)
    assert store.installed()["m"].pin is not None


def test_folder_that_cannot_be_written(fake_hub: FakeHub) -> None:
    """It is an error of the machine, with the system's words."""
    fake_hub.publish(REPO, m=MODEL)
    with pytest.raises(ApiError, match=r"lock\.json cannot be used"):
        pull(store_of(fake_hub, Path(os.devnull)))


WRONG: dict[str, tuple[str, str, str | None, ErrorCode]] = {
    "climbing repository": ("../..", "m.gguf", None, ErrorCode.INVALID_REQUEST),
    "repository with a path": ("a/b/c", "m.gguf", None, ErrorCode.INVALID_REQUEST),
    "repository without owner": ("b", "m.gguf", None, ErrorCode.INVALID_REQUEST),
    "repository as address": ("http://evil/x", "m.gguf", None, ErrorCode.INVALID_REQUEST),
    "no repository": ("", "m.gguf", None, ErrorCode.INVALID_REQUEST),
    "climbing file": (REPO, "../../m.gguf", None, ErrorCode.INVALID_REQUEST),
    "climbing inside": (REPO, "a/../m.gguf", None, ErrorCode.INVALID_REQUEST),
    "absolute file": (REPO, "/etc/m.gguf", None, ErrorCode.INVALID_REQUEST),
    "hidden file": (REPO, ".m.gguf", None, ErrorCode.INVALID_REQUEST),
    "file with a question": (REPO, "m.gguf?x=.gguf", None, ErrorCode.INVALID_REQUEST),
    "file with a null": (REPO, "m\x00.gguf", None, ErrorCode.INVALID_REQUEST),
    "file with a line": (REPO, "m.gguf\n", None, ErrorCode.INVALID_REQUEST),
    "file called by a role": (REPO, "fast.gguf", None, ErrorCode.INVALID_REQUEST),
    "no model": (REPO, "README.md", None, ErrorCode.UNSUPPORTED),
    "part of several": (REPO, "m-00001-of-00003.gguf", None, ErrorCode.UNSUPPORTED),
    "climbing revision": (REPO, "m.gguf", "../main", ErrorCode.INVALID_REQUEST),
    "empty revision": (REPO, "m.gguf", "", ErrorCode.INVALID_REQUEST),
}


@pytest.mark.parametrize(("repo", "file", "revision", "code"), WRONG.values(), ids=WRONG)
def test_names_that_are_none(
    fake_hub: FakeHub, tmp_path: Path, repo: str, file: str, revision: str | None, code: ErrorCode
) -> None:
    """Nothing reaches the hub or the disk that is not a plain name."""
    refused(store_of(fake_hub, tmp_path / "models"), code, revision, file, repo)
    assert (fake_hub.asked, list(tmp_path.iterdir())) == ([], [])


def test_two_files_of_one_name(fake_hub: FakeHub, tmp_path: Path) -> None:
    """A file never takes the place of another repository's."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.publish("other/Model-GGUF", m=OTHER)
    store = store_of(fake_hub, tmp_path)
    pull(store)
    assert "remove it first" in refused(store, ErrorCode.INVALID_REQUEST, repo="other/Model-GGUF").message
    assert store.path("m").read_bytes() == MODEL
