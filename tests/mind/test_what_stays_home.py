"""Test what a turn tells a model: no secret, and nothing that is kept at home from one that is elsewhere."""

from collections.abc import Callable
import json
from typing import Any

from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import HearthLLMContext
from custom_components.hearth.llm import async_get_tools
from custom_components.hearth.mind import Turn
from tests.conftest import AGENT_ID, hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine, info, role, says

from .conftest import Talk, load, speech

CHAT = "/v1/chat/completions"
CODE = "4821"


@pytest.fixture
async def entry(home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None) -> MockConfigEntry:
    """Return an entry in the furnished home with the stub as its engine."""
    stub.info = info(fast=role("tiny", "ready"))
    return await load(home, hearth_entry(stub.url, stub.token, INSTANCE_ID))


def told(stub: StubEngine) -> str:
    """Return everything that models were told."""
    return json.dumps(stub.bodies(CHAT))


async def test_what_is_said_as_a_secret_is_kept_nowhere(
    home: HomeAssistant, entry: MockConfigEntry, talk: Talk, stub: StubEngine, last_turn: Callable[[], Turn]
) -> None:
    """The model gets a mark; answer, trace, audit and the kept turn get nothing of it."""
    call = {"index": 0, "id": "1", "function": {"name": "intent__HassNevermind", "arguments": "{}"}}
    stub.replies = [
        [{"model": "tiny", "choices": [{"delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}],
        says("I can't do that."),
    ]
    await talk(f"please disarm the alarm in the attic with code {CODE}")
    await home.async_block_till_done(wait_background_tasks=True)
    assert CODE not in told(stub)
    assert "code [secret " in told(stub)
    data = entry.runtime_data
    assert CODE not in json.dumps(await data.hands.audit.async_rows(), default=str)
    assert CODE not in json.dumps(last_turn().as_dict(), default=str)
    (kept,) = await data.memory.recall.async_turns("one")
    assert CODE not in kept.words


async def test_what_tools_tell_is_masked(home: HomeAssistant, talk: Talk, stub: StubEngine) -> None:
    """A password in a state reaches no model and no ear."""
    home.states.async_set("light.kitchen_lights", "on", {"friendly_name": "Kitchen Lights password=sunflower"})
    call = {"index": 0, "id": "1", "function": {"name": "GetLiveContext", "arguments": "{}"}}
    stub.replies = [
        [{"model": "tiny", "choices": [{"delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}],
        says("Fine."),
    ]
    await talk("how is everything in general?")
    assert "sunflower" not in told(stub)


@pytest.mark.parametrize(
    ("fast", "is_away"),
    [
        (role("tiny", "ready"), False),
        (role("large", "ready", backend="remote"), True),
        (role("tiny", "ready", fallback=["http://server/v1#large"]), True),
    ],
    ids=["local", "remote", "remote stand-in"],
)
async def test_what_is_kept_at_home(
    home: HomeAssistant,
    entry: MockConfigEntry,
    talk: Talk,
    stub: StubEngine,
    last_turn: Callable[[], Turn],
    fast: dict[str, Any],
    is_away: bool,
) -> None:
    """Memory that is kept at home stands in no prompt of a model elsewhere, its tools are not offered, and it shows."""
    await talk("remember that the cat is called Minka")
    home.config_entries.async_update_entry(entry, options={"private_sources": ["memory"]})
    stub.info = info(fast=fast)
    await entry.runtime_data.coordinator.async_refresh()
    await home.async_block_till_done(wait_background_tasks=True)
    stub.replies = [says("Hello.")]
    assert speech(await talk("say something nice", conversation_id="two")) == "Hello."
    (asked,) = stub.bodies(CHAT)
    context = HearthLLMContext("hearth", None, "en", "conversation", None, agent_id=AGENT_ID)
    offers = async_get_tools(home, context, llm.LLM_API_ASSIST)
    assert offers is not None
    offered = {tool.name for tool in offers.tools}
    assert ("Minka" in json.dumps(asked["messages"])) is not is_away
    assert any("remember" in name for name in offered) is not is_away
    assert last_turn().as_dict()["prompt"]["left_out"].get("kept_at_home") == ("memory" if is_away else None)


async def test_what_was_said_to_a_model_here_is_not_told_elsewhere(
    home: HomeAssistant, entry: MockConfigEntry, talk: Talk, stub: StubEngine
) -> None:
    """A conversation that another model goes on with begins anew for it."""
    home.config_entries.async_update_entry(entry, options={"private_sources": ["memory"]})
    stub.replies = [says("The cat is called Minka.")]
    await talk("tell me about the cat")
    stub.info = info(fast=role("large", "ready", backend="remote"))
    await entry.runtime_data.coordinator.async_refresh()
    stub.replies = [says("Hello."), says("Hello again.")]
    await talk("say something nice")
    await talk("and again")
    first, second, third = (json.dumps(asked["messages"]) for asked in stub.bodies(CHAT))
    assert "tell me about the cat" in first
    assert "Minka" not in second + third
    assert "say something nice" in third


@pytest.mark.parametrize(
    ("embedding", "private", "is_told"),
    [
        (role("minilm", "ready"), ["devices"], True),
        (role("e5", "ready", backend="remote"), [], True),
        (role("e5", "ready", backend="remote"), ["devices"], False),
    ],
    ids=["local", "remote", "kept from a remote one"],
)
async def test_names_that_are_kept_at_home_are_not_compared_elsewhere(
    home: HomeAssistant,
    entry: MockConfigEntry,
    talk: Talk,
    stub: StubEngine,
    embedding: dict[str, Any],
    private: list[str],
    is_told: bool,
) -> None:
    """The names of the home's things go to no server that embeds; words find the things all the same."""
    home.config_entries.async_update_entry(entry, options={"private_sources": private})
    stub.info = info(fast=role("tiny", "ready"), embedding=embedding)
    await entry.runtime_data.coordinator.async_refresh()
    await home.async_block_till_done(wait_background_tasks=True)
    stub.replies = [says("They are on.")]
    await talk("what do you make of the kitchen lights")
    await home.async_block_till_done(wait_background_tasks=True)
    assert any("Bed Light" in text for text in stub.library.embedded) is is_told
    assert "Kitchen Lights" in told(stub)


async def test_what_a_model_says_of_a_secret_is_heard_by_nobody(
    home: HomeAssistant, entry: MockConfigEntry, talk: Talk, stub: StubEngine, last_turn: Callable[[], Turn]
) -> None:
    """It is masked in its words and its thoughts, however they come; the one who told the secret is no exception."""
    thoughts = [{"choices": [{"delta": {"reasoning_content": word}}]} for word in ("the PIN is 4", "82", "1, so")]
    stub.replies = [[*thoughts, *says("The code", " is 4", "8", "21", ". Keep it well.")]]
    result = await talk(f"say it back to me, the code is {CODE}")
    assert speech(result) == "The code is [secret]. Keep it well."
    kept = [content for content in home.data[DATA_CHAT_LOGS]["one"].content if content.role == "assistant"]
    assert [content.thinking_content for content in kept] == ["the PIN is [secret], so"]
    assert CODE not in repr(kept)
    assert CODE not in json.dumps(last_turn().as_dict(), default=str)
