"""Make a model of a few kilobytes: it needs no download, answers at once, and its words mean nothing."""

from hashlib import sha256
import os
from pathlib import Path
import subprocess

from .home import ROOT
from .processes import ProgramFailedError, own_environment

_TRAINING = ROOT / "addon" / "training"
_PYTHON = ROOT / "addon" / ".venv" / "bin" / "python"
_MAKE_SECONDS = 60.0
# Its words are short, so that the home's description takes more of them than of a real model's; and its steps are so
# small that a second thread only waits for the first.
SETTINGS = {"HEARTH_CONTEXT_LENGTH": "32768", "HEARTH_THREADS": "1"}
WORDS = (
    "But the model of this check has random weights: what it says means nothing, and it may do anything that it is "
    "let. It only shows that llama.cpp's words stream through Hearth and Home Assistant."
)


def tiny_model() -> Path:
    """Return the model's file, made once for each version of its generator.

    Raises:
        ProgramFailedError: it could not be made.
    """
    sources = sorted(_TRAINING.glob("tiny_*.py"))
    version = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = cache / "hearth" / f"tiny-{version}.gguf"
    if not path.exists():
        _make(path)
    return path


def _make(path: Path) -> None:
    """Write the model whole or not at all."""
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    try:
        made = subprocess.run(
            [_PYTHON, _TRAINING / "tiny_gguf.py", unfinished],
            env=own_environment(),
            capture_output=True,
            text=True,
            timeout=_MAKE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise ProgramFailedError(f"the tiny model cannot be made: {err}") from err
    if made.returncode != 0:
        raise ProgramFailedError(f"the tiny model cannot be made:\n{made.stderr}")
    unfinished.rename(path)
