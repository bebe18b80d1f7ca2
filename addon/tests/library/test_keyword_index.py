"""Test that the words of a question find what its scope covers, whatever others have of them."""

from collections.abc import Iterator

import pytest

from hearthd.library import keyword_index
from hearthd.library.document import Chunk
from hearthd.library.item import Reading
from hearthd.library.parts import Parts, open_parts
from hearthd.library.scope import HOUSEHOLD, Scope
from tests.library.conftest import ANNA, BEN, note

# Ben's notes are shorter, so that the same word tells more in them.
SHELVES = ((BEN, 40, "boiler"), (HOUSEHOLD, 3, "boiler in the cellar"), (ANNA, 2, "boiler, said Anna, and a cake"))


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Return a library where most of what a word finds is somebody else's."""
    parts = open_parts(tmp_path_factory.mktemp("words"), None)
    for owner, count, text in SHELVES:
        items = [note(f"{owner} {number}", text, owner) for number in range(count)]
        parts.shelf.put("notes", [(item, Reading(text, (Chunk(text, 0, len(text)),))) for item in items])
    yield parts
    parts.close()


def found(parts: Parts, question: str, owners: set[str], limit: int) -> list[str]:
    """Return the owners of what the words of a question find."""
    scope = Scope(frozenset(owners))
    keys = parts.keywords.search(parts.keywords.weigh(question), scope, limit)
    owner_of = {one.key: one.owner for one in parts.keywords.fetch(keys, [], scope)}
    return [owner_of[key] for key in keys]


@pytest.mark.parametrize(
    ("owners", "limit", "expected"),
    [
        pytest.param({BEN}, 2, [BEN] * 2, id="what is best"),
        pytest.param({HOUSEHOLD}, 5, [HOUSEHOLD] * 3, id="behind forty others"),
        pytest.param({HOUSEHOLD}, 1, [HOUSEHOLD], id="farther behind than is looked at first"),
        pytest.param({HOUSEHOLD, ANNA}, 4, [HOUSEHOLD] * 3 + [ANNA], id="two owners"),
    ],
)
def test_what_others_have_hides_nothing(parts: Parts, owners: set[str], limit: int, expected: list[str]) -> None:
    """However much of what a word finds is not meant, what is meant is found."""
    assert found(parts, "boiler", owners, limit) == expected


def test_common_words_are_left_out_first(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is too much to weigh, the rarest word decides; one word is always looked for."""
    monkeypatch.setattr(keyword_index, "_MOST_WEIGHED", 10)
    assert found(parts, "boiler cake", {HOUSEHOLD, ANNA, BEN}, 50) == [ANNA] * 2
    assert len(found(parts, "boiler", {HOUSEHOLD, ANNA, BEN}, 50)) == 45
