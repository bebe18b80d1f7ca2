"""How documents are cut: nothing is lost, and what belongs together stays together."""

from itertools import pairwise
import re

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.library.chunk import chunk
from hearthd.library.document import Document, Kind, Section
from hearthd.library.item import embedded_text
from hearthd.library.parse import parse

SENTENCE = "The boiler in the cellar hums when the wind blows from the north. "
_WORDS = st.sampled_from(
    ["the", "boiler", "Hums.", "Grüße!", "\n", "\n\n", "- item", "x" * 300, "数据" * 90, "a: b;", " "]
)
TEXTS = st.one_of(st.text(max_size=600), st.lists(_WORDS, max_size=400).map(" ".join))


def document_of(*texts: str) -> Document:
    """Return a document with a section of each text, under a heading with its number."""
    sections, start = [], 0
    for number, text in enumerate(texts):
        sections.append(Section(start, start + len(text), (f"Part {number}",), float(number)))
        start += len(text)
    return Document("".join(texts), tuple(sections))


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_nothing_is_lost(texts: list[str]) -> None:
    """Every character that can be seen is in a passage, each at its place, none longer than a model reads."""
    document = document_of(*texts)
    seen: set[int] = set()
    for passage in chunk(document):
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.text == passage.text.strip()
        assert passage.text
        assert len(passage.text) <= 1600
        seen.update(range(passage.start, passage.end))
    assert all(place in seen or character.isspace() for place, character in enumerate(document.text))


@settings(max_examples=60, deadline=None)
@given(text=st.lists(_WORDS, min_size=50, max_size=600).map(" ".join))
def test_each_passage_goes_on_from_the_last(text: str) -> None:
    """They come in order, and no two have more than a little in common."""
    for one, other in pairwise(chunk(Document(text))):
        assert one.start < other.start
        assert one.end < other.end
        assert one.end - other.start <= 200


def test_what_is_short_is_one_passage() -> None:
    """What is no longer than a sentence is not cut at all."""
    text = "Dentist\n3 March 2026, 14:00\nMill Lane\n\nBring the card."
    assert [passage.text for passage in chunk(Document(text))] == [text]
    assert chunk(Document(" \n ")) == []


def test_neighbours_share_a_sentence() -> None:
    """What a passage ends with begins the next one, so that an answer on the border is whole in one of them."""
    sentence = "The old boiler hums. "
    passages = chunk(Document(sentence * 60))
    assert len(passages) > 3
    for one, other in pairwise(passages):
        shared = one.end - other.start
        assert shared in range(len(sentence) - 1, 3 * len(sentence))
    assert all(passage.text.startswith("The old") and passage.text.endswith("hums.") for passage in passages)


def test_sections_do_not_mix() -> None:
    """A passage stands under the headings and the time of its section, and a change in one leaves the others alone."""
    before = chunk(document_of(SENTENCE * 30, SENTENCE * 20, "short"))
    after = chunk(document_of(SENTENCE * 30, "changed", "short"))
    unchanged = [(passage.headings, passage.text) for passage in before if passage.headings != ("Part 1",)]
    assert [(passage.headings, passage.text) for passage in after if passage.headings != ("Part 1",)] == unchanged
    assert [(passage.headings, passage.time, passage.text) for passage in after][-2:] == [
        (("Part 1",), 1.0, "changed"),
        (("Part 2",), 2.0, "short"),
    ]


def test_a_heading_is_not_said_twice() -> None:
    """The vector of a passage that begins with its headings is not made of them once more; those after it need them."""
    passages = chunk(parse(Kind.MARKDOWN, f"# House\n\n## Boiler\n\n{SENTENCE * 40}".encode()))
    assert {passage.headings for passage in passages} == {("House", "Boiler")}
    first, second = (embedded_text("House", passage.headings, passage.text) for passage in passages[:2])
    assert first.startswith("House\nHouse\n\nBoiler\n\nThe boiler")
    assert second.startswith("House\nBoiler\nThe boiler")


@pytest.mark.parametrize(
    ("kind", "source", "whole"),
    [
        (Kind.CSV, "Date,Shop,What\n" + "2026-01-02,Tannhof,two new seals. And a hose\n" * 80, r"Date: .*"),
        (Kind.MARKDOWN, "- Turn the wheel to the right. Then wait.\n" * 80, r"- .*"),
        (Kind.TEXT, "The boiler hums. The wind blows.\n\n" * 40, r"The boiler.*"),
    ],
)
def test_rows_items_and_paragraphs_stay_whole(kind: Kind, source: str, whole: str) -> None:
    """A passage ends with a line, not in one."""
    document = parse(kind, source.encode())
    lines = set(document.text.split("\n"))
    passages = chunk(document)
    assert len(passages) > 2
    for passage in passages:
        for line in filter(None, passage.text.split("\n")):
            assert line in lines
            assert re.fullmatch(whole, line)


def test_wrapped_lines_are_not_what_a_text_is_cut_at() -> None:
    """A line that goes on in the next one is only the width of somebody's window."""
    text = "The boiler in the cellar hums when\nthe wind blows from the north. " * 60
    assert all(passage.text.endswith("north.") for passage in chunk(Document(text)))


def test_a_word_without_end_is_cut() -> None:
    """A key of ten thousand characters becomes passages like any text."""
    passages = chunk(Document("x" * 10_000))
    assert "".join(passage.text for passage in passages).count("x") >= 10_000
    assert max(len(passage.text) for passage in passages) < 1600
