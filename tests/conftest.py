"""Share a Home Assistant with Hearth in it, a real engine and one that misbehaves on demand."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
import json
import logging
from pathlib import Path
import subprocess
from typing import Any

from hassil import Intents
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.const import CONF_LANGUAGES, CONF_ROLE, DOMAIN, SUBENTRY_AGENT, SUBENTRY_AI_TASK
from custom_components.hearth.context import kept, meanings, situation
from custom_components.hearth.mind import knowledge
from tests import hearthd as real_engine, stub_engine
from tests.hearthd import ADDON, Hearthd
from tests.proof_of_rows import figures, proof_of_rows
from tests.stub_engine import StubEngine

__all__ = ["proof_of_rows"]

type SetUp = Callable[[MockConfigEntry], Awaitable[MockConfigEntry]]

AGENT_ID = "01AGENT"
AI_TASK_ID = "01AITASK"

# A property holds or does not, however slow the machine is.
settings.register_profile("hearth", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hearth")

# The test harness has every statement of the recorder written down.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the whole run proved of the audit."""
    terminalreporter.write_line(figures())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the clock stand still before anything is timed: timers that a running one has set are all due at once."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        shared = {name for name in item.fixturenames if _is_shared(item, name)}
        item.fixturenames.sort(key=lambda name: (name not in shared, name != "freezer"))


def _is_shared(item: pytest.Function, name: str) -> bool:
    """Tell whether a fixture serves more than one test."""
    definitions = item._fixtureinfo.name2fixturedefs.get(name)  # noqa: SLF001 - pytest tells it nowhere else
    return bool(definitions) and definitions[-1].scope != "function"


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave asyncio's debugging to PYTHONASYNCIODEBUG: the harness has it always on, for a third of the time."""


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a turn wait for what it looks up, however busy the machine is; a test of its haste sets its own time."""
    monkeypatch.setattr(knowledge, "SECONDS", 60.0)
    monkeypatch.setattr(situation, "_SECONDS", 60.0)
    monkeypatch.setattr(meanings, "_WORDS_SECONDS", 60.0)
    monkeypatch.setattr(meanings, "_PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(kept, "_PATIENCE_SECONDS", 60.0)


@pytest.fixture(scope="session", autouse=True)
def sentences_parsed_once() -> Generator[None]:
    """Parse a language's sentences once for all tests, as a Home Assistant does for all its life."""
    parse = Intents.from_dict
    parsed: dict[str, Intents] = {}

    def from_dict(sentences: dict[str, Any]) -> Intents:
        key = json.dumps(sentences)
        if key not in parsed:
            parsed[key] = parse(sentences)
        return parsed[key]

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Intents, "from_dict", from_dict)
        yield


def hearth_entry(url: str, token: str, instance_id: str) -> MockConfigEntry:
    """Return an entry as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Hearth",
        entry_id="01HEARTH",
        unique_id=instance_id,
        data={CONF_URL: url, CONF_TOKEN: token},
        subentries_data=[
            ConfigSubentryDataWithId(
                subentry_id=AGENT_ID,
                subentry_type=SUBENTRY_AGENT,
                title="Hearth",
                data={
                    CONF_PROMPT: "You are the voice of a lighthouse.",
                    CONF_ROLE: "fast",
                    CONF_LLM_HASS_API: [llm.LLM_API_ASSIST],
                    CONF_LANGUAGES: [],
                },
                unique_id=None,
            ),
            ConfigSubentryDataWithId(
                subentry_id=AI_TASK_ID,
                subentry_type=SUBENTRY_AI_TASK,
                title="Hearth AI Task",
                data={CONF_ROLE: "fast"},
                unique_id=None,
            ),
        ],
    )


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity that must exist."""
    state = hass.states.get(entity_id)
    assert state is not None, f"{entity_id} does not exist"
    return state.state


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a configuration folder of its own: the audit lies in it."""
    return hass_tmp_config_dir


@pytest.fixture(scope="session")
def hearthd(tmp_path_factory: pytest.TempPathFactory) -> Generator[Hearthd]:
    """Return a real engine with a scripted model."""
    with real_engine.running(tmp_path_factory.mktemp("hearthd")) as engine:
        yield engine


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a valid model of random weights, with a real tokenizer and chat template."""
    path = tmp_path_factory.mktemp("models") / "tiny.gguf"
    subprocess.run([ADDON / ".venv/bin/python", ADDON / "training/tiny_gguf.py", path], check=True, timeout=120)
    return path


@pytest.fixture
async def stub(socket_enabled: None) -> AsyncGenerator[StubEngine]:
    """Return an engine that says what a test wants."""
    async with stub_engine.serving() as engine:
        yield engine


@pytest.fixture
async def set_up(hass: HomeAssistant, enable_custom_integrations: None) -> SetUp:
    """Return what adds an entry to Home Assistant and sets it up."""
    assert await async_setup_component(hass, "homeassistant", {})

    async def add(entry: MockConfigEntry) -> MockConfigEntry:
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        return entry

    return add


@pytest.fixture
async def entry(set_up: SetUp, stub: StubEngine) -> MockConfigEntry:
    """Return an entry that is loaded with the stub as its engine."""
    return await set_up(hearth_entry(stub.url, stub.token, stub_engine.INSTANCE_ID))


@pytest.fixture
async def live_entry(set_up: SetUp, hearthd: Hearthd, socket_enabled: None) -> MockConfigEntry:
    """Return an entry that is loaded with the real engine."""
    return await set_up(hearth_entry(hearthd.url, hearthd.token, hearthd.instance_id))
