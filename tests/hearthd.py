"""Run a real hearthd with a scripted model."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import subprocess
from typing import Any, Final
from urllib.request import Request, urlopen

from pytest_socket import disable_socket, enable_socket

_PROGRAM: Final = Path(__file__).parent.parent / "addon" / ".venv" / "bin" / "hearthd"
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

    def script(self, exchanges: Sequence[dict[str, Any]], *, loop: bool = False) -> None:
        """Let the model answer its next requests by these exchanges, in order."""
        self.script_file.write_text(json.dumps({"exchanges": list(exchanges), "loop": loop}))


@contextmanager
def running(folder: Path) -> Generator[Hearthd]:
    """Run hearthd on a free port, its data in `folder`, until the block ends."""
    script_file = folder / "script.json"
    script_file.write_text('{"exchanges": []}')
    command = [str(_PROGRAM), "engine", "--port", "0", "--token", _TOKEN, "--data", str(folder / "data")]
    command += ["--model", f"fast=scripted:{script_file}"]
    with (
        (folder / "hearthd.log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            url = _wait_for_url(process)
            yield Hearthd(url, _TOKEN, _instance_id(url), script_file)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def _wait_for_url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise RuntimeError("hearthd did not start")


def _instance_id(url: str) -> str:
    request = Request(f"{url}/v1/info", headers={"Authorization": f"Bearer {_TOKEN}"})
    # The harness has closed the sockets by now, for the sake of the test that is about to run.
    enable_socket()
    try:
        with urlopen(request, timeout=10) as response:
            return str(json.load(response)["instance_id"])
    finally:
        disable_socket(allow_unix_socket=True)
