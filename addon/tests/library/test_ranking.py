"""Test what makes a passage good, and which passages are one."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from hearthd.library.passage import Candidate
from hearthd.library.ranking import Question, rank, rank_alone, recency, word_weight
from tests.library.conftest import NOON

DAY = 24 * 60 * 60.0
ALONG, ACROSS = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
HALFWAY = np.array([0.6, -0.8], np.float32)


def passage(key: int, text: str, **facts: Any) -> Candidate:
    """Return a passage of an item of its own, unless it is said otherwise."""
    known = {
        "id": str(key),
        "collection": "notes",
        "item": f"item {key}",
        "owner": "household",
        "title": "",
        "headings": (),
        "start": 0,
        "end": len(text),
        "position": 0,
        "time": None,
        "url": None,
        "pinned": False,
        "vector": ALONG,
    }
    return Candidate(key=key, text=text, **known | facts)  # type: ignore[arg-type] # the facts are as they should be


def ask(*keys: int, words: Mapping[str, float] | None = None, text: str = "") -> Question:
    """Return a question that both indexes answer with these keys, in their order."""
    ranks = {key: place for place, key in enumerate(keys)}
    return Question(text, words or {"boiler": 2.0}, ALONG, ranks, ranks)


def keys(question: Question, *candidates: Candidate, limit: int = 5) -> list[int]:
    """Return the keys of what is chosen, the best first."""
    return [one.passage.key for one in rank(question, candidates, NOON, limit)]


def test_meaning_and_words_both_count() -> None:
    """What has the words and the meaning comes before what has one, and that before what has neither."""
    both = passage(1, "the boiler is in the cellar")
    meaning = passage(2, "heating of the house")
    words = passage(3, "a boiler suit", vector=ACROSS)
    neither = passage(4, "a cake", vector=ACROSS)
    ranked = rank(ask(), [neither, words, meaning, both], NOON, 5)
    assert ranked[0].passage is both
    assert ranked[-1].passage is neither
    assert [one.coverage for one in ranked if one.passage.key in {1, 3}] == [1.0, 1.0]
    assert all(0 < one.score < 1 for one in ranked)
    assert ranked[0].score > 0.9
    assert ranked[-1].score < 0.1


def test_score_is_the_same_whatever_else_is_found() -> None:
    """A threshold can tell whether anything was found, because a score does not depend on its company."""
    one, other = passage(1, "the boiler"), passage(2, "boiler and cake", vector=ACROSS)
    alone = rank(ask(1), [one], NOON, 5)[0]
    assert (
        next(ranked for ranked in rank(ask(2, 1), [one, other], NOON, 5) if ranked.passage is one).score == alone.score
    )


def test_rank_in_the_indexes_breaks_a_tie() -> None:
    """Of two that are alike, the one that both indexes found first comes first."""
    assert keys(ask(2, 1), passage(1, "boiler one"), passage(2, "boiler two")) == [2, 1]


@pytest.mark.parametrize(("collection", "first"), [("notifications", 2), ("documents", 1)])
def test_recent_first_where_things_age(collection: str, first: int) -> None:
    """Yesterday's message is old; a manual is not."""
    old = passage(1, "boiler pressure low", collection=collection, time=NOON - 5 * DAY)
    new = passage(2, "boiler pressure is low", collection=collection, time=NOON - 60)
    assert keys(ask(1, 2), old, new)[0] == first


def test_the_kind_of_answer_that_is_asked_for() -> None:
    """Who asks when wants a time: what has none is less sure, and comes later."""
    asked = ask(1, 2, text="When is the boiler serviced?")
    what, when = passage(1, "the boiler is serviced by Rosa"), passage(2, "the boiler is serviced on Friday")
    first, second = rank(asked, [what, when], NOON, 5)
    assert (first.passage, second.passage) == (when, what)
    assert first.score > second.score
    assert keys(ask(1, 2, text="Who looks after the boiler?"), what, when) == [1, 2]


def test_one_s_own_first() -> None:
    """Who asks for "my" boiler means their own, who says "our" means none in particular."""
    shared = passage(1, "the boiler is blue", vector=HALFWAY)
    own = passage(2, "the boiler is red", vector=HALFWAY, owner="person:anna")
    assert keys(ask(1, 2, text="Which colour has my boiler?"), shared, own) == [2, 1]
    assert keys(ask(1, 2, text="Which colour has our boiler?"), shared, own) == [1, 2]


def test_pinned_first() -> None:
    """What somebody pinned comes before its equal."""
    assert keys(ask(1, 2), passage(1, "boiler one"), passage(2, "boiler two", pinned=True)) == [2, 1]


@pytest.mark.parametrize(
    ("collection", "at", "pinned", "expected"),
    [
        ("notifications", NOON, False, 1.0),
        ("notifications", NOON - DAY, False, 0.5),
        ("notifications", NOON - 2 * DAY, False, 0.25),
        ("calendar", NOON + 14 * DAY, False, 0.5),
        ("mail", NOON - 21 * DAY, False, 0.5),
        ("mail", NOON - 21 * DAY, True, None),
        ("mail", None, False, None),
        ("documents", NOON, False, None),
    ],
)
def test_recency(collection: str, at: float | None, pinned: bool, expected: float | None) -> None:
    """Each collection ages in its own time, to both sides of now."""
    found = recency(collection, at, NOON, pinned=pinned)
    assert found == (None if expected is None else pytest.approx(expected))


# Told in March, and otherwise in May.
OLD = {"time": NOON - 60 * DAY, "vector": ALONG}
NEW = {"time": NOON - DAY, "vector": np.array([0.9, 0.43], np.float32)}


@pytest.mark.parametrize(
    ("new", "first"),
    [
        pytest.param({}, 2, id="the last word on a matter"),
        pytest.param({"vector": ACROSS}, 1, id="another matter"),
        pytest.param({"text": "the code of somebody"}, 1, id="less of what is asked"),
        pytest.param({"text": "the boiler code is changed"}, 1, id="no answer of the kind that is asked for"),
        pytest.param({"time": NOON - 90 * DAY}, 1, id="told before"),
        pytest.param({"time": None}, 1, id="nobody knows when"),
        pytest.param({"collection": "documents"}, 1, id="a file is kept up to date itself"),
        pytest.param({"item": "item 1", "start": 900, "end": 950}, 1, id="of the same page"),
        pytest.param({"vector": None}, 1, id="no vector to compare"),
    ],
)
def test_what_was_told_last_comes_first(new: dict[str, Any], first: int) -> None:
    """Of two tellings of one matter the newer one holds, however much better the older one fits."""
    one = passage(1, **{"text": "the code of the boiler is 4471"} | OLD)
    other = passage(2, **{"text": "the boiler has the new code 9026"} | NEW | new)
    question = ask(1, 2, words={"boiler": 2.0, "code": 2.0}, text="What is the code of the boiler?")
    assert keys(question, one, other) == ([1, 2] if first == 1 else [2, 1])


def test_the_newest_of_many() -> None:
    """Told three times, the last one comes first; a question for a figure still means that one."""
    told = [
        passage(number, f"the rent is 1{number}00 euros", vector=HALFWAY, time=NOON + number * DAY)
        for number in range(3)
    ]
    assert keys(ask(0, 1, 2, words={"rent": 2.0}), *told)[0] == 2
    assert keys(ask(0, 1, 2, words={"rent": 2.0, "1100": 4.0}), *told)[0] == 1


def test_neighbours_are_joined() -> None:
    """Passages that follow each other in one item are one, and nothing in it stands twice."""
    text = "Close the tap. Open the boiler. Press reset."
    parts = [
        passage(key, text[start:end], item="manual", start=start, end=end, position=key)
        for key, (start, end) in enumerate([(0, 31), (15, 44), (0, 14)])
    ]
    (joined,) = rank(ask(0, 1, 2), parts, NOON, 5)
    assert (joined.passage.text, joined.passage.start, joined.passage.end) == (text, 0, len(text))


def test_only_neighbours_are_joined() -> None:
    """Those that are apart, under another heading, of another item or too long together stay what they are."""
    one = passage(1, "boiler a", item="manual", start=0, end=8)
    apart = passage(2, "boiler b", item="manual", start=50, end=58)
    other = passage(3, "boiler c", item="letter", start=8, end=16)
    under = passage(4, "boiler d", item="manual", headings=("Faults",), start=9, end=17)
    long = passage(5, "boiler e" * 400, item="manual", start=59, end=59 + 3200)
    assert sorted(keys(ask(), one, apart, other, under, long)) == [1, 2, 3, 4, 5]


def test_the_same_twice_is_left_out() -> None:
    """A text that was sent again says nothing new; another number in it does."""
    words = " ".join(f"word{'abcdefghijklmnopqrstuvwxyz'[number]}" for number in range(26))
    same = passage(2, f"{words}!", item="again")
    other = passage(3, f"{words} 7", item="other")
    assert keys(ask(1, 2, 3), passage(1, words), same, other) == [1, 3]


def test_limit() -> None:
    """No more come than were asked for."""
    assert len(keys(ask(), *(passage(key, f"boiler {key}") for key in range(9)), limit=3)) == 3


def test_without_a_vector_words_alone_judge() -> None:
    """A passage that has no vector yet is not worse for it, if it has the words."""
    question = Question("", {"boiler": 1.0, "fault": 1.0}, None, {}, {1: 0, 2: 1})
    whole, half = rank(question, [passage(2, "boiler"), passage(1, "boiler fault")], NOON, 5)
    assert (whole.passage.key, whole.cosine, half.coverage) == (1, None, 0.5)
    assert whole.score > 0.5 > half.score


def test_one_index_alone() -> None:
    """To compare an index, its own order is kept."""
    question = Question("", {"boiler": 1.0}, ALONG, {1: 1, 2: 0}, {1: 0, 3: 1})
    candidates = [passage(1, "boiler one"), passage(2, "cake"), passage(3, "boiler three")]
    for by_vector, expected in ((True, [2, 1]), (False, [1, 3])):
        ranked = rank_alone(question, candidates, NOON, 5, by_vector=by_vector)
        assert [one.passage.key for one in ranked] == expected


def test_word_weight() -> None:
    """A rare word tells more than a common one, and none tells less than nothing."""
    weights = [word_weight(found_in, 100) for found_in in (0, 1, 50, 100, 200)]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0
