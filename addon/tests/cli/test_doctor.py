"""Test what the doctor finds, what it says to do, and that it changes nothing."""

import asyncio
from collections.abc import Callable
import json
import os
from pathlib import Path
import re
import socket
from typing import Any

import pytest

from hearthd.cli import main
from hearthd.doctor import Diagnosis, Finding, Status, examine
from hearthd.models.machine import Machine
from hearthd.settings import (
    BUILTIN_EMBEDDER,
    LocalRef,
    ModelRef,
    RemoteRef,
    Role,
    ScriptedRef,
    Settings,
    Wishes,
    parse_ref,
)
from tests.models.fake_hub import FakeHub, gguf_bytes
from tests.models.paper_models import PAPERS, write_paper_model

GIB = 2**30


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Examine always the same machine, and no settings of this one's."""
    found = Machine("x86_64", 4, 4, 8 * GIB, 6 * GIB, 50 * 10**9)
    monkeypatch.setattr("hearthd.doctor.read_machine", lambda *_: found)
    for name in [name for name in os.environ if name.startswith("HEARTH_")]:
        monkeypatch.delenv(name)
    return found


@pytest.fixture
def paper(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a model of a shape."""

    def write(name: str) -> Path:
        path = tmp_path / f"{name}.gguf"
        write_paper_model(path, PAPERS[name])
        return path

    return write


def finding(diagnosis: Diagnosis, area: str) -> Finding:
    """Return the one finding about an area."""
    (found,) = [found for found in diagnosis.findings if found.area == area]
    return found


def test_an_engine_without_models_is_well(data: Path, free_port: int) -> None:
    """Nothing is broken on a fresh machine, nothing is made there, and a person is told how to get a model."""
    diagnosis = examine(Settings(data, port=free_port))
    assert diagnosis.is_well
    assert not data.exists()
    assert finding(diagnosis, "roles").status is Status.NOTE
    assert "hearthd models pull" in str(finding(diagnosis, "roles").remedy)
    assert "4 cores, 6.4 GB of 8.6 GB memory free" in finding(diagnosis, "machine").words
    assert "no GPU" in finding(diagnosis, "llama.cpp").words
    assert diagnosis.llama_cpp is not None
    assert diagnosis.llama_cpp.features


def test_each_model_is_judged(data: Path, free_port: int, paper: Callable[[str], Path]) -> None:
    """A model that fits well, one that just does and one that cannot are told apart."""
    models = {Role.FAST: "0.5B", Role.REASONING: "8B", Role.ROUTER: "30B-A3B"}
    diagnosis = examine(
        Settings(data, port=free_port, models={role: LocalRef(paper(name)) for role, name in models.items()})
    )
    found = {role: finding(diagnosis, f"role {role}") for role in models}
    assert [one.status for one in found.values()] == [Status.OK, Status.NOTE, Status.BROKEN]
    assert "choose" in str(found[Role.ROUTER].remedy)
    assert set(diagnosis.fits) == {*models, Role.EMBEDDING}
    assert finding(diagnosis, "role embedding").status is Status.OK
    assert not diagnosis.is_well


def test_models_that_fit_alone_may_not_fit_together(data: Path, free_port: int, paper: Callable[[str], Path]) -> None:
    """Two models of half the memory each are worth a word."""
    models = {Role.FAST: LocalRef(paper("4B")), Role.REASONING: LocalRef(paper("windows 4B"))}
    diagnosis = examine(Settings(data, port=free_port, models=models))
    assert finding(diagnosis, "together").status is Status.NOTE
    same = dict.fromkeys(models, LocalRef(paper("4B")))
    assert not [one for one in examine(Settings(data, port=free_port, models=same)).findings if one.area == "together"]


@pytest.mark.parametrize(
    ("role", "reference", "words"),
    [
        (Role.EMBEDDING, "0.5B", "does not embed"),
        (Role.FAST, None, "does not write"),
        (Role.EMBEDDING, "scripted:s.json", "cannot embed"),
    ],
)
def test_a_model_of_the_wrong_kind_is_broken(
    data: Path, free_port: int, paper: Callable[[str], Path], role: Role, reference: str | None, words: str
) -> None:
    """What cannot do what its role is for is found before anybody asks it."""
    ref: ModelRef = BUILTIN_EMBEDDER
    if reference is not None:
        ref = LocalRef(paper(reference)) if ":" not in reference else parse_ref(reference)
    found = finding(examine(Settings(data, port=free_port, models={role: ref})), f"role {role}")
    assert found.status is Status.BROKEN
    assert words in found.words
    assert found.remedy == f"give the role {role} another model"


def test_a_wish_that_cannot_be_met_is_broken(data: Path, free_port: int, paper: Callable[[str], Path]) -> None:
    """The remedy says which setting to change."""
    models = {Role.FAST: LocalRef(paper("0.5B"))}
    found = finding(examine(Settings(data, port=free_port, models=models, wishes=Wishes(gpu_layers=9))), "role fast")
    assert found.status is Status.BROKEN
    assert "gpu_layers" in str(found.remedy)


# What --model takes, and words of the finding and of the remedy.
BROKEN_MODELS = {
    "missing": ("/nowhere/model.gguf", "not there", "put a whole GGUF file to /nowhere/model.gguf"),
    "damaged": ("damaged.gguf", "damaged", "put a whole GGUF file"),
    "not installed": ("qwen3-4b", "installed:qwen3-4b", "hearthd models pull qwen3-4b"),
    "silent server": ("http://127.0.0.1:9/v1#x", "cannot be reached", "http://127.0.0.1:9/v1 runs"),
    "no script": ("scripted:/nowhere/script.json", "scripted:", "correct the script"),
}


@pytest.mark.parametrize(("reference", "words", "remedy"), BROKEN_MODELS.values(), ids=BROKEN_MODELS)
def test_a_broken_model(
    data: Path,
    free_port: int,
    tmp_path: Path,
    reference: str,
    words: str,
    remedy: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever is wrong with a model, in a role or behind one, it is found and something can be done."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "damaged.gguf").write_bytes(gguf_bytes()[:1000])
    for flag, area in (("--model", "role fast"), ("--fallback", "fallback of fast")):
        status = main(["doctor", "--json", "--data", str(data), "--port", str(free_port), flag, reference])
        told = json.loads(capsys.readouterr().out)
        (found,) = [one for one in told["findings"] if one["area"] == area]
        assert status == 1
        assert not told["ok"]
        assert found["status"] == "broken"
        assert words in found["words"]
        assert remedy in found["remedy"]


async def test_a_port_that_an_engine_holds_is_fine(data: Path, start_engine: Any) -> None:
    """An engine that runs is no fault, and memory that it holds is no reason to call a model too large."""
    engine = await start_engine()
    # The doctor has a loop of its own.
    diagnosis = await asyncio.to_thread(examine, Settings(data, port=engine.port))
    assert finding(diagnosis, "port").words.startswith("an engine answers")
    assert diagnosis.is_well


def test_a_port_that_another_program_holds_is_broken(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds the port is not told, but that it is no engine: it never answers."""
    monkeypatch.setattr("hearthd.probe._SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = finding(examine(Settings(data, port=other.getsockname()[1])), "port")
    assert found.status is Status.BROKEN
    assert "another program" in found.words
    assert "--port" in str(found.remedy)


def test_a_host_that_is_not_ours_is_broken(data: Path, free_port: int) -> None:
    """An address of another machine cannot be listened on."""
    found = finding(examine(Settings(data, host="192.0.2.1", port=free_port)), "port")
    assert (found.status, "cannot be used" in found.words) == (Status.BROKEN, True)


def test_a_data_folder_that_is_a_file_is_broken(tmp_path: Path, free_port: int) -> None:
    """The engine could not keep its token."""
    (tmp_path / "data").touch()
    found = finding(examine(Settings(tmp_path / "data" / "deeper", port=free_port)), "data folder")
    assert (found.status, found.words) == (Status.BROKEN, f"{tmp_path / 'data'} is no folder")


def test_a_token_that_others_can_read_is_worth_a_word(tmp_path: Path, free_port: int) -> None:
    """A secret that all users of a machine can read is none."""
    token = tmp_path / "token"
    token.write_text("secret")
    token.chmod(0o644)
    found = finding(examine(Settings(tmp_path, port=free_port)), "data folder")
    assert (found.status, found.remedy) == (Status.NOTE, f"chmod 600 {token}")
    token.chmod(0o600)
    assert finding(examine(Settings(tmp_path, port=free_port)), "data folder").status is Status.OK


def test_damaged_roles_are_broken(tmp_path: Path, free_port: int) -> None:
    """What was chosen at run time cannot be read, and the rest is examined nevertheless."""
    (tmp_path / "roles.json").write_text("{")
    diagnosis = examine(Settings(tmp_path, port=free_port))
    broken = [found for found in diagnosis.findings if found.status is Status.BROKEN]
    assert [found.remedy for found in broken] == [f"delete {tmp_path / 'roles.json'}"]
    assert finding(diagnosis, "port").status is Status.OK


def test_the_hub_is_asked_on_demand_only(tmp_path: Path, free_port: int, fake_hub: FakeHub) -> None:
    """A hub that answers is told of, one that lacks the catalogue's first model or is off limits is broken."""
    settings = Settings(tmp_path, port=free_port, hub_url=fake_hub.url)
    assert all(found.area != "hub" for found in examine(settings).findings)
    assert finding(examine(settings, ask_hub=True), "hub").status is Status.BROKEN
    offline = Settings(tmp_path, port=free_port, hub_url=fake_hub.url, offline=True)
    assert "offline" in finding(examine(offline, ask_hub=True), "hub").words


def test_a_script_can_be_played(data: Path, free_port: int, write_script: Callable[..., ScriptedRef]) -> None:
    """A script is read, but nothing of it is said."""
    found = finding(
        examine(Settings(data, port=free_port, models={Role.FAST: write_script({"content": "Hi."})})), "role fast"
    )
    assert (found.status, found.words.endswith("can be played")) == (Status.OK, True)


def test_it_reads_well(
    data: Path, free_port: int, paper: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """A person sees columns of bearable width, the numbers with their reasons, and the end in one line."""
    arguments = ["--data", str(data), "--port", str(free_port), "--model", str(paper("0.5B"))]
    assert main(["doctor", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Nothing is broken."
    assert max(len(line) for line in lines) <= 100
    assert any(re.fullmatch(r" +context length +8192  enough for a home.*", line) for line in lines)
    assert any(re.fullmatch(r" +memory: weights 0\.5\d GB, cache 0\.15 GB, work 0\.2\d GB", line) for line in lines)
    assert main(["doctor", *arguments, "--gpu-layers", "3"]) == 1
    output = capsys.readouterr().out
    assert "do:    leave gpu_layers out" in output
    assert output.endswith("One thing is broken; see what to do above.\n")


def test_secrets_are_not_told(data: Path, free_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """What is pasted into a forum holds no key."""
    settings = ["--token", "secret-token", "--data", str(data), "--port", str(free_port)]
    for form in ([], ["--json"]):
        main(["doctor", *form, *settings])
        assert "secret-token" not in capsys.readouterr().out


def test_remote_models_are_asked(data: Path, free_port: int) -> None:
    """A server that is not there is broken, whatever role it has."""
    models = {Role.REASONING: RemoteRef("http://127.0.0.1:9/v1", "x")}
    assert finding(examine(Settings(data, port=free_port, models=models)), "role reasoning").status is Status.BROKEN
