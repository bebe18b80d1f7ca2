"""Test whole turns with llama.cpp itself, its model of random weights: it talks nonsense, by every real road."""

import asyncio
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.engine import ChatRequest
from custom_components.hearth.hands import Outcome
from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests import hearthd as real_engine
from tests.hearthd import Hearthd

from .conftest import Talk, speech

# Its tokens are little more than letters, so a prompt is long.
_LONG = ["--context-length", "32768"]


@pytest.fixture(scope="session")
def hearthd(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Generator[Hearthd]:
    """Return an engine whose model llama.cpp runs, in the place of the scripted one."""
    with real_engine.running(tmp_path_factory.mktemp("llama"), tiny_model, _LONG) as engine:
        yield engine


@pytest.fixture
def asking_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what adds fields to a turn's first request; afterwards the model may only speak, and not for ever."""
    as_wire = ChatRequest.as_wire

    def add(**fields: Any) -> None:
        by_role = {"user": fields, "tool": {"tool_choice": "none"}}
        monkeypatch.setattr(
            ChatRequest,
            "as_wire",
            lambda request: {**as_wire(request), "max_tokens": 100, **by_role[request.messages[-1]["role"]]},
        )

    return add


def only(tool: str) -> dict[str, Any]:
    """Return the choice that leaves a model one tool to call."""
    return {"type": "function", "function": {"name": tool}}


async def test_it_answers_and_knows_the_beginning(
    entry: MockConfigEntry, talk: Talk, last_turn: Callable[[], Turn], asking_for: Callable[..., None]
) -> None:
    """Words come from the model, and already the first turn finds nearly all of its prompt computed."""
    asking_for(max_tokens=30)
    coordinator, warmer = entry.runtime_data.coordinator, entry.runtime_data.warmer
    while coordinator.role_info("fast").state != "ready" or warmer.is_cold():
        await asyncio.sleep(0.05)
        await coordinator.async_refresh()
    for conversation_id, words in (("one", "tell me a story"), ("two", "and another one")):
        assert speech(await talk(words, conversation_id=conversation_id))
        # Random words may also be a call, or none at all: what counts is the first reply.
        assert last_turn().tier is Tier.MODEL
        first = last_turn().generations[0]
        assert first["predicted_n"] > 0
        assert first["cache_n"] > 20 * first["prompt_n"]


async def test_its_tool_call_changes_a_device(
    home: HomeAssistant, talk: Talk, last_turn: Callable[[], Turn], asking_for: Callable[..., None]
) -> None:
    """A call that llama.cpp writes, in the model's own format, runs through the guard and is proven."""
    await home.services.async_call("light", "turn_on", {"entity_id": "light.kitchen_lights"}, blocking=True)
    asking_for(tool_choice=only("script__good_night"))
    await talk("we are off to bed")
    assert home.states.is_state("light.kitchen_lights", "off")
    assert [(call.name, call.outcome) for call in last_turn().calls][:1] == [("script__good_night", Outcome.DONE)]


async def test_its_grave_tool_call_waits_for_a_yes(
    home: HomeAssistant, talk: Talk, last_turn: Callable[[], Turn], asking_for: Callable[..., None]
) -> None:
    """A call that would unlock the door is asked about, and runs on a yes without asking the model again."""
    asking_for(tool_choice=only("script__open_up"))
    asked = await talk("my friend is at the door")
    assert speech(asked).endswith("I need your yes before I unlock Front Door. Shall I?")
    assert home.states.is_state("lock.front_door", "locked")
    await talk("yes")
    assert home.states.is_state("lock.front_door", "unlocked")
    assert (last_turn().tier, last_turn().outcome) == (Tier.REFLEX, TurnOutcome.DONE)


@pytest.mark.parametrize("tool", ["script__come_in", "script__anything", "intent__HassTurnOff", "intent__HassTurnOn"])
async def test_whatever_it_calls_the_door_stays_locked(
    home: HomeAssistant, talk: Talk, last_turn: Callable[[], Turn], asking_for: Callable[..., None], tool: str
) -> None:
    """Calls whose arguments llama.cpp makes up within a tool's grammar are judged like any other."""
    asking_for(tool_choice=only(tool), temperature=1.5)
    await talk("do something")
    assert home.states.is_state("lock.front_door", "locked")
    assert {call.name for call in last_turn().calls[:1]} <= {tool}
