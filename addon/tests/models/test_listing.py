"""Test how models are described to clients and on the command line."""

from pathlib import Path
import shutil
import threading

import pytest

from hearthd.models.catalogue import read_catalogue
from hearthd.models.hub import Hub
from hearthd.models.listing import describe_models
from hearthd.models.store import ModelStore
from hearthd.settings import Wishes
from tests.models.fake_hub import FakeHub, gguf_bytes

KEYS = {
    "id", "name", "repo", "file", "licence", "parameters", "active_parameters", "context_length", "family", "roles",
    "notes", "source", "installed", "fit",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, fake_hub: FakeHub) -> ModelStore:
    """Return a store with a model of the hub that the catalogue does not have, and one of the catalogue's."""
    entry = read_catalogue()["qwen3-0.6b"]
    fake_hub.publish("maker/Model-GGUF", m=gguf_bytes(1024))
    fake_hub.publish(entry.repo, **{entry.file.removesuffix(".gguf"): gguf_bytes(1024)})
    store = ModelStore(tmp_path, Hub(fake_hub.url), free_disk=lambda _folder: 10**12)
    for wanted in (store.wanted_file("maker/Model-GGUF", "m.gguf"), store.wanted(entry.id)):
        store.pull(wanted, lambda _progress: None, threading.Event())
    return store


def test_catalogue_and_what_is_installed(store: ModelStore) -> None:
    """The catalogue comes first, in its order; every model has the same fields."""
    models = describe_models(store, Wishes())
    assert [model["id"] for model in models] == [*read_catalogue(), "m"]
    assert all(model.keys() == KEYS for model in models)
    assert all(model["fit"].keys() == {"verdict", "reason", "suggestion", "needs_bytes"} for model in models)
    assert [model["id"] for model in models if model["installed"]] == ["qwen3-0.6b", "m"]
    assert {key for model in models if model["installed"] for key in model["installed"]} == {
        "size_bytes", "sha256", "revision", "latest_revision", "pulled_at", "source",
    }  # fmt: skip


def test_model_of_the_hub_that_the_catalogue_lacks(store: ModelStore) -> None:
    """It is known where it came from, and no more."""
    model = describe_models(store, Wishes())[-1]
    assert (model["name"], model["repo"], model["file"], model["roles"]) == ("m", "maker/Model-GGUF", "m.gguf", [])
    assert model["installed"]["source"] == "hub"


def test_file_put_there_by_hand(store: ModelStore, tmp_path: Path, tiny_model: Path) -> None:
    """It counts as one's own; whether it fits is read from its header, again when it has changed."""
    path = tmp_path / "mine.gguf"
    shutil.copy(tiny_model, path)
    model = describe_models(store, Wishes())[-1]
    assert (model["id"], model["repo"]) == ("mine", None)
    assert model["installed"] == {
        "size_bytes": tiny_model.stat().st_size,
        "sha256": None,
        "revision": None,
        "latest_revision": None,
        "pulled_at": None,
        "source": "local",
    }
    assert model["fit"]["verdict"] == "good"
    assert 0 < model["fit"]["needs_bytes"] < 10**9
    path.write_bytes(b"no model any more")
    fit = describe_models(store, Wishes())[-1]["fit"]
    assert (fit["verdict"], fit["needs_bytes"]) == ("no", None)
    assert "damaged" in fit["reason"]


def test_wishes_count(store: ModelStore, tmp_path: Path, tiny_model: Path) -> None:
    """A verdict is about the model as it would be run."""
    shutil.copy(tiny_model, tmp_path / "mine.gguf")
    fit = describe_models(store, Wishes(context_length=8192, cache_tokens=1024))[-1]["fit"]
    assert fit["verdict"] == "no"
    assert "cache_tokens" in fit["suggestion"]
