"""Test a model's life: loading, ready, failed, loaded again, shared by roles, closed."""

import asyncio
from collections.abc import AsyncGenerator, Callable
import json
from pathlib import Path
import sys

import pytest

from hearthd.engine.backend import (
    BackendInfo,
    ChatEvent,
    ChatRequest,
    TextDelta,
)
from hearthd.engine.generation_task import GenerationTask
from hearthd.engine.metrics import Metrics
from hearthd.engine.model import Model, ModelState
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import LocalRef, ModelRef, RemoteRef, ScriptedRef
from tests.engine.moody_backend import MoodyBackend
from tests.running_engine import StartEngine

FILE = LocalRef(Path("/nowhere/m.gguf"))
SERVER = RemoteRef("http://127.0.0.1:1/v1", "m")
REQUEST = ChatRequest(messages=({"role": "user", "content": "hello"},))


@pytest.fixture
def backend() -> MoodyBackend:
    """Return a model in a good mood."""
    return MoodyBackend()


@pytest.fixture
async def make_model(backend: MoodyBackend) -> AsyncGenerator[Callable[..., Model]]:
    """Return a function that makes a model run by the moody backend."""
    models: list[Model] = []

    def make(ref: ModelRef = FILE, retry_seconds: float = 0.0) -> Model:
        metrics = Metrics().of(ref.model_id)
        models.append(Model(ref, lambda *_: backend, metrics, retry_seconds=retry_seconds))
        return models[-1]

    yield make
    await asyncio.gather(*(model.close() for model in models))


async def code_of(model: Model) -> ErrorCode:
    """Return the code with which a chat fails."""
    with pytest.raises(ApiError) as raised:
        await read_reply(model)
    return raised.value.code


async def read_reply(model: Model) -> list[ChatEvent]:
    """Read one reply to its end."""
    generation = GenerationTask(REQUEST, lambda: [model])
    events: list[ChatEvent] = []
    while more := await generation.next_events():
        events += more
    return events


async def settle(model: Model) -> None:
    """Load a model to the end, good or bad."""
    await asyncio.wait({model.load()})
    await asyncio.sleep(0)


async def test_loading_then_ready(make_model: Callable[..., Model], backend: MoodyBackend) -> None:
    """While a model loads, requests are told when to come again; then it answers."""
    model = make_model()
    backend.may_start.clear()
    model.load()
    with pytest.raises(ApiError) as raised:
        await read_reply(model)
    assert raised.value.code is ErrorCode.MODEL_LOADING
    assert raised.value.retry_after
    assert model.state == "loading"
    backend.may_start.set()
    assert (await read_reply(model))[0] == TextDelta("word")
    assert model.state == "ready"
    assert model.info == BackendInfo("word", context_length=512, tool_format="hermes")
    assert backend.starts == 1


@pytest.mark.parametrize("code", [ErrorCode.MODEL_MISSING, ErrorCode.MODEL_FAILED, ErrorCode.REMOTE_UNREACHABLE])
async def test_failure_is_kept(make_model: Callable[..., Model], backend: MoodyBackend, code: ErrorCode) -> None:
    """A failed model says why to each request, and is not tried again too soon."""
    backend.start_error = ApiError(code, "words")
    model = make_model(retry_seconds=60)
    await settle(model)
    assert model.state is ModelState.FAILED
    with pytest.raises(ApiError, match="words") as raised:
        await read_reply(model)
    assert raised.value.code is code
    assert raised.value.retry_after
    assert 0 < raised.value.retry_after <= 60
    assert await code_of(model) is code
    assert backend.starts == 1


async def test_unexpected_failure_to_load(
    make_model: Callable[..., Model], backend: MoodyBackend, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in a backend fails the model, not the engine, and is logged with its trace."""
    backend.start_error = ZeroDivisionError()
    model = make_model(retry_seconds=60)
    await settle(model)
    assert await code_of(model) is ErrorCode.MODEL_FAILED
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("ref", [FILE, SERVER])
async def test_request_has_a_failed_model_tried_again(
    make_model: Callable[..., Model], backend: MoodyBackend, ref: ModelRef
) -> None:
    """Once the time has come, a request mends what can be mended and is answered at once."""
    backend.start_error = ApiError(ErrorCode.MODEL_MISSING, "words")
    model = make_model(ref)
    await settle(model)
    backend.start_error = None
    await read_reply(model)
    assert model.state is ModelState.READY
    assert model.error is None
    assert backend.starts == 2


@pytest.mark.parametrize(("ref", "state"), [(FILE, ModelState.LOADING), (SERVER, ModelState.FAILED)])
async def test_state_while_tried_again(
    make_model: Callable[..., Model], backend: MoodyBackend, ref: ModelRef, state: ModelState
) -> None:
    """A file is being loaded; a server that is asked in passing does not flicker."""
    backend.start_error = ApiError(ErrorCode.REMOTE_UNREACHABLE, "words")
    model = make_model(ref)
    await settle(model)
    backend.may_start.clear()
    model.load()
    assert model.state is state


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (ErrorCode.REMOTE_UNREACHABLE, ModelState.FAILED),
        (ErrorCode.REMOTE_AUTH, ModelState.FAILED),
        (ErrorCode.REMOTE_FAILED, ModelState.READY),
        (ErrorCode.CONTEXT_OVERFLOW, ModelState.READY),
    ],
)
async def test_lost_server_shows(
    make_model: Callable[..., Model], backend: MoodyBackend, code: ErrorCode, state: ModelState
) -> None:
    """A request that finds the server gone makes the model a failed one; other failures are the request's own."""
    backend.chat_error = ApiError(code, "words")
    model = make_model(SERVER)
    await settle(model)
    assert await code_of(model) is code
    assert model.state is state


async def test_close_does_not_wait_for_ever(
    make_model: Callable[..., Model], backend: MoodyBackend, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that does not end is left behind."""
    model = make_model()
    await settle(model)
    backend.may_close.clear()
    await model.close()
    assert "did not close in time" in caplog.text
    backend.may_close.set()


async def test_closed_model_refuses(make_model: Callable[..., Model], backend: MoodyBackend) -> None:
    """Nothing is begun once the end has begun, and a load under way is given up."""
    backend.may_start.clear()
    model = make_model()
    attempt = model.load()
    await asyncio.sleep(0.05)
    await model.close()
    await asyncio.wait({attempt})
    assert attempt.cancelled()
    assert await code_of(model) is ErrorCode.SHUTTING_DOWN


@pytest.mark.parametrize(
    ("is_loading", "error", "health"),
    [
        (False, None, "ok"),
        (True, None, "loading"),
        (False, ApiError(ErrorCode.MODEL_FAILED, "words"), "degraded"),
    ],
)
async def test_health_of_the_engine(
    start_engine: StartEngine, backend: MoodyBackend, is_loading: bool, error: ApiError | None, health: str
) -> None:
    """Health and info tell how the models are."""
    backend.start_error = error
    (backend.may_start.clear if is_loading else backend.may_start.set)()
    engine = await start_engine(FILE, make_backend=lambda _ref: backend)
    await engine.chat()
    assert (await engine.client.get("/health")).json()["status"] == health
    role = (await engine.client.get("/v1/info")).json()["roles"]["fast"]
    states = {"ok": "ready", "loading": "loading", "degraded": "failed"}
    assert role["state"] == states[health]
    assert role["error"] == (error and error.code)
    assert role["context_length"] == (512 if health == "ok" else None)
    backend.may_start.set()


async def test_model_heals_without_being_asked_for(start_engine: StartEngine, tmp_path: Path) -> None:
    """A file that appears is found by itself."""
    path = tmp_path / "late.json"
    engine = await start_engine(ScriptedRef(path), look_again_seconds=0.05)
    response = await engine.chat()
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "model_missing"
    assert response.json()["error"]["retry_after"] > 0
    assert int(response.headers["retry-after"]) >= response.json()["error"]["retry_after"]
    path.write_text(json.dumps({"exchanges": [{"reply": {"content": "Here."}}]}))
    async with asyncio.timeout(10):
        while (await engine.client.get("/health")).json()["status"] != "ok":
            await asyncio.sleep(0.02)
    assert (await engine.chat()).status_code == 200


async def test_machine_without_llama_cpp(start_engine: StartEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A native library that cannot be loaded fails the model that needs it, in plain words."""
    monkeypatch.setitem(sys.modules, "hearthd.engine.local", None)
    engine = await start_engine(FILE)
    error = (await engine.chat()).json()["error"]
    assert error["code"] == "model_failed"
    assert "llama.cpp" in error["message"]
