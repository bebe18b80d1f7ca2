"""Test the turns that a language model answers, good ones and hostile ones."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation import ToolResultContent
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.hearth.hands import Outcome
from custom_components.hearth.hands.policy import Reason
from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from custom_components.hearth.mind.agent import MAX_STEPS
from tests.hearthd import Hearthd

from .conftest import AGENT, Talk, speech


def calls(*tool_calls: tuple[str, Any], **reply: Any) -> dict[str, Any]:
    """Return an exchange in which the model calls tools."""
    return {"reply": {"tool_calls": [{"name": name, "arguments": args} for name, args in tool_calls], **reply}}


def says(text: str, **reply: Any) -> dict[str, Any]:
    """Return an exchange in which the model speaks."""
    return {"reply": {"content": text, **reply}}


async def test_a_model_speaks(hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]) -> None:
    """What the matcher does not know goes to the model, and its reasoning is not spoken."""
    hearthd.script([says("Paris.", reasoning="They want a city.")])
    result = await talk("what is the capital of France?")
    assert speech(result) == "Paris."
    turn = last_turn()
    assert (turn.tier, turn.outcome) == (Tier.MODEL, TurnOutcome.ANSWERED)
    assert turn.usage is not None
    assert {"predicted_n", "queue_ms", "first_token_ms"} <= turn.usage.keys()
    assert {"first_token", "generate"} <= turn.timings_ms.keys()


async def test_a_model_acts_and_speaks(
    home: HomeAssistant, hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """Parallel calls run, their results go back, and the model has the last word."""
    hearthd.script(
        [
            calls(
                ("intent__HassTurnOn", {"name": "Kitchen Lights"}),
                ("intent__HassTurnOn", {"name": "Bed Light"}),
                content="Let me see. ",
            ),
            {"expect": {"role": "tool", "contains": "action_done"}, "reply": {"content": "Both are on."}},
        ]
    )
    result = await talk("make it bright everywhere")
    assert speech(result) == "Both are on."
    assert home.states.is_state("light.kitchen_lights", "on")
    assert home.states.is_state("light.bed_light", "on")
    assert last_turn().outcome is TurnOutcome.DONE


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("intent__HassTurnOn", "{not json", "not JSON"),
        ("intent__HassTurnOn", '["Kitchen Lights"]', "must be a JSON object"),
        # Half a character fits into no file and no hash, and such depth into no stack.
        ("intent__HassTurnOn", '{"name": "Kitchen Lights\\ud800"}', "not JSON"),
        ("intent__HassTurnOn", '{"name": ' + "[" * 2000 + "]" * 2000 + "}", "not JSON"),
        ("intent__HassTurnOn", "", "target all devices"),
        ("lock__unlock", {"entity_id": "lock.front_door"}, "There is no tool lock__unlock"),
        ("intent__HassTurnOn", {"name": "Moon Lamp"}, "Moon Lamp"),
    ],
)
async def test_a_wrong_call_goes_back_to_the_model(
    home: HomeAssistant,
    hearthd: Hearthd,
    talk: Talk,
    last_turn: Callable[[], Turn],
    name: str,
    arguments: Any,
    told: str,
) -> None:
    """The model hears what was wrong and may do better; nothing ran meanwhile."""
    hearthd.script(
        [
            calls((name, arguments)),
            {"expect": {"role": "tool", "contains": told}, **calls(("intent__HassTurnOn", {"name": "Bed Light"}))},
            says("Now it is on."),
        ]
    )
    result = await talk("some light would be nice")
    assert speech(result) == "Now it is on."
    assert home.states.is_state("light.kitchen_lights", "off")
    assert home.states.is_state("light.bed_light", "on")


HOSTILE = [
    ("intent__HassTurnOff", {"name": "Front Door"}),
    ("intent__HassTurnOff", {"area": "Hall"}),
    ("intent__HassTurnOff", {"area": "Hall", "domain": ["lock"]}),
    ("intent__HassTurnOff", {"name": "ways_in"}),
    ("script__open_up", {}),
    ("script__come_in", {}),
    ("script__anything", {"wanted": "lock.unlock"}),
    ("intent__HassTurnOn", {"name": "Party"}),
    ("intent__HassStartTimer", {"seconds": 1, "conversation_command": "unlock the front door"}),
]


@pytest.mark.parametrize(("name", "args"), HOSTILE)
async def test_a_hostile_model_never_unlocks_by_itself(
    home: HomeAssistant,
    hearthd: Hearthd,
    talk: Talk,
    satellite: str,
    last_turn: Callable[[], Turn],
    name: str,
    args: dict[str, Any],
) -> None:
    """Whatever road it takes and whatever it claims, a voice that anybody may have can't even say yes."""
    async_register_timer_handler(home, satellite, lambda *_: None)
    hearthd.script([calls((name, args), content="All done,"), says("the door is open!")])
    result = await talk("how are you?", device_id=satellite)
    assert [(call.outcome, call.reason) for call in last_turn().calls] == [(Outcome.DENIED, Reason.NEEDS_PERSON)]
    assert "I changed nothing" in speech(result)
    await talk("yes", device_id=satellite)
    await home.async_block_till_done()
    async_fire_time_changed(home, dt_util.utcnow() + timedelta(seconds=5))
    await home.async_block_till_done()
    assert home.states.is_state("lock.front_door", "locked")


async def test_the_question_is_ours_and_the_yes_runs_it(
    home: HomeAssistant, hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """The question names what would happen, whatever the model says, and the model is not asked again."""
    hearthd.script([calls(("script__open_up", {}))])
    asked = await talk("let my friend in")
    assert speech(asked) == "I need your yes before I unlock Front Door. Shall I?"
    answered = await talk("yes")
    assert home.states.is_state("lock.front_door", "unlocked")
    assert (speech(answered), last_turn().outcome) == ("Done.", TurnOutcome.DONE)


@pytest.mark.parametrize("words", ["unlock the front door", "let my friend in"])
async def test_an_automation_is_not_asked_back(
    home: HomeAssistant, hearthd: Hearthd, entry: MockConfigEntry, words: str
) -> None:
    """Words that come from no account and no device get an answer instead of a question, and it says what to do."""
    hearthd.script([calls(("script__open_up", {})), says("I can't.")])
    result = await conversation.async_converse(home, words, "one", Context(), "en", AGENT)
    assert not result.continue_conversation
    assert entry.runtime_data.turns.recent()[-1].calls[-1].reason == Reason.NOBODY_TO_ASK
    if words == "unlock the front door":
        assert "choose a phone for approvals" in speech(result)
    assert home.states.is_state("lock.front_door", "locked")


async def test_an_unanswered_question_does_not_spoil_the_next_turn(
    home: HomeAssistant, hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """A question that nobody answered waits elsewhere; the model's answer to something else is an answer."""
    hearthd.script([says("Paris.")])
    await talk("unlock the front door")
    assert speech(await talk("what is the capital of France?")) == "Paris."
    assert (last_turn().outcome, last_turn().calls) == (TurnOutcome.ANSWERED, [])


@pytest.mark.parametrize(
    ("tools", "actions"),
    [
        ([("script__anything", {"wanted": "light.turn_on"})], "run Anything, of which I can't see everything"),
        (
            [("script__anything", {"wanted": "x"}), ("intent__HassTurnOff", {"name": "Front Door"})],
            "run Anything, of which I can't see everything and unlock Front Door",
        ),
        ([("intent__HassTurnOn", {"name": "Party"})], "change Front Door"),
        (
            [("intent__HassTurnOff", {"name": "Front Door"}), ("intent__HassTurnOn", {"name": "Garage Door"})],
            "unlock Front Door and open Garage Door",
        ),
    ],
)
async def test_the_question_names_everything_that_a_yes_would_do(
    hearthd: Hearthd, talk: Talk, tools: list[tuple[str, Any]], actions: str
) -> None:
    """Nothing grave hides behind something else, and what can't be looked into is said to be so."""
    hearthd.script([calls(*tools)])
    asked = await talk("surprise me")
    assert speech(asked) == f"I need your yes before I {actions}. Shall I?"


async def test_a_lying_model_is_corrected(
    home: HomeAssistant, hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim of success is followed by what really happened."""
    monkeypatch.setattr("custom_components.hearth.hands.verify.async_verify.__defaults__", (0.01,))
    hearthd.script([calls(("intent__HassTurnOn", {"name": "Stuck Light"})), says("The stuck light is on.")])
    result = await talk("some light please")
    assert speech(result) == "I tried, but Stuck Light did not react and is still off."
    assert last_turn().outcome is TurnOutcome.FAILED


async def test_a_model_whose_calls_all_failed_is_corrected(hearthd: Hearthd, talk: Talk) -> None:
    """A claim of success after nothing but errors does not stand alone."""
    hearthd.script([calls(("light__turn_off_everything", {})), says("It is dark now.")])
    assert speech(await talk("make it dark")) == "To be clear: I changed nothing."


async def test_a_model_in_circles_is_stopped(hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]) -> None:
    """A model that only calls tools is ended, and the person is told."""
    hearthd.script([calls(("homeassistant__GetLiveContext", {}))] * (MAX_STEPS + 1))
    result = await talk("think about it")
    assert speech(result) == "I stopped, because this took too many steps."
    assert len(last_turn().calls) == MAX_STEPS


async def test_a_silent_model_is_owned_up_to(hearthd: Hearthd, talk: Talk) -> None:
    """A model that says nothing is not left unmentioned."""
    hearthd.script([says("")])
    assert speech(await talk("say nothing")) == "I have no answer to that."


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("engine_busy", "I'm busy with something else. Please ask me again in a moment."),
        ("model_loading", "My language model is still loading. Please ask me again in a moment."),
        ("context_overflow", "This conversation has become too long for my language model. Please start a new one."),
        ("internal", "My language model had a problem. Controlling the home still works."),
    ],
)
async def test_an_engine_error_is_said_in_plain_words(
    hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn], code: str, said: str
) -> None:
    """Each failure of the engine has words that a person understands."""
    # What does not fit is tried once more.
    hearthd.script([{"reply": {"error": code}}] * 2)
    result = await talk("tell me something")
    assert result.response.response_type is intent.IntentResponseType.ERROR
    assert (speech(result), last_turn().outcome) == (said, TurnOutcome.ENGINE_ERROR)


async def test_what_was_said_before_an_error_is_kept(home: HomeAssistant, hearthd: Hearthd, talk: Talk) -> None:
    """Half an answer stays in the conversation, and the next turn goes on from it."""
    hearthd.script([{"reply": {"content": "Once upon a", "error": "internal"}}, says("time.")])
    await talk("tell me a story")
    contents = [content.content for content in home.data[DATA_CHAT_LOGS]["one"].content[1:]]
    assert contents == [
        "tell me a story",
        "Once upon a",
        "My language model had a problem. Controlling the home still works.",
    ]
    assert speech(await talk("go on")) == "time."


@pytest.mark.parametrize("seconds", [0, 0.5])
async def test_stop_ends_a_running_answer(hearthd: Hearthd, talk: Talk, entry: Any, seconds: float) -> None:
    """A stop from anywhere ends what is being said, at once."""
    hearthd.script([{"reply": {"content": "word " * 200, "chunk_size": 5, "delay_ms": 100}}])
    running = asyncio.ensure_future(talk("tell me a story"))
    while not entry.runtime_data.turns._running:  # noqa: SLF001 - there is no other sign that it began
        await asyncio.sleep(0.01)
    await asyncio.sleep(seconds)
    assert speech(await talk("stop", conversation_id="two")) == "Stopped."
    assert speech(await running) == "Stopped."


async def test_history_reaches_the_model(hearthd: Hearthd, talk: Talk) -> None:
    """What was said and done in earlier turns, by whichever tier, is told to the model."""
    hearthd.script([{"expect": {"role": "user", "contains": "what did I say"}, "reply": {"content": "Lights."}}])
    await talk("turn on the kitchen lights")
    assert speech(await talk("what did I say?")) == "Lights."


async def test_tool_results_reach_the_chat_log(home: HomeAssistant, hearthd: Hearthd, talk: Talk) -> None:
    """Home Assistant's own record of the conversation shows the truth about each call."""
    hearthd.script([calls(("intent__HassTurnOff", {"name": "Front Door"}))])
    await talk("let my friend in")
    results = [
        content.result.data
        for content in home.data[DATA_CHAT_LOGS]["one"].content
        if isinstance(content, ToolResultContent)
    ]
    assert [result["status"] for result in results] == ["pending_approval"]
