"""Test that a number said digit by digit is found, and masked whole."""

import pytest
from unicode_rbnf import FormatOptions, RbnfEngine

from custom_components.hearth.speech import LANGUAGES, find_digits
from custom_components.hearth.speech.digits import SPELLED_IN


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
        ("forty-seven eleven", "4711", "••••"),
        ("Yes, forty seven eleven.", "4711", "Yes, ••••."),
        ("it's oh seven ninety one", "0791", "it's ••••"),
        ("twenty 7 eleven", "20711", "••••"),
        ("four seventy-one one", "4711", "••••"),
        ("siebenundvierzig elf", "4711", "••••"),
        ("ja, sieben und vierzig elf bitte", "4711", "ja, •••• bitte"),
        ("Zwölf dreißig", "1230", "••••"),
        ("zwoelf einundzwanzig", "1221", "••••"),
        ("quarante-sept onze", "4711", "••••"),
        ("c'est quatre vingt dix sept soixante et onze", "9771", "c'est ••••"),
        ("quatre-vingts vingt et un", "8021", "••••"),
        ("cuarenta y siete once", "4711", "••••"),
        ("veintidós dieciseis", "2216", "••••"),
        ("zevenenveertig elf", "4711", "••••"),
        ("tweeëntwintig drieendertig", "2233", "••••"),
        ("forty-seven eleven or one two", "4711", "•••• or one two"),
    ],
)
def test_digits_are_found(text: str, digits: str, masked: str) -> None:
    """In figures, in words of each language, one by one or in pairs, and mixed; nothing of it is left."""
    assert find_digits(text) == (digits, masked)


@pytest.mark.parametrize("language", SPELLED_IN)
def test_every_pair_is_understood(language: str) -> None:
    """However a language spells a number, two of them are four digits; as one word, as two, and with a hyphen."""
    spell = RbnfEngine.for_language(language).format_number
    for number in range(10, 100):
        for joint in ("", " ", "-"):
            spelled = spell(number, options=FormatOptions.PRESERVE_SOFT_HYPENS).text.replace("\xad", joint)
            assert find_digits(f"{spelled}, {spelled.upper()}") == (f"{number}{number}", "••••"), spelled


def test_numbers_are_understood_in_every_language_that_is_spoken() -> None:
    """Who adds a language adds its numbers."""
    assert set(SPELLED_IN) == set(LANGUAGES)


@pytest.mark.parametrize(
    "text",
    [
        *("", "yes", "123", "one two three", "someone to nineteen", "at 7 and at 8", "forty-seven", "four seventeen"),
        *("vierzig Minuten", "il est sept heures", "a las once", "om half elf"),
    ],
)
def test_other_words_are_no_number(text: str) -> None:
    """Fewer than four digits are no PIN, and a word that holds a digit's is none."""
    assert find_digits(text) is None
