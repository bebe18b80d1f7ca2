"""Test the reasons of the policy in plain words."""

import pytest

from custom_components.hearth.hands.policy import Reason, because
from custom_components.hearth.speech import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(language: str, reason: Reason) -> None:
    """Whatever is decided is said why, in every language, with the rule that decided by its name."""
    words = because(language, reason, "No doors at night")
    assert words.endswith(".")
    assert ("No doors at night" in words) == (reason in (Reason.RULE, Reason.BAD_RULE))
    assert language == "en" or words != because("en", reason, "No doors at night")
