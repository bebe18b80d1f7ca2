"""Test that people hear what was done, and that no model claims what was not."""

from collections.abc import Callable
from functools import partial

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.mind import Tier, Turn
from custom_components.hearth.speech import LANGUAGES, say
from custom_components.hearth.speech.deeds import asked_what_was_done
from tests.conftest import AGENT_ID
from tests.hearthd import Hearthd

from .conftest import Talk, speech
from .test_agent import calls, says


@pytest.fixture
def anna_says(people: None, talk: Talk) -> Talk:
    """Return what says something as Anna."""
    return partial(talk, user_id="anna")


@pytest.fixture
def bert_says(people: None, talk: Talk) -> Talk:
    """Return what says something as Bert, in a conversation of his own."""
    return partial(talk, user_id="bert", conversation_id="berts")


async def test_a_day_is_told(
    freezer: FrozenDateTimeFactory,
    hearthd: Hearthd,
    anna_says: Talk,
    bert_says: Talk,
    last_turn: Callable[[], Turn],
) -> None:
    """Tell what was done, when, for whom, in which words and what came of it; another's words are theirs."""
    hearthd.script([])
    assert speech(await anna_says("what did you do today, and why?")) == (
        "I did nothing today, and nobody asked me to."
    )
    await anna_says("turn on the kitchen lights")
    await anna_says("turn on the kitchen lights")
    await anna_says("unlock the front door")
    await anna_says("no")
    own = speech(await anna_says("what did you do today, and why?"))
    assert "you: turn on Kitchen Lights, because of the words “turn on the kitchen lights”; done, 2 times" in own
    assert "you: unlock Front Door, because of the words “unlock the front door”; the answer was no" in own
    assert last_turn().tier is not Tier.MODEL
    others = speech(await bert_says("what have you done today?"))
    assert "Anna: turn on Kitchen Lights; done" in others
    assert "because of" not in others
    assert "Kitchen" in speech(await bert_says("what did you do in the kitchen today?"))
    assert "Kitchen" not in speech(await bert_says("what did you do in the bedroom today?"))
    assert speech(await bert_says("what did you do yesterday?")).startswith("I did nothing yesterday")


@pytest.mark.parametrize(
    ("language", "text", "when", "area"),
    [
        ("en", "What did you do today, and why?", "today", None),
        ("en", "What have you done this morning?", "morning", None),
        ("en", "what did you do in the kitchen yesterday", "yesterday", "kitchen"),
        ("en", "why did you do that?", "today", None),
        ("de", "Was hast du heute gemacht, und warum?", "today", None),
        ("de", "Was hast du gestern in der Küche gemacht?", "yesterday", "Küche"),
        ("de", "Was hast du heute Morgen getan?", "morning", None),
        ("es", "¿Qué has hecho hoy, y por qué?", "today", None),
        ("es", "¿Qué hiciste ayer?", "yesterday", None),
        ("es", "¿Qué has hecho en la cocina hoy?", "today", "cocina"),
        ("fr", "Qu'as-tu fait aujourd'hui, et pourquoi ?", "today", None),
        ("fr", "Qu'avez-vous fait hier ?", "yesterday", None),
        ("fr", "Qu'as-tu fait dans la cuisine ce matin ?", "morning", "cuisine"),
        ("nl", "Wat heb je vandaag gedaan, en waarom?", "today", None),
        ("nl", "Wat heb je gisteren in de keuken gedaan?", "yesterday", "keuken"),
        ("nl", "What did you do today?", "today", None),
    ],
)
def test_the_question_is_known(language: str, text: str, when: str, area: str | None) -> None:
    """In five languages, with a time and a place."""
    assert asked_what_was_done(language, text) == (when, area)


@pytest.mark.parametrize(
    "text", ["what do you do?", "what did Anna do today?", "what should I do today?", "was hast du?"]
)
def test_other_questions_are_left_alone(text: str) -> None:
    """Only what Hearth did is told from its record."""
    assert all(asked_what_was_done(language, text) is None for language in LANGUAGES)


async def test_a_model_claims_nothing_that_it_did_not_do(
    home: HomeAssistant, hearthd: Hearthd, anna_says: Talk, last_turn: Callable[[], Turn]
) -> None:
    """The claim is not heard, the truth is, once."""
    hearthd.script([says("Of course! I have unlocked the front door for you. Anything else?")])
    said = speech(await anna_says("would you be so kind as to let my cousin in please"))
    assert said == f"Of course! {say('en', 'changed_nothing')} Anything else?"
    assert home.states.is_state("lock.front_door", "locked")
    assert last_turn().corrected


async def test_an_agent_that_may_not_know_tells_nothing(
    home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd, anna_says: Talk
) -> None:
    """Of devices that an agent may not know of, it does not tell what was done to them."""
    hearthd.script([])
    home.config_entries.async_update_entry(entry, options={"agents": {AGENT_ID: ["weather"]}})
    assert speech(await anna_says("what did you do today?")) == say("en", "not_allowed")


async def test_a_model_claims_nothing_beside_what_it_did(
    home: HomeAssistant, hearthd: Hearthd, anna_says: Talk, last_turn: Callable[[], Turn]
) -> None:
    """That one call did something proves no other claim of the turn."""
    hearthd.script(
        [
            calls(("intent__HassTurnOn", {"name": "Kitchen Lights"})),
            says("I turned on the kitchen lights. I also locked the garage door. Anything else?"),
        ]
    )
    said = speech(await anna_says("would you be so kind as to make it bright and safe please"))
    assert said == ("I turned on the kitchen lights. To be clear: I changed nothing but Kitchen Lights. Anything else?")
    assert last_turn().corrected
