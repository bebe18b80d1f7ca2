"""Test the words that Hearth says and knows."""

from string import Formatter
from types import ModuleType

import pytest

from custom_components.hearth.speech import de, en, es, fr, join, knows, nl, say, words


def placeholders(text: str) -> set[str]:
    """Return the names in a text's braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [de, es, fr, nl])
def test_every_language_says_everything(language: ModuleType) -> None:
    """A translation has every text, with the same placeholders."""
    texts: dict[str, str] = language.TEXTS
    assert {key: placeholders(text) for key, text in texts.items()} == {
        key: placeholders(text) for key, text in en.TEXTS.items()
    }


@pytest.mark.parametrize("language", [de, en, es, fr, nl])
def test_a_word_has_one_meaning(language: ModuleType) -> None:
    """No phrase is both a yes and a no, or a stop and either."""
    meanings = [language.WORDS[key] for key in ("yes", "no", "stop")]
    assert sum(map(len, meanings)) == len(frozenset.union(*meanings))


@pytest.mark.parametrize("language", [de, en, es, fr, nl])
def test_questions_end_as_questions(language: ModuleType) -> None:
    """Home Assistant listens on only after a question mark."""
    assert language.TEXTS["ask"].endswith("?")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Done."),
        ("en-GB", "Done."),
        ("de", "Erledigt."),
        ("de-CH", "Erledigt."),
        ("fr", "C'est fait."),
        ("nl", "Gedaan."),
        ("es-MX", "Hecho."),
        ("xx", "Done."),
    ],
)
def test_the_language_is_found(language: str, text: str) -> None:
    """A regional or an unknown language falls back."""
    assert say(language, "done") == text


def test_lists_are_spoken() -> None:
    """Parts are joined as people say them."""
    assert [join("en", list(parts)) for parts in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


def test_unknown_keys() -> None:
    """A missing text is a mistake of ours, and English words are known everywhere."""
    assert not knows("no_such_text")
    with pytest.raises(KeyError):
        say("en", "no_such_text")
    assert "stop" in words("de", "stop")
