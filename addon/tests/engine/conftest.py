"""Give the engine's tests real, tiny models, made once per session."""

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys

import pytest

GENERATOR = Path(__file__).parents[2] / "training" / "tiny_gguf.py"

type MakeModel = Callable[..., Path]


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> MakeModel:
    """Return a function that writes a tiny model of a format and seed, and returns its path."""
    folder = tmp_path_factory.mktemp("models")

    def make(form: str = "hermes", seed: int = 0, name: str | None = None) -> Path:
        path = folder / (name or f"{form}-{seed}.gguf")
        if not path.exists():
            command = [sys.executable, str(GENERATOR), str(path), "--format", form, "--seed", str(seed)]
            subprocess.run(command, check=True, timeout=60, capture_output=True)
        return path

    return make


@pytest.fixture(scope="session")
def tiny_model(make_model: MakeModel) -> Path:
    """Return the path of the tiny model that speaks Hermes' format."""
    return make_model()
