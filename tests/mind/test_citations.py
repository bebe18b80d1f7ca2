"""Test that citations are put right while they stream, however a model's words are cut into pieces."""

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.engine import Passage
from custom_components.hearth.mind.citations import Citations, Footnotes, list_of_sources

TIME = datetime(2025, 5, 3, 10, tzinfo=UTC)


def passage(item: str, chunk: str = "0") -> Passage:
    """Return a passage of a note."""
    return Passage(
        collection="notes",
        item=item,
        chunk=chunk,
        owner="household",
        title=item.title(),
        text="It needs water.",
        time=TIME,
        url=f"/media/{item}",
        pinned=False,
        score=0.9,
        parts={},
        span=(0, 15),
    )


def footnotes(count: int = 2) -> Footnotes:
    """Return the footnotes of a conversation that has seen some passages."""
    notes = Footnotes()
    for number in range(count):
        notes.add(passage(f"note {number + 1}"))
    return notes


def streamed(pieces: list[str], *, shown: bool) -> tuple[str, Citations]:
    """Return what is said of a reply in pieces."""
    citations = Citations(footnotes().get, shown=shown)
    return "".join([*map(citations.feed, pieces), citations.end()]), citations


@pytest.mark.parametrize(
    ("text", "spoken", "typed"),
    [
        ("Refill it [1].", "Refill it.", "Refill it [1]."),
        ("Refill it.[1][2]", "Refill it.", "Refill it.[1][2]"),
        ("Both [1, 2] say so", "Both say so", "Both [1, 2] say so"),
        ("Refill it [ 1 ]. Yes 【2】.", "Refill it. Yes.", "Refill it [1]. Yes [2]."),
        ("It is so [7].", "It is so.", "It is so."),
        ("Half [1, 7] true", "Half true", "Half [1] true"),
        ("A list [a] and an open [1", "A list [a] and an open [1", "A list [a] and an open [1"),
        ("[] [ ] [-]", "[] [ ] [-]", "[] [ ] [-]"),
        ("A number [1234567890123456789012345]", "A number [1234567890123456789012345]", None),
        ("", "", ""),
    ],
)
def test_markers_are_dropped_or_put_right(text: str, spoken: str, typed: str | None) -> None:
    """Speech has no markers; what is typed keeps those that exist."""
    assert streamed([text], shown=False)[0] == spoken
    assert streamed([text], shown=True)[0] == (spoken if typed is None else typed)


def test_what_was_cited_and_what_was_made_up_is_known() -> None:
    """The trace can tell both, each once."""
    _, citations = streamed(["a [2], b [2][9] c [9] d [1]"], shown=False)
    assert [note.title for note in citations.notes] == ["Note 1", "Note 2"]
    assert citations.missing == [9]


@given(
    text=st.text(alphabet="ab [](){}12379,;-\n\t【】.\N{EN DASH}", max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=12),
    shown=st.booleans(),
)
def test_no_split_changes_what_is_said(text: str, cuts: list[int], shown: bool) -> None:
    """Token by token or at once, the same is said, and never a marker of a passage that is not there."""
    borders = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(borders)]
    said, citations = streamed(pieces, shown=shown)
    whole, at_once = streamed([text], shown=shown)
    assert (said, citations.used, citations.missing) == (whole, at_once.used, at_once.missing)
    assert set(citations.used) <= {1, 2}


@given(st.text(alphabet="abc .,!?\n", max_size=40))
def test_words_without_markers_stay_as_they_are(text: str) -> None:
    """Nothing else is lost on the way."""
    assert streamed(list(text), shown=False)[0] == text


def test_a_passage_keeps_its_number_for_as_long_as_a_conversation_lasts() -> None:
    """A number means one passage, whoever shows it: a search or a tool."""
    notes = footnotes()
    assert (notes.add(passage("note 1")), notes.stands(passage("note 1"))) == (1, True)
    told = {"source": "notes/note 2", "chunk": "0", "owner": "household", "title": "Note 2"}
    assert notes.add_told(told) == 2
    assert notes.add_told({**told, "chunk": "7"}) == 3
    notes.clear_standing()
    assert (notes.stands(passage("note 1")), notes.add(passage("note 1"))) == (False, 1)
    assert notes.stands(passage("note 1"))


@pytest.mark.parametrize("told", [{}, {"source": "notes/x"}, {"source": "a/b", "owner": "x", "time": "once"}])
def test_what_is_no_passage_gets_no_number(told: dict[str, str]) -> None:
    """A tool of somebody else's may call anything a passage."""
    notes = footnotes()
    assert notes.add_told(told) is None
    assert notes.get(9) is None


async def test_sources_are_listed_with_local_date_and_link() -> None:
    """Below a typed answer stands where it is from, in the language of the conversation."""
    notes = footnotes(1)
    note = notes.get(1)
    assert note is not None
    assert list_of_sources("en", [note]) == "Sources:\n[1] Note 1, 3 May 2025, /media/note 1"
    assert list_of_sources("de", [note]).startswith("Quellen:\n[1] Note 1, 3. Mai 2025")
    assert list_of_sources("en", []) == ""
