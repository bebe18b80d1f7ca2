"""Test that conversations are found by their owners, and that what is deleted is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
import os
from pathlib import Path
import sqlite3

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.hearth.memory import MemoryRefused, Recall, StoredTurn, claims

from .conftest import ANNAS, OURS, TOMS

MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)


def turn(words: str, reply: str = "", owner: str = ANNAS, conversation: str = "one", hours: float = 0) -> StoredTurn:
    """Return a turn some hours after the morning."""
    return StoredTurn(owner, conversation, MORNING + timedelta(hours=hours), "conversation.hearth", words, reply)


@pytest.fixture
async def talked(recall: Recall) -> Recall:
    """Return conversations of two persons and of the household."""
    for said in (
        turn("when does the boiler need its service?", "In March, by the manual.", hours=0),
        turn("and who does that?", "Rosa the plumber did it last year.", hours=0.1),
        turn("play some jazz", "Here is some.", OURS, "two", hours=1),
        turn("my doctor said that I am fine", "Good to hear.", TOMS, "three", hours=2),
        turn("what was the name of that café?", "The café is called Lumière.", ANNAS, "four", hours=30),
    ):
        await recall.async_store(said)
    return recall


def bytes_of(path: Path) -> bytes:
    """Return every byte that lies in the file and beside it."""
    return b"".join(found.read_bytes() for found in path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("boiler", ["when does the boiler need its service?"]),
        ("plumber Rosa", ["and who does that?"]),
        ("cafe lumiere", ["what was the name of that café?"]),
        ("the service of the café", ["what was the name of that café?", "when does the boiler need its service?"]),
        ('" OR * NEAR(', []),
        ("nothing like it", []),
        ("???", []),
        ("", ["what was the name of that café?", "and who does that?", "when does the boiler need its service?"]),
    ],
)
async def test_words_find_what_was_said(talked: Recall, words: str, found: list[str]) -> None:
    """Any of the words will do, the rarest counts most; without words the newest come."""
    page = await talked.async_search((ANNAS,), words)
    assert [said.words for said in page.turns][: len(found)] == found
    assert bool(page.turns) is bool(found)


@pytest.mark.parametrize(
    ("after", "before", "found"),
    [
        (None, MORNING + timedelta(hours=1), 2),
        (MORNING + timedelta(hours=1), None, 1),
        (MORNING + timedelta(hours=0.1), MORNING + timedelta(hours=30), 1),
        (MORNING, MORNING + timedelta(hours=31), 3),
        (MORNING + timedelta(hours=31), None, 0),
    ],
)
async def test_dates_bound_what_is_found(
    talked: Recall, after: datetime | None, before: datetime | None, found: int
) -> None:
    """The first moment counts, the last does not, whatever zone they are told in."""
    zoned = [moment.astimezone(dt_util.get_time_zone("Asia/Tokyo")) if moment else None for moment in (after, before)]
    assert len((await talked.async_search((ANNAS,), after=zoned[0], before=zoned[1])).turns) == found


async def test_pages_follow_each_other(recall: Recall) -> None:
    """Every turn comes once, newest first."""
    for number in range(12):
        await recall.async_store(turn(f"number {number}"))
    found: list[str] = []
    page: int | None = 0
    while page is not None:
        part = await recall.async_search((ANNAS,), page=page)
        found += [said.words for said in part.turns]
        page = part.next_page
    assert found == [f"number {number}" for number in reversed(range(12))]


async def test_nobody_finds_what_is_anothers(talked: Recall) -> None:
    """Whoever searches finds turns of the owners that they are, and none without any."""
    for owners, words in product(
        ((), (OURS,), (OURS, ANNAS), (OURS, TOMS), ("person:x",)), ("", "the boiler jazz doctor")
    ):
        page = await talked.async_search(owners, words, size=100)
        assert {said.owner for said in page.turns} == set(owners) - {"person:x"}


async def test_a_turn_comes_back_whole(recall: Recall) -> None:
    """Who, where, when, what and which tools: all of it is kept."""
    said = replace(turn("turn the light on", "Done."), place="Kitchen", tools=("HassTurnOn",), outside=True)
    stored = await recall.async_store(said)
    assert (await recall.async_search((ANNAS,))).turns == (replace(said, id=stored or 0),)


async def test_half_characters_are_kept_as_well_as_they_can_be(recall: Recall) -> None:
    """A model may write what no file can hold."""
    await recall.async_store(turn("hello", "half \ud83d"))
    assert (await recall.async_search((ANNAS,))).turns[0].reply == "half ?"


async def test_with_no_retention_nothing_is_kept(hass: HomeAssistant, tmp_path: Path, copies: list[Path]) -> None:
    """Zero days mean not at all."""
    recall = Recall(hass, tmp_path / "recall.db", lambda: 0, copies.append)
    await recall.async_open()
    assert await recall.async_store(turn("a secret of mine")) is None
    assert b"secret" not in bytes_of(tmp_path / "recall.db")
    await recall.async_close()


async def test_what_is_too_old_goes(hass: HomeAssistant, tmp_path: Path, copies: list[Path]) -> None:
    """After so many days no byte of a turn is left, and the younger ones stay."""
    recall = Recall(hass, tmp_path / "recall.db", lambda: 30, copies.append)
    await recall.async_open()
    now = dt_util.utcnow()
    await recall.async_store(replace(turn("ancient wisdom"), at=now - timedelta(days=31)))
    await recall.async_store(replace(turn("recent gossip"), at=now - timedelta(days=29)))
    assert await recall.async_expire() == 1
    left = bytes_of(tmp_path / "recall.db")
    assert b"ancient" not in left
    assert b"gossip" in left
    await recall.async_close()


async def test_erasing_leaves_no_byte(talked: Recall, tmp_path: Path) -> None:
    """What an owner said is overwritten, in the turns and in the index."""
    heard: list[int] = []
    stop = talked.add_listener(lambda: heard.append(1))
    assert await talked.async_erase(ANNAS) == 3
    stop()
    left = bytes_of(tmp_path / "recall.db").lower()
    assert [word for word in (b"boiler", b"plumber", b"lumi", b"service") if word in left] == []
    assert b"doctor" in left
    assert await talked.async_erase(None) == 2
    assert b"doctor" not in bytes_of(tmp_path / "recall.db")
    assert heard == [1]


async def test_a_fact_goes_from_the_conversations(talked: Recall, tmp_path: Path) -> None:
    """Every turn that gives it away is deleted, of its owner only."""
    gives_away = claims.tells("The plumber is called Rosa.", "en")
    assert await talked.async_forget((TOMS,), gives_away) == 0
    assert await talked.async_forget((ANNAS,), gives_away) == 1
    assert b"rosa" not in bytes_of(tmp_path / "recall.db").lower()
    assert await talked.async_forget(None, claims.tells("Tom's doctor said that he is fine.", "en")) == 0


async def test_conversations_as_documents(talked: Recall) -> None:
    """Each has a version that changes with it, and is a text of its owner; one of several owners is nobody's."""
    versions = await talked.async_conversations()
    assert set(versions) == {"one", "two", "three", "four"}
    kept = await talked.async_conversation("one")
    assert kept is not None
    assert (kept.owner, kept.time) == (ANNAS, MORNING)
    assert "Said: when does the boiler need its service?\nAnswered: In March, by the manual." in kept.text
    await talked.async_store(turn("me too", owner=TOMS))
    assert (await talked.async_conversations())["one"] != versions["one"]
    assert await talked.async_conversation("one") is None
    assert await talked.async_conversation("unknown") is None


async def test_what_was_considered_is_not_again(talked: Recall) -> None:
    """Each turn is learnt from once."""
    since = MORNING - timedelta(days=1)
    assert await talked.async_unconsidered(since) == ("one", "two", "three", "four")
    await talked.async_consider(await talked.async_turns("one"))
    assert await talked.async_turns("one", unconsidered=True) == ()
    assert len(await talked.async_turns("one")) == 2
    assert await talked.async_unconsidered(MORNING + timedelta(hours=2)) == ("three", "four")


async def test_a_summary_stands_for_its_conversation(talked: Recall, tmp_path: Path) -> None:
    """It comes with each turn up to its last, and goes with any of them."""
    before = MORNING + timedelta(hours=10)
    assert await talked.async_unsummarised(before, 2) == ("one",)
    turns = await talked.async_turns("one")
    await talked.async_summarise(turns, "They spoke of zeppelins.")
    assert await talked.async_unsummarised(before, 2) == ()
    await talked.async_store(turn("one more thing", hours=3))
    page = await talked.async_search((ANNAS,), size=10)
    assert {said.words: said.summary for said in page.turns} == {
        "when does the boiler need its service?": "They spoke of zeppelins.",
        "and who does that?": "They spoke of zeppelins.",
        "one more thing": None,
        "what was the name of that café?": None,
    }
    await talked.async_forget((ANNAS,), claims.tells("Rosa is the plumber.", "en"))
    assert b"zeppelins" not in bytes_of(tmp_path / "recall.db")


async def test_export_and_import_are_each_others_mirror(
    hass: HomeAssistant, talked: Recall, tmp_path: Path, copies: list[Path]
) -> None:
    """Rows come back as they were, and only those of the owners who were asked for."""
    rows = [row async for row in talked.async_export((OURS, ANNAS))]
    assert {row["owner"] for row in rows} == {OURS, ANNAS}
    other = Recall(hass, tmp_path / "other.db", lambda: 90, copies.append)
    await other.async_open()
    assert await other.async_import(rows) == 4
    assert [row async for row in other.async_export((OURS, ANNAS))] == rows
    assert await other.async_unconsidered(MORNING) == ()
    await other.async_close()


async def test_a_private_file(talked: Recall, tmp_path: Path) -> None:
    """Nobody else may read what was said."""
    assert (tmp_path / "recall.db").stat().st_mode & 0o777 == 0o600


async def test_a_damaged_file_is_kept_and_a_new_one_begun(
    hass: HomeAssistant, tmp_path: Path, copies: list[Path]
) -> None:
    """What is no database any more is moved aside, not thrown away."""
    path = tmp_path / "recall.db"
    path.write_bytes(b"this is not a database" * 100)
    recall = Recall(hass, path, lambda: 90, copies.append)
    await recall.async_open()
    await hass.async_block_till_done()
    (aside,) = copies
    assert aside.read_bytes().startswith(b"this is not")
    await recall.async_store(turn("hello"))
    assert len((await recall.async_search((ANNAS,))).turns) == 1
    await recall.async_close()


@pytest.fixture
async def much(recall: Recall) -> Recall:
    """Return so many conversations that they fill many pages of the file."""
    for number in range(60):
        await recall.async_store(turn(f"number {number}", "a long answer " * 100, conversation=str(number)))
    return recall


def tear(path: Path, start: float, length: int) -> None:
    """Overwrite a part of a file that begins at a share of it."""
    with path.open("r+b") as file:
        file.seek(int(path.stat().st_size * start) // 4096 * 4096)
        file.write(bytes(range(256)) * (length // 256))


@pytest.mark.parametrize(("start", "length", "least"), [(0.3, 8192, 40), (0.9, 4096, 40), (0.0, 4096, 0)])
async def test_what_can_be_read_of_a_torn_file_is_saved(
    hass: HomeAssistant, much: Recall, tmp_path: Path, copies: list[Path], start: float, length: int, least: int
) -> None:
    """A file of which a part was overwritten is set aside, and the turns beside that part are found again."""
    path = tmp_path / "recall.db"
    await much.async_close()
    tear(path, start, length)
    recall = Recall(hass, path, lambda: 90, copies.append)
    await recall.async_open()
    await hass.async_block_till_done()
    assert [aside.parent for aside in copies] == [tmp_path]
    saved = await recall.async_conversations()
    assert least <= len(saved) < 60
    for number in saved:
        page = await recall.async_search((ANNAS,), f"number {number}", size=100)
        assert number in {said.conversation for said in page.turns}
    await recall.async_store(turn("hello"))
    await recall.async_close()


async def test_damage_while_it_runs(hass: HomeAssistant, much: Recall, tmp_path: Path, copies: list[Path]) -> None:
    """Whoever meets it is refused; what comes next finds a file that was looked into and saved."""
    path = tmp_path / "recall.db"
    tear(path, 0.1, int(path.stat().st_size * 0.5))
    with path.open("r+b") as file:
        # SQLite reads again what it knows already once the file's counter of changes differs.
        file.seek(24)
        file.write(b"\xff" * 4)
    with pytest.raises(MemoryRefused):
        _ = [row async for row in much.async_export((ANNAS,))]
    assert await much.async_store(turn("hello"))
    await hass.async_block_till_done()
    assert len(copies) == 1
    conversations = await much.async_conversations()
    assert "one" in conversations
    assert 10 < len(conversations) < 60


async def test_what_was_set_aside_does_not_outlive_what_it_holds(
    hass: HomeAssistant, tmp_path: Path, copies: list[Path], freezer: FrozenDateTimeFactory
) -> None:
    """A damaged file goes when its last word is too old to be kept, and at once with what anybody has erased."""
    path, aside = tmp_path / "recall.db", tmp_path / "recall.damaged-20261101T000000.db"
    recall = Recall(hass, path, lambda: 30, copies.append)
    await recall.async_open()
    for days, is_left in ((29, True), (31, False)):
        aside.write_text("a secret")
        moment = dt_util.utcnow().timestamp() - days * 86400
        os.utime(aside, (moment, moment))
        await recall.async_expire()
        assert aside.exists() is is_left
    aside.write_text("a secret")
    await recall.async_erase(TOMS)
    assert not aside.exists()
    await recall.async_close()


async def test_a_file_that_could_not_be_opened_is_tried_again(
    hass: HomeAssistant, tmp_path: Path, copies: list[Path]
) -> None:
    """A disk that fails at the start costs nobody their memory until the next."""
    path = tmp_path / "recall.db"
    path.mkdir()
    recall = Recall(hass, path, lambda: 90, copies.append)
    for ask in (recall.async_open, recall.async_conversations):
        with pytest.raises(MemoryRefused):
            await ask()
    path.rmdir()
    assert await recall.async_store(turn("hello"))
    await recall.async_close()
    with pytest.raises(MemoryRefused):
        await recall.async_conversations()


async def test_a_damaged_index_is_built_anew(
    hass: HomeAssistant, talked: Recall, tmp_path: Path, copies: list[Path]
) -> None:
    """Turns that are there are found again."""
    path = tmp_path / "recall.db"
    await talked.async_close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM turn_words_data")
    connection.close()
    recall = Recall(hass, path, lambda: 90, copies.append)
    await recall.async_open()
    await hass.async_block_till_done()
    assert copies == []
    assert len((await recall.async_search((ANNAS,), "boiler")).turns) == 1
    await recall.async_close()


async def test_a_newer_file_is_left_alone(
    hass: HomeAssistant, talked: Recall, tmp_path: Path, copies: list[Path]
) -> None:
    """Who goes back to an older version loses nothing, but can't recall meanwhile."""
    path = tmp_path / "recall.db"
    await talked.async_close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    recall = Recall(hass, path, lambda: 90, copies.append)
    with pytest.raises(MemoryRefused) as caught:
        await recall.async_open()
    assert caught.value.translation_key == "recall_unavailable"
    with pytest.raises(MemoryRefused):
        await recall.async_search((ANNAS,))
    assert b"boiler" in path.read_bytes()
