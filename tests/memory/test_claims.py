"""Test that sentences are compared by what they say."""

from collections.abc import Sequence

import pytest

from custom_components.hearth.memory.claims import (
    contradicts,
    is_shared,
    says_the_same,
    scores,
    speaks_of_self,
    tells,
)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("en", "The plumber is called Max.", "The plumber is called Rosa."),
        ("en", "The plumber is called Max.", "Our new plumber is called Rosa."),
        ("en", "The plumber is called Max.", "The plumber's name is Rosa."),
        ("en", "The plumber is called Max.", "Rosa is our plumber."),
        ("en", "The plumber is Max.", "The plumber is Rosa."),
        ("en", "Anna's birthday is 4 May.", "Anna's birthday is on 5 May."),
        ("en", "My birthday is 4 May.", "my birthday is the 5th of May"),
        ("en", "The wifi password is tulip.", "The Wi-Fi password is now rose77."),
        ("en", "The boiler is in the cellar.", "The boiler is in the attic."),
        ("en", "I live in Berlin.", "I live in Hamburg."),
        ("en", "I like tea.", "I don't like tea."),
        ("en", "Bins go out on Tuesday.", "Bins go out on Wednesday."),
        ("en", "Dinner is at 7.", "Dinner is at 8."),
        ("en", "Tom gets up at 7:30.", "Tom gets up at 6:45."),
        ("en", "My favourite colour is blue.", "My favourite colour is green."),
        ("en", "The library opens at 9.", "The library opens at ten."),
        ("de", "Der Klempner heißt Max.", "Unser neuer Klempner heißt Rosa."),
        ("de", "Das WLAN-Passwort ist tulpe.", "Das WLAN Passwort lautet rose."),
        ("de", "Ich wohne in Berlin.", "Ich wohne in Hamburg."),
        ("es", "El fontanero se llama Max.", "El fontanero se llama Rosa."),
        ("es", "Mi cumpleaños es el 4 de mayo.", "Mi cumpleaños es el 5 de mayo."),
        ("fr", "Le plombier s'appelle Max.", "Notre plombier s'appelle Rosa."),
        ("fr", "Mon anniversaire est le 4 mai.", "Mon anniversaire est le 5 mai."),
        ("nl", "De loodgieter heet Max.", "Onze loodgieter heet Rosa."),
        ("nl", "Mijn verjaardag is 4 mei.", "Mijn verjaardag is 5 mei."),
    ],
)
def test_what_cannot_both_hold(language: str, old: str, new: str) -> None:
    """The newer sentence takes the older one's place."""
    assert contradicts(new, old, language)


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("en", "The plumber is called Max.", "The electrician is called Rosa."),
        ("en", "The plumber is called Max.", "The plumber is expensive."),
        ("en", "Anna's birthday is 4 May.", "Tom's birthday is 5 May."),
        ("en", "The wifi password is tulip.", "The guest wifi password is rose."),
        ("en", "The boiler is in the cellar.", "The boiler is from 2012."),
        ("en", "The car is old.", "The car is loud."),
        ("en", "I like tea.", "I like coffee."),
        ("en", "I like tea.", "Tom does not like coffee."),
        ("en", "The dog is called Rex.", "The cat is called Rex."),
        ("en", "The plumber is called Max.", "the plumber is called max"),
        ("en", "The spare key is under the pot.", "The spare key is with the neighbours."),
        ("en", "Box 3 holds cables.", "Box 4 holds cables."),
        ("en", "May is warm.", "July is warm."),
        ("en", "No shoes in the house.", "No smoking in the house."),
        ("de", "Der Klempner heißt Max.", "Der Elektriker heißt Rosa."),
        ("fr", "J'aime le thé.", "J'aime le café."),
    ],
)
def test_what_can(language: str, old: str, new: str) -> None:
    """Nothing gives way to what says something else."""
    assert not contradicts(new, old, language)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("The plumber is called Rosa.", "our plumber is called Rosa", True),
        ("Bins go out on Tuesday.", "Bins go out on Tuesdays.", True),
        ("I like tea.", "I do not like tea.", False),
        ("Max is older than Rosa.", "Rosa is older than Max.", False),
        ("Is it?", "It is.", False),
    ],
)
def test_what_says_the_same(one: str, other: str, same: bool) -> None:
    """Small words make no difference, order and denial do."""
    assert says_the_same(one, other, "en") is same


FACTS = (
    "The plumber is called Rosa.",
    "The plumber comes on Tuesday.",
    "The wifi password is tulip.",
    "Anna is allergic to nuts.",
    "The alarm code is in the safe.",
)


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("who is the plumber?", {0, 1}),
        ("when does the plumber come?", {1}),
        ("what's the password of the wifi?", {2}),
        ("is Anna allergic to anything?", {3}),
        ("what is the weather like?", set[int]()),
        ("", set[int]()),
    ],
)
def test_which_facts_answer_a_question(question: str, best: set[int]) -> None:
    """The words that are rare decide."""
    found = scores(question, FACTS, "en")
    top = max(found)
    assert {number for number, score in enumerate(found) if score == top and score >= 0.5} >= best
    assert (top >= 0.5) is bool(best)


@pytest.mark.parametrize(
    ("text", "gives_away"),
    [
        ("remember that the plumber is called Rosa", True),
        ("who is the plumber? Your plumber is Rosa.", True),
        ("Rosa, plumbers!", True),
        ("who is the plumber?", False),
        ("Rosa called.", False),
    ],
)
def test_what_gives_a_fact_away(text: str, gives_away: bool) -> None:
    """A fact is told wherever its subject and its value are."""
    assert tells("The plumber is called Rosa.", "en")(text) is gives_away


@pytest.mark.parametrize(
    ("text", "gives_away"), [("I smoke, you know", True), ("does the smoke detector work?", False)]
)
def test_one_word_alone_gives_nothing_away(text: str, gives_away: bool) -> None:
    """A fact of a single word must have been said as it is."""
    assert tells("I smoke.", "en")(text) is gives_away


@pytest.mark.parametrize(
    ("language", "text", "shared", "own"),
    [
        ("en", "our plumber is called Rosa", True, False),
        ("en", "my birthday is 4 May", False, True),
        ("en", "the bins go out on Monday", False, False),
        ("de", "wir trennen Müll", True, False),
        ("de", "ich mag Tee", False, True),
        ("fr", "notre chat s'appelle Minou", True, False),
        ("es", "nuestra gata se llama Luna", True, False),
        ("nl", "ons huis heeft drie slaapkamers", True, False),
    ],
)
def test_whose_a_sentence_is(language: str, text: str, shared: bool, own: bool) -> None:
    """Small words tell whether everybody is meant, or the speaker."""
    assert (is_shared(text, language), speaks_of_self(text, language)) == (shared, own)


def test_scores_of_nothing() -> None:
    """No facts answer nothing."""
    none: Sequence[str] = ()
    assert scores("who is the plumber?", none, "en") == []
