"""Test the command line as a person uses it: real processes, real signals."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
import contextlib
from itertools import count
import json
import os
from pathlib import Path
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import httpx
import pytest

from hearthd.cli import main

LISTENING = "hearthd engine listening on "
# Of its own accord it takes two or three; on a busy machine it may be given more.
STOP_SECONDS = 30
HELLO = {"model": "fast", "messages": [{"role": "user", "content": "private words"}], "stream": True}

type Start = Callable[..., subprocess.Popen[str]]


def environment(**values: str) -> dict[str, str]:
    """Return this process's environment without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HEARTH_")} | values


def run(*arguments: str, **values: str) -> subprocess.CompletedProcess[str]:
    """Run hearthd to its end."""
    command = [sys.executable, "-m", "hearthd", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment(**values))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts an engine, which ends with the test."""
    processes: list[subprocess.Popen[str]] = []

    def begin(*arguments: str, **values: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "hearthd", "engine", "--data", str(tmp_path), "--port", "0", *arguments]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment(**values))
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    """Wait until an engine listens and return where."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(LISTENING)
    return line.removeprefix(LISTENING).strip()


def client(url: str, tmp_path: Path) -> httpx.Client:
    """Return a client that holds the engine's token."""
    token = (tmp_path / "token").read_text().strip()
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def script(tmp_path: Path, reply: Mapping[str, object]) -> str:
    """Write a script of one reply and return the reference to it."""
    (tmp_path / "script.json").write_text(json.dumps({"exchanges": [{"reply": reply}]}))
    return f"scripted:{tmp_path / 'script.json'}"


def test_engine_serves(start: Start, tmp_path: Path) -> None:
    """The line on stdout means that the engine answers; the token it made is the one that opens it."""
    process = start("--model", script(tmp_path, {"content": "Hi."}))
    url = address(process)
    with client(url, tmp_path) as asking:
        assert asking.get("/health").json()["protocol_version"] == 1
        assert asking.post("/v1/chat/completions", json=HELLO | {"stream": False}).status_code == 200
    process.send_signal(signal.SIGTERM)
    output, log = process.communicate(timeout=STOP_SECONDS)
    assert process.returncode == 0
    assert output == ""
    assert "private words" not in log
    assert (tmp_path / "token").read_text().strip() not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("content", ["Well", ""], ids=["speaking", "silent"])
def test_signal_ends_streams(start: Start, tmp_path: Path, sent: signal.Signals, content: str) -> None:
    """A signal ends what runs with its reason, and the process with success."""
    process = start("--model", script(tmp_path, {"content": content, "hang": True}))
    url = address(process)
    with client(url, tmp_path) as asking, ThreadPoolExecutor() as pool:
        reply = pool.submit(asking.post, "/v1/chat/completions", json=HELLO)
        while not asking.get("/v1/info").json()["roles"]["fast"]["statistics"]["running"]:
            time.sleep(0.02)
        process.send_signal(sent)
        text = reply.result().text
    assert '"code":"shutting_down"' in text
    assert process.wait(timeout=STOP_SECONDS) == 0


def test_signal_does_not_wait_for_clients(start: Start, tmp_path: Path) -> None:
    """An idle connection, half a request and a client that does not read hold nothing up."""
    flood = script(tmp_path, {"content": "word " * 2_000_000, "chunk_size": 50_000})
    process = start("--model", flood)
    url = address(process)
    port = int(url.rpartition(":")[2])
    token = (tmp_path / "token").read_text().strip()
    body = json.dumps(HELLO).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    requests = (b"", head + body[:10], head + body)
    connections = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in requests]
    for connection, request in zip(connections, requests, strict=True):
        connection.sendall(request)
    assert connections[-1].recv(12) == b"HTTP/1.1 200"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=STOP_SECONDS) == 0
    for connection in connections:
        connection.close()


def test_engine_without_models(start: Start) -> None:
    """An engine that has no model is well."""
    url = address(start())
    assert httpx.get(f"{url}/health").json()["status"] == "ok"


def test_settings_reach_the_engine(start: Start, tmp_path: Path) -> None:
    """Flag, environment and options file meet in one engine."""
    options = tmp_path / "options.json"
    options.write_text(json.dumps({"max_queue": 3, "models": {"reasoning": script(tmp_path, {})}}))
    process = start("--options", str(options), "--max-body", "2048", HEARTH_MODEL="/nowhere/m.gguf")
    with client(address(process), tmp_path) as asking:
        info = asking.get("/v1/info").json()
    assert info["limits"] == {"max_body_bytes": 2048, "max_document_bytes": 20 * 1024**2, "max_queue": 3}
    assert (info["roles"]["fast"]["model"], info["roles"]["fast"]["backend"]) == ("m", "local")
    assert info["roles"]["reasoning"]["backend"] == "scripted"


def test_key_is_not_logged(start: Start, tmp_path: Path) -> None:
    """Not even the most talkative log holds the key for a remote server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = start(
            "--model", f"http://127.0.0.1:{port}/v1#m", "--log-level", "debug", HEARTH_REMOTE_KEY="hush-hush"
        )
        url = address(process)
        connection, _ = listener.accept()
        assert b"Bearer hush-hush" in connection.recv(65536)
        connection.close()
        httpx.get(f"{url}/health", headers={"Authorization": "Bearer hush-too"})
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=STOP_SECONDS)
    assert "hush" not in log


def test_port_in_use(tmp_path: Path) -> None:
    """A taken port is one line, not a trace."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ended = run("engine", "--data", str(tmp_path), "--port", str(listener.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.startswith("hearthd: cannot listen on 127.0.0.1 port ")
    assert len(ended.stderr.splitlines()) == 1


WRONG_USE: dict[str, tuple[list[str], str]] = {
    "no command": ([], "required"),
    "unknown command": (["dance"], "invalid choice"),
    "unknown flag": (["engine", "--colour"], "unrecognized"),
    "wrong port": (["engine", "--port", "x"], "hearthd: --port: 'x' is not"),
    "wrong model": (["models", "--model", "x y"], "hearthd: --model: 'x y' is no model"),
    "wrong options": (["token", "--options", "/nowhere/o.json"], "hearthd: /nowhere/o.json: there is no such file"),
    "wrong data": (["token", "--data", "/dev/null"], "hearthd: the data folder /dev/null cannot be used"),
    "wrong host": (["engine", "--host", "no.such.host.invalid", "--token", "t"], "hearthd: cannot listen on"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use(tmp_path: Path, arguments: list[str], words: str) -> None:
    """A mistake is explained on its last line, with a status that says so."""
    ended = run(*arguments, XDG_DATA_HOME=str(tmp_path))
    assert ended.returncode in {1, 2}
    assert words in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_token_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The token command makes the token if need be and prints nothing else."""
    assert main(["token", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == (tmp_path / "token").read_text().strip()
    assert stat.S_IMODE((tmp_path / "token").stat().st_mode) == 0o600


def test_models_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each role is on a line, with what serves it; the models themselves stand below."""
    flags = ["--data", str(tmp_path), "--model", "/m/a.gguf", "--model", "reasoning=http://host/v1#qwen"]
    assert main(["models", *flags]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()[:4]] == [
        ["router", "-"],
        ["fast", "local", "/m/a.gguf"],
        ["reasoning", "remote", "http://host/v1#qwen"],
        ["embedding", "local", "installed:all-minilm-l6-v2"],
    ]


def test_check_of_a_running_engine(start: Start, tmp_path: Path) -> None:
    """An engine with a failed model still runs: to restart it would mend nothing."""
    process = start("--model", "/nowhere/m.gguf")
    url = address(process)
    with client(url, tmp_path) as asking:
        asking.post("/v1/chat/completions", json=HELLO)
    ended = run("check", "--host", "0.0.0.0", "--port", url.rpartition(":")[2])
    assert (ended.returncode, ended.stdout) == (0, "degraded\n")


@pytest.mark.parametrize("answer", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"])
def test_check_of_something_else(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no engine fails the check."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            """Answer one request."""
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(answer)
            connection.close()

        serving = threading.Thread(target=serve)
        serving.start()
        assert main(["check", "--port", str(listener.getsockname()[1])]) == 1
        serving.join()
    assert capsys.readouterr().err.startswith("hearthd: no engine answers at http://127.0.0.1:")


def test_check_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody there fails the check."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert main(["check", "--port", str(taken.getsockname()[1])]) == 1
    assert "no engine answers" in capsys.readouterr().err


def test_native_library_is_left_alone(start: Start, tmp_path: Path) -> None:
    """Who does not use llama.cpp does not load it."""
    process = start("--model", script(tmp_path, {}))
    with client(address(process), tmp_path) as asking:
        assert asking.post("/v1/chat/completions", json=HELLO).status_code == 200
    assert "libllama" not in Path(f"/proc/{process.pid}/maps").read_text()


def warm(engine: httpx.Client, words: str) -> dict[str, object]:
    """Warm a prefix, once the model is there."""
    messages = [{"role": "system", "content": words}, {"role": "user", "content": "Hello"}]
    while True:
        response = engine.post("/v1/warm", json={"model": "fast", "prefix": "home", "messages": messages})
        if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return dict(response.raise_for_status().json())
        time.sleep(0.05)


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05])
def test_engine_killed_while_it_saves_keeps_what_was_saved(
    start: Start, tmp_path: Path, tiny_model: Path, delay: float
) -> None:
    """Nothing but the one file is lost, and the next start is warm."""
    options = ("--model", f"fast={tiny_model}", "--context-length", "2048")
    process = start(*options)
    with client(address(process), tmp_path) as engine:
        home = warm(engine, "The lights of the kitchen. " * 20)
        assert home["saved"]

        def warm_on() -> None:
            with contextlib.suppress(httpx.TransportError):
                for turn in count():
                    warm(engine, f"{turn} lamps are on. " * 30)

        others = threading.Thread(target=warm_on)
        others.start()
        time.sleep(delay)
        process.kill()
        process.communicate()
        others.join()
    with client(address(start(*options)), tmp_path) as engine:
        again = warm(engine, "The lights of the kitchen. " * 20)
    assert again == home | {"cache_n": home["tokens"], "prompt_ms": again["prompt_ms"]}
    assert not list((tmp_path / "prefixes").glob("*.partial"))
