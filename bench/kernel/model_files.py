"""Keep the generated models in the user's cache, and make them anew when what makes them changes."""

import asyncio
import hashlib
import os
from pathlib import Path

import homeassistant
from homeassistant.const import __version__ as home_assistant_version

from demo.home import ROOT
from demo.processes import own_environment

_TRAINING = ROOT / "addon" / "training"
_PYTHON = ROOT / "addon" / ".venv" / "bin" / "python"
_SOURCES = ("realistic_gguf.py", "realistic_vocabulary.py", "tiny_vocabulary.py")
_PATIENCE_SECONDS = 300


async def generated_model(size: str, weights: str) -> Path:
    """Return a model of random weights; `size` and `weights` are those of addon/training/realistic_gguf.py.

    Raises:
        RuntimeError: it could not be made.
    """
    folder = _cache() / "models"
    path = folder / f"random-{size}-{weights}-{_fingerprint()}.gguf"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    components = Path(homeassistant.__path__[0]) / "components"
    command: list[str | Path] = [_PYTHON, _TRAINING / "realistic_gguf.py", unfinished, "--components", components]
    command += ["--size", size, "--weights", weights]
    process = await asyncio.create_subprocess_exec(*command, env=own_environment(), stdout=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        code = await process.wait()
    if code:
        raise RuntimeError(f"realistic_gguf.py ended with code {code}")
    for stale in folder.glob(f"random-{size}-{weights}-*.gguf"):
        stale.unlink()
    unfinished.rename(path)
    return path


def _cache() -> Path:
    """Return Hearth's own folder in the user's cache, the one that script/setup uses."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("HEARTH_CACHE") or Path(base) / "hearth")


def _fingerprint() -> str:
    """Return what changes with the code that makes the models, and with the words that their vocabulary is from."""
    digest = hashlib.sha256(home_assistant_version.encode())
    for name in _SOURCES:
        digest.update((_TRAINING / name).read_bytes())
    return digest.hexdigest()[:12]
