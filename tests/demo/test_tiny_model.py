"""Test that the demo's own model is made once, whole, and again when its generator changes."""

from pathlib import Path

import pytest

from demo import tiny_model as module
from demo.home import ROOT
from demo.processes import ProgramFailedError
from demo.tiny_model import tiny_model


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep the model in a folder of the test's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hearth"


def test_it_is_made_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second call finds the first one's file, under the same environment that script/demo sets."""
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    path = tiny_model()
    assert path.read_bytes()[:4] == b"GGUF"
    made = path.stat().st_mtime_ns
    assert tiny_model() == path
    assert path.stat().st_mtime_ns == made
    assert list(cache.iterdir()) == [path]


def test_another_generator_makes_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file of an older version is not taken for one of this."""
    first = tiny_model()
    training = tmp_path / "training"
    training.mkdir()
    for source in (ROOT / "addon" / "training").glob("tiny_*.py"):
        (training / source.name).write_text(f"{source.read_text()}\n# changed\n")
    monkeypatch.setattr(module, "_TRAINING", training)
    assert tiny_model() != first


@pytest.mark.parametrize(("python", "words"), [("/nowhere/python", "No such file"), ("/bin/false", "cannot be made")])
def test_a_failure_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch, python: str, words: str) -> None:
    """Nothing unfinished is left behind under the model's name."""
    monkeypatch.setattr(module, "_PYTHON", Path(python))
    with pytest.raises(ProgramFailedError, match=words):
        tiny_model()
    assert not list(cache.glob("*.gguf"))
