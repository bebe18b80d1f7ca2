"""Test what a model is told before somebody's words: what helps, numbered, within a budget, and never for long."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import HOUSEHOLD, Source
from custom_components.hearth.context import Line, fit
from custom_components.hearth.engine import Passage
from custom_components.hearth.mind import Turn, knowledge
from custom_components.hearth.mind.conversations import Conversation
from custom_components.hearth.mind.knowledge import Budget, Gathered, Reader, tell
from tests.stub_engine import StubEngine, info, role, says, statistics

from .conftest import Talk, speech
from .test_unaided import note

CHAT = "/v1/chat/completions"


@pytest.fixture
async def entry(stub: StubEngine, stub_entry: MockConfigEntry, people: None) -> MockConfigEntry:
    """Return an entry whose engine has two notes: Anna's, and the household's with the boiler's needs."""
    notes = stub.library.collections["notes"]
    notes["boiler"] = note("boiler", "household", "The boiler needs water.", url="/media/boiler.md")
    notes["diary"] = note("diary", "person:anna", "The boiler annoys me.")
    await stub_entry.runtime_data.coordinator.async_refresh()
    return stub_entry


def asked(stub: StubEngine, number: int = -1) -> str:
    """Return the newest words of a request, with everything that stands before them."""
    content: str = stub.bodies(CHAT)[number]["messages"][-1]["content"]
    return content


async def test_passages_stand_numbered_and_fenced_before_the_words(
    stub: StubEngine, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """What was written outside the home is marked, and the turn counts as tainted; a reply may cite it."""
    stub.replies = [says("It needs", " water [", "1] and", " love [9]", ".")]
    result = await talk("why is the boiler cold?")
    told = asked(stub)
    assert "[1] Boiler, notes, 03 May 2025: The boiler needs water." in told
    assert (
        told.index("<outside>") < told.index("[1]") < told.index("</outside>") < told.index("why is the boiler cold?")
    )
    assert "annoys" not in told
    assert speech(result) == "It needs water [1] and love.\n\nSources:\n[1] Boiler, 3 May 2025, /media/boiler.md"
    assert result.response.card["simple"]["content"] == "[1] Boiler, 3 May 2025, /media/boiler.md"
    turn = last_turn()
    told_of_turn = turn.as_dict()
    assert [cited["item"] for cited in told_of_turn["citations"]] == ["boiler"]
    assert told_of_turn["citations_dropped"] == [9]
    assert told_of_turn["prompt"]["tokens"]["passages"] > 0
    assert "water" not in str(told_of_turn)
    assert turn.scope.tainted


async def test_speech_has_no_numbers(
    stub: StubEngine, talk: Talk, satellite: str, last_turn: Callable[[], Turn]
) -> None:
    """A satellite says the words alone; the card shows where they are from."""
    stub.replies = [says("Water [1].")]
    result = await talk("why is the boiler cold?", device_id=satellite)
    assert speech(result) == "Water."
    assert "Boiler" in result.response.card["simple"]["content"]
    assert [cited.item for cited in last_turn().cited] == ["boiler"]


async def test_a_model_goes_on_from_what_it_wrote_itself(stub: StubEngine, talk: Talk, satellite: str) -> None:
    """What was taken out of its words, or put below them, is not in the next request."""
    stub.replies = [says("Water [1] or wine [7]."), says("Yes.")]
    await talk("why is the boiler cold?")
    await talk("are you sure?")
    first, second = (body["messages"] for body in stub.bodies(CHAT))
    assert second[: len(first)] == first
    assert second[len(first)] == {"role": "assistant", "content": "Water [1] or wine [7]."}


async def test_what_stands_further_up_is_only_pointed_at(stub: StubEngine, talk: Talk) -> None:
    """A passage that is found again keeps its number, and its text is not sent twice."""
    await talk("why is the boiler cold?", user_id="anna")
    await talk("and what does the boiler need?", user_id="anna")
    assert "[2] Diary" in asked(stub, 0)
    assert "[1] above" in asked(stub)
    assert "The boiler needs water." not in asked(stub)


async def test_a_library_that_is_slow_costs_a_moment_only(
    stub: StubEngine, talk: Talk, last_turn: Callable[[], Turn], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer comes without it, and the trace says what was missing."""
    monkeypatch.setattr(knowledge, "SECONDS", 0.05)
    stub.answers["/v1/search"] = {"passages": []}
    stub.hangs.add("/v1/search")
    async with asyncio.timeout(30):
        assert speech(await talk("why is the boiler cold?")) == "Hello."
    assert last_turn().left_out["passages"] == "too_slow"


async def test_a_library_that_fails_is_done_without(
    stub: StubEngine, talk: Talk, last_turn: Callable[[], Turn]
) -> None:
    """An error of the library is no error of the turn."""
    stub.answers["/v1/search"] = {"error": {"message": "no", "code": "library_unavailable"}}
    assert speech(await talk("why is the boiler cold?")) == "Hello."
    assert last_turn().left_out["passages"] == "library_unavailable"


async def test_states_that_are_asked_for_are_told(home: HomeAssistant, stub: StubEngine, talk: Talk) -> None:
    """A small model needs no tool for the state of what is named."""
    await home.services.async_call("light", "turn_on", {"entity_id": "light.bed_light"}, blocking=True)
    await talk("do you think the bed light is too bright?")
    states = asked(stub).partition("States:")[2]
    assert "Bed Light" in states
    assert "on" in states


async def test_core_memory_stands_in_the_system_prompt(
    home: HomeAssistant, stub: StubEngine, talk: Talk, entry: MockConfigEntry
) -> None:
    """Facts come after the home, each person's own to them alone; what is warmed has those of the household."""
    await talk("remember that our plumber is called Rosa", user_id="anna")
    await talk("remember that my present is a kite", user_id="anna", conversation_id="two")
    await talk("tell me something", user_id="anna")
    await talk("tell me something", user_id="bert", conversation_id="three")
    await talk("tell me something", conversation_id="four")
    anna, bert, satellite = (body["messages"][0]["content"] for body in stub.bodies(CHAT))
    assert anna.index("Bedroom") < anna.index("Rosa") < anna.index("kite")
    assert "Rosa" in bert
    assert "kite" not in bert
    assert bert.partition("Known of bert")[0].startswith(satellite.rstrip())
    await entry.runtime_data.warmer.async_warm("conversation.hearth")
    assert stub.bodies("/v1/warm")[-1]["messages"][0]["content"] == satellite


def passages(count: int, length: int) -> tuple[Passage, ...]:
    """Return long passages."""
    return tuple(
        Passage("notes", str(number), "0", "household", "A note", "word " * length, None, None, False, 0.9, {}, (0, 1))
        for number in range(count)
    )


@pytest.mark.parametrize(("length", "fits"), [(50, 6), (200, 3), (5000, 2)])
def test_what_does_not_fit_is_left_out_and_said_to_be(length: int, fits: int) -> None:
    """Each part has its budget, and the trace tells how much of it was missing."""
    told = tell(Conversation(HOUSEHOLD), {}, Gathered(passages=passages(6, length)), Budget.of(8192))
    assert told.text.count(", notes: ") == fits
    assert told.left_out == ({"passages": 6 - fits} if fits < 6 else {})
    assert told.tokens["passages"] <= Budget.of(8192).passages * 1.2


def test_nothing_is_told_twice() -> None:
    """What the words are about stands beside them, not among what is so anyway as well; later it counts as told."""
    door, alarm = (Line(name, f"{name}: open", Source.DEVICES, 0.9) for name in ("Door", "Alarm"))
    conversation, situation = Conversation(HOUSEHOLD), fit([door, alarm], 100)
    about_the_door = Gathered(situation=situation, states=fit([replace(door, key="state:door")], 100))
    assert tell(conversation, {}, about_the_door, Budget.of(8192)).text == (
        "Now:\n- Alarm: open\nStates:\n- Door: open"
    )
    assert tell(conversation, {}, Gathered(situation=situation), Budget.of(8192)).text == ""


@pytest.mark.parametrize("length", [None, 512, 2048, 4096, 8192, 131_072])
def test_a_small_model_is_told_less(length: int | None) -> None:
    """All parts together leave most of the context to the home, the conversation and the reply."""
    budget = Budget.of(length)
    assert budget.memory + budget.situation + budget.passages + budget.states <= (length or 8192) * 0.4


@pytest.mark.parametrize(
    ("speed", "spoken", "told"),
    [
        (None, True, (300, 400, 1024)),
        (5000.0, True, (300, 400, 1024)),
        (75.0, True, (50, 64, 250)),
        (75.0, False, (128, 171, 600)),
        (3.0, True, (50, 50, 250)),
    ],
)
def test_a_slow_reader_is_told_less(speed: float | None, spoken: bool, told: tuple[int, int, int]) -> None:
    """Nobody waits for what a model reads first, as far as it can be short; memory is read beforehand."""
    budget = Reader(8192, speed).budget(spoken=spoken)
    assert (budget.situation, budget.states, budget.passages) == told
    assert budget.memory == Budget.of(8192).memory


async def test_what_is_told_fits_how_fast_the_model_reads(
    home: HomeAssistant, stub: StubEngine, talk: Talk, entry: MockConfigEntry
) -> None:
    """The engine says how fast that is."""
    for number in range(40):
        home.states.async_set(f"light.lamp_{number}", "on", {"friendly_name": f"Lamp {number}", "brightness": number})
    question = "do you think that a lamp is too bright?"
    await talk(question)
    whole = asked(stub)
    stub.info = info(fast=role("tiny", "ready", statistics=statistics(prompt_tokens_per_second=30.0)))
    await entry.runtime_data.coordinator.async_refresh()
    await talk(question, conversation_id="two")
    assert whole.count("Lamp") > asked(stub).count("Lamp") > 1
