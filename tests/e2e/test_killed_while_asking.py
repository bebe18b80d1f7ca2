"""Home Assistant is killed the moment after it has asked: the question stays, and what it is about runs once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import signal
from typing import Any

from aiohttp import ClientSession
import pytest

from demo.api import HomeApi, HomeAssistantError
from demo.check import speak
from demo.processes import ProgramFailedError, free_port
from demo.running import (
    HEARTH_PIPELINE,
    Engine,
    RunningHome,
    log_in_when_up,
    running_home_assistant,
    set_hearth_up,
)
from tests.stub_engine import StubEngine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DOOR = "lock.front_door"
# Files of Home Assistant's, and what each must tell of before the process is killed.
KEPT = {"auth": "Alex", "core.config_entries": "hearth", "core.entity_registry": "todo.", "person": "Alex"}


@asynccontextmanager
async def _started(folder: Path, port: int) -> AsyncGenerator[RunningHome]:
    """Run a real Home Assistant in a process of its own, with what a folder has of it."""
    async with running_home_assistant(folder / "home", port) as program, ClientSession() as session:
        api = HomeApi(session, f"http://127.0.0.1:{port}")
        await log_in_when_up(api, program)
        async with api.websocket() as websocket:
            yield RunningHome(api, websocket, program, None, folder)


async def _rest(folder: Path) -> None:
    """Wait until Home Assistant has stored what the home is: it does so some seconds after the last change."""
    async with asyncio.timeout(120):
        while not all(word in _text(folder / "home" / ".storage" / name) for name, word in KEPT.items()):
            await asyncio.sleep(0.1)


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def _use(home: RunningHome, action: str) -> Any:
    answer = await home.api.post(f"/api/services/hearth/{action}?return_response", {})
    return answer["service_response"]


async def _states(home: RunningHome) -> tuple[str, str]:
    """Return how many questions are open, and how the door is."""
    states = await home.api.states()
    (questions,) = [state["state"] for entity_id, state in states.items() if entity_id.startswith("todo.")]
    return questions, states[DOOR]["state"]


async def test_a_question_outlives_a_killed_process(tmp_path: Path, stub: StubEngine) -> None:
    """It is open after the next start, is answered once however many answer, and the record has no gap."""
    port = free_port()
    async with _started(tmp_path, port) as home:
        await home.websocket.command(
            "homeassistant/expose_entity",
            assistants=["conversation"],
            entity_ids=sorted(await home.api.states()),
            should_expose=True,
        )
        await set_hearth_up(home, Engine(stub.url, stub.token))
        await _rest(tmp_path)
        asked = await speak(home, await home.pipeline(HEARTH_PIPELINE), "unlock the front door")
        os.kill(home.home_assistant.pid, signal.SIGKILL)
        assert asked.reply.endswith("?")
        with pytest.raises(ProgramFailedError):
            await home.home_assistant.ended()

    async with _started(tmp_path, port) as home:
        assert await _states(home) == ("1", "locked")
        answers = await asyncio.gather(*[_use(home, "approve") for _ in range(3)], return_exceptions=True)
        counted = [answer for answer in answers if not isinstance(answer, HomeAssistantError)]
        assert counted == [{"outcome": "done"}], answers
        assert await _states(home) == ("0", "unlocked")
        with pytest.raises(HomeAssistantError):
            await _use(home, "approve")
        verdict = await _use(home, "verify_audit")
        assert verdict["ok"], verdict
        assert verdict["rows"] > 0
