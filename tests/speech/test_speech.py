"""Test the words that Hearth says and knows."""

from datetime import date, timedelta
from string import Formatter
from types import ModuleType

import pytest

from custom_components.hearth.speech import de, en, es, fr, heard, join, knows, nl, say, spoken_day, words


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


HEARD = [
    ("en", "remember", "Remember that the plumber is called Rosa.", "the plumber is called Rosa"),
    ("en", "remember", "please don\N{RIGHT SINGLE QUOTATION MARK}t forget that we leave at 8", "we leave at 8"),
    ("en", "forget", "Forget that the plumber is called Rosa", "the plumber is called Rosa"),
    ("en", "forget", "forget the Wi-Fi password", "the Wi-Fi password"),
    ("en", "forget_last", "Forget that!", None),
    ("en", "undo", "Undo that.", None),
    ("en", "about_me", "What do you know about me?", None),
    ("en", "incognito", "This is off the record.", None),
    ("de", "remember", "Merk dir, dass die Klempnerin Rosa heißt.", "die Klempnerin Rosa heißt"),
    ("de", "forget", "Vergiss bitte, dass die Klempnerin Rosa heißt", "die Klempnerin Rosa heißt"),
    ("de", "forget_last", "Vergiss das.", None),
    ("de", "undo", "Mach das rückgängig", None),
    ("de", "about_me", "Was weißt du über mich?", None),
    ("de", "incognito", "Das bleibt unter uns.", None),
    ("es", "remember", "Recuerda que la fontanera se llama Rosa", "la fontanera se llama Rosa"),
    ("es", "forget", "Olvida que la fontanera se llama Rosa", "la fontanera se llama Rosa"),
    ("es", "forget_last", "Olvídalo", None),
    ("es", "undo", "Deshazlo", None),
    ("es", "about_me", "¿Qué sabes de mí?", None),
    ("es", "incognito", "No guardes esta conversación", None),
    ("fr", "remember", "Souviens-toi que la plombière s'appelle Rosa", "la plombière s'appelle Rosa"),
    ("fr", "remember", "Retiens qu'elle s'appelle Rosa", "elle s'appelle Rosa"),
    ("fr", "forget", "Oublie que la plombière s'appelle Rosa", "la plombière s'appelle Rosa"),
    ("fr", "forget_last", "Oublie ça.", None),
    ("fr", "undo", "Annule ça", None),
    ("fr", "about_me", "Que sais-tu de moi ?", None),
    ("fr", "incognito", "C'est entre nous", None),
    ("nl", "remember", "Onthoud dat de loodgieter Rosa heet", "de loodgieter Rosa heet"),
    ("nl", "forget", "Vergeet dat de loodgieter Rosa heet", "de loodgieter Rosa heet"),
    ("nl", "forget_last", "Vergeet dat maar", None),
    ("nl", "undo", "Maak dat ongedaan", None),
    ("nl", "about_me", "Wat weet je over mij?", None),
    ("nl", "incognito", "Dit blijft onder ons", None),
    ("ja", "remember", "remember that it rains", "it rains"),
    ("en", "about", "what do my notes say about the boiler?", "the boiler"),
    ("de", "about", "Was steht in meinen Notizen über den Boiler?", "den Boiler"),
    ("es", "about", "¿Qué dicen mis notas sobre la caldera?", "la caldera"),
    ("fr", "about", "Que disent mes notes sur la chaudière ?", "la chaudière"),
    ("nl", "about", "Wat zeggen mijn notities over de ketel?", "de ketel"),
]


@pytest.mark.parametrize(("language", "key", "text", "meant"), HEARD)
def test_memory_is_spoken_to_in_every_language(language: str, key: str, text: str, meant: str | None) -> None:
    """What is to be remembered is taken as it was said; English is understood everywhere."""
    match = heard(language, key, text)
    assert match is not None
    assert match.groupdict().get("text") == meant


@pytest.mark.parametrize(
    "text",
    ["remember to buy milk", "do you remember that film?", "forget it", "off we go", "what do you know about cars"],
)
def test_other_words_are_not_for_memory(text: str) -> None:
    """What only sounds like it is left to whoever understands it."""
    keys = ("remember", "forget", "forget_last", "undo", "about_me", "incognito")
    assert not any(heard("en", key, text) for key in keys)


@pytest.mark.parametrize("language", [de, en, es, fr, nl])
def test_every_language_hears_everything(language: ModuleType) -> None:
    """A language listens for whatever another does, and names all days and months."""
    assert language.PATTERNS.keys() == en.PATTERNS.keys()
    assert language.QUESTIONS.keys() == en.QUESTIONS.keys()
    assert language.DAYS.keys() == en.DAYS.keys()
    assert (len(set(language.WEEKDAYS)), len(set(language.MONTHS))) == (7, 12)


@pytest.mark.parametrize(
    ("language", "days", "spoken"),
    [
        ("en", 0, "today"),
        ("en", 3, "on Tuesday"),
        ("en", -20, "on 1 November"),
        ("en", 60, "on 20 January 2027"),
        ("de", 3, "am Dienstag"),
        ("de", 9, "am 30. November"),
        ("es", 9, "el 30 de noviembre"),
        ("fr", 1, "demain"),
        ("nl", 2, "overmorgen"),
    ],
)
def test_days_are_spoken(language: str, days: int, spoken: str) -> None:
    """A day near by has a name, one further away a date, and its year where that is another one."""
    today = date(2026, 11, 21)
    assert spoken_day(language, today + timedelta(days=days), today) == spoken
