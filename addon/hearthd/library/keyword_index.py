"""Ask the keyword index (BM25), and fetch passages for whoever may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import accumulate
import json
import sqlite3
import threading
from typing import Any
import zlib

from hearthd.library.database import Database
from hearthd.library.item import HEADING_MARK
from hearthd.library.ledger import unpacked
from hearthd.library.passage import Candidate
from hearthd.library.query_words import query_words, stem
from hearthd.library.ranking import word_weight
from hearthd.library.scope import Scope

# A title's words count more than a text's.
_COLUMN_WEIGHTS = "3.0, 1.5, 1.0"
_SEARCH = (
    "SELECT words.rowid FROM words {joined} WHERE words MATCH ? {condition}"  # noqa: S608 - nothing of it is given
    f" ORDER BY bm25(words, {_COLUMN_WEIGHTS}) LIMIT ?"
)
# To look up whose a passage is takes four times as long as to weigh it, so that many times what is wanted are weighed
# before; where most are not meant, all are looked up.
_JOINED = "JOIN chunks c ON c.key = words.rowid JOIN items i ON i.key = c.item"
_TIMES = (4, 32)
# Passages that are weighed for one question; the most common words, which tell least, are left out first.
_MOST_WEIGHED = 8_000
_CHANGE = 0.1
_HIGHEST = "\U0010ffff"
# What lies between passages of one section is white space.
_GAP = 4
_WIDEST = 1200


class KeywordIndex:
    """Finds passages by their words; any thread may use it."""

    def __init__(self, database: Database) -> None:
        """Look in a database."""
        self._database = database
        self._lock = threading.Lock()
        self._total = 0
        self._found_in: dict[str, int] = {}

    def weigh(self, query: str) -> dict[str, float]:
        """Return the words of a question that count, and how much each tells."""
        with self._database.reading() as reader:
            return {word: word_weight(self._count(reader, word), self._total) for word in query_words(query)}

    def search(self, words: Mapping[str, float], scope: Scope, limit: int) -> list[int]:
        """Return the keys of the passages that have most of what the words weigh, the best first."""
        with self._database.reading() as reader:
            expression = " OR ".join(_term(word) for word in self._telling(reader, words))
            if not expression:
                return []
            for wanted in (times * limit for times in _TIMES):
                rows = reader.execute(_SEARCH.format(joined="", condition=""), (expression, wanted)).fetchall()
                kept = scope.keep(reader, "key", [row[0] for row in rows])
                if len(kept) >= limit or len(rows) < wanted:
                    return kept[:limit]
            condition, values = scope.condition()
            search = _SEARCH.format(joined=_JOINED, condition=f"AND {condition}")
            return [row[0] for row in reader.execute(search, (expression, *values, limit))]

    def fetch(self, keys: Iterable[int], ids: Iterable[str], scope: Scope) -> list[Candidate]:
        """Return passages by key or id, those that the scope covers only."""
        condition, values = scope.condition()
        with self._database.reading() as reader:
            rows = reader.execute(
                "SELECT c.key, c.id, i.collection, i.id, i.owner, i.title, c.headings, c.text, c.start, c.stop,"  # noqa: S608
                " c.position, coalesce(c.time, i.time), i.url, i.pinned, c.vector"
                " FROM chunks c JOIN items i ON i.key = c.item WHERE c.key IN ("
                " SELECT value FROM json_each(?) UNION"
                f" SELECT key FROM chunks WHERE id IN (SELECT value FROM json_each(?))) AND {condition}",
                (json.dumps(list(keys)), json.dumps(list(ids)), *values),
            ).fetchall()
        return [_candidate(row) for row in rows]

    def widened(self, passage: Candidate) -> Candidate:
        """Return a passage with those next to it under the same headings: to read needs more of a text than to find."""
        with self._database.reading() as reader:
            rows = reader.execute(
                "SELECT c.start, c.stop, c.headings, i.text FROM chunks c JOIN items i ON i.key = c.item"
                " WHERE i.collection = ? AND i.id = ? AND c.stop >= ? AND c.start <= ?",
                (passage.collection, passage.item, passage.start - _GAP, passage.end + _GAP),
            ).fetchall()
        beside = [row for row in rows if _headings(row[2]) == passage.headings]
        if not beside or beside[0][3] is None:
            return passage
        start, end = (min(row[0] for row in beside), max(row[1] for row in beside))
        if end - start > _WIDEST:
            return passage
        text = zlib.decompress(beside[0][3]).decode()[start:end]
        return replace(passage, text=text, start=start, end=end)

    def _telling(self, reader: sqlite3.Connection, words: Iterable[str]) -> list[str]:
        """Return the rarest words, as many as can be looked for in good time."""
        counted = sorted((self._count(reader, word), word) for word in words)
        so_far = accumulate(count for count, _ in counted)
        return [word for (_, word), total in zip(counted, so_far, strict=True) if total <= _MOST_WEIGHED] or [
            word for _, word in counted[:1]
        ]

    def _count(self, reader: sqlite3.Connection, word: str) -> int:
        """Return how many passages have a word in one form or another, as counted not long ago."""
        with self._lock:
            if not self._found_in:
                self._total = reader.execute("SELECT coalesce(sum(chunks), 0) FROM items").fetchone()[0]
            if word not in self._found_in:
                beginning = stem(word)
                bounds = (word, word) if beginning is None else (beginning, beginning + _HIGHEST)
                counted = reader.execute(
                    "SELECT coalesce(sum(doc), 0) FROM vocabulary WHERE term >= ? AND term <= ?", bounds
                )
                self._found_in[word] = counted.fetchone()[0]
            return self._found_in[word]

    def changed(self, total: int) -> None:
        """Count anew once the library has grown or shrunk by a tenth."""
        with self._lock:
            if abs(total - self._total) > _CHANGE * self._total:
                self._found_in.clear()


def _term(word: str) -> str:
    """Return a word as FTS5 looks for it; it is made of letters and digits only, so nothing in it is syntax."""
    beginning = stem(word)
    return f'"{word}"' if beginning is None else f'"{beginning}" *'


def _headings(kept: str) -> tuple[str, ...]:
    """Return a passage's headings from how they are kept."""
    return tuple(kept.split(HEADING_MARK)) if kept else ()


def _candidate(row: tuple[Any, ...]) -> Candidate:
    """Return a passage as it is ranked."""
    key, chunk_id, collection, item, owner, title, headings, text, start, end, position, at, url, pinned, vector = row
    return Candidate(
        key,
        chunk_id,
        collection,
        item,
        owner,
        title,
        _headings(headings),
        text,
        start,
        end,
        position,
        at,
        url,
        bool(pinned),
        None if vector is None else unpacked(vector),
    )
