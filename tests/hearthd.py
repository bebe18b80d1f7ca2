"""Run a real hearthd."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
from typing import Any, Final

ADDON: Final = Path(__file__).parent.parent / "addon"

_PROGRAM: Final = ADDON / ".venv" / "bin" / "hearthd"
_READY: Final = "hearthd engine listening on "
_TOKEN: Final = "a-token-for-tests"
_STOP_SECONDS: Final = 10


@dataclass(frozen=True)
class Hearthd:
    """A running engine whose `fast` model says what `script` was given."""

    url: str
    token: str
    instance_id: str
    script_file: Path
    pid: int

    def script(self, exchanges: Sequence[dict[str, Any]], *, loop: bool = False) -> None:
        """Let the model answer its next requests by these exchanges, in order."""
        self.script_file.write_text(json.dumps({"exchanges": list(exchanges), "loop": loop}))


@contextmanager
def running(
    folder: Path, model: Path | str | None = None, options: Sequence[str] = (), *, is_free: bool = False
) -> Generator[Hearthd]:
    """Run hearthd on a free port, its data in `folder`, until the block ends; without a model with a scripted one.

    One that `is_free` is told of no model at all: each role is there to be given away.
    """
    script_file = folder / "script.json"
    script_file.write_text('{"exchanges": []}')
    command = [str(_PROGRAM), "engine", "--port", "0", "--token", _TOKEN, "--data", str(folder / "data"), *options]
    if not is_free:
        command += ["--model", f"fast={model or f'scripted:{script_file}'}"]
    with (
        (folder / "hearthd.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            url = _wait_for_url(process)
            yield Hearthd(url, _TOKEN, (folder / "data" / "instance_id").read_text().strip(), script_file, process.pid)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _wait_for_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise RuntimeError("hearthd did not start")
