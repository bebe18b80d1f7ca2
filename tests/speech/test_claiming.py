"""Test that claims of having acted are told from everything else that is said about a home."""

import pytest

from custom_components.hearth.speech import LANGUAGES
from custom_components.hearth.speech.claiming import claims_in
from custom_components.hearth.speech.deed_kinds import NAMINGS, Deed

from .claims import CLAIMS, HARMLESS


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in CLAIMS.items() for text in texts])
def test_a_claim_is_known(language: str, sentence: str) -> None:
    """Whoever hears it must believe that something was done."""
    assert claims_in(language, sentence) != ()


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in HARMLESS.items() for text in texts])
def test_everything_else_is_left_alone(language: str, sentence: str) -> None:
    """States, offers, refusals, plans, questions and what was earlier claim nothing."""
    assert claims_in(language, sentence) == ()


@pytest.mark.parametrize(("language", "claims", "harmless"), [("en", 40, 60), ("de", 40, 60), ("es", 20, 30)])
def test_the_tables_are_long_enough(language: str, claims: int, harmless: int) -> None:
    """A rule of words is worth what it was measured on."""
    assert set(CLAIMS) == set(HARMLESS) == set(LANGUAGES)
    assert (len(set(CLAIMS[language])) >= claims, len(set(HARMLESS[language])) >= harmless) == (True, True)


def test_a_model_that_answers_in_english_is_understood() -> None:
    """Small models do, whatever they were asked in."""
    assert claims_in("de", "I have unlocked the front door.") != ()
    assert claims_in("xx", "I have unlocked the front door.") != ()


ON, OFF, OPEN, CLOSE, LOCK, UNLOCK = Deed.ON, Deed.OFF, Deed.OPEN, Deed.CLOSE, Deed.LOCK, Deed.UNLOCK


@pytest.mark.parametrize(
    ("language", "sentence", "deeds"),
    [
        ("en", "I've turned on the light.", [{ON}]),
        ("en", "I turned the lamp on the desk off.", [{ON, OFF}]),
        ("en", "I've dimmed the light.", [set()]),
        ("en", "All done!", [set()]),
        ("en", "I've turned off the lights and locked the door.", [{OFF}, {LOCK}]),
        ("en", "I've turned off the lights in the kitchen and the hall.", [{OFF}]),
        ("en", "I've turned off the lights and the door is locked.", [{OFF}]),
        ("en", "I've opened and closed the blinds.", [{OPEN}, {CLOSE}]),
        ("en", "Done, opened the gate, then locked the door.", [set(), {OPEN}, {LOCK}]),
        ("en", "I've gone ahead and unlocked the door.", [{UNLOCK}]),
        ("en", "The lights and the heating have been turned off.", [{OFF}]),
        ("en", "I've cancelled the timer.", [{Deed.REMOVE, Deed.STOP}]),
        ("en", "I've set a timer for ten minutes.", [{Deed.ADD}]),
        ("de", "Ich habe das Licht und die Heizung ausgeschaltet und die Tür verriegelt.", [{OFF}, {LOCK}]),
        ("de", "Ich habe das Licht ausgeschaltet, und die Tür ist verriegelt.", [{OFF}]),
        ("de", "Ich schließe die Tür auf.", [{UNLOCK}]),
        ("de", "Ich schließe die Tür ab.", [{LOCK}]),
        ("de", "Ich schließe die Tür.", [{CLOSE}]),
        ("de", "Ich habe die Heizung eingestellt.", [set()]),
        ("es", "He apagado la luz y bloqueado la puerta.", [{OFF}, {LOCK}]),
        ("es", "He desbloqueado la puerta.", [{UNLOCK}]),
        ("fr", "J'ai éteint la lumière et déverrouillé la porte.", [{OFF}, {UNLOCK}]),
        ("fr", "J'ai ouvert le garage, puis allumé la lumière.", [{OPEN}, {ON}]),
        ("nl", "Ik heb het licht uitgezet en de deur van het slot gehaald.", [{OFF}, {UNLOCK}]),
        ("nl", "Ik heb het licht uitgezet en de deur is op slot.", [{OFF}]),
    ],
)
def test_each_deed_that_is_claimed_is_told_apart(language: str, sentence: str, deeds: list[set[Deed]]) -> None:
    """One after the other, and how a thing is beside them is none."""
    assert [set(claim.deeds) for claim in claims_in(language, sentence)] == deeds


def test_what_is_said_in_passing_is_no_part_of_a_claim() -> None:
    """A reason, an exception or a comparison names things to which nothing was done."""
    (claim,) = claims_in("en", "I've turned off the lights, as you asked.")
    assert claim.words == "i've turned off the lights"
    (claim,) = claims_in("en", "I've turned off everything in the kitchen except the Kitchen Fan.")
    assert claim.words == "i've turned off everything in the kitchen"


def test_every_language_names_every_kind() -> None:
    """Dutch says of an alarm what it says of a lamp."""
    named = {language: set(naming.deeds) for language, naming in NAMINGS.items()}
    named["nl"] |= {Deed.ARM, Deed.DISARM}
    assert named == {language: set(Deed) for language in LANGUAGES}
