"""How script/bench library judges what the library said."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bench.household import HOUSEHOLD, PEOPLE, Half, Household, Item, Kind, Question
from bench.library.asking import Asked, Mode
from bench.library.judging import found_rows, is_answered, is_right, leak_row, recall, speed_rows

NORA, FELIX = PEOPLE


def item(number: int, owner: str = HOUSEHOLD, text: str = "text") -> Item:
    """Return an item of somebody."""
    return Item(f"notes/{number:06d}", "notes", owner, "Note", text, datetime(2026, 1, 1, tzinfo=UTC))


def passage(of: Item, score: float = 0.9, text: str | None = None) -> dict[str, Any]:
    """Return an item as the library tells it."""
    parts = {"vector": 0.5, "keyword": 0.5, "recency": None, "pin": 0}
    told = {"item": of.id, "owner": of.owner, "title": of.title, "text": text or of.text}
    return {**told, "score": score, "parts": parts}


def question(kind: Kind = Kind.NAME, asker: str = HOUSEHOLD, half: Half = Half.TEST, **fields: Any) -> Question:
    """Return a question whose answer is Rosa in the first two items."""
    holders = () if kind is Kind.ABSENT else (item(1).id, item(2).id)
    answers = () if kind is Kind.ABSENT else ("Rosa",)
    return Question(kind, half, asker, "Who?", **{"answers": answers, "items": holders, **fields})


def asked(*passages: dict[str, Any], mode: Mode = Mode.HYBRID, **fields: Any) -> Asked:
    """Return what came of a question that its asker asked."""
    of = question(**fields)
    return Asked(of, of.asker, mode, passages, 20.0, 5.0)


def test_recall_is_the_share_of_the_items_found() -> None:
    """Two passages of one item count once; none is nothing."""
    assert recall(asked(passage(item(1)), passage(item(1)), passage(item(9)))) == 0.5
    assert recall(asked(passage(item(2)), passage(item(1)))) == 1
    assert recall(asked()) == 0


@pytest.mark.parametrize(
    ("cited", "right"),
    [
        (passage(item(1), text="The plumber\nis called  rosa."), True),
        (passage(item(1), text="The plumber is called Olaf."), False),
        (passage(item(9), text="Rosa"), False),
    ],
)
def test_a_citation_is_right_if_it_says_the_fact_in_its_place(cited: dict[str, Any], right: bool) -> None:
    """The right words of another item are chance, the right item's other words no answer."""
    assert is_right(asked(cited)) is right


def test_what_is_below_the_line_is_not_answered() -> None:
    """As Hearth says then that it found nothing."""
    assert is_answered(asked(passage(item(1), 0.5)))
    assert not is_answered(asked(passage(item(1), 0.49)))
    assert not is_answered(asked())


def test_rows_are_of_one_half_and_of_who_asked() -> None:
    """Each figure counts what it says it counts."""
    right, wrong = passage(item(1), text="Rosa"), passage(item(9), text="Rosa")
    both, stranger = question(), question(asker=NORA)
    told = [
        asked(right, passage(item(2))),
        asked(wrong),
        asked(kind=Kind.ABSENT),
        asked(passage(item(9), 0.2), kind=Kind.ABSENT),
        asked(passage(item(9), 0.8), kind=Kind.ABSENT),
        asked(right, mode=Mode.VECTOR),
        asked(mode=Mode.KEYWORD),
        asked(passage(item(2)), mode=Mode.KEYWORD),
        asked(half=Half.TRAIN),
        Asked(stranger, FELIX, Mode.HYBRID, (), 1.0, 0.0),
    ]
    assert both.half is Half.TEST
    rows = {(row.name, row.other): row for row in found_rows(told, Half.TEST)}
    figures = {name[0]: row.figure for name, row in rows.items() if name[1] is None}
    assert figures == {
        "recall@5": 0.5,
        "cited passage has the fact": 0.5,
        "absent answers refused": pytest.approx(2 / 3),
        "answered at all": 1.0,
    }
    beside = {row.theirs: row.met for row in rows.values() if row.other is not None}
    assert beside == {0.5: False, 0.25: True}
    missed = rows["recall@5", None].raw["missed"]
    assert [one["found"] for one in missed] == [[item(9).id]]


@pytest.mark.parametrize(
    ("asker", "told", "leaks"),
    [
        (NORA, passage(item(1, NORA, "My PIN is 66182.")), 0),
        (FELIX, passage(item(1, NORA)), 1),
        (HOUSEHOLD, passage(item(1, NORA)), 1),
        (HOUSEHOLD, passage(item(2), text="Nora's PIN is 661823"), 1),
        (HOUSEHOLD, passage(item(2), text="see notes/000001"), 1),
        (HOUSEHOLD, passage(item(2)) | {"title": "PIN 661823"}, 1),
        (HOUSEHOLD, passage(item(2)), 0),
    ],
)
def test_every_way_of_reaching_another_is_a_leak(asker: str, told: dict[str, Any], leaks: int) -> None:
    """An item itself, its id anywhere, or its secret in another's text or title."""
    secret = question(Kind.PRIVATE, NORA, answers=("661823",), items=(item(1).id,))
    household = Household((item(1, NORA), item(2)), (secret,), iter(()))
    row = leak_row(household, [Asked(secret, asker, Mode.HYBRID, [told], 1.0, 0.0)], guests_refused=True)
    assert (row.figure, row.met) == (leaks, leaks == 0)


def test_a_guest_who_is_answered_is_a_leak() -> None:
    """Even where nothing private came."""
    assert leak_row(Household((), (), iter(())), [], guests_refused=False).figure == 1


def test_times_are_with_and_without_the_embedding() -> None:
    """The 95th of a hundred counts, and what was stored a second."""
    timed = [Asked(question(), HOUSEHOLD, Mode.HYBRID, (), 30.0 + number / 2, 10.0) for number in range(101)]
    without, whole, stored = speed_rows(timed, 41.0, 50_000)
    assert (without.figure, without.met) == (67.5, False)
    assert (whole.figure, whole.met) == (77.5, True)
    assert (stored.figure, stored.met) == (41.0, True)
