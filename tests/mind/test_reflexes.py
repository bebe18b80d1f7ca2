"""Test the phrases that need no understanding."""

import pytest

from custom_components.hearth.mind.reflexes import Reflex, recognise


@pytest.mark.parametrize(
    ("text", "language", "reflex"),
    [
        ("stop", "en", Reflex.STOP),
        ("STOP!", "en", Reflex.STOP),
        ("Stopp!", "de", Reflex.STOP),
        ("stop", "ja", Reflex.STOP),
        ("Yes, please.", "en", Reflex.YES),
        ("  yes   please ", "en-GB", Reflex.YES),
        ("Ja, bitte", "de", Reflex.YES),
        ("yes", "de", Reflex.YES),
        ("No thanks", "en", Reflex.NO),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", "en", Reflex.NO),
        ("stop the vacuum", "en", None),
        ("yes but only the kitchen", "en", None),
        ("no idea", "en", None),
        ("", "en", None),
        ("???", "en", None),
    ],
)
def test_reflexes(text: str, language: str, reflex: Reflex | None) -> None:
    """A reflex is the whole utterance, whatever its case and punctuation."""
    assert recognise(text, language) is reflex
