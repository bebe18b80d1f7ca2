"""Give every test real engines and scripts for them."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from hearthd.engine.backend import Backend
from hearthd.engine.roles import Choices
from hearthd.settings import ModelRef, Role, ScriptedRef, Settings
from tests.running_engine import RunningEngine, StartEngine, WriteScript, run_engine

TINY_MODELS = Path(__file__).parents[1] / "training" / "tiny_gguf.py"


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that writes a tiny model of a format, shape, seed and sharpness, and returns its path."""
    folder = tmp_path_factory.mktemp("models")

    def make(
        form: str = "hermes", seed: int = 0, name: str | None = None, shape: str = "attention", sharpness: float = 1.0
    ) -> Path:
        path = folder / (name or f"{form}-{shape}-{seed}-{sharpness}.gguf")
        if not path.exists():
            options = {"--format": form, "--shape": shape, "--seed": seed, "--sharpness": sharpness}
            words = [str(word) for option in options.items() for word in option]
            subprocess.run([sys.executable, TINY_MODELS, path, *words], check=True, timeout=60, capture_output=True)
        return path

    return make


@pytest.fixture(scope="session")
def tiny_model(make_model: Callable[..., Path]) -> Path:
    """Return the path of the tiny model that speaks Hermes' format."""
    return make_model()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio only, as the engine does."""
    return "asyncio"


@pytest.fixture
def write_script(tmp_path: Path) -> WriteScript:
    """Return a function that writes a script of replies and returns the reference to it."""

    def write(*replies: Mapping[str, Any], loop: bool = False, name: str = "script") -> ScriptedRef:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"exchanges": [{"reply": reply} for reply in replies], "loop": loop}))
        return ScriptedRef(path)

    return write


@pytest.fixture
async def start_engine() -> AsyncGenerator[StartEngine]:
    """Return a function that starts an engine, which ends with the test."""
    async with AsyncExitStack() as stack:

        async def start(
            refs: Mapping[Role, ModelRef] | ModelRef | None = None,
            *,
            make_backend: Callable[[ModelRef], Backend] | None = None,
            choices: Choices | None = None,
            keep_alive_s: float = 15.0,
            look_again_seconds: float = 30.0,
            data: Path = Path("/nowhere"),
            **options: Any,
        ) -> RunningEngine:
            roles = refs if isinstance(refs, Mapping) or refs is None else {Role.FAST: refs}
            settings = Settings(data, models=roles or {}, **options)
            return await stack.enter_async_context(
                run_engine(
                    settings,
                    make_backend,
                    choices=choices,
                    keep_alive_s=keep_alive_s,
                    look_again_seconds=look_again_seconds,
                )
            )

        yield start
