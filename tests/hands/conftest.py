"""Share the furnished home with the tests of what acts on it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access, Asker, HearthTool, Kind, Principal, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import GuardedAPI, GuardedTools, Hands, Scope
from tests.furnished_home import home, satellite

__all__ = ["home", "satellite"]

type CallTool = Callable[[str, dict[str, Any]], Awaitable[llm.ToolResult]]


@pytest.fixture
async def hands(home: HomeAssistant) -> AsyncGenerator[Hands]:
    """Return the hands of the furnished home, with a real audit on the disk."""
    hands = await Hands.async_create(home)
    yield hands
    await hands.async_close()


@pytest.fixture
def scope(hass: HomeAssistant) -> Scope:
    """Return a turn in which a person who is known is there to answer."""
    access = Access(hass, MockConfigEntry(domain=DOMAIN))
    view = View(access, Asker(Principal(Kind.PERSON, "person.anna", "anna")))
    return Scope("conversation", "conversation.hearth", "the words", "en", user_id="anna", view=view)


@pytest.fixture
def tools(home: HomeAssistant, hands: Hands) -> dict[str, HearthTool]:
    """Return the tools that change what was done, or will be, by name."""
    return {tool.name: tool for tool in hands.tools(Access(home, MockConfigEntry(domain=DOMAIN)))}


async def guarded_tools(hass: HomeAssistant, hands: Hands, scope: Scope, api_ids: list[str]) -> GuardedTools:
    """Return the tools of a turn as an agent gets them."""
    api = GuardedAPI(hass, hands.guard, scope, api_ids, "index")
    return await api.async_get_api_instance(llm.LLMContext("hearth", Context(), "en", "conversation", None))


@pytest.fixture
async def call_tool(home: HomeAssistant, hands: Hands, scope: Scope) -> CallTool:
    """Return what calls a tool of Assist as a chat log does."""
    tools = await guarded_tools(home, hands, scope, [llm.LLM_API_ASSIST])

    async def call(name: str, args: dict[str, Any]) -> llm.ToolResult:
        return await tools.async_call_tool(llm.ToolInput(tool_name=name, tool_args=args))

    return call


def lock_state(hass: HomeAssistant) -> str:
    """Return how the front door is."""
    state = hass.states.get("lock.front_door")
    assert state is not None
    return state.state
