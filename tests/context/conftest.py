"""Share a home that is followed, and who looks at it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import HOUSEHOLD, Access, Asker, HearthLLMContext, HearthTool
from custom_components.hearth.context import Surroundings
from tests.conftest import AGENT_ID, hearth_entry

ASKER = Asker(HOUSEHOLD, AGENT_ID)

type AddCalendar = Callable[[str, str], Awaitable[str]]


@pytest.fixture
async def core(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant that knows what is exposed."""
    assert await async_setup_component(hass, "homeassistant", {})
    return hass


@pytest.fixture
def options(core: HomeAssistant) -> MockConfigEntry:
    """Return an entry that is not set up: its options say who may see what."""
    entry = hearth_entry("http://127.0.0.1:1", "token", "instance")
    entry.add_to_hass(core)
    return entry


@pytest.fixture
async def surroundings(core: HomeAssistant, options: MockConfigEntry) -> AsyncGenerator[Surroundings]:
    """Return a home that is followed."""
    surroundings = await Surroundings.async_start(core, Access(core, options))
    yield surroundings
    surroundings.stop()


@pytest.fixture
def call(core: HomeAssistant, surroundings: Surroundings) -> Callable[..., Awaitable[llm.ToolResult]]:
    """Return what calls a tool as the home's own agent does."""

    async def call(
        tool: str, /, asker_context: llm.LLMContext | None = None, language: str = "en", **args: Any
    ) -> llm.ToolResult:
        context = asker_context or HearthLLMContext("hearth", Context(), language, "conversation", None, AGENT_ID)
        tool_input = llm.ToolInput(f"hearth__{tool}", args)
        return await tool_of(surroundings, tool).async_call(core, tool_input, context)

    return call


def tool_of(surroundings: Surroundings, name: str) -> HearthTool:
    """Return a tool by the last part of its name."""
    return next(tool for tool in surroundings.tools if tool.name == f"hearth__{name}")


@pytest.fixture
def add_calendar(core: HomeAssistant) -> AddCalendar:
    """Return what adds a local calendar that holds an iCalendar text's events, and exposes it."""

    async def add(name: str, events: str) -> str:
        key = name.lower()
        path = Path(core.config.path(f".storage/local_calendar.{key}.ics"))
        await core.async_add_executor_job(_write, path, events)
        entry = MockConfigEntry(domain="local_calendar", data={"calendar_name": name, "storage_key": key}, title=name)
        entry.add_to_hass(core)
        assert await core.config_entries.async_setup(entry.entry_id)
        await core.async_block_till_done()
        async_expose_entity(core, "conversation", f"calendar.{key}", should_expose=True)
        return f"calendar.{key}"

    return add


def _write(path: Path, events: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["BEGIN:VCALENDAR", "PRODID:-//test//EN", "VERSION:2.0", *events.strip().splitlines(), "END:VCALENDAR", ""]
    path.write_text("\r\n".join(line.strip() for line in lines))


def event(summary: str, start: str, end: str, *more: str) -> str:
    """Return an event as iCalendar text; `start` and `end` are what stands behind DTSTART and DTEND."""
    uid = "".join(character for character in f"{summary}{start}" if character.isalnum())
    lines = [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART{start}",
        f"DTEND{end}",
        f"SUMMARY:{summary}",
        *more,
        "END:VEVENT",
    ]
    return "\n".join(lines) + "\n"
