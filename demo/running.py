"""Bring the whole demo up: hearthd, Home Assistant, and Hearth between them; take it all down again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import sys
import tempfile
import uuid

from aiohttp import ClientSession

from .api import HomeApi, HomeAssistantError, Websocket
from .home import ROOT, furnish, lay_out, log_in, tell
from .processes import Program, free_port, running
from .progress import Progress

_ENGINE = ROOT / "addon" / ".venv" / "bin" / "hearthd"
_LISTENING = "hearthd engine listening on "
# Loading a large model from a slow disk takes its time; the engine listens before that.
_ENGINE_SECONDS = 60.0
_START_SECONDS = 180.0
HEARTH_PIPELINE = "Hearth"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and the token that it asks for."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the demo is to be run.

    `model` is what hearthd's --model takes, `settings` are environment variables for hearthd, `engine` one that runs
    already, `keep` the folder that outlives the demo, `port` the one that a person would like for Home Assistant.
    """

    model: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    engine: Engine | None = None
    keep: Path | None = None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class RunningHome:
    """The demo, up and running; `websocket` is logged in as the demo's user."""

    api: HomeApi
    websocket: Websocket
    home_assistant: Program
    engine: Program | None
    folder: Path

    async def pipeline(self, name: str) -> str:
        """Return the id of the Assist pipeline called `name`."""
        pipelines = (await self.websocket.command("assist_pipeline/pipeline/list"))["pipelines"]
        return next(str(pipeline["id"]) for pipeline in pipelines if pipeline["name"] == name)


@asynccontextmanager
async def running_home(wishes: Wishes, progress: Progress) -> AsyncIterator[RunningHome]:
    """Run the demo for as long as the block lasts.

    Raises:
        ProgramFailedError: hearthd or Home Assistant did not come up.
        HomeAssistantError: Home Assistant refused to be set up.
    """
    async with AsyncExitStack() as stack:
        folder = wishes.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hearth-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        ports = ports_in(folder, wishes.port)
        program, engine = await stack.enter_async_context(_engine(folder, ports["engine"], wishes, progress))
        with progress.step("Starting Home Assistant"):
            home_assistant = await stack.enter_async_context(running_home_assistant(folder / "home", ports["home"]))
            session = await stack.enter_async_context(ClientSession())
            api = HomeApi(session, f"http://127.0.0.1:{ports['home']}")
            await log_in_when_up(api, home_assistant)
        websocket = await stack.enter_async_context(api.websocket())
        await _use_long_lived_token(api, websocket)
        home = RunningHome(api, websocket, home_assistant, program, folder)
        furnished = folder / "furnished"
        if not furnished.exists():
            with progress.step("Furnishing the home"):
                await furnish(api, websocket)
        with progress.step("Setting Hearth up as the home's assistant"):
            await set_hearth_up(home, engine)
            await tell(api)
        furnished.touch()
        yield home


@asynccontextmanager
async def _engine(
    folder: Path, port: int, wishes: Wishes, progress: Progress
) -> AsyncIterator[tuple[Program | None, Engine]]:
    """Offer the engine that runs already, or one of our own."""
    if wishes.engine is not None:
        yield None, wishes.engine
        return
    async with AsyncExitStack() as stack:
        with progress.step("Starting hearthd engine"):
            program, engine = await stack.enter_async_context(
                running_engine(folder, port, wishes.model, wishes.settings)
            )
        yield program, engine


@asynccontextmanager
async def running_engine(
    folder: Path, port: int, model: str | None, settings: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[Program, Engine]]:
    """Run hearthd on loopback with its data in `folder`/engine."""
    data = folder / "engine"
    data.mkdir(exist_ok=True)
    command: list[str | Path] = [_ENGINE, "engine", "--host", "127.0.0.1", "--port", str(port), "--data", data]
    if model is not None:
        command += ["--model", model]
    async with running(
        "hearthd", command, folder=folder, log=folder / "hearthd.log", environment=settings or {}
    ) as program:
        url = (await program.line_with(_LISTENING, _ENGINE_SECONDS)).partition(_LISTENING)[2]
        yield program, Engine(url, (data / "token").read_text().strip())


@asynccontextmanager
async def running_home_assistant(config: Path, port: int) -> AsyncIterator[Program]:
    """Run Home Assistant with its configuration in `config`."""
    lay_out(config, port)
    command: list[str | Path] = [sys.executable, "-m", "homeassistant", "--config", config]
    async with running(
        "Home Assistant",
        command,
        # Its own custom_components must be the first that Python finds.
        folder=config,
        log=config.parent / "home-assistant.log",
        # Everything that it needs is locked and installed; it shall not fetch more.
        environment={"UV_OFFLINE": "1", "HA_DISABLE_LOG_FILE": "1"},
    ) as program:
        yield program


async def log_in_when_up(api: HomeApi, home_assistant: Program) -> None:
    """Log in as the demo's user and wait until every integration has been set up.

    Raises:
        ProgramFailedError: Home Assistant ended instead.
        TimeoutError: it was not up after three minutes.
    """

    async def come_up() -> None:
        await api.wait_until_up()
        await log_in(api)
        await api.wait_until_started()

    async with asyncio.timeout(_START_SECONDS):
        ended = asyncio.ensure_future(home_assistant.ended())
        started = asyncio.ensure_future(come_up())
        try:
            await asyncio.wait((ended, started), return_when=asyncio.FIRST_COMPLETED)
            await (ended if ended.done() else started)
        finally:
            ended.cancel()
            started.cancel()


async def _use_long_lived_token(api: HomeApi, websocket: Websocket) -> None:
    """Exchange the half-hour token of a login for one of a day."""
    name = f"Hearth demo {uuid.uuid4().hex[:8]}"
    api.use_token(await websocket.command("auth/long_lived_access_token", lifespan=1, client_name=name))


async def set_hearth_up(home: RunningHome, engine: Engine) -> None:
    """Add Hearth by its config flow and make it the preferred pipeline's agent."""
    answers = {"url": engine.url, "token": engine.token}
    entries = await home.websocket.command("config_entries/get", domain="hearth")
    if entries:
        await home.api.add_integration("hearth", answers, entry_id=entries[0]["entry_id"])
        return
    await home.api.add_integration("hearth", answers)
    pipeline = await home.websocket.command(
        "assist_pipeline/pipeline/create",
        name=HEARTH_PIPELINE,
        conversation_engine=await _agent(home.websocket),
        conversation_language="en",
        language="en",
        stt_engine=None,
        stt_language=None,
        tts_engine=None,
        tts_language=None,
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
        # Sentences that core matched first would never pass Hearth's guard.
        prefer_local_intents=False,
    )
    await home.websocket.command("assist_pipeline/pipeline/set_preferred", pipeline_id=pipeline["id"])


async def _agent(websocket: Websocket) -> str:
    """Return the entity id of Hearth's agent."""
    for entity in await websocket.command("config/entity_registry/list"):
        if entity["platform"] == "hearth" and entity["entity_id"].startswith("conversation."):
            return str(entity["entity_id"])
    raise HomeAssistantError("Hearth was set up but brought no conversation agent")


def ports_in(folder: Path, wanted: int | None = None) -> dict[str, int]:
    """Return the ports of the demo in `folder`, so that a restart finds everything where it was; at first free ones."""
    path = folder / "ports.json"
    ports = json.loads(path.read_text()) if path.exists() else {"home": free_port(), "engine": free_port()}
    if wanted is not None:
        ports["home"] = wanted
    path.write_text(json.dumps(ports))
    return dict(ports)
