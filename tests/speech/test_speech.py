"""Test the words that Hearth says and knows."""

from datetime import date, timedelta
from string import Formatter
from types import ModuleType

import pytest

from custom_components.hearth.speech import (
    de,
    en,
    es,
    fr,
    heard,
    join,
    knows,
    nl,
    say,
    sentence_of,
    spoken_day,
    spoken_number,
    words,
)


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
def test_every_text_has_one_place(language: ModuleType) -> None:
    """A text stands in one module only, in the same one in every language."""
    rooms = ["acts", "answers", "approvals", "days", "deeds", "memory", "troubles"]
    places = [getattr(language, room).TEXTS.keys() for room in rooms]
    assert places == [getattr(en, room).TEXTS.keys() for room in rooms]
    assert sum(map(len, places)) == len(language.TEXTS)


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
    ("en", "help", "What can you do?", None),
    ("de", "help", "Was kannst du alles?", None),
    ("es", "help", "¿Qué sabes hacer?", None),
    ("fr", "help", "Que peux-tu faire ?", None),
    ("nl", "help", "Wat kun je?", None),
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
    ("en", "remember", "remember the spare key is under the pot", "the spare key is under the pot"),
    ("de", "remember", "Merk dir: die Klempnerin heißt Rosa", "die Klempnerin heißt Rosa"),
    ("de", "remember", "Merk dir bitte, wir essen um sieben", "wir essen um sieben"),
    ("de", "about_me", "Was hast du über mich gelernt?", None),
    ("de", "undo", "Mach die letzte Änderung rückgängig", None),
    ("es", "remember", "Acuérdate de que la fontanera se llama Rosa", "la fontanera se llama Rosa"),
    # Who types leaves accents out; what is kept has those that were written.
    ("es", "remember", "acuerdate de que Ángel llega mañana", "Ángel llega mañana"),
    ("es", "forget", "Olvida mi contraseña", "mi contraseña"),
    ("es", "forget_last", "olvidalo", None),
    ("es", "about_me", "que sabes de mi", None),
    ("es", "about_me", "¿Qué has apuntado sobre nosotros?", None),
    ("es", "undo", "Deshaz el último cambio", None),
    ("es", "incognito", "Que quede entre nosotros", None),
    ("fr", "remember", "Mémorise que la plombière s'appelle Rosa", "la plombière s'appelle Rosa"),
    ("fr", "forget", "Oublie l'adresse de Rosa", "l'adresse de Rosa"),
    ("fr", "forget_last", "Oublie-le", None),
    ("fr", "undo", "Annule la dernière modification", None),
    ("fr", "about_me", "Qu'est-ce que tu as retenu sur nous ?", None),
    ("fr", "about_me", "qu'est-ce que tu sais a propos de moi", None),
    ("fr", "incognito", "Ne note pas ça", None),
    ("nl", "remember", "Onthoud alsjeblieft dat de loodgieter Rosa heet", "de loodgieter Rosa heet"),
    ("nl", "forget", "Vergeet onze afspraak met Rosa", "onze afspraak met Rosa"),
    ("nl", "undo", "Maak de laatste wijziging ongedaan", None),
    ("nl", "about_me", "Wat heb je over ons geleerd?", None),
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
    parts = heard(language, key, text)
    assert parts is not None
    assert parts.get("text") == meant


@pytest.mark.parametrize(
    "text",
    [
        "remember to buy milk",
        "remember the milk",
        "do you remember that film?",
        "forget it",
        "off we go",
        "what do you know about cars",
    ],
)
def test_other_words_are_not_for_memory(text: str) -> None:
    """What only sounds like it is left to whoever understands it."""
    keys = ("remember", "forget", "forget_last", "undo", "about_me", "incognito")
    assert [key for key in keys if heard("en", key, text) is not None] == []


@pytest.mark.parametrize("language", [de, en, es, fr, nl])
def test_every_language_hears_everything(language: ModuleType) -> None:
    """A language listens for whatever another does, and names all days and months."""
    assert language.PATTERNS.keys() == en.PATTERNS.keys()
    assert list(language.QUESTIONS) == list(en.QUESTIONS)
    assert language.STATES.keys() == en.STATES.keys()
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


@pytest.mark.parametrize(
    ("language", "clause", "sentence"),
    [
        ("de", "die Klempnerin Rosa heißt", "die Klempnerin heißt Rosa"),
        ("de", "unser neuer Klempner Max heißt", "unser neuer Klempner heißt Max"),
        ("de", "der Schlüssel unter der Matte liegt", "der Schlüssel liegt unter der Matte"),
        ("de", "wir am Montag die Tonne rausstellen müssen", "wir müssen am Montag die Tonne rausstellen"),
        ("de-AT", "Anna keine Nüsse mag", "Anna mag keine Nüsse"),
        ("nl", "de loodgieter Rosa heet", "de loodgieter heet Rosa"),
        ("nl", "de nieuwe sleutel onder de mat ligt", "de nieuwe sleutel ligt onder de mat"),
        ("nl", "we om zeven uur eten willen", "we willen om zeven uur eten"),
        # What is not surely such a clause stays as it was said.
        ("de", "die Klempnerin heißt Rosa", "die Klempnerin heißt Rosa"),
        ("de", "die Schwester von Anna Maria heißt", "die Schwester von Anna Maria heißt"),
        ("de", "Anna Maria heißt", "Anna Maria heißt"),
        ("de", "die Schule um acht anfängt", "die Schule um acht anfängt"),
        ("de", "muss", "muss"),
        ("nl", "de sleutel van de schuur onder de mat ligt", "de sleutel van de schuur onder de mat ligt"),
        ("nl", "het koud is", "het koud is"),
        ("en", "the plumber is", "the plumber is"),
        ("de", "", ""),
    ],
)
def test_a_clause_becomes_a_sentence(language: str, clause: str, sentence: str) -> None:
    """What is said after "dass" can be told again as people say it."""
    assert sentence_of(language, clause) == sentence


@pytest.mark.parametrize(
    ("language", "number", "spoken"), [("en", 5.25, "5.25"), ("de", 5.25, "5,25"), ("fr", 3.0, "3"), ("xx", 0.5, "0.5")]
)
def test_numbers_are_written(language: str, number: float, spoken: str) -> None:
    """A number has its language's comma."""
    assert spoken_number(language, number) == spoken
