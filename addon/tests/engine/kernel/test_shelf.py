"""Test what is kept of what has left the cells."""

from array import array

import pytest

from hearthd.engine.kernel.shelf import Shelf, Shelved


def shelved(text: str, begin: int = 0) -> Shelved:
    """Return the state of a text's letters from some position on."""
    return Shelved(array("i", map(ord, text)), begin, bytearray())


@pytest.mark.parametrize(
    ("tokens", "held", "best"),
    [
        ("homeAAAA?", 4, ("homeAAAA", 8)),
        ("homeAAAA", 4, ("homeAAAA", 7)),
        ("homeAA and so on", 4, ("homeAAAA", 6)),
        ("homeAAAA?", 8, None),
        ("homeAAAA?", 3, None),
        ("homeBBBB and more", 4, ("homeBBBB", 8)),
        ("homeBBBB and more", 8, ("homeBBBB and more", 16)),
        ("home", 0, None),
        ("other", 0, None),
    ],
)
def test_best_goes_on_from_what_is_held(tokens: str, held: int, best: tuple[str, int] | None) -> None:
    """A part serves whoever holds all before it, as far as it is the same, and never all of the tokens."""
    shelf = Shelf(100)
    for text, begin in (("homeAAAA", 4), ("homeBBBB", 4), ("homeBBBB and more", 8)):
        shelf.put(shelved(text, begin))
    found = shelf.best(array("i", map(ord, tokens)), held)
    assert (found and ("".join(map(chr, found[0].tokens)), found[1])) == best


def test_first_ones_make_room() -> None:
    """The limit holds; what includes another takes its place, and what is too large by itself takes nobody's."""
    shelf = Shelf(18)
    for text in ("one", "two", "seven", "two and on", "four"):
        shelf.put(shelved(text))
    kept = [text for text in ("one", "seven", "two and on", "four") if shelf.best(array("i", map(ord, f"{text}?")), 0)]
    assert (kept, shelf.size) == (["two and on", "four"], 14)
    shelf.put(shelved("much too long for it"))
    assert shelf.size == 14
