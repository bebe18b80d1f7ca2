"""The household that the library is judged with: one for each seed, and honest."""

from collections import Counter
import re

import pytest

from bench.household import HOUSEHOLD, PEOPLE, Half, Household, Kind, Question, generate, readable_by
from bench.household.everyday import read_facts


@pytest.fixture(name="household", scope="module")
def household_fixture() -> Household:
    """Return the household that the benchmark asks."""
    return generate()


def test_a_seed_makes_one_household(household: Household) -> None:
    """Figures of two days can be compared, and another seed is another household."""
    again, third, other = generate(), generate(), generate(seed=5)
    assert (again.items, again.questions) == (household.items, household.questions)
    assert [next(again.more) for _ in range(50)] == [next(third.more) for _ in range(50)]
    assert other.items != household.items


def test_it_is_as_large_as_promised(household: Household) -> None:
    """Some three thousand items of both people and the household, each with an id of its own."""
    assert len(household.items) == 3000
    assert len({item.id for item in household.items}) == 3000
    assert {item.owner for item in household.items} == {HOUSEHOLD, *PEOPLE}
    assert {item.collection for item in household.items} >= {"notes", "documents", "mail", "calendar", "notifications"}
    first, last = min(item.time for item in household.items), max(item.time for item in household.items)
    assert 700 <= (last - first).days <= 731


def test_every_kind_is_asked_of_both_halves(household: Household) -> None:
    """Neither half lacks a kind, and no question is asked twice."""
    counts = Counter((question.kind, question.half) for question in household.questions)
    assert set(counts) == {(kind, half) for kind in Kind for half in Half}
    assert min(counts.values()) >= 10
    asked = Counter((question.words, question.asker) for question in household.questions)
    assert max(asked.values()) == 1


def test_answers_stand_where_they_are_said_to(household: Household) -> None:
    """Each named item holds an answer word for word, and may be read by whoever asks."""
    items = {item.id: item for item in household.items}
    for question in household.questions:
        if question.kind is Kind.ABSENT:
            assert not question.answers
            assert not question.items
            continue
        assert question.answers
        for name in question.items:
            item = items[name]
            assert any(answer in item.text for answer in question.answers), question
            assert item.owner in readable_by(question.asker)


def test_all_of_several_are_needed(household: Household) -> None:
    """Each of the answers is in an item of its own."""
    items = {item.id: item for item in household.items}
    for question in household.questions:
        if question.kind is Kind.SEVERAL:
            assert len(question.items) == len(question.answers) > 1
            for name, answer in zip(question.items, question.answers, strict=True):
                assert answer in items[name].text


def test_absent_answers_are_absent(household: Household) -> None:
    """No item, and none of what comes after, has all the words that an answer would have."""
    facts = read_facts("absent")
    never = [fact["never"].lower().split() for part in ("far", "near") for fact in facts[part]]
    asked = sum(question.kind is Kind.ABSENT for question in household.questions)
    assert len(never) == asked
    texts = [item.text for item in household.items] + [next(household.more).text for _ in range(500)]
    for text in texts:
        words = set(re.findall(r"\w+", text.lower()))
        assert not [wanted for wanted in never if words.issuperset(wanted)], text


def test_the_newest_is_told_last(household: Household) -> None:
    """Of what changed the question names the last item, and others say something else earlier."""
    told = [fact["says"] for fact in read_facts("newest")["fact"]]
    for says, question in zip(told, _of(household, Kind.NEWEST), strict=True):
        times = [next(item.time for item in household.items if sentence in item.text) for sentence in says]
        assert times == sorted(times)
        assert len(set(times)) == len(says)
        newest = next(item for item in household.items if item.id == question.items[0])
        assert newest.time == times[-1]
        assert not [sentence for sentence in says[:-1] if question.answers[0] in sentence]


def test_paraphrases_share_few_words_with_what_they_ask_for(household: Household) -> None:
    """Fewer than what lies beside them to mislead: searching by words alone must not do."""
    facts = read_facts("paraphrase")["fact"]
    for fact in facts:
        asked = _telling(fact["ask"])
        shared = len(asked & _telling(fact["says"][0]))
        assert shared <= len(asked) / 3, fact["ask"]
        assert max(len(asked & _telling(near)) for near in fact["near"]) > shared, fact["ask"]


def test_what_is_private_is_private(household: Household) -> None:
    """Its items belong to the one who asks; where both were told something alike, each is asked of both."""
    items = {item.id: item for item in household.items}
    private = _of(household, Kind.PRIVATE)
    for question in private:
        assert question.asker in PEOPLE
        assert {items[name].owner for name in question.items} == {question.asker}
    assert len({question.words for question in private}) < len(private)


def test_nobody_reads_what_is_anothers() -> None:
    """A guest reads nothing at all."""
    assert readable_by("guest") == ()
    assert readable_by(HOUSEHOLD) == (HOUSEHOLD,)
    assert readable_by(PEOPLE[0]) == (HOUSEHOLD, PEOPLE[0])


def _of(household: Household, kind: Kind) -> list[Question]:
    return [question for question in household.questions if question.kind is kind]


def _telling(text: str) -> set[str]:
    """Return a text's words but for the shortest."""
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


def test_secrets_stand_nowhere_else(household: Household) -> None:
    """What is long enough to be told from chance is in no item that another may read, or a leak would be none."""
    for question in _of(household, Kind.PRIVATE):
        for answer in filter(lambda answer: len(answer) > 5, question.answers):
            readable = [item for item in household.items if item.owner != question.asker and answer in item.text]
            assert not readable, answer
