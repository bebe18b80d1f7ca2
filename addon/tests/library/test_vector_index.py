"""Test that the nearest passages of a scope are found, however many others are nearer."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hearthd.library.document import Chunk
from hearthd.library.item import Reading
from hearthd.library.parts import Parts, open_parts
from hearthd.library.scope import HOUSEHOLD, Scope
from tests.library.conftest import ANNA, BEN, NOON, note

ASKED = np.array([1.0, 0.0], np.float32)
# How many items of each owner and collection there are, the nearest to what is asked first.
SHELVES = (("mail", BEN, 30), ("conversations", HOUSEHOLD, 50), ("notes", HOUSEHOLD, 3), ("mail", ANNA, 3))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Return a library where what is asked for is not what is nearest."""
    parts = open_parts(tmp_path_factory.mktemp("vectors"), None)
    parts.ledger.begin_model("two numbers", 2)
    number = 0
    for collection, owner, count in SHELVES:
        for _ in range(count):
            number += 1
            text = f"{collection} {number}"
            item = note(text, text, owner, time=NOON + number)
            parts.shelf.put(collection, [(item, Reading(text, (Chunk(text, 0, len(text)),)))])
            angle = number / 100
            vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
            parts.ledger.keep([(one, vector) for one, _ in parts.ledger.pending(1)])
    parts.vectors.open()
    while parts.vectors.place(100):
        pass
    yield parts
    parts.close()


def found(parts: Parts, scope: Scope, limit: int) -> list[str]:
    """Return the items whose passages are nearest to what is asked."""
    ids = parts.vectors.query(ASKED, scope, limit)
    items = {one.id: one.item for one in parts.keywords.fetch([], ids, scope)}
    return [items[one] for one in ids]


@pytest.mark.parametrize(
    ("scope", "limit", "expected"),
    [
        pytest.param(Scope(frozenset({BEN})), 2, ["mail 1", "mail 2"], id="one owner"),
        pytest.param(
            Scope(frozenset({HOUSEHOLD, BEN})),
            31,
            [*(f"mail {number}" for number in range(1, 31)), "conversations 31"],
            id="two owners",
        ),
        pytest.param(
            Scope(frozenset({HOUSEHOLD}), frozenset({"notes"})), 2, ["notes 81", "notes 82"], id="behind fifty others"
        ),
        pytest.param(
            Scope(frozenset({HOUSEHOLD}), frozenset({"notes"})), 1, ["notes 81"], id="too far behind: one by one"
        ),
        pytest.param(Scope(frozenset({ANNA}), frozenset({"notes"})), 5, [], id="none of this owner"),
        pytest.param(
            Scope(frozenset({HOUSEHOLD, ANNA}), after=NOON + 83),
            5,
            ["notes 83", "mail 84", "mail 85", "mail 86"],
            id="time",
        ),
    ],
)
def test_the_nearest_of_a_scope(parts: Parts, scope: Scope, limit: int, expected: list[str]) -> None:
    """What is not in the scope never takes the place of what is."""
    assert found(parts, scope, limit) == expected


def test_a_check_waits_for_what_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Chroma has and the ledger does not know yet is not superfluous."""
    parts = open_parts(tmp_path, None)
    parts.ledger.begin_model("two numbers", 2)
    parts.shelf.put("notes", [(note("one", "one"), Reading("one", (Chunk("one", 0, 3),)))])
    parts.ledger.keep([(one, ASKED) for one, _ in parts.ledger.pending(1)])
    really = parts.ledger.note_placed
    checks: list[Future[int]] = []

    def note_placed(vectors: Sequence[Any]) -> None:
        checks.append(other_thread.submit(parts.vectors.compare))
        wait(checks, timeout=0.2)
        really(vectors)

    monkeypatch.setattr(parts.ledger, "note_placed", note_placed)
    with ThreadPoolExecutor() as other_thread:
        assert parts.vectors.place(1) == 1
    assert checks[0].result() == 0
    assert len(parts.vectors.query(ASKED, Scope(frozenset({HOUSEHOLD})), 1)) == 1
    parts.close()
