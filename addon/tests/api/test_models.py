"""Test the routes to the models that can be had and those that are there."""

import asyncio
from collections.abc import Callable, Iterator
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hearthd.errors import ErrorCode
from hearthd.models.builtin import BUILTIN
from hearthd.models.catalogue import read_catalogue
from hearthd.settings import InstalledRef, LocalRef, ModelRef, Role
from tests.models.fake_hub import FakeHub, Fault, gguf_bytes, run_fake_hub
from tests.running_engine import RunningEngine, StartEngine, read_events

MODEL = gguf_bytes()
REPO = "maker/Model-GGUF"
PULL = {"repo": REPO, "file": "m.gguf"}


@pytest.fixture
def fake_hub() -> Iterator[FakeHub]:
    """Run a hub for one test."""
    with run_fake_hub() as hub:
        hub.publish(REPO, m=MODEL)
        yield hub


@pytest.fixture
async def engine(
    start_engine: StartEngine,
    fake_hub: FakeHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> RunningEngine:
    """Run an engine without models that fetches from the hub; a parameter is how many seconds it may be silent."""
    monkeypatch.setattr("hearthd.models.download.DISK_MARGIN_BYTES", 0)
    return await start_engine(data=tmp_path, hub_url=fake_hub.url, keep_alive_s=getattr(request, "param", 15.0))


async def pull(engine: RunningEngine, body: Any = PULL) -> list[Any]:
    """Fetch a model and return the events."""
    async with engine.client.stream("POST", "/v1/models/pull", json=body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return await read_events(response)


async def catalog(engine: RunningEngine) -> dict[str, Any]:
    """Return the models by id."""
    response = await engine.client.get("/v1/catalog")
    assert response.status_code == 200
    return {model["id"]: model for model in response.json()["models"]}


def error_of(response: httpx.Response, code: ErrorCode, status: int) -> str:
    """Return the words of a refusal, having checked its shape."""
    error = response.json()["error"]
    assert (error["code"], response.status_code) == (code, status)
    assert "127.0.0.1" not in error["message"]
    return str(error["message"])


async def test_catalog(engine: RunningEngine) -> None:
    """The whole catalogue is there, nothing installed but what ships with the engine, each with a verdict."""
    models = await catalog(engine)
    assert list(models) == [*read_catalogue(), BUILTIN.id]
    assert [model_id for model_id, model in models.items() if model["installed"]] == [BUILTIN.id]
    assert {model["fit"]["verdict"] for model in models.values()} <= {"good", "tight", "no"}


async def test_pull(engine: RunningEngine, tmp_path: Path) -> None:
    """Each event tells how far it is; afterwards the model is in the catalogue."""
    events = await pull(engine)
    assert list(dict.fromkeys(event["status"] for event in events)) == ["checking", "downloading", "verifying", "done"]
    assert {(event["id"], event["total_bytes"]) for event in events} == {("m", len(MODEL))}
    assert (tmp_path / "models" / "m.gguf").read_bytes() == MODEL
    installed = (await catalog(engine))["m"]["installed"]
    assert (installed["source"], installed["size_bytes"], installed["roles"]) == ("hub", len(MODEL), [])
    assert installed["revision"] == installed["latest_revision"]
    assert (await engine.client.get("/v1/info")).json()["disk"]["models_bytes"] >= len(MODEL)


async def test_pull_of_the_catalogue(engine: RunningEngine, fake_hub: FakeHub) -> None:
    """An id is enough."""
    entry = read_catalogue()["qwen3-0.6b"]
    fake_hub.publish(entry.repo, **{entry.file.removesuffix(".gguf"): MODEL})
    assert (await pull(engine, {"id": entry.id}))[-1]["status"] == "done"
    assert (await catalog(engine))[entry.id]["installed"]["size_bytes"] == len(MODEL)


async def test_update(engine: RunningEngine, fake_hub: FakeHub) -> None:
    """A newer revision is announced when the hub is asked, and pulled by the id."""
    await pull(engine)
    newer = fake_hub.publish(REPO, m=gguf_bytes(seed=b"newer"))
    assert (await catalog(engine))["m"]["installed"]["latest_revision"] != newer
    response = await engine.client.post("/v1/models/check", json={})
    assert response.json() == {"newer": ["m"]}
    assert (await catalog(engine))["m"]["installed"]["latest_revision"] == newer
    assert (await pull(engine, {"id": "m"}))[-1]["status"] == "done"
    installed = (await catalog(engine))["m"]["installed"]
    assert installed["revision"] == installed["latest_revision"] == newer


REFUSED: dict[str, tuple[Any, ErrorCode, int]] = {
    "unknown id": ({"id": "nothing"}, ErrorCode.UNKNOWN_MODEL, 404),
    "unknown repository": ({"repo": "no/where", "file": "m.gguf"}, ErrorCode.HUB_AUTH, 502),
    "unknown file": ({"repo": REPO, "file": "n.gguf"}, ErrorCode.HUB_NOT_FOUND, 404),
    "unknown revision": (PULL | {"revision": "gone"}, ErrorCode.HUB_NOT_FOUND, 404),
    "no model": ({"repo": REPO, "file": "README.md"}, ErrorCode.UNSUPPORTED, 400),
    "climbing file": ({"repo": REPO, "file": "../../m.gguf"}, ErrorCode.INVALID_REQUEST, 400),
    "climbing id": ({"id": "../m"}, ErrorCode.UNKNOWN_MODEL, 404),
    "both": (PULL | {"id": "m"}, ErrorCode.INVALID_REQUEST, 400),
    "half": ({"repo": REPO}, ErrorCode.INVALID_REQUEST, 400),
    "neither": ({}, ErrorCode.INVALID_REQUEST, 400),
    "list": ([], ErrorCode.INVALID_REQUEST, 400),
    "number": ({"id": 1}, ErrorCode.INVALID_REQUEST, 400),
    "empty": ({"id": ""}, ErrorCode.INVALID_REQUEST, 400),
    "endless": ({"id": "m" * 5000}, ErrorCode.INVALID_REQUEST, 400),
}


@pytest.mark.parametrize(("body", "code", "status"), REFUSED.values(), ids=REFUSED)
async def test_pull_refused(engine: RunningEngine, body: Any, code: ErrorCode, status: int) -> None:
    """What fails before the first event has its own status."""
    error_of(await engine.client.post("/v1/models/pull", json=body), code, status)


async def test_pull_without_room(engine: RunningEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is too small is found out before anything is sent; the first event says what was looked for."""
    monkeypatch.setattr("hearthd.models.download.DISK_MARGIN_BYTES", 2**60)
    events = await pull(engine)
    assert [event.get("status") for event in events] == ["checking", None]
    assert events[-1]["error"]["code"] == "disk_full"


async def test_pull_offline(start_engine: StartEngine, fake_hub: FakeHub, tmp_path: Path) -> None:
    """The hub is not asked."""
    engine = await start_engine(data=tmp_path, hub_url=fake_hub.url, offline=True)
    for path, body in (("/v1/models/pull", PULL),):
        error_of(await engine.client.post(path, json=body), ErrorCode.HUB_OFFLINE, 409)
    assert (await engine.client.get("/v1/info")).json()["hub"] == {"offline": True}
    assert fake_hub.asked == []


async def test_pull_that_fails_on_its_way(engine: RunningEngine, fake_hub: FakeHub) -> None:
    """The last event is the error."""
    fake_hub.store_faults = [Fault(corrupt=True)]
    events = await pull(engine)
    assert events[-1]["error"]["code"] == "checksum_mismatch"


async def test_client_that_leaves(engine: RunningEngine, fake_hub: FakeHub, tmp_path: Path) -> None:
    """It stops the pull; the next one goes on where it was."""
    fake_hub.store_faults = [Fault(pace_seconds=0.05)]
    async with engine.client.stream("POST", "/v1/models/pull", json=PULL) as response:
        async for line in response.aiter_lines():
            if '"downloading"' in line:
                break
    assert await settled(lambda: sum(fake_hub.sent)) < len(MODEL)
    events = await pull(engine)
    assert events[0]["status"] == "checking"
    assert events[0]["done_bytes"] == fake_hub.starts[-1] > 0
    assert (tmp_path / "models" / "m.gguf").read_bytes() == MODEL


async def settled(read: Callable[[], int]) -> int:
    """Return a number once it stays the same for a while."""
    before, now = -1, read()
    while now != before:
        await asyncio.sleep(0.3)
        before, now = now, read()
    return now


async def test_two_pulls(engine: RunningEngine, fake_hub: FakeHub) -> None:
    """The second of one model is refused with a status of its own."""
    fake_hub.store_faults = [Fault(pace_seconds=0.05)]
    first = asyncio.create_task(pull(engine))
    while not fake_hub.has_begun.is_set():
        await asyncio.sleep(0.02)
    error_of(await engine.client.post("/v1/models/pull", json=PULL), ErrorCode.PULL_RUNNING, 409)
    assert (await first)[-1]["status"] == "done"


@pytest.mark.parametrize("engine", [0.2], indirect=True)
async def test_silent_pull_sends_signs_of_life(engine: RunningEngine, fake_hub: FakeHub) -> None:
    """A comment is sent while the hub is silent."""
    fake_hub.store_faults = [Fault(cut_after=65536, stall_seconds=0.7)]
    response = await engine.client.post("/v1/models/pull", json=PULL)
    assert ": keep-alive" in response.text
    assert '"done"' in response.text


async def test_add(engine: RunningEngine, tmp_path: Path) -> None:
    """A file of this machine is added and taken away, and stays."""
    own = tmp_path / "own.gguf"
    own.write_bytes(MODEL)
    for body, model_id in (({"path": str(own)}, "own"), ({"path": str(own), "id": "again"}, "again")):
        response = await engine.client.post("/v1/models/add", json=body)
        assert (response.status_code, response.json()) == (200, {"id": model_id})
    assert (await catalog(engine))["own"]["installed"]["source"] == "local"
    response = await engine.client.delete("/v1/models/own")
    assert response.json() == {"id": "own", "deleted": True}
    assert own.read_bytes() == MODEL


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({}, ErrorCode.INVALID_REQUEST, 400),
        ({"path": 1}, ErrorCode.INVALID_REQUEST, 400),
        ({"path": "own.gguf"}, ErrorCode.INVALID_REQUEST, 400),
        ({"path": "/own.gguf\x00"}, ErrorCode.INVALID_REQUEST, 400),
        ({"path": "/nowhere/own.gguf"}, ErrorCode.MODEL_MISSING, 503),
        ({"path": __file__, "id": "own"}, ErrorCode.MODEL_FAILED, 503),
        ({"path": __file__, "id": "../own"}, ErrorCode.INVALID_REQUEST, 400),
    ],
)
async def test_add_refused(engine: RunningEngine, body: Any, code: ErrorCode, status: int) -> None:
    """What could not serve is not added."""
    error_of(await engine.client.post("/v1/models/add", json=body), code, status)


async def test_remove_of_what_is_not_there(engine: RunningEngine) -> None:
    """There is nothing to delete, and nothing outside the folder."""
    error_of(await engine.client.delete("/v1/models/nothing"), ErrorCode.UNKNOWN_MODEL, 404)
    error_of(await engine.client.delete("/v1/models/.lock"), ErrorCode.INVALID_REQUEST, 400)
    error_of(await engine.client.delete("/v1/models/..%2Fm"), ErrorCode.NOT_FOUND, 404)


@pytest.fixture
async def engine_in_use(start_engine: StartEngine, tmp_path: Path) -> RunningEngine:
    """Run an engine whose roles use models of the store in every way."""
    folder = tmp_path / "models"
    folder.mkdir()
    for name in ("chosen", "named", "spare", "idle"):
        (folder / f"{name}.gguf").write_bytes(MODEL)
    refs: dict[Role, ModelRef] = {Role.FAST: InstalledRef("chosen"), Role.REASONING: LocalRef(folder / "named.gguf")}
    fallbacks = {Role.FAST: (InstalledRef("spare"),)}
    return await start_engine(refs, data=tmp_path, fallbacks=fallbacks)


@pytest.mark.parametrize(("model_id", "role"), [("chosen", "fast"), ("named", "reasoning"), ("spare", "fast")])
async def test_model_in_use(engine_in_use: RunningEngine, model_id: str, role: str) -> None:
    """A model that a role uses, also as a stand-in, is not deleted, and the catalogue says which role it is."""
    error = error_of(await engine_in_use.client.delete(f"/v1/models/{model_id}"), ErrorCode.MODEL_IN_USE, 409)
    assert role in error
    assert (await catalog(engine_in_use))[model_id]["installed"]["roles"] == [role]
    assert (await engine_in_use.client.delete("/v1/models/idle")).status_code == 200


async def test_nothing_about_models_without_the_token(engine: RunningEngine) -> None:
    """None of these is open."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{engine.port}") as stranger:
        for method, path in (
            ("GET", "/v1/catalog"),
            ("POST", "/v1/models/pull"),
            ("POST", "/v1/models/add"),
            ("POST", "/v1/models/check"),
            ("DELETE", "/v1/models/m"),
        ):
            assert (await stranger.request(method, path, content=json.dumps(PULL))).status_code == 401
