"""Test that a number said digit by digit is found, and masked whole."""

import pytest

from custom_components.hearth.speech import find_digits


@pytest.mark.parametrize(
    ("text", "digits", "masked"),
    [
        ("4711", "4711", "••••"),
        ("4 7 1 1", "4711", "••••"),
        ("4-7-1-1.", "4711", "••••."),
        ("47 11 08", "471108", "••••"),
        ("my pin is 1 2 3 4", "1234", "my pin is ••••"),
        ("yes, it's four seven one one please", "4711", "yes, it's •••• please"),
        ("Vier sieben eins zwo", "4712", "••••"),
        ("meine PIN ist fünf null acht neun", "5089", "meine PIN ist ••••"),
        ("cuatro siete uno cero", "4710", "••••"),
        ("mon code est quatre sept un zéro", "4710", "mon code est ••••"),
        ("vier zeven een één", "4711", "••••"),
        ("four 7 one 1", "4711", "••••"),
        ("\uff14\uff17\uff11\uff11", "4711", "••••"),
        ("1234 or 987654", "987654", "•••• or ••••"),
    ],
)
def test_digits_are_found(text: str, digits: str, masked: str) -> None:
    """In figures, in words of each language, and mixed; nothing of it is left."""
    assert find_digits(text) == (digits, masked)


@pytest.mark.parametrize("text", ["", "yes", "123", "one two three", "someone to nineteen", "at 7 and at 8"])
def test_other_words_are_no_number(text: str) -> None:
    """Fewer than four digits are no PIN, and a word that holds a digit's is none."""
    assert find_digits(text) is None
