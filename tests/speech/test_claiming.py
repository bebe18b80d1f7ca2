"""Test that claims of having acted are told from everything else that is said about a home."""

import pytest

from custom_components.hearth.speech import LANGUAGES
from custom_components.hearth.speech.claiming import claims_action

from .claims import CLAIMS, HARMLESS


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in CLAIMS.items() for text in texts])
def test_a_claim_is_known(language: str, sentence: str) -> None:
    """Whoever hears it must believe that something was done."""
    assert claims_action(language, sentence)


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in HARMLESS.items() for text in texts])
def test_everything_else_is_left_alone(language: str, sentence: str) -> None:
    """States, offers, refusals, plans, questions and what was earlier claim nothing."""
    assert not claims_action(language, sentence)


@pytest.mark.parametrize(("language", "claims", "harmless"), [("en", 40, 60), ("de", 40, 60), ("es", 20, 30)])
def test_the_tables_are_long_enough(language: str, claims: int, harmless: int) -> None:
    """A rule of words is worth what it was measured on."""
    assert set(CLAIMS) == set(HARMLESS) == set(LANGUAGES)
    assert (len(set(CLAIMS[language])) >= claims, len(set(HARMLESS[language])) >= harmless) == (True, True)


def test_a_model_that_answers_in_english_is_understood() -> None:
    """Small models do, whatever they were asked in."""
    assert claims_action("de", "I have unlocked the front door.")
    assert claims_action("xx", "I have unlocked the front door.")
