"""Test that the kind of an answer is known by its question, in every language that Hearth speaks."""

import pytest

from hearthd.library.expected import AnswerKind, asked_for, has, is_own
from hearthd.library.query_words import words_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When is the chimney inspected?", AnswerKind.TIME),
        ("Until when may we fell the tree?", AnswerKind.TIME),
        ("On which day is the bin emptied?", AnswerKind.TIME),
        ("An welchem Tag kommt der Schornsteinfeger?", AnswerKind.TIME),
        ("Ab wann läuft die Heizung?", AnswerKind.TIME),
        ("¿A qué hora empieza la clase?", AnswerKind.TIME),
        ("¿Cuándo vence el seguro?", AnswerKind.TIME),
        ("Quand passe le ramoneur ?", AnswerKind.TIME),
        ("À quelle heure ferme la piscine ?", AnswerKind.TIME),
        ("Wanneer komt de loodgieter?", AnswerKind.TIME),
        ("Hoe laat begint de les?", AnswerKind.TIME),
        ("How much rent do we pay?", AnswerKind.FIGURE),
        ("Wie viele Eier braucht der Kuchen?", AnswerKind.FIGURE),
        ("Wie lautet die Seriennummer?", AnswerKind.FIGURE),
        ("¿Cuánto cuesta el alquiler?", AnswerKind.FIGURE),
        ("Combien coûte le loyer ?", AnswerKind.FIGURE),
        ("Hoe hoog is de heg?", AnswerKind.FIGURE),
        ("What do I do when the boiler hums?", None),
        ("Que faire quand la chaudière fuit ?", None),
        ("Where is the mailbox key?", None),
        ("", None),
    ],
)
def test_asked_for(question: str, kind: AnswerKind | None) -> None:
    """A question says whether it wants a time or a figure; what only tells a time asks for none."""
    assert asked_for(words_of(question)) is kind


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (AnswerKind.TIME, "The bin is fetched on Thursdays.", True),
        (AnswerKind.TIME, "Der Müll kommt donnerstags.", True),
        (AnswerKind.TIME, "Lena has to be there at 17:15.", True),
        (AnswerKind.TIME, "The bin stands behind the house.", False),
        (AnswerKind.FIGURE, "The code is 4471.", True),
        (AnswerKind.FIGURE, "Der Kuchen braucht vier Eier.", True),
        (AnswerKind.FIGURE, "Have the number of the fridge at hand.", False),
        (AnswerKind.FIGURE, "In 2024 it was another one.", False),
    ],
)
def test_has(kind: AnswerKind, text: str, expected: bool) -> None:
    """A text answers with what has the form of an answer and did not stand in the question."""
    assert has(kind, frozenset(words_of(text)), frozenset({"bin", "number", "2024"})) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is my PIN?", True),
        ("Wo ist mein Schlüssel?", True),
        ("¿Dónde está mi llave?", True),
        ("Où est mon vélo ?", True),
        ("Waar is mijn fiets?", True),
        ("Where is our car?", False),
        ("Wo ist unser Auto?", False),
    ],
)
def test_is_own(question: str, expected: bool) -> None:
    """Who says "my" does not mean what is the household's."""
    assert is_own(frozenset(words_of(question))) is expected
