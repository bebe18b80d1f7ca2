"""Test that no secret is said, however a model's words are cut into pieces, and that nothing else waits for it."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.hands import Secrets
from custom_components.hearth.hands.secrets import SECRET
from custom_components.hearth.mind.masking import Masking
from tests.hands.test_secrets import KEY, LOOK_ALIKES, TRUE_SECRETS

KNOWN = Secrets(["sunflower-2026", "sun-and-moon", "4821 9931"])
TEXTS = [
    *(text for text, _ in TRUE_SECRETS),
    *LOOK_ALIKES,
    "It is sunflower-2026.",
    "sun-and-moon, and the sun",
    "sunflower-2026x is another",
    "the lock has 4821 9931",
    f"{KEY}\nand that is all",
    'the password is "two words", or so',
    "das Passwort ist jetzt sonnenblume",
    "my number 1234567 and 12345678 are none",
]


def said(pieces: list[str]) -> str:
    """Return what is said of a reply in pieces."""
    masking = Masking(KNOWN)
    return "".join([*map(masking.feed, pieces), masking.end()])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_it_is_masked_as_if_it_came_in_one_piece(text: str, size: int) -> None:
    """Between other words and alone."""
    for whole in (text, f"Sure: {text} Anything else?"):
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert said(pieces) == KNOWN.mask(whole)


@given(texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), cuts=st.lists(st.integers(0, 500), max_size=12))
def test_however_it_is_cut(texts: list[str], cuts: list[int]) -> None:
    """Any pieces, of several of them in a row."""
    whole = ".\n\n".join(texts)
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[begin:end] for begin, end in pairwise(edges)]
    assert said(pieces) == KNOWN.mask(whole)


@pytest.mark.parametrize(
    ("pieces", "passed_on"),
    [
        (["The capital", " of France", " is Paris", "."], ["The capital", " of France", " is Paris", "."]),
        (["I am on it", " now"], ["I am on it", " now"]),
        (["The sun", " shines"], ["The ", "sun shines"]),
        (["The password", " is", " wrong", ", sorry"], ["The password", " is", " ", "wrong, sorry"]),
        (["The PIN is 48", "21", " now"], ["The PIN is ", "", f"{SECRET} now"]),
        (["It is 21", ".5 degrees"], ["It is ", "21.5 degrees"]),
        (["Use sk", "-proj-abcdefGHIJKL0123456789", "."], ["Use ", "", ""]),
    ],
)
def test_only_what_may_become_a_secret_waits(pieces: list[str], passed_on: list[str]) -> None:
    """Whatever else comes is passed on at once."""
    masking = Masking(KNOWN)
    assert [masking.feed(piece) for piece in pieces] == passed_on


def test_a_long_reply_is_masked_to_its_end() -> None:
    """What is far back is forgotten, what is near is not."""
    words = [f"word{number} " for number in range(2000)]
    pieces = [*words, "the password of our guest ", "network is ", "sunflower", " and so on"]
    assert said(pieces) == "".join(words) + f"the password of our guest network is {SECRET} and so on"
