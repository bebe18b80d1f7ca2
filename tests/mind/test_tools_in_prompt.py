"""Test that what an engine keeps of the prompt stays valid, whatever tools a conversation finds."""

from collections.abc import Callable
import json
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import CONF_AGENTS, Source
from custom_components.hearth.const import CONF_TOOLS
from custom_components.hearth.context import estimate_json_tokens
from custom_components.hearth.engine import ChatRequest, EngineClient, WarmRequest, Warmth
from custom_components.hearth.hands import Outcome, ToolBudget, ToolsShown
from custom_components.hearth.mind import Turn
from tests.conftest import AGENT_ID
from tests.furnished_home import full_home
from tests.hearthd import Hearthd

from .conftest import AGENT, Talk, speech
from .test_agent import calls, says
from .test_prompt import requests

__all__ = ["full_home", "requests"]

FOUND = "humidifier__HassHumidifierMode"


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> list[WarmRequest]:
    """Return what the engine is told to keep; the one of the tests keeps nothing."""
    seen: list[WarmRequest] = []

    async def record(client: EngineClient, request: WarmRequest) -> Warmth:
        seen.append(request)
        return Warmth(tokens=0, cache_n=0, prompt_ms=0, saved=False)

    monkeypatch.setattr(EngineClient, "async_warm", record)
    return seen


def _names(tools: list[dict[str, Any]]) -> list[str]:
    return [tool["function"]["name"] for tool in tools]


async def test_a_found_tool_leaves_the_beginning_as_it_was(
    full_home: HomeAssistant,
    entry: MockConfigEntry,
    hearthd: Hearthd,
    talk: Talk,
    satellite: str,
    requests: list[ChatRequest],
    warmed: list[WarmRequest],
    last_turn: Callable[[], Turn],
) -> None:
    """To look for a tool and to use it only adds to the end; the next turn, and the warm beginning, are the same."""
    hearthd.script(
        [
            calls(("hearth__find_tools", {"wanted": "set the mode of the humidifier"})),
            calls(("hearth__use_tool", {"name": FOUND, "arguments": {"name": "My humidifier", "mode": "eco"}})),
            {"expect": {"role": "tool"}, "reply": {"content": "It can't do that."}},
            says("Hello."),
        ]
    )
    assert speech(await talk("make the air nicer, as last year")) == "It can't do that."
    used = last_turn().calls
    await talk("tell me something", conversation_id="two", device_id=satellite, user_id="anna")
    await entry.runtime_data.warmer.async_warm(AGENT)

    assert [call.name for call in used] == ["hearth__find_tools", FOUND]
    assert used[0].outcome is Outcome.ANSWERED
    (warm,) = warmed
    first, second, third, other = requests
    assert {json.dumps(request.tools) for request in requests} == {json.dumps(warm.tools)}
    assert first.messages[:1] == list(warm.messages) == other.messages[:1]
    assert second.messages[: len(first.messages)] == first.messages
    assert third.messages[: len(second.messages)] == second.messages
    assert FOUND not in _names(warm.tools)
    assert FOUND in json.dumps(second.messages[-1])


async def test_the_trace_tells_what_tools_take(
    full_home: HomeAssistant, hearthd: Hearthd, talk: Talk, requests: list[ChatRequest], last_turn: Callable[[], Turn]
) -> None:
    """The tokens of the tools stand beside those of the prompt's other parts, within the model's share."""
    hearthd.script([says("Hello.")])
    await talk("tell me something")
    taken = last_turn().as_dict()["prompt"]["tokens"]["tools"]
    assert estimate_json_tokens(requests[0].tools) <= taken <= (ToolBudget.of(None).prompt or 0)
    assert taken > 500


async def test_an_agent_may_be_given_all_tools(
    full_home: HomeAssistant,
    entry: MockConfigEntry,
    hearthd: Hearthd,
    talk: Talk,
    requests: list[ChatRequest],
) -> None:
    """The agent's own option puts every tool into its prompt."""
    subentry = entry.subentries[AGENT_ID]
    hearthd.script([says("Hello.")] * 2)
    await talk("tell me something")
    data = {**subentry.data, CONF_TOOLS: ToolsShown.ALL.value}
    full_home.config_entries.async_update_subentry(entry, subentry, data=data)
    await full_home.async_block_till_done()
    await talk("tell me something", conversation_id="two")
    few, all_tools = (_names(request.tools) for request in requests)
    assert FOUND not in few
    assert FOUND in all_tools
    assert set(all_tools) > set(few) - {"hearth__find_tools", "hearth__use_tool"}
    assert "hearth__find_tools" not in all_tools


async def test_a_search_is_not_the_end_of_the_turn(
    full_home: HomeAssistant, hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """A found tool acts under the rules for itself: what asks is asked about, by its own name."""
    hearthd.script([calls(("hearth__use_tool", {"name": "intent__HassTurnOff", "arguments": {"name": "Front Door"}}))])
    result = await talk("let the postman in")
    assert "Front Door" in speech(result)
    (call,) = last_turn().calls
    assert (call.name, call.outcome) == ("intent__HassTurnOff", Outcome.ASKED)
    assert full_home.states.is_state("lock.front_door", "locked")


@pytest.mark.parametrize("sources", [["todo"], ["calendar"], ["calendar", "todo"], []])
async def test_what_would_always_be_denied_is_not_offered(
    full_home: HomeAssistant,
    entry: MockConfigEntry,
    hearthd: Hearthd,
    talk: Talk,
    requests: list[ChatRequest],
    warmed: list[WarmRequest],
    sources: list[str],
) -> None:
    """Core's own tools for a source that an agent may not use stand in no prompt of it, the warm beginning included."""
    assert await async_setup_component(full_home, "calendar", {})
    full_home.states.async_set("calendar.one", "off", {"friendly_name": "My calendar"})
    async_expose_entity(full_home, "conversation", "calendar.one", should_expose=True)
    allowed = [source.value for source in Source if source not in sources]
    data = {**entry.subentries[AGENT_ID].data, CONF_TOOLS: ToolsShown.ALL.value}
    full_home.config_entries.async_update_subentry(entry, entry.subentries[AGENT_ID], data=data)
    full_home.config_entries.async_update_entry(entry, options={CONF_AGENTS: {AGENT_ID: allowed}})
    await full_home.async_block_till_done()
    hearthd.script([says("Hello.")])
    await talk("tell me something")
    await entry.runtime_data.warmer.async_warm(AGENT)
    (request,), warm = requests, warmed[-1]
    assert json.dumps(request.tools) == json.dumps(warm.tools)
    offered = {source for source in ("calendar", "todo") if any(source in name for name in _names(request.tools))}
    assert offered == {"calendar", "todo"} - set(sources)


@pytest.mark.parametrize("has_list", [False, True])
async def test_hearths_own_list_is_nothing_to_look_up(
    home: HomeAssistant,
    entry: MockConfigEntry,
    hearthd: Hearthd,
    talk: Talk,
    requests: list[ChatRequest],
    has_list: bool,
) -> None:
    """A home whose only list is that of Hearth's approvals has no use for a tool that reads lists."""
    assert len(home.states.async_entity_ids("todo")) == 1
    if has_list:
        home.states.async_set("todo.shopping", "2")
    data = {**entry.subentries[AGENT_ID].data, CONF_TOOLS: ToolsShown.ALL.value}
    home.config_entries.async_update_subentry(entry, entry.subentries[AGENT_ID], data=data)
    await home.async_block_till_done()
    hearthd.script([says("Hello.")])
    await talk("tell me something")
    assert ("hearth__todo_items" in _names(requests[0].tools)) is has_list
