"""Test that pages are read and written without loss."""

from dataclasses import replace
from datetime import date

from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest

from custom_components.hearth.memory.edits import forget, put_in_place, remember, undo
from custom_components.hearth.memory.facts import Change, ChangeKind, Fact, FactKind
from custom_components.hearth.memory.page import Page, name_on_page, tidy

TODAY = date(2026, 11, 21)

# What a person may write beside what Hearth wrote.
_LINES = st.sampled_from(
    [
        "---",
        "owner: person:anna-id",
        "# Title",
        "## Earlier",
        "## Wifi",
        "",
        "   ",
        "Some words of mine.",
        "- the bins go out on Monday",
        "- [fact] The plumber is called Rosa. (2026-11-21, said by Anna, in 01JD) ^f3a9",
        "- [preference, pinned] I like tea. (2026-11-21) ^beef",
        "- ~~[fact] The plumber is called Max.~~ (2026-01-03; until 2026-11-21, then ^f3a9) ^77aa",
        "- ~~struck by hand~~",
        "- [ ] a task",
        "- [x] done",
        "- [idea] of another kind",
        "  - nested",
        "* a star",
        "```",
        "- ",
        "-",
        "- [fact] ",
        "- Forgotten on 2026-11-20.",
        "\ufeffmark",
        "tab\there",
        "ünïcödé ↯ \u2028 line",
    ]
)
_PAGES = st.lists(
    st.tuples(st.one_of(_LINES, st.text(max_size=30)), st.sampled_from(["\n", "\r\n", "\n\n", ""])), max_size=20
).map(lambda lines: "".join(text + end for text, end in lines))
_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
_NAMES = st.one_of(st.none(), st.text(min_size=1, max_size=20).map(name_on_page))
_FACTS = st.builds(
    Fact,
    id=st.from_regex(r"[0-9a-f]{6}", fullmatch=True),
    text=st.text(min_size=1, max_size=60).map(tidy).filter(bool),
    kind=st.sampled_from(FactKind),
    pinned=st.booleans(),
    day=_DAYS,
    said_by=_NAMES,
    learnt=st.booleans(),
    conversation=st.one_of(st.none(), st.from_regex(r"[\w.:-]{1,20}", fullmatch=True)),
).map(lambda fact: fact if fact.said_by else replace(fact, learnt=False))


@given(_PAGES)
def test_reading_and_writing_changes_nothing(text: str) -> None:
    """Whatever stands on a page stays as it is."""
    assert Page.parse(text).text == text


@given(_FACTS, st.one_of(st.none(), _DAYS), st.one_of(st.none(), st.just("abc123")))
def test_a_fact_is_read_as_it_was_written(fact: Fact, until: date | None, successor: str | None) -> None:
    """A line of Hearth's says again what it was made of, also with odd words in it."""
    if until is not None:
        fact = replace(fact, pinned=False, until=until, successor=successor)
    page = Page().with_fact(fact)
    again = Page.parse(page.text)
    assert (again.facts + again.earlier, page.find(fact.id)) == ((fact,), fact)


@given(_PAGES, _FACTS, _FACTS)
def test_what_a_person_wrote_outlives_every_edit(text: str, first: Fact, second: Fact) -> None:
    """Remembering, replacing and forgetting leave every other line in its order, and undoing leaves no trace."""
    page = Page.parse(text)
    # A bullet of theirs is a fact, which may be replaced or forgotten; nothing else may go.
    theirs = [line.raw for line in page.lines if line.fact is None]
    for fact in (first, second):
        page = Page.parse(remember(page, fact, "en", TODAY).page.text)
    for fact in page.facts[-1:]:
        page = Page.parse(put_in_place(page, fact, second, TODAY).page.text)
        before = page
        forgetting = forget(page, page.facts[-1], "en", TODAY)
        page = Page.parse(forgetting.page.text)
        change = Change("1", ChangeKind.FORGOTTEN, "household", "household", dt_util.utcnow(), forgetting.before)
        undone = undo(page, change, TODAY)
        assert undone is not None
        assert set(Page.parse(undone.page.text).facts) == set(before.facts)
    kept = iter(line.raw.rstrip("\n") for line in page.lines if line.fact is None)
    assert all(line.rstrip("\n") in kept for line in theirs)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- the bins go out on Monday", ("the bins go out on Monday", FactKind.FACT, None)),
        (
            "- [decision] We sell the car. (2026-11-21, said by Tom) ^ab12",
            ("We sell the car.", FactKind.DECISION, "Tom"),
        ),
        ("- [ ] buy milk", None),
        ("- [idea] paint it", None),
        ("  - nested", None),
        ("* star", None),
        ("Just words", None),
        ("- ~~struck by hand~~", None),
        ("- Forgotten on 2026-11-20.", None),
        ("- [fact] Of no day. (2026-99-99) ^ab12", None),
    ],
)
def test_which_lines_are_facts(line: str, expected: tuple[str, FactKind, str | None] | None) -> None:
    """A bullet is a fact, whoever wrote it; tasks and other lists are not."""
    facts = Page.parse(f"{line}\n").facts
    assert [(fact.text, fact.kind, fact.said_by) for fact in facts] == ([expected] if expected else [])


def test_a_fence_holds_no_facts() -> None:
    """What a person quotes is not theirs to be believed."""
    assert Page.parse("```\n- not a fact\n```\n- a fact\n").facts[0].text == "a fact"


def test_a_page_as_a_person_sees_it() -> None:
    """A new fact takes the place of the old one, which stands struck under Earlier."""
    page = Page.parse("# Home\n\n- [fact] The plumber is called Max. (2026-01-03) ^aaaa\n\nMy own words.\n")
    new = Fact("bbbb", "The plumber is called Rosa.", day=TODAY, said_by="Anna")
    changed, _ = page.superseded(["aaaa"], TODAY, new)
    assert changed.text == (
        "# Home\n\n- [fact] The plumber is called Rosa. (2026-11-21, said by Anna) ^bbbb\n\nMy own words.\n"
        "\n## Earlier\n\n- ~~[fact] The plumber is called Max.~~ (2026-01-03; until 2026-11-21, then ^bbbb) ^aaaa\n"
    )


def test_a_prompt_sees_what_holds() -> None:
    """Front matter, blank lines, and everything of earlier are left out of it."""
    page = Page.parse(
        "---\nowner: person:a\n---\n# Anna\n\nShe writes this.\n- [fact] She likes tea. (2026-11-21) ^aa\n\n"
        "## Earlier\n\n- ~~[fact] She likes milk.~~ (until 2026-11-21) ^bb\n- Forgotten on 2026-11-20.\n\n"
        "## More\n- last\n"
    )
    assert page.owner == "person:a"
    assert [line.raw.strip() for line in page.core] == [
        "# Anna",
        "She writes this.",
        "- [fact] She likes tea. (2026-11-21) ^aa",
        "## More",
        "- last",
    ]
    assert page.words == 2 + 3 + 4 + 2 + 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" the plumber\nis called  Rosa ", "The plumber is called Rosa."),
        ("really?", "Really?"),
        ("a ~~b~~ c", "A ~b~ c."),
        ("\x00\u2028", ""),
        ("half a \ud83d character", "Half a character."),
    ],
)
def test_texts_are_tidied(text: str, expected: str) -> None:
    """A fact is one line that begins and ends like a sentence."""
    assert tidy(text) == expected
