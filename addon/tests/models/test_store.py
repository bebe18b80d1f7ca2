"""Test what a store knows of the models that are there, and what is added to it and taken from it by hand."""

from collections.abc import Callable
import hashlib
from pathlib import Path
import threading

import pytest

from hearthd.errors import ApiError, ErrorCode
from hearthd.models.hub import Hub
from hearthd.models.hub_file import HubFile
from hearthd.models.store import ModelStore, open_store
from hearthd.settings import Settings
from tests.models.fake_hub import FakeHub, Fault, gguf_bytes

MODEL = gguf_bytes(1024)
OTHER = gguf_bytes(1024, seed=b"other")
REPO = "maker/Model-GGUF"


@pytest.fixture
def store(tmp_path: Path, fake_hub: FakeHub) -> ModelStore:
    """Return an empty store whose hub has one model."""
    fake_hub.publish(REPO, m=MODEL)
    return ModelStore(tmp_path / "models", Hub(fake_hub.url, seconds=2), free_disk=lambda _folder: 10**12)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a model's file that lies elsewhere."""
    path = tmp_path / "My-Model.Q4_0.gguf"
    path.write_bytes(OTHER)
    return path


def pull(store: ModelStore, revision: str | None = None) -> None:
    """Fetch the model of the hub."""
    store.pull(store.wanted_file(REPO, "m.gguf", revision), lambda _progress: None, threading.Event())


def code_of(act: Callable[[], object]) -> ErrorCode:
    """Return why something was refused."""
    with pytest.raises(ApiError) as caught:
        act()
    return caught.value.code


def latest(store: ModelStore, model_id: str = "m") -> str | None:
    """Return the newest revision that is known of a model."""
    pin = store.installed()[model_id].pin
    assert pin is not None
    return pin.latest_revision


def test_empty_store(store: ModelStore, tmp_path: Path) -> None:
    """Looking makes nothing."""
    assert (store.installed(), store.models_bytes(), store.free_bytes()) == ({}, 0, 10**12)
    assert code_of(lambda: store.path("m")) is ErrorCode.MODEL_MISSING
    assert not (tmp_path / "models").exists()


def test_settings_open_a_store(tmp_path: Path, fake_hub: FakeHub) -> None:
    """The folder, the hub and its token are those of the settings."""
    fake_hub.publish(REPO, m=MODEL)
    fake_hub.tokens[REPO] = "hf_key"
    store = open_store(Settings(tmp_path, hub_url=fake_hub.url, hub_token="hf_key"))
    pull(store)
    assert store.path("m") == tmp_path / "models" / "m.gguf"
    assert code_of(lambda: pull(open_store(Settings(tmp_path, offline=True)))) is ErrorCode.HUB_OFFLINE


def test_add(store: ModelStore, own: Path) -> None:
    """A file of one's own stays where it is, is hashed, and serves under its name."""
    assert store.add(own) == "My-Model.Q4_0"
    model = store.installed()["My-Model.Q4_0"]
    assert model.pin is not None
    assert (model.pin.source, model.pin.file, model.pin.repo) == ("local", own.name, None)
    assert model.pin.sha256 == hashlib.sha256(OTHER).hexdigest()
    assert model.size_bytes == len(OTHER)
    assert store.path("My-Model.Q4_0").resolve() == own
    assert store.models_bytes() < len(OTHER)


def test_add_under_another_id(store: ModelStore, own: Path) -> None:
    """One may choose the id, and the same file may have two."""
    assert (store.add(own, "a"), store.add(own, "b")) == ("a", "b")
    assert store.installed().keys() == {"a", "b"}


def test_added_file_that_went_away(store: ModelStore, own: Path) -> None:
    """It is not installed while it is away."""
    store.add(own, "own")
    away = own.rename(own.with_name("away.gguf"))
    assert store.installed() == {}
    assert code_of(lambda: store.path("own")) is ErrorCode.MODEL_MISSING
    assert code_of(lambda: store.add(away, "own")) is ErrorCode.INVALID_REQUEST
    away.rename(own)
    assert store.path("own").read_bytes() == OTHER


REFUSED: dict[str, tuple[str, str | None, ErrorCode]] = {
    "relative path": ("own.gguf", "a", ErrorCode.INVALID_REQUEST),
    "no file": ("/nowhere/own.gguf", "a", ErrorCode.MODEL_MISSING),
    "folder": ("/tmp", "a", ErrorCode.MODEL_MISSING),
    "device": ("/dev/zero", "a", ErrorCode.MODEL_MISSING),
    "no model": (__file__, "a", ErrorCode.MODEL_FAILED),
    "climbing id": (__file__, "../a", ErrorCode.INVALID_REQUEST),
    "id of a role": (__file__, "fast", ErrorCode.INVALID_REQUEST),
    "empty id": (__file__, "", ErrorCode.INVALID_REQUEST),
    "name that is no id": ("/nowhere/my model.gguf", None, ErrorCode.INVALID_REQUEST),
}


@pytest.mark.parametrize(("path", "model_id", "code"), REFUSED.values(), ids=REFUSED)
def test_add_refused(store: ModelStore, path: str, model_id: str | None, code: ErrorCode) -> None:
    """Nothing is added that could not serve."""
    assert code_of(lambda: store.add(Path(path), model_id)) is code
    assert store.installed() == {}


def test_add_does_not_replace(store: ModelStore, own: Path) -> None:
    """A model that is there must be removed first, whichever way it came."""
    pull(store)
    assert code_of(lambda: store.add(own, "m")) is ErrorCode.INVALID_REQUEST
    store.remove("m")
    store.add(own, "m")
    assert code_of(lambda: pull(store)) is ErrorCode.INVALID_REQUEST
    assert store.path("m").read_bytes() == OTHER


def test_remove(store: ModelStore, own: Path, tmp_path: Path) -> None:
    """What was fetched is deleted, a file of one's own is only forgotten."""
    pull(store)
    store.add(own, "own")
    store.remove("m")
    store.remove("own")
    assert store.installed() == {}
    assert own.read_bytes() == OTHER
    assert list((tmp_path / "models").glob("*.gguf")) == []
    for gone in ("m", "own"):
        assert code_of(lambda gone=gone: store.remove(gone)) is ErrorCode.UNKNOWN_MODEL  # type: ignore[misc]


@pytest.mark.parametrize("name", ["../m", "/etc/passwd", "", ".", "fast", "m.gguf/x"])
def test_remove_of_what_is_no_id(store: ModelStore, name: str) -> None:
    """Nothing outside the folder is touched."""
    assert code_of(lambda: store.remove(name)) is ErrorCode.INVALID_REQUEST


def test_remove_takes_what_was_not_finished(store: ModelStore, fake_hub: FakeHub, tmp_path: Path) -> None:
    """A download that was given up gives its room back, and no other model's is touched."""
    fake_hub.publish("maker/Other-GGUF", **{"m.x": gguf_bytes()})
    fake_hub.store_faults = [Fault(cut_after=100_000), Fault(status=404)]
    with pytest.raises(ApiError):
        store.pull(store.wanted_file("maker/Other-GGUF", "m.x.gguf"), lambda _progress: None, threading.Event())
    pull(store)
    assert store.models_bytes() > 100_000
    assert code_of(lambda: store.remove("x")) is ErrorCode.UNKNOWN_MODEL
    store.remove("m")
    assert [path.stat().st_size for path in (tmp_path / "models").glob(".*.part")] == [100_000]
    store.remove("m.x")
    assert list((tmp_path / "models").glob(".*.part")) == []


def test_remove_with_a_damaged_lock_file(store: ModelStore, tmp_path: Path) -> None:
    """Room can be made whatever else is wrong."""
    pull(store)
    (tmp_path / "models" / "lock.json").write_text("{")
    store.remove("m")
    assert store.installed() == {}


def test_file_put_there_by_hand(store: ModelStore, tmp_path: Path) -> None:
    """It serves, but nothing is known of it; what is no model's name is passed over."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("mine.gguf", "my model.gguf", "fast.gguf", "notes.txt"):
        (folder / name).write_bytes(MODEL)
    (folder / "folder.gguf").mkdir()
    assert store.installed().keys() == {"mine"}
    assert store.installed()["mine"].pin is None
    assert store.path("mine").read_bytes() == MODEL


def test_pull_known_by_its_id(store: ModelStore) -> None:
    """What was once fetched by repository and file can be fetched by its id."""
    assert code_of(lambda: store.wanted("m")) is ErrorCode.UNKNOWN_MODEL
    pull(store)
    store.remove("m")
    wanted = store.wanted("m")
    assert (wanted.repo, wanted.file, wanted.revision) == (REPO, "m.gguf", None)


def test_check_for_updates(store: ModelStore, fake_hub: FakeHub, own: Path) -> None:
    """Only other bytes are news; a commit to the page is not, nor is anything about a file of one's own."""
    pull(store)
    store.add(own, "own")
    first = latest(store)
    store.check_for_updates()
    assert latest(store) == first
    fake_hub.publish(REPO, m=MODEL, n=OTHER)
    store.check_for_updates()
    assert latest(store) == first
    newer = fake_hub.publish(REPO, m=OTHER)
    store.check_for_updates()
    assert (latest(store), latest(store, "own")) == (newer, None)
    assert all(REPO in request for request in fake_hub.asked)
    fake_hub.publish(REPO, m=MODEL)
    store.check_for_updates()
    assert latest(store) == first


def test_check_beside_a_pull(store: ModelStore, fake_hub: FakeHub) -> None:
    """A model that becomes newer while the hub is asked keeps its new pin."""
    pull(store)
    newer = fake_hub.publish(REPO, m=OTHER)
    locate = store.hub.locate

    def locate_slowly(repo: str, file: str, revision: str | None = None) -> HubFile:
        store.hub.locate = locate  # type: ignore[method-assign]
        found = locate(repo, file, revision)
        fake_hub.publish(REPO, m=MODEL)
        pull(store, newer)
        return found

    store.hub.locate = locate_slowly  # type: ignore[method-assign]
    store.check_for_updates()
    pin = store.installed()["m"].pin
    assert pin is not None
    assert (pin.revision, pin.sha256) == (newer, hashlib.sha256(OTHER).hexdigest())


def test_check_asks_for_all_whatever_fails(store: ModelStore, fake_hub: FakeHub) -> None:
    """One repository that is gone does not hide the news of another."""
    fake_hub.publish("a/gone", gone=MODEL)
    for name in ("a/gone", REPO):
        file = "gone.gguf" if name == "a/gone" else "m.gguf"
        store.pull(store.wanted_file(name, file), lambda _progress: None, threading.Event())
    del fake_hub.commits["a/gone", "main"]
    newer = fake_hub.publish(REPO, m=OTHER)
    assert code_of(store.check_for_updates) is ErrorCode.HUB_AUTH
    assert latest(store) == newer


@pytest.mark.parametrize("kind", ["pull", "add", "remove"])
def test_folder_without_rights(store: ModelStore, own: Path, tmp_path: Path, kind: str) -> None:
    """What the system says of the folder is said, and nothing of where it is."""
    folder = tmp_path / "models"
    if kind == "remove":
        (folder / "m.gguf").mkdir(parents=True)
    else:
        folder.write_text("a file where the folder should be")
    act = {"pull": lambda: pull(store), "add": lambda: store.add(own, "own"), "remove": lambda: store.remove("m")}
    with pytest.raises(ApiError) as caught:
        act[kind]()
    assert caught.value.code is ErrorCode.MODEL_FAILED
    assert str(tmp_path) not in caught.value.message
