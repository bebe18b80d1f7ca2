"""Run the scripts of the app's services, and check the tree that s6 reads them from."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
import json
import os
from pathlib import Path
import shutil
import subprocess
from threading import Thread
from typing import Any, override

import pytest

ROOTFS = Path(__file__).parents[2] / "addon/rootfs"
TREE = ROOTFS / "etc/s6-overlay/s6-rc.d"
SCRIPTS = ROOTFS / "etc/s6-overlay/scripts"
SERVICES = sorted(path.name for path in TREE.iterdir() if path.name != "user")
# What s6-overlay brings itself.
BUNDLED = {"base"}
DO_NOT_RESTART = 125
TOKEN = 'the-engine\'s "token"'

needs_tools = pytest.mark.skipif(
    not shutil.which("jq") or not shutil.which("curl"), reason="jq and curl, which the image has, are not here"
)


class Supervisor(HTTPServer):
    """A Supervisor that takes, or does not take, discovery messages."""

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Answer)
        self.status = 200
        self.received: list[tuple[str, str | None, Any]] = []


class Answer(BaseHTTPRequestHandler):
    """Keep what was posted and answer as told."""

    server: Supervisor

    def do_POST(self) -> None:
        """Take one message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def supervisor(socket_enabled: None) -> Iterator[Supervisor]:
    """Run a Supervisor."""
    server = Supervisor()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Make a folder with the programs of the image that a script calls, the engine being well."""
    write_program(tmp_path / "s6-setuidgid", 'shift; exec "$@"')
    write_program(tmp_path / "hearthd", f"case $1 in token) cat <<'END'\n{TOKEN}\nEND\n;; check) exit 0 ;; esac")
    return tmp_path


def write_program(path: Path, body: str) -> None:
    """Write a shell script that can be run."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def announce(programs: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the discovery script."""
    return subprocess.run(
        ["bash", SCRIPTS / "discovery"],
        env={"PATH": f"{programs}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def environment_of(supervisor: Supervisor) -> dict[str, str]:
    """Return what Supervisor gives an app."""
    return {
        "SUPERVISOR_TOKEN": "supervisor-token",
        "HEARTH_SUPERVISOR": f"http://127.0.0.1:{supervisor.server_port}",
        "HEARTH_PATIENCE": "0",
    }


@needs_tools
def test_engine_is_announced(supervisor: Supervisor, programs: Path) -> None:
    """Home Assistant is told the host, the port and the token, and the log is not told the token."""
    result = announce(programs, **environment_of(supervisor))
    ((path, authorization, message),) = supervisor.received
    assert (path, authorization) == ("/discovery", "Bearer supervisor-token")
    assert message == {
        "service": "hearth",
        "config": {"host": os.uname().nodename, "port": 8765, "token": TOKEN},
    }
    assert result.returncode == 0
    assert "Home Assistant knows of the engine" in result.stdout
    assert TOKEN not in result.stdout + result.stderr
    assert "supervisor-token" not in result.stdout + result.stderr


@needs_tools
def test_refused_announcement_is_forgiven(supervisor: Supervisor, programs: Path) -> None:
    """An engine that could not be announced still runs."""
    supervisor.status = 400
    result = announce(programs, **environment_of(supervisor))
    assert len(supervisor.received) == 1
    assert result.returncode == 0
    assert "add Hearth by hand" in result.stdout


def test_silent_engine_is_not_announced(supervisor: Supervisor, programs: Path) -> None:
    """Nobody is sent to an engine that does not answer, and the container goes on."""
    write_program(programs / "hearthd", "exit 1")
    result = announce(programs, **environment_of(supervisor))
    assert supervisor.received == []
    assert result.returncode == 0
    assert "did not answer" in result.stdout


def test_without_supervisor_nothing_is_announced(programs: Path) -> None:
    """The image also runs where there is no Supervisor."""
    result = announce(programs)
    assert result.returncode == 0
    assert "no Supervisor" in result.stdout


@pytest.mark.parametrize(
    ("code", "signal", "status", "words"),
    [
        pytest.param("0", "0", 0, "", id="asked to end"),
        pytest.param("2", "0", DO_NOT_RESTART, "does not accept its configuration", id="wrong configuration"),
        pytest.param("1", "0", 0, "code 1", id="failed"),
        pytest.param("256", "11", 0, "signal 11", id="crashed"),
    ],
)
def test_end_of_the_engine(code: str, signal: str, status: int, words: str, tmp_path: Path) -> None:
    """S6 starts a failed engine again, a moment later, but not one that can't be configured."""
    sleep = tmp_path / "sleep"
    sleep.write_text(f'#!/bin/sh\nprintf %s "$1" >{tmp_path}/slept\n')
    sleep.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    finish = [TREE / "engine/finish", code, signal, "engine", "0"]
    result = subprocess.run(finish, env=path, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, words in result.stdout) == (status, True)
    # s6 grants it 5 seconds.
    slept = tmp_path / "slept"
    assert (slept.read_text() if slept.exists() else None) == ("3" if code in {"1", "256"} else None)


@pytest.mark.parametrize("service", SERVICES)
def test_service_is_complete(service: str) -> None:
    """Each service has what its type asks for, is started, and depends on what there is."""
    folder = TREE / service
    kind = (folder / "type").read_text().strip()
    program = folder / "run" if kind == "longrun" else ROOTFS / (folder / "up").read_text().strip().lstrip("/")
    assert kind in {"longrun", "oneshot"}
    assert os.access(program, os.X_OK)
    assert (TREE / "user/contents.d" / service).is_file()
    assert {path.name for path in (folder / "dependencies.d").iterdir()} <= {*SERVICES, *BUNDLED}


def test_everything_started_exists() -> None:
    """The bundle names no service that is not there."""
    assert sorted(path.name for path in (TREE / "user/contents.d").iterdir()) == SERVICES


def test_no_service_halts_the_container() -> None:
    """The services end and start on their own; only Supervisor ends them all."""
    scripts = [*TREE.glob("*/run"), *TREE.glob("*/finish"), *SCRIPTS.iterdir()]
    assert [path.name for path in scripts if "basedir/bin/halt" in path.read_text()] == []
