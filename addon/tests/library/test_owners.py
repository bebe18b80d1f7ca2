"""Test that nobody is ever shown what belongs to somebody else, whatever is asked."""

from collections.abc import AsyncGenerator
from itertools import combinations

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from hearthd.library.library import Library
from hearthd.library.scope import HOUSEHOLD, Scope
from hearthd.library.search import Mode
from tests.library.conftest import ANNA, BEN, OpenLibrary, WordEmbedder, note, query

OWNERS = (HOUSEHOLD, ANNA, BEN)
WORD = {HOUSEHOLD: "umbrella", ANNA: "telescope", BEN: "saxophone"}
ALL = [frozenset(some) for size in (1, 2, 3) for some in combinations(OWNERS, size)]


@pytest.fixture(scope="module")
async def library(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Library]:
    """Return a library where each owner has alike items, each with a word that nobody else has."""
    library = Library(tmp_path_factory.mktemp("owners") / "library", WordEmbedder())
    for collection in ("notes", "mail"):
        items = [
            note(f"{collection} {WORD[owner][0]}{number}", f"The {WORD[owner]} lies in the cupboard {number}.", owner)
            for owner in OWNERS
            for number in range(4)
        ]
        await library.store(collection, items, wait=True)
    yield library
    await library.close()


def words_of_others(owners: frozenset[str]) -> set[str]:
    """Return the words that may not be seen."""
    return {word for owner, word in WORD.items() if owner not in owners}


@pytest.mark.parametrize("owners", ALL, ids=lambda owners: "+".join(sorted(owners)))
@pytest.mark.parametrize("mode", Mode)
async def test_search(library: Library, owners: frozenset[str], mode: Mode) -> None:
    """Whoever asks, in whatever way and for whatever, sees the items of the owners that are named, and all of those."""
    for text in (*WORD.values(), "cupboard", "the lies in", "telescope OR saxophone", "", "*"):
        found = await library.search(query(text, *owners, mode=mode, limit=50))
        assert {one.passage.owner for one in found.passages} <= owners
        assert not any(word in repr(found) for word in words_of_others(owners))
    found = await library.search(query("cupboard", *owners, mode=mode, limit=50))
    assert {one.passage.owner for one in found.passages} == owners


@pytest.mark.parametrize("owners", [frozenset(), *ALL], ids=lambda owners: "+".join(sorted(owners)) or "nobody")
async def test_lists_and_texts(library: Library, owners: frozenset[str]) -> None:
    """A list tells that an item is there, which its keeper has to know, but no word of it; its text is not there."""
    for collection in ("notes", "mail"):
        after, shown = None, []
        while True:
            rows, after = await library.page(collection, owners, after, 5)
            shown += rows
            if after is None:
                break
        assert len(shown) == 12
        assert not any(word in repr(shown) for word in words_of_others(owners))
        for row in shown:
            text = await library.text(collection, row.id, owners, 0, 1000)
            assert (text is not None) == (row.owner in owners)
            assert text is None or WORD[row.owner] in text.text


async def test_titles_are_texts(open_library: OpenLibrary) -> None:
    """A title is shown in a list to its owner only."""
    library = open_library()
    await library.store("notes", [note("1", "Text.", ANNA, title="Birthday present for Ben")])
    for owners, title in (
        (frozenset[str](), ""),
        (frozenset({BEN}), ""),
        (frozenset({ANNA}), "Birthday present for Ben"),
    ):
        rows, _ = await library.page("notes", owners, None, 5)
        assert [row.title for row in rows] == [title]


async def test_deleting_an_owner_deletes_nothing_else(open_library: OpenLibrary) -> None:
    """What is left is whole."""
    library = open_library()
    items = [note(f"{owner} {number}", f"A cupboard of {owner}.", owner) for owner in OWNERS for number in range(4)]
    await library.store("notes", items, wait=True)
    assert await library.delete("notes", owner=ANNA) == 4
    for mode in Mode:
        found = await library.search(query("cupboard", *OWNERS, mode=mode, limit=50, collections=frozenset({"notes"})))
        assert {one.passage.owner for one in found.passages} == {HOUSEHOLD, BEN}


def test_nobody_asks() -> None:
    """There is no question without an owner."""
    with pytest.raises(ValueError, match="owner"):
        Scope(frozenset())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(["NEAR", "(", ")", '"', "*", ":", "title", "telescope", "-", "^", "+", "OR", "NOT"])
    ).map(" ".join)
)
async def test_any_question(library: Library, text: str) -> None:
    """No text is syntax: whatever is asked is answered, with one's own items only."""
    found = await library.search(query(text, BEN, mode=Mode.KEYWORD, limit=50))
    assert {one.passage.owner for one in found.passages} <= {BEN}
