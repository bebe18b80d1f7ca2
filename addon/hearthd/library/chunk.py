"""Cut a document into passages that an embedding model can read whole, and that a person can."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
import re

from .document import Chunk, Document, Section

# Tokens, by the estimate below. Small models are trained on sentences, and what stands beside a fact dilutes its
# vector: of bench/household's answers (training half) the default model found 0.68 with 200 tokens, 0.79 with 40 and
# 0.84 with 24.
_ROOM = 24
_OVERLAP = 6
# No chunk is cut shorter than this for the sake of a better place.
_LEAST = 8
# A run of characters without a space, such as a key or Chinese, is cut at this many.
_WORD = re.compile(r"\S{1,24}")
_SENTENCE_END = re.compile(r"[.!?…][\"'\u201d\u2019»)\]]*$")


class _Break(IntEnum):
    """How well a document can be cut after a word; the greater, the better."""

    NOWHERE = 0
    WORD = 1
    SENTENCE = 2
    LINE = 3
    PARAGRAPH = 4


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a document, what it costs in tokens, and how well it can be cut after it."""

    start: int
    end: int
    cost: float
    after: _Break


def chunk(document: Document) -> list[Chunk]:
    """Return a document's passages in order; every word of a section is in one, and neighbours overlap a little.

    Passages keep to their sections, so that a change in one leaves the others' passages as they are. Within one they
    are cut between paragraphs rather than between lines (a list's items, a table's rows), and there rather than
    between sentences.
    """
    sections = document.sections or (Section(0, len(document.text)),)
    return [passage for section in sections for passage in _cut(document.text, section)]


def _cut(text: str, section: Section) -> Iterator[Chunk]:
    words = _words(text, section)
    for first, last in _ranges(words):
        start, end = words[first].start, words[last - 1].end
        yield Chunk(text[start:end], start, end, section.headings, section.time)


def _ranges(words: Sequence[_Word]) -> Iterator[tuple[int, int]]:
    """Yield the first word of each passage and the one after its last."""
    first = last = 0
    while first < len(words):
        last = _end(words, first, last)
        yield first, last
        if last == len(words):
            return
        first = _overlapping(words, first, last)


def _end(words: Sequence[_Word], first: int, beyond: int) -> int:
    """Return where a passage ends at best, as the index after its last word; that is beyond where the last one did."""
    cost, best = 0.0, first + 1
    for index in range(first, len(words)):
        cost += words[index].cost
        if cost > _ROOM and index > beyond:
            return best
        if index <= beyond or cost <= _LEAST or words[index].after >= words[best - 1].after:
            best = index + 1
    return len(words)


def _overlapping(words: Sequence[_Word], first: int, last: int) -> int:
    """Return where the next passage begins: with the last sentences of the one before, if they are short.

    After a whole line, such as a table's row, those are whole lines.
    """
    cost, start, least = 0.0, last, max(_Break.SENTENCE, min(words[last - 1].after, _Break.LINE))
    for index in range(last - 1, first, -1):
        cost += words[index].cost
        if cost > _OVERLAP:
            break
        if words[index - 1].after >= least:
            start = index
    return start


def _words(text: str, section: Section) -> list[_Word]:
    found = [(match.start(), match.end()) for match in _WORD.finditer(text, section.start, section.end)]
    following = [*(start for start, _ in found[1:]), section.end][: len(found)]
    return [
        _Word(start, end, _tokens(text[start:end]), _break(text, start, end, after))
        for (start, end), after in zip(found, following, strict=True)
    ]


def _break(text: str, start: int, end: int, following: int) -> _Break:
    """Judge the space between a word and the following one."""
    lines = text.count("\n", end, following)
    continues = text[following : following + 1].islower()
    if lines > 1:
        return _Break.PARAGRAPH
    if lines and not continues:
        return _Break.LINE
    if end < following and not continues and _SENTENCE_END.search(text, start, end):
        return _Break.SENTENCE
    return _Break.WORD if end < following else _Break.NOWHERE


def _tokens(word: str) -> float:
    """Estimate how many tokens of all-MiniLM-L6-v2 a word is.

    Of English a tenth too many; of German and French a quarter too few, which still fits into the model's context.
    """
    letters = sum(character.isascii() and character.isalpha() for character in word)
    return max(1.0, letters / 4) + (len(word) - letters) * 0.75
