"""Let a real Home Assistant live through the morning, and take down what its agents ask of a model.

Hearth's agent and the one of core's llama_cpp integration hear the same words at the same simulated times. Both speak
to one real hearthd, whose model says what a script says, through a proxy that takes every request down.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
import json
from pathlib import Path
import random
import tempfile

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er

from bench.client import Client
from bench.home_assistant import (
    COMPONENTS,
    Body,
    add_integration,
    clock,
    demo_home_assistant,
    place_satellite,
    write_exchanges,
)

from .home import SATELLITES, TIME_ZONE, Command, furnish, morning

_CHAT, _WARM, _INFO = "/v1/chat/completions", "/v1/warm", "/v1/info"
_CHANGE_SECONDS = 5
_SETTLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What one command made the two agents ask of the model: the bodies of the requests, in order."""

    words: str
    satellite: str
    hearth: Sequence[Body]
    core: Sequence[Body]


@dataclass(frozen=True, slots=True)
class Day:
    """A recorded morning; `warm` holds the bodies with which Hearth had the home's prefix read before it."""

    entities: int
    changes: int
    warm: Sequence[Body]
    commands: Sequence[Asked]

    def as_json(self) -> str:
        """Return the day for a file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Day:
        """Read a day from what `as_json` gave."""
        fields = json.loads(text)
        return cls(**{**fields, "commands": [Asked(**command) for command in fields["commands"]]})


@dataclass(slots=True)
class _Tape:
    """A proxy before an engine that notes what passes, and says that the model reads as fast as the measured one."""

    engine: Client
    session: ClientSession
    tokens_per_second: float
    url: str = ""
    taken: list[tuple[str, Body]] = field(default_factory=list)

    def cut(self, path: str = _CHAT) -> list[Body]:
        """Return the requests of a path since the last cut, and forget all."""
        bodies = [body for taken, body in self.taken if taken == path]
        self.taken.clear()
        return bodies

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """Pass a request on, and its answer back."""
        data = await request.read()
        if data:
            self.taken.append((request.path, json.loads(data)))
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        url = f"{self.engine.url}{request.path_qs}"
        async with self.session.request(request.method, url, data=data, headers=headers) as answer:
            if request.path == _INFO and answer.ok:
                return web.json_response(self._read_so(await answer.json()))
            response = web.StreamResponse(
                status=answer.status, headers={"Content-Type": answer.headers["Content-Type"]}
            )
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response

    def _read_so(self, info: Body) -> Body:
        """Return what the engine says of itself with the speed of the measured model in it."""
        for role in info["roles"].values():
            if role["statistics"] is not None:
                role["statistics"]["prompt_tokens_per_second"] = self.tokens_per_second
        return info


async def record(engine: Client, script: Path, session: ClientSession, tokens_per_second: float) -> Day:
    """Record the morning; `engine` is one whose model follows `script`, a file that is written here.

    Hearth tells a model no more than it can read in good time, so it matters how many tokens it reads a second.
    """
    furnish(COMPONENTS / "demo_home")
    commands = morning()
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder, clock(commands[0].at, TIME_ZONE) as set_clock:
        tape = _Tape(engine, session, tokens_per_second)
        async with _taping(tape), demo_home_assistant(folder, TIME_ZONE) as hass:
            return await _live(hass, tape, script, commands, set_clock)


@asynccontextmanager
async def _taping(tape: _Tape) -> AsyncIterator[None]:
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", tape.forward)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    tape.url = str(server.make_url("/")).rstrip("/")
    try:
        yield
    finally:
        await server.close()


async def _live(
    hass: HomeAssistant,
    tape: _Tape,
    script: Path,
    commands: Sequence[Command],
    set_clock: Callable[[datetime], None],
) -> Day:
    """Expose the home, set both agents up, and let the family speak to both."""
    entities = _expose(hass)
    satellites = {area: place_satellite(hass, area) for area in SATELLITES}
    agents = await _add_agents(hass, tape, script)
    warm = await _warmed(tape)
    asked, changes, now = [], 0, commands[0].at
    chance = random.Random(2)  # noqa: S311 - the weather, not a secret
    for command in commands:
        changes += _let_time_pass(hass, chance, now, command.at, set_clock)
        now = command.at
        bodies = {}
        for platform, agent in agents.items():
            _write_script(script, command)
            tape.cut()
            await _say(hass, command, platform, agent, satellites[command.satellite])
            bodies[platform] = tape.cut()
        if not len(bodies["hearth"]) == len(bodies["llama_cpp"]) == len(command.calls) + 1:
            raise RuntimeError(f"the agents went different ways: {command.words}: {_paths(bodies)}")
        asked.append(Asked(command.words, command.satellite, bodies["hearth"], bodies["llama_cpp"]))
    return Day(entities, changes, warm, asked)


def _paths(bodies: Mapping[str, Sequence[Body]]) -> dict[str, list[str]]:
    """Return what was said last in every request, for a message."""
    return {name: [str(body["messages"][-1]["content"])[:200] for body in asked] for name, asked in bodies.items()}


async def _say(hass: HomeAssistant, command: Command, platform: str, agent: str, device_id: str) -> None:
    conversation_id = f"{platform} {command.conversation}"
    result = await conversation.async_converse(
        hass, command.words, conversation_id, Context(), "en", agent, device_id=device_id
    )
    if result.response.error_code is not None:
        raise RuntimeError(f"{agent} failed at '{command.words}': {result.response.speech}")
    await hass.async_block_till_done()


def _write_script(script: Path, command: Command) -> None:
    """Have the model make the command's calls, one a reply, and then say its words."""
    calls = [{"name": call.tool, "arguments": call.arguments} for call in command.calls]
    replies: list[Body] = [{"tool_calls": [call]} for call in calls]
    write_exchanges(script, [{"reply": reply} for reply in [*replies, {"content": command.reply}]])


def _expose(hass: HomeAssistant) -> int:
    """Show the agents what the demo home brought, and nothing else; return how many entities that are."""
    registry = er.async_get(hass)
    shown = 0
    for state in hass.states.async_all():
        entry = registry.async_get(state.entity_id)
        is_shown = entry is not None and entry.platform == "demo_home"
        async_expose_entity(hass, conversation.DOMAIN, state.entity_id, is_shown)
        shown += is_shown
    return shown


async def _add_agents(hass: HomeAssistant, tape: _Tape, script: Path) -> dict[str, str]:
    """Add both integrations by their own config flows, as people do, and return their agents by platform."""
    # Core asks for France's capital to see whether the model answers.
    write_exchanges(script, [{"reply": {"content": "Paris."}}], loop=True)
    await add_integration(hass, "hearth", {"url": tape.url, "token": tape.engine.token})
    server = {"base_url": f"{tape.url}/v1", "api_key": tape.engine.token}
    await add_integration(hass, "llama_cpp", server, {"chat_model": "fast"})
    await hass.async_block_till_done()
    agents = {
        entry.platform: entry.entity_id
        for entry in er.async_get(hass).entities.values()
        if entry.domain == Platform.CONVERSATION and entry.platform in {"hearth", "llama_cpp"}
    }
    for entity_id in hass.states.async_entity_ids():
        entry = er.async_get(hass).async_get(entity_id)
        if entry is not None and entry.platform in agents:
            async_expose_entity(hass, conversation.DOMAIN, entity_id, should_expose=False)
    return {platform: agents[platform] for platform in ("hearth", "llama_cpp")}


async def _warmed(tape: _Tape) -> list[Body]:
    """Wait until Hearth has asked for its warm prefix and return what it asked."""
    async with asyncio.timeout(_SETTLE_SECONDS):
        while not any(path == _WARM for path, _ in tape.taken):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.1)
    return tape.cut(_WARM)


def _let_time_pass(
    hass: HomeAssistant,
    chance: random.Random,
    begin: datetime,
    end: datetime,
    set_clock: Callable[[datetime], None],
) -> int:
    """Let a sensor tell something new every few seconds, and return how often one did."""
    sensors = hass.states.async_all((Platform.SENSOR, Platform.BINARY_SENSOR))
    changes = 0
    while (begin := begin + timedelta(seconds=_CHANGE_SECONDS)) < end:
        set_clock(begin)
        state = chance.choice(sensors)
        hass.states.async_set(state.entity_id, _reading(state.domain, chance), state.attributes, force_update=True)
        changes += 1
    set_clock(end)
    return changes


def _reading(domain: str, chance: random.Random) -> str:
    return chance.choice(("on", "off")) if domain == Platform.BINARY_SENSOR else f"{chance.uniform(18, 23):.1f}"
