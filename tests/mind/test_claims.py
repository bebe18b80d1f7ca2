"""Test that a model's claims are put right before they are said."""

import pytest

from custom_components.hearth.mind.claims import Claims
from custom_components.hearth.speech import say
from custom_components.hearth.speech.claiming import claims_in
from tests.speech.claims import CLAIMS

NOTHING = say("en", "changed_nothing")


def _claims(language: str = "en", *, proven: bool = False) -> Claims:
    return Claims(language, lambda _claim: proven, lambda: say(language, "changed_nothing"))


def _said(pieces: list[str], *, calls: bool = False, proven: bool = False, language: str = "en") -> str:
    claims = _claims(language, proven=proven)
    return "".join([*map(claims.feed, pieces), claims.end(calls=calls)])


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("I have unlocked the door.", NOTHING),
        ("Sure. I've unlocked the door. Anything else?", f"Sure. {NOTHING} Anything else?"),
        ("I've unlocked the door. I've also turned off the lights.", f"{NOTHING} "),
        ("The door is locked.\nIt is 21.5 degrees.", "The door is locked.\nIt is 21.5 degrees."),
        ("Done!", NOTHING),
        ("", ""),
    ],
)
def test_a_claim_is_put_right_where_nothing_was_done(words: str, said: str, size: int) -> None:
    """However the words come, the claim is not said and the truth is, once."""
    assert _said([words[i : i + size] for i in range(0, len(words), size)]) == said


def test_it_is_put_right_in_the_language_of_the_turn() -> None:
    """Say it so that it is understood."""
    assert _said(["Ich habe die Tür aufgeschlossen."], language="de") == say("de", "changed_nothing")


def test_what_was_done_may_be_said() -> None:
    """Leave the words alone where they are true."""
    assert _said(["I have unlocked ", "the door."], proven=True) == "I have unlocked the door."


def test_a_claim_before_the_call_is_left_out() -> None:
    """What is done is told after it, by what came of it."""
    pieces = ["One moment. ", "I have dimmed the lamp. ", "Let me see."]
    assert _said(pieces, calls=True) == "One moment. Let me see."


def test_words_are_said_as_soon_as_they_are_no_claim() -> None:
    """Hold a sentence from the first word that a claim may begin with until it is whole, and no endless one."""
    claims = _claims()
    assert claims.feed("The capital of Fra") == "The capital of "
    assert claims.feed("nce, ") == "France, "
    assert claims.feed("I th") == ""
    assert claims.feed("ink, is Paris. It") == "I think, is Paris. "
    long = " very" * 100
    assert claims.feed(long) == f"It{long}"
    assert claims.end(calls=False) == ""


@pytest.mark.parametrize(("language", "sentence"), [(one, text) for one, texts in CLAIMS.items() for text in texts])
def test_no_claim_is_said_before_it_is_whole(language: str, sentence: str) -> None:
    """Letter by letter, nothing of it comes but words that stand before it."""
    claims = _claims(language)
    said = "".join(map(claims.feed, sentence))
    assert sentence.startswith(said)
    assert claims_in(language, said) == ()
    assert claims.end(calls=False) == ("\u2026 " if said else "") + say(language, "changed_nothing")


def test_a_proof_that_comes_late_lets_everything_go() -> None:
    """A call of the same turn may have run by the end."""
    proven = list[bool]()
    claims = Claims("en", lambda _claim: bool(proven), lambda: NOTHING)
    assert claims.feed("I have unlocked the door. ") == ""
    proven.append(True)
    assert claims.end(calls=False) == "I have unlocked the door. "


def test_of_several_claims_the_false_one_is_put_right() -> None:
    """What was done is said, what was not is not, wherever it stands."""
    claims = Claims("en", lambda claim: "lights" in claim.words, lambda: "Only the lights.")
    words = "I've turned on the lights. I also locked the door. I've dimmed the lights. Good night!"
    assert claims.feed(words) + claims.end(calls=False) == (
        "I've turned on the lights. Only the lights. I've dimmed the lights. Good night!"
    )
    assert claims.corrected
