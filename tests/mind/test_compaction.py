"""Test that a conversation which does not fit its model is summarised, never cut silently."""

from collections.abc import Callable
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant

from custom_components.hearth.engine import EngineClient
from custom_components.hearth.mind import Turn
from custom_components.hearth.mind.summaries import Summariser
from tests.hearthd import Hearthd
from tests.stub_engine import StubEngine, error, says

from .conftest import Talk, speech

OVERFLOW = {"reply": {"error": "context_overflow"}}
CHAT = "/v1/chat/completions"


def answer(text: str, contains: str = "") -> dict[str, Any]:
    """Return an exchange of the scripted model."""
    return {"expect": {"contains": contains}, "reply": {"content": text}}


async def test_the_oldest_turns_are_summarised_and_the_person_is_told(
    hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """The model is asked once more, with a summary in the place of what went."""
    hearthd.script(
        [
            answer("Nice to meet you."),
            answer("A kite."),
            OVERFLOW,
            answer("The user is Anna.", "I am Anna"),
            answer("Your name is Anna.", "Earlier, in short: The user is Anna."),
            answer("Goodbye."),
        ]
    )
    await talk("I am Anna, and I talk a lot about kites and other things")
    await talk("what should I buy for all the people that I know, and for all of their children, too?")
    said = speech(await talk("who am I?"))
    assert said == "Your name is Anna.\n\nOur conversation has become long: of its beginning I keep a summary only."
    assert last_turn().as_dict()["prompt"]["made_room"] == ["compacted"]
    # It is said once, not with every turn from now on.
    assert speech(await talk("goodbye for now")) == "Goodbye."
    assert last_turn().as_dict()["prompt"]["made_room"] == []


async def test_what_cant_be_summarised_is_let_go_and_that_is_said(hearthd: Hearthd, talk: Talk) -> None:
    """A model that can't even do that still answers the newest words."""
    hearthd.script([answer("Hello."), OVERFLOW, {"reply": {"error": "internal"}}, answer("Fine.", "how are you?")])
    await talk("tell me something")
    assert speech(await talk("how are you?")) == (
        "Fine.\n\nOur conversation has become long: I had to let its beginning go."
    )


async def test_long_results_of_tools_are_summarised(
    home: HomeAssistant, hearthd: Hearthd, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """Within one turn it is the results that grow; the newest words and the answer stay."""
    hearthd.script(
        [
            {"reply": {"tool_calls": [{"name": "homeassistant__GetLiveContext", "arguments": {}}]}},
            OVERFLOW,
            answer("Six devices, all off.", "Kitchen"),
            {"expect": {"role": "tool", "contains": "Six devices"}, "reply": {"content": "All is off."}},
        ]
    )
    assert speech(await talk("tell me of the whole home")).startswith("All is off.")
    assert last_turn().made_room == ["compacted"]


async def test_a_single_turn_that_never_fits_is_owned_up_to(hearthd: Hearthd, talk: Talk) -> None:
    """Without what was looked up it is tried once more, and then the person is told."""
    hearthd.script([OVERFLOW, OVERFLOW])
    said = speech(await talk("tell me something"))
    assert said == "This conversation has become too long for my language model. Please start a new one."


async def test_room_is_made_before_it_is_too_late(stub: StubEngine, stub_entry: Any, home: HomeAssistant) -> None:
    """What the engine counted last tells beforehand that the next words will not fit."""

    async def say(text: str) -> str:
        return speech(
            await conversation.async_converse(home, text, "one", Context(), "en", "conversation.hearth", None)
        )

    stub.replies = [
        says("Hello.", prompt_n=3900, predicted_n=50),
        says("They greeted."),
        says("Fine."),
    ]
    await say("tell me something")
    assert "keep a summary" in await say("how are you?")
    _, summary, second = stub.bodies(CHAT)
    assert "User: tell me something" in summary["messages"][1]["content"]
    assert "Earlier, in short: They greeted." in second["messages"][1]["content"]
    assert len(second["messages"]) == 2


async def test_a_text_of_any_length_is_taken_in_piece_by_piece(stub: StubEngine, stub_entry: Any) -> None:
    """Each request holds the summary so far and one piece, and pieces that do not fit become smaller."""
    client: EngineClient = stub_entry.runtime_data.client
    stub.replies = [[error("context_overflow")], *([says("So far.")] * 40)]
    summary = await Summariser(client, "fast", 1000).async_summarise("0123456789" * 500, "the end")
    bodies = [body["messages"][1]["content"] for body in stub.bodies(CHAT)]
    pieces = [body.partition("Next piece:\n")[2] for body in bodies]
    assert summary == "So far."
    assert "".join(pieces[1:]) == "0123456789" * 500
    assert "Summary so far:" not in bodies[1]
    assert all("Summary so far:\nSo far." in body and "the end" in body for body in bodies[2:])
    assert len(pieces[0]) > len(pieces[1])
