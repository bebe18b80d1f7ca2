"""Test that a question comes down to the words that say what it is about."""

import pytest

from hearthd.library.query_words import fold, query_words, stem, stop_words, words_of


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("What is the code of the boiler?", ("code", "boiler"), id="english"),
        pytest.param("Wann kommt der Schornsteinfeger?", ("kommt", "schornsteinfeger"), id="german"),
        pytest.param("¿Dónde está la llave del garaje?", ("llave", "garaje"), id="spanish"),
        pytest.param("Où est la clé du garage ?", ("cle", "garage"), id="french"),
        pytest.param("Waar is de sleutel van de garage?", ("sleutel", "garage"), id="dutch"),
        pytest.param("Müller MULLER muller", ("muller",), id="accents, case and twice"),
        pytest.param("what is it", ("what", "is", "it"), id="nothing but stop words"),
        pytest.param("", (), id="nothing"),
        pytest.param('" AND ( * : -^ {}', ("and",), id="an operator is a word like others"),
        pytest.param("F28 21:30", ("f28", "21", "30"), id="numbers"),
        pytest.param("x" * 65, (), id="no word is that long"),
    ],
)
def test_query_words(question: str, words: tuple[str, ...]) -> None:
    """Each word counts once, and those that every text has do not."""
    assert query_words(question) == words


def test_query_words_are_bounded() -> None:
    """A page of text as a question costs no more than a long sentence."""
    assert len(query_words(" ".join(f"word{number}" for number in range(1000)))) == 32


@pytest.mark.parametrize(
    ("word", "beginning"), [("boiler", "boile"), ("boilers", "boiler"), ("code", "code"), ("key", None), ("f28", None)]
)
def test_stem(word: str, beginning: str | None) -> None:
    """Short words have no other forms."""
    assert stem(word) == beginning


def test_stop_words_are_folded() -> None:
    """A stop word that is written otherwise than the index sees it would never be met."""
    assert all(word == fold(word) and words_of(word) == [word] for word in stop_words())
