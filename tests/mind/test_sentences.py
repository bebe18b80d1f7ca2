"""Test that what was done is undone at a word, with no language model."""

from collections.abc import Callable
from functools import partial

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.hearth.mind import Tier, Turn, TurnOutcome
from tests.hearthd import Hearthd

from .conftest import Talk, speech

KITCHEN, BED, DOOR = "light.kitchen_lights", "light.bed_light", "lock.front_door"


@pytest.fixture
def anna_says(people: None, talk: Talk) -> Talk:
    """Return what says something as somebody who is known."""
    return partial(talk, user_id="anna")


@pytest.fixture(autouse=True)
def silent_model(hearthd: Hearthd) -> None:
    """Let any question that reaches the model fail."""
    hearthd.script([])


@pytest.mark.parametrize(
    ("language", "words", "told"),
    [
        ("en", "undo that", "Undone."),
        ("de", "mach das rückgängig", "Rückgängig gemacht."),
        ("es", "deshaz eso", "Deshecho."),
        ("fr", "annule ça", "Annulé."),
        ("nl", "maak dat ongedaan", "Ongedaan gemaakt."),
    ],
)
async def test_what_was_switched_is_switched_back(
    home: HomeAssistant, anna_says: Talk, last_turn: Callable[[], Turn], language: str, words: str, told: str
) -> None:
    """An act is undone at once, proven by the states, and undoing that does it again."""
    await anna_says("turn on the kitchen lights")
    assert home.states.is_state(KITCHEN, "on")
    assert speech(await anna_says(words, language=language)) == told
    assert home.states.is_state(KITCHEN, "off")
    turn = last_turn()
    assert (turn.tier, turn.outcome) == (Tier.REFLEX, TurnOutcome.DONE)
    assert turn.as_dict()["entities"] == {KITCHEN: {"before": "on", "after": "off"}}
    assert speech(await anna_says(words, language=language)) == told
    assert home.states.is_state(KITCHEN, "on")


async def test_an_undo_that_unlocks_asks(home: HomeAssistant, anna_says: Talk, last_turn: Callable[[], Turn]) -> None:
    """What is as grave as unlocking asks as unlocking does, and does it after a yes."""
    await anna_says("unlock the front door")
    await anna_says("yes")
    await anna_says("lock the front door")
    await anna_says("yes")
    assert home.states.is_state(DOOR, "locked")
    asked = await anna_says("undo that")
    assert "unlock Front Door" in speech(asked)
    assert last_turn().outcome is TurnOutcome.ASKED
    assert home.states.is_state(DOOR, "locked")
    assert speech(await anna_says("yes")) == "Undone."
    assert home.states.is_state(DOOR, "unlocked")


async def test_only_ones_own_is_undone(home: HomeAssistant, talk: Talk, people: None) -> None:
    """Bert can't undo what Anna had done, in her conversation or in his."""
    await talk("turn on the kitchen lights", user_id="anna")
    for conversation_id in ("one", "two"):
        told = speech(await talk("undo that", user_id="bert", conversation_id=conversation_id))
        assert told == "There is nothing of yours that I could undo."
    assert home.states.is_state(KITCHEN, "on")


async def test_a_changed_light_is_told_of(home: HomeAssistant, anna_says: Talk) -> None:
    """It is said who has changed it, and undone when told so anyway."""
    await home.services.async_call("light", "turn_on", {"entity_id": KITCHEN}, blocking=True)
    await anna_says("turn off the kitchen lights")
    light = home.states.get(KITCHEN)
    assert light is not None
    home.states.async_set(KITCHEN, "unknown", light.attributes, context=Context(user_id="bert"))
    told = speech(await anna_says("undo that"))
    assert told.startswith("I left Kitchen Lights alone, because Bert has changed it since.")
    await anna_says("undo it anyway")
    assert home.states.is_state(KITCHEN, "on")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "turn off everything in the bedroom"),
        ("de", "schalte alles im Bedroom aus"),
        ("es", "apaga todo en el bedroom"),
        ("fr", "éteins tout dans la bedroom"),
        ("nl", "zet alles in de bedroom uit"),
    ],
)
async def test_a_whole_room_is_undone(
    home: HomeAssistant, anna_says: Talk, last_turn: Callable[[], Turn], language: str, words: str
) -> None:
    """Everything in a room goes off at one sentence, and comes back as it was."""
    await anna_says("turn on the bed light")
    assert speech(await anna_says(words, language=language))
    assert (last_turn().tier, last_turn().outcome) == (Tier.ROUTER, TurnOutcome.DONE)
    assert home.states.is_state(BED, "off")
    assert speech(await anna_says("undo that")) == "Undone."
    assert home.states.is_state(BED, "on")


async def test_a_voice_undoes_what_its_own_device_heard(home: HomeAssistant, talk: Talk, satellite: str) -> None:
    """Without an account it is the satellite that tells whose it was."""
    await talk("turn on the lights", device_id=satellite)
    assert home.states.is_state(KITCHEN, "on")
    assert speech(await talk("undo that", user_id=None, conversation_id="two")).startswith("There is nothing")
    assert speech(await talk("undo that", device_id=satellite)) == "Undone."
    assert home.states.is_state(KITCHEN, "off")
