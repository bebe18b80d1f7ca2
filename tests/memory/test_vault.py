"""Test that the vault remembers, forgets and takes back, and that people may edit it."""

import asyncio
from datetime import timedelta
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.hearth.memory import (
    EVENT_MEMORY_CHANGED,
    Change,
    ChangeKind,
    Fact,
    FactKind,
    MemoryRefused,
    Vault,
)

from .conftest import ANNAS, OURS, TOMS, texts

ROSA, MAX = "The plumber is called Rosa.", "The plumber is called Max."


async def say(vault: Vault, text: str, owner: str = OURS, *, by: str = ANNAS, pinned: bool = False) -> Change:
    """Have something remembered."""
    return await vault.async_remember(owner, Fact("", text, pinned=pinned, said_by="Anna"), by=by)


async def known(vault: Vault, owner: str = OURS) -> list[str]:
    """Return what is known of an owner."""
    return texts((await vault.async_pages([owner]))[owner].facts)


async def reopened(hass: HomeAssistant, folder: Path) -> Vault:
    """Return the vault as after a restart."""
    vault = Vault(hass, folder, lambda _: None)
    await vault.async_open()
    return vault


async def test_a_fact_outlives_a_restart(hass: HomeAssistant, vault: Vault, folder: Path) -> None:
    """What was remembered stands on the page, with who said it and when."""
    change = await say(vault, "the plumber is called Rosa")
    assert (change.kind, change.diff) == (ChangeKind.REMEMBERED, f"+ {ROSA}")
    again = await reopened(hass, folder)
    fact = (await again.async_pages([OURS]))[OURS].facts[0]
    assert fact == change.current[0]
    assert (fact.text, fact.said_by, fact.kind) == (ROSA, "Anna", FactKind.FACT)
    assert (folder / "memory.md").stat().st_mode & 0o777 == 0o600


async def test_the_newest_wins_and_the_old_stays_visible(vault: Vault, folder: Path) -> None:
    """A contradiction is settled by the later sentence."""
    await say(vault, MAX)
    change = await say(vault, ROSA)
    assert (change.kind, change.diff) == (ChangeKind.REPLACED, f"- {MAX}\n+ {ROSA}")
    page = (await vault.async_pages([OURS]))[OURS]
    assert (texts(page.facts), texts(page.earlier)) == ([ROSA], [MAX])
    assert page.earlier[0].successor == page.facts[0].id
    assert f"~~[fact] {MAX}~~" in (folder / "memory.md").read_text()


async def test_what_is_known_is_not_written_again(hass: HomeAssistant, vault: Vault, folder: Path) -> None:
    """Saying a thing twice changes nothing and is told."""
    await say(vault, ROSA)
    written = (folder / "memory.md").read_text()
    events = async_capture_events(hass, EVENT_MEMORY_CHANGED)
    change = await say(vault, "our plumber is called Rosa")
    assert (change.kind, texts(change.after)) == (ChangeKind.KNOWN, [ROSA])
    assert (folder / "memory.md").read_text() == written
    assert events == []


async def test_an_event_says_nothing_of_what(hass: HomeAssistant, vault: Vault) -> None:
    """Everybody may hear that memory changed, and whose; not what."""
    events = async_capture_events(hass, EVENT_MEMORY_CHANGED)
    heard: list[Change] = []
    stop = vault.add_listener(heard.append)
    change = await say(vault, ROSA, ANNAS)
    stop()
    await say(vault, "I like tea", ANNAS)
    assert events[0].data == {"id": change.id, "owner": ANNAS, "kind": "remembered"}
    assert heard == [change]


@pytest.mark.parametrize("made", ["remembered", "replaced", "forgotten", "pinned"])
async def test_every_change_can_be_taken_back(hass: HomeAssistant, vault: Vault, folder: Path, made: str) -> None:
    """Undoing brings back exactly what held before, also after a restart."""
    await say(vault, MAX)
    await say(vault, "We eat at seven.")
    before = (await vault.async_pages([OURS]))[OURS]
    match made:
        case "remembered":
            await say(vault, "The dentist is called Ito.")
        case "replaced":
            await say(vault, ROSA)
        case "forgotten":
            await vault.async_forget(OURS, before.facts[0], by=ANNAS)
        case _:
            assert (await say(vault, MAX, pinned=True)).current[0].pinned
    again = await reopened(hass, folder)
    undone = await again.async_undo(ANNAS)
    assert undone is not None
    assert undone.kind is ChangeKind.UNDONE
    page = (await again.async_pages([OURS]))[OURS]
    assert (set(page.facts), page.earlier) == (set(before.facts), ())
    assert "Forgotten" not in page.text


async def test_changes_are_taken_back_one_by_one(vault: Vault) -> None:
    """Each undo goes one step further, and each person only their own steps."""
    await say(vault, "Rule one.")
    await say(vault, "Rule two.")
    await say(vault, "Rule of Tom.", by=TOMS)
    await vault.async_undo(ANNAS)
    assert await known(vault) == ["Rule one.", "Rule of Tom."]
    await vault.async_undo(ANNAS)
    assert await known(vault) == ["Rule of Tom."]
    assert await vault.async_undo(ANNAS) is None


async def test_what_has_changed_since_is_not_taken_back(vault: Vault, folder: Path) -> None:
    """A person's edit by hand weighs more than an undo."""
    await say(vault, ROSA)
    page = folder / "memory.md"
    page.write_text(page.read_text().replace("Rosa", "Rosalind"))
    with pytest.raises(MemoryRefused) as caught:
        await vault.async_undo(ANNAS)
    assert caught.value.translation_key == "memory_changed"
    assert await known(vault) == ["The plumber is called Rosalind."]


async def test_undoing_has_its_time(vault: Vault, freezer: FrozenDateTimeFactory) -> None:
    """After an hour a change stays, and nothing is kept of it."""
    await say(vault, ROSA)
    freezer.tick(timedelta(hours=1, seconds=1))
    assert await vault.async_undo(ANNAS) is None
    past = await vault.async_past_undoing(dt_util.utcnow())
    assert texts(past[0].after) == [ROSA]
    await vault.async_drop(past)
    assert not await vault.async_undoable()


async def test_only_so_many_changes_can_be_taken_back(vault: Vault) -> None:
    """What lies ten changes back is past undoing as well."""
    for number in range(11):
        await say(vault, f"Rule number {number} of house {number}.")
    assert len(await known(vault)) == 11
    assert [texts(change.after) for change in await vault.async_past_undoing(dt_util.utcnow())] == [
        ["Rule number 0 of house 0."]
    ]


async def test_forgetting_leaves_the_day_only(vault: Vault, folder: Path) -> None:
    """What was forgotten is on no page, with everything that it once was."""
    await say(vault, MAX)
    await say(vault, ROSA)
    page = (await vault.async_pages([OURS]))[OURS]
    change = await vault.async_forget(OURS, page.facts[0], by=ANNAS)
    assert (texts(change.before), change.after) == ([ROSA, MAX], ())
    await vault.async_drop(await vault.async_past_undoing(dt_util.utcnow()))
    text = (folder / "memory.md").read_text()
    assert "Rosa" not in text
    assert "Max" not in text
    assert "- Forgotten on 20" in text


async def test_a_persons_page(hass: HomeAssistant, vault: Vault, folder: Path) -> None:
    """A page says whose it is, so that a new name, or another of the same name, changes nothing."""
    await say(vault, "I like tea.", ANNAS)
    hass.states.async_set("person.anna", "home", {"id": "anna-id", "friendly_name": "Anna-Maria"})
    hass.states.async_set("person.tom", "home", {"id": "tom-id", "friendly_name": "Anna"})
    await say(vault, "I like coffee.", TOMS)
    assert (await known(vault, ANNAS), await known(vault, TOMS)) == (["I like tea."], ["I like coffee."])
    assert sorted(path.name for path in (folder / "people").iterdir()) == ["anna.md", "anna_2.md"]
    assert (folder / "people" / "anna.md").read_text().startswith("---\nowner: person:anna-id\n---\n")


async def test_a_page_that_a_person_began(vault: Vault, folder: Path) -> None:
    """A page under somebody's name is theirs, and every word on it stays."""
    mine = "# About me\r\n\r\nI write *this*.\r\n- I am allergic to nuts\r\n"
    (folder / "people" / "anna.md").write_bytes(mine.encode())
    assert await known(vault, ANNAS) == ["I am allergic to nuts"]
    await say(vault, "I like tea.", ANNAS)
    text = (folder / "people" / "anna.md").read_bytes().decode()
    assert text.startswith(f"---\nowner: {ANNAS}\n---\n{mine}- [fact] I like tea. (")


async def test_edits_by_hand_are_picked_up(vault: Vault, folder: Path) -> None:
    """Whatever a person saves is what is known from then on."""
    await say(vault, ROSA)
    page = folder / "memory.md"
    page.write_text(page.read_text().replace("Rosa", "Rosalind") + "- The spare key is under the pot\n")
    assert await known(vault) == ["The plumber is called Rosalind.", "The spare key is under the pot"]
    handmade = (await vault.async_pages([OURS]))[OURS].facts[1]
    await vault.async_replace(OURS, handmade, Fact("", "The spare key is with Tom"), by=ANNAS)
    assert await known(vault) == ["The plumber is called Rosalind.", "The spare key is with Tom."]
    await vault.async_undo(ANNAS)
    assert await known(vault) == ["The plumber is called Rosalind.", "The spare key is under the pot"]


async def test_what_is_gone_is_not_replaced(vault: Vault, folder: Path) -> None:
    """A line that a person has just changed is theirs."""
    fact = (await say(vault, ROSA)).current[0]
    page = folder / "memory.md"
    page.write_text(page.read_text().replace("Rosa", "Rosalind"))
    for change in (
        vault.async_replace(OURS, fact, Fact("", "Something else"), by=ANNAS),
        vault.async_forget(OURS, fact, by=ANNAS),
    ):
        with pytest.raises(MemoryRefused) as caught:
            await change
        assert caught.value.translation_key == "memory_changed"
    assert await known(vault) == ["The plumber is called Rosalind."]


async def test_a_page_is_never_too_long(vault: Vault) -> None:
    """A full page refuses, says what could go, and takes what makes room."""
    first = (await say(vault, f"{'word ' * 98}first")).current[0]
    for number in range(18):
        await say(vault, f"{'word ' * 98}n{number}")
    before = (await vault.async_pages([OURS]))[OURS]
    with pytest.raises(MemoryRefused) as caught:
        await say(vault, f"{'word ' * 98}last")
    assert (caught.value.translation_key, caught.value.candidates[0]) == ("memory_full", first)
    after = (await vault.async_pages([OURS]))[OURS]
    assert after.text == before.text
    assert after.words <= 2000
    await vault.async_forget(OURS, first, by=ANNAS)
    await say(vault, f"{'word ' * 98}last")


@pytest.mark.parametrize(
    ("text", "key"), [("", "memory_empty"), (" \n ", "memory_empty"), ("word " * 101, "memory_too_long")]
)
async def test_what_is_no_fact_is_refused(vault: Vault, text: str, key: str) -> None:
    """Nothing, and whole documents, are not remembered."""
    with pytest.raises(MemoryRefused) as caught:
        await say(vault, text)
    assert caught.value.translation_key == key
    assert not await vault.async_undoable()


async def test_doubles_are_merged_but_never_pinned_ones(vault: Vault, folder: Path) -> None:
    """Of two lines that say the same the later stays, unless the earlier one is pinned."""
    (folder / "memory.md").write_text(
        "- [fact] Bins go out on Tuesday.\n- [fact, pinned] No shoes.\n- no shoes!\n- bins go out on tuesdays\n"
    )
    merged = await vault.async_merge(OURS)
    assert [(change.kind, texts(change.before)) for change in merged] == [
        (ChangeKind.MERGED, ["Bins go out on Tuesday."])
    ]
    assert await known(vault) == ["No shoes.", "no shoes!", "bins go out on tuesdays"]
    await vault.async_undo(OURS)
    assert len(await known(vault)) == 4


async def test_what_is_only_learnt_takes_no_pinned_facts_place(vault: Vault) -> None:
    """A person who pins something has the last word."""
    await say(vault, "Dinner is at 7.", ANNAS, pinned=True)
    learnt = Fact("", "Dinner is at 8.", learnt=True)
    assert (await vault.async_remember(ANNAS, learnt, by=ANNAS)).kind is ChangeKind.KNOWN
    assert await known(vault, ANNAS) == ["Dinner is at 7."]
    replaced = await say(vault, "Dinner is at 8.", ANNAS)
    assert (replaced.kind, replaced.current[0].pinned) == (ChangeKind.REPLACED, True)


async def test_export_and_import_are_each_others_mirror(hass: HomeAssistant, vault: Vault, tmp_path: Path) -> None:
    """Pages come back byte for byte, and never over somebody's page."""
    await say(vault, MAX)
    await say(vault, ROSA)
    await say(vault, "I like tea.", ANNAS)
    pages = await vault.async_export([OURS, ANNAS, TOMS])
    assert set(pages) == {OURS, ANNAS}
    other = await reopened(hass, tmp_path / "other")
    await other.async_import(pages)
    assert await other.async_export([OURS, ANNAS, TOMS]) == pages
    with pytest.raises(MemoryRefused) as caught:
        await other.async_import(pages)
    assert caught.value.translation_key == "memory_exists"


async def test_erasing_leaves_no_byte(vault: Vault, folder: Path) -> None:
    """A person's page goes with its copies and what could be undone; the others' stay."""
    await say(vault, "I like teaspoons.", ANNAS)
    await say(vault, ROSA)
    (folder / "people" / "anna.conflict-20261121T120000-ab12.md").write_text("- I like teaspoons")
    assert await vault.async_erase(ANNAS) == 1
    left = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"teaspoons" not in left
    assert b"Rosa" in left
    assert await vault.async_erase(None) == 1
    assert [path for path in folder.rglob("*") if path.is_file()] == []


async def test_a_damaged_page_is_told_of(hass: HomeAssistant, vault: Vault, folder: Path, copies: list[Path]) -> None:
    """A page that is no text is set aside and a person hears of it."""
    (folder / "memory.md").write_bytes(b"\xff\xff")
    assert await known(vault) == []
    await say(vault, ROSA)
    await hass.async_block_till_done()
    assert [copy.read_bytes() for copy in copies] == [b"\xff\xff"]


@pytest.mark.parametrize("nonsense", [b"\0" * 600, b"\xff\xfe\x80"], ids=["zeros", "bytes"])
@pytest.mark.parametrize("owner", [OURS, ANNAS])
async def test_a_torn_page_costs_what_was_torn(
    vault: Vault, folder: Path, copies: list[Path], nonsense: bytes, owner: str
) -> None:
    """Lines that can still be read are known as before, and the page as it was found lies beside it."""
    for text in (ROSA, "No shoes in the house.", "The spare key is under the pot."):
        await say(vault, text, owner)
    (path,) = [found for found in folder.rglob("*.md") if not found.name.startswith(".")]
    torn = path.read_bytes().replace(b"shoes", nonsense)
    path.write_bytes(torn)
    await say(vault, "The cat is called Minka.", owner)
    assert await known(vault, owner) == [ROSA, "The spare key is under the pot.", "The cat is called Minka."]
    await asyncio.sleep(0)
    assert [copy.read_bytes() for copy in copies] == [torn]


async def test_a_damaged_journal_costs_the_undo_only(vault: Vault, folder: Path) -> None:
    """Facts do not depend on what could be taken back."""
    await say(vault, ROSA)
    (folder / ".undo.json").write_text('[{"id": 1}]')
    assert await vault.async_undo(ANNAS) is None
    await say(vault, "We eat at seven.")
    assert await known(vault) == [ROSA, "We eat at seven."]


async def test_a_disk_that_fails_is_said(vault: Vault, folder: Path) -> None:
    """Nobody is told that something is remembered which is not."""
    (folder / "memory.md").mkdir()
    with pytest.raises(MemoryRefused) as caught:
        await say(vault, ROSA)
    assert caught.value.translation_key == "memory_unavailable"
