"""Test the actions on what Hearth knows: what they do, and for whom."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearth.const import DOMAIN
from custom_components.hearth.memory import Fact, StoredTurn
from tests.stub_engine import StubEngine, error

ANNA, TOM, OURS = "person:anna-id", "person:tom-id", "household"


@pytest.fixture
def people(hass: HomeAssistant, hass_admin_user: MockUser, hass_read_only_user: MockUser) -> dict[str, str]:
    """Let Anna run the home and Tom live in it; a third user is nobody's. Return the users' IDs by name."""
    guest = MockUser(name="Guest").add_to_hass(hass)
    users = {"anna": hass_admin_user.id, "tom": hass_read_only_user.id}
    for name, user_id in users.items():
        attributes = {"id": f"{name}-id", "friendly_name": name.capitalize(), "user_id": user_id}
        hass.states.async_set(f"person.{name}", "home", attributes)
    return {**users, "guest": guest.id}


@pytest.fixture
async def hearth(hass: HomeAssistant, people: dict[str, str], entry: MockConfigEntry, stub: StubEngine) -> StubEngine:
    """Return the engine of a home in which each person, and all together, have a note about the boiler."""
    for owner in (OURS, ANNA, TOM):
        text = f"The boiler note of {owner}"
        stub.library.collections["notes"][f"note/{owner}"] = {
            "id": f"note/{owner}",
            "owner": owner,
            "title": "Boiler",
            "kind": "markdown",
            "text": text,
            "time": "2026-11-21T12:00:00+00:00",
            "url": None,
            "pinned": False,
            "meta": {},
            "error": None,
        }
    stub.library.asked.clear()
    return stub


async def _call(hass: HomeAssistant, name: str, user_id: str | None = None, **data: Any) -> Any:
    context = Context(user_id=user_id)
    return await hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=True, context=context)


@pytest.mark.parametrize(
    ("who", "data", "owner"),
    [
        ("tom", {}, TOM),
        ("anna", {}, ANNA),
        (None, {}, OURS),
        ("tom", {"household": True}, OURS),
        ("tom", {"person": "person.tom"}, TOM),
        ("anna", {"person": "person.tom"}, TOM),
        (None, {"person": "person.tom"}, TOM),
    ],
)
async def test_a_text_is_taken_in_for_its_owner(
    hass: HomeAssistant, hearth: StubEngine, people: dict[str, str], who: str | None, data: dict[str, Any], owner: str
) -> None:
    """Keep a note as the caller's own unless they say otherwise."""
    user_id = people[who] if who else None
    told = await _call(hass, "ingest", user_id, text="# Stopcock\nIt is under the sink.", pinned=True, **data)
    item = hearth.library.collections["notes"][told["item"]]
    assert (item["owner"], item["title"], item["kind"], item["pinned"]) == (owner, "# Stopcock", "markdown", True)
    assert told == {"item": item["id"], "status": "stored", "passages": 1}


async def test_the_same_title_takes_the_place_of_the_old(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Correct a note by writing it again."""
    one = await _call(hass, "ingest", title="Wi-Fi", text="The code is 1.")
    other = await _call(hass, "ingest", title="Wi-Fi", text="The code is 2.")
    assert one["item"] == other["item"]
    assert hearth.library.collections["notes"][one["item"]]["text"] == "The code is 2."


async def test_a_file_is_taken_in(
    hass: HomeAssistant, hearth: StubEngine, tmp_path: Path, people: dict[str, str]
) -> None:
    """Read a file that Home Assistant may, once for each place and owner."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "boiler.pdf"
    path.write_bytes(b"%PDF")
    told = [await _call(hass, "ingest", people["anna"], path=str(path), title=title) for title in ("Boiler", "Heating")]
    assert told[0]["item"] == told[1]["item"]
    item = hearth.library.collections["documents"][told[0]["item"]]
    assert (item["title"], item["kind"], item["data"], item["owner"]) == ("Heating", "pdf", "JVBERg==", ANNA)


async def test_which_files_are_not_taken_in(
    hass: HomeAssistant, hearth: StubEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Say what is wrong with a file before anything is sent."""
    monkeypatch.setattr("custom_components.hearth.library_actions.MAX_BYTES", 3)
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    hass.config.allowlist_external_dirs = {str(allowed)}
    (tmp_path / "elsewhere.txt").write_text("no")
    (allowed / "link.txt").symlink_to(tmp_path / "elsewhere.txt")
    (allowed / "folder.txt").mkdir()
    (allowed / "huge.txt").write_text("long")
    for name, key in (
        ("film.mp4", "file_kind_unknown"),
        ("missing.txt", "file_unreadable"),
        ("folder.txt", "file_unreadable"),
        ("huge.txt", "file_too_large"),
        ("../elsewhere.txt", "path_not_allowed"),
        ("link.txt", "path_not_allowed"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await _call(hass, "ingest", path=str(allowed / name))
        assert caught.value.translation_key == key, name
    assert hearth.library.asked == []


async def test_what_the_engine_can_not_read_is_told(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Pass on in words why an item can't be read."""
    first = await _call(hass, "ingest", title="Torn", text="fine")
    hearth.library.unreadable.add(first["item"])
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "ingest", title="Torn", text="torn")
    assert caught.value.translation_key == "not_readable"
    assert "It is torn." in str(caught.value)


@pytest.mark.parametrize(
    ("who", "data", "found"),
    [
        ("tom", {}, {OURS, TOM}),
        ("anna", {}, {OURS, ANNA}),
        (None, {}, {OURS}),
        ("tom", {"sources": ["documents"]}, {OURS, TOM}),
        ("tom", {"sources": ["mail", "calendar"]}, set()),
        ("tom", {"limit": 1}, {OURS}),
    ],
)
async def test_a_search_finds_what_the_caller_may_see(
    hass: HomeAssistant,
    hearth: StubEngine,
    people: dict[str, str],
    who: str | None,
    data: dict[str, Any],
    found: set[str],
) -> None:
    """Never find another's."""
    told = await _call(hass, "search", people[who] if who else None, query="boiler", **data)
    assert {passage["owner"] for passage in told["passages"]} == found
    assert told["mode"] == "keyword"


async def test_a_passage_tells_where_it_is_from(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Return everything that a citation needs."""
    (passage,) = (await _call(hass, "search", query="boiler"))["passages"]
    assert passage == {
        "title": "Boiler",
        "text": f"The boiler note of {OURS}",
        "time": "2026-11-21T12:00:00+00:00",
        "url": None,
        "collection": "notes",
        "item": f"note/{OURS}",
        "owner": OURS,
        "pinned": False,
        "score": 0.9,
    }


async def test_a_search_asks_in_the_homes_time(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Take a time without a zone as the home's own."""
    await hass.config.async_set_time_zone("Europe/Paris")
    hearth.answers["/v1/search"] = {"passages": [], "mode": "hybrid", "embedding_ms": None, "search_ms": 1}
    await _call(hass, "search", query="boiler", after="2026-11-21 00:00:00", before="2026-11-22T00:00:00+00:00")
    ((_, _, body),) = hearth.asked[-1:]
    assert (body["after"], body["before"]) == ("2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+00:00")


async def test_a_source_that_is_off_is_not_searched(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry
) -> None:
    """Look nowhere that the home does not want looked at."""
    hass.config_entries.async_update_entry(entry, options={"sources": {"documents": False}})
    assert (await _call(hass, "search", query="boiler"))["passages"] == []


@pytest.mark.parametrize(
    ("who", "data", "gone"),
    [
        ("tom", {"query": "boiler"}, {OURS, TOM}),
        ("tom", {"item": f"note/{TOM}"}, {TOM}),
        ("tom", {"item": f"note/{OURS}"}, {OURS}),
        ("tom", {"item": f"note/{ANNA}"}, set()),
        ("tom", {"source": "documents"}, {TOM}),
        ("tom", {"source": "mail"}, set()),
        ("tom", {"source": "mail", "query": "boiler"}, set()),
        ("anna", {"source": "documents"}, {OURS, ANNA}),
        (None, {"source": "documents"}, {OURS}),
    ],
)
async def test_forgetting_shows_first_and_then_forgets(
    hass: HomeAssistant,
    hearth: StubEngine,
    people: dict[str, str],
    who: str | None,
    data: dict[str, Any],
    gone: set[str],
) -> None:
    """Take out what is the caller's to take out, once they have seen what that is."""
    user_id = people[who] if who else None
    shown = await _call(hass, "forget", user_id, **data)
    items = [{"collection": "notes", "item": f"note/{owner}", "title": "Boiler"} for owner in sorted(gone)]
    assert sorted(shown["items"], key=lambda item: item["item"]) == items
    assert (shown["forgotten"], shown["dry_run"]) == (0, True)
    assert len(hearth.library.ids("notes")) == 3
    told = await _call(hass, "forget", user_id, dry_run=False, **data)
    assert told["forgotten"] == len(gone)
    assert hearth.library.ids("notes") == {f"note/{owner}" for owner in {OURS, ANNA, TOM} - gone}


async def test_what_a_source_brought_stays_forgotten(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry
) -> None:
    """Keep a source from bringing it again."""
    hass.states.async_set("input_boolean.boiler", "on")
    runner = entry.runtime_data.connectors.runners["devices"]
    async_expose_entity(hass, "conversation", "input_boolean.boiler", should_expose=True)
    await runner.async_run()
    (item_id,) = hearth.library.ids("devices")
    await _call(hass, "forget", item=item_id, dry_run=False)
    await runner.async_run()
    assert hearth.library.ids("devices") == set()


async def _remember(entry: MockConfigEntry) -> None:
    memory = entry.runtime_data.memory
    for owner in (OURS, ANNA, TOM):
        await memory.vault.async_remember(owner, Fact("", f"The secret of {owner} is blue."), by=owner)
        turn = StoredTurn(owner, owner, dt_util.utcnow(), "conversation.hearth", f"hello from {owner}", "Hello.")
        await memory.recall.async_store(turn)


async def _known(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, owner: str
) -> tuple[set[str], list[str], int]:
    """Return what is known of somebody: items, facts, turns."""
    memory = entry.runtime_data.memory
    items = {item_id for item_id, item in stub.library.collections["notes"].items() if item["owner"] == owner}
    pages = await memory.vault.async_pages([owner])
    facts = [fact.text for page in pages.values() for fact in page.facts]
    return items, facts, len((await memory.recall.async_search([owner])).turns)


def _everything(owner: str) -> tuple[set[str], list[str], int]:
    return {f"note/{owner}"}, [f"The secret of {owner} is blue."], 1


NOTHING: tuple[set[str], list[str], int] = (set(), [], 0)


@pytest.mark.parametrize(
    ("who", "data", "gone"),
    [
        ("tom", {}, {TOM}),
        ("anna", {}, {ANNA}),
        ("anna", {"person": "person.tom"}, {TOM}),
        ("anna", {"everything": True}, {OURS, ANNA, TOM}),
        (None, {}, {OURS}),
        (None, {"everything": True}, {OURS, ANNA, TOM}),
    ],
)
async def test_erasing_and_bringing_back(
    hass: HomeAssistant,
    hearth: StubEngine,
    entry: MockConfigEntry,
    people: dict[str, str],
    who: str | None,
    data: dict[str, Any],
    gone: set[str],
) -> None:
    """Erase all that somebody has and nothing else; an export that was made before brings everything back."""
    await _remember(entry)
    user_id = people[who] if who else None
    exported = await _call(hass, "export", people["anna"], everything=True)
    assert (exported["items"], exported["pages"], exported["turns"]) == (3, 3, 3)
    erased = await _call(hass, "erase", user_id, confirm="erase", **data)
    assert erased == {"items": len(gone), "facts": len(gone), "turns": len(gone)}
    for owner in (OURS, ANNA, TOM):
        assert await _known(hass, entry, hearth, owner) == (NOTHING if owner in gone else _everything(owner))
    newest = (await entry.runtime_data.hands.audit.async_rows(limit=1))[0]
    assert (newest["kind"], newest["items"], newest["user_id"]) == ("erased", len(gone), user_id)
    await _call(hass, "import", people["anna"], folder=Path(exported["folder"]).name)
    for owner in (OURS, ANNA, TOM):
        assert await _known(hass, entry, hearth, owner) == _everything(owner)


async def test_an_export_of_ones_own_holds_nobody_elses(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry, people: dict[str, str]
) -> None:
    """Write one person's things, for that person to read."""
    await _remember(entry)
    exported = await _call(hass, "export", people["tom"])
    assert (exported["items"], exported["pages"], exported["turns"]) == (1, 1, 1)
    folder = Path(exported["folder"])
    assert folder.parent == Path(hass.config.path("hearth", "export"))
    texts = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    assert len(texts) == 3
    assert all(TOM in text or "secret" in text for text in texts)
    assert not [text for text in texts if ANNA in text]


async def test_importing_twice_doubles_nothing(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry, people: dict[str, str]
) -> None:
    """Bring back only what is not there."""
    await _remember(entry)
    exported = await _call(hass, "export", people["anna"], everything=True)
    told = await _call(hass, "import", people["anna"], folder=Path(exported["folder"]).name)
    assert (told["items"], told["pages"], told["turns"]) == (3, 0, 0)
    for owner in (OURS, ANNA, TOM):
        assert await _known(hass, entry, hearth, owner) == _everything(owner)


async def test_what_is_no_export(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Change nothing before all of it is understood, and read no other folder of the machine."""
    for number, (file, text) in enumerate(
        (
            ("library/notes.jsonl", "{"),
            ("library/notes.jsonl", '{"id": "note/1"}'),
            ("library/notes.jsonl", "[]"),
            ("conversations.jsonl", "nonsense"),
            ("conversations.jsonl", "5"),
        )
    ):
        path = Path(hass.config.path("hearth", "export", str(number), file))
        path.parent.mkdir(parents=True)
        path.write_text(text)
        with pytest.raises(HomeAssistantError) as caught:
            await _call(hass, "import", folder=str(number))
        assert caught.value.translation_key == "archive_damaged", text
    for folder in ("missing", "..", "../..", ".", "/etc", "0/library"):
        with pytest.raises(HomeAssistantError) as caught:
            await _call(hass, "import", folder=folder)
        assert caught.value.translation_key == "no_such_archive", folder
    assert hearth.library.asked == []


async def test_a_half_export_is_none(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry, people: dict[str, str]
) -> None:
    """Leave nothing behind when the engine goes away half-way."""
    hearth.answers["/v1/collections/notes/items/note/household"] = error("library_busy")
    with pytest.raises(HomeAssistantError) as caught:
        await _call(hass, "export")
    assert caught.value.translation_key == "library_busy"
    assert list(Path(hass.config.path("hearth", "export")).iterdir()) == []


async def test_erasing_wants_its_word(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Do nothing without the very word."""
    for confirm in ("yes", "Erase", "erase "):
        with pytest.raises(ServiceValidationError) as caught:
            await _call(hass, "erase", confirm=confirm)
        assert caught.value.translation_key == "not_confirmed"
    assert hearth.library.asked == []


async def test_nothing_is_erased_while_the_library_can_not_be(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry
) -> None:
    """Erase all or nothing: what the engine has would bring it back."""
    await _remember(entry)
    hearth.down = True
    with pytest.raises(HomeAssistantError) as caught:
        await _call(hass, "erase", confirm="erase", everything=True)
    assert caught.value.translation_key == "engine_unreachable"
    hearth.down = False
    assert await _known(hass, entry, hearth, ANNA) == _everything(ANNA)


async def test_what_is_anothers_is_for_administrators(
    hass: HomeAssistant, hearth: StubEngine, people: dict[str, str]
) -> None:
    """Let nobody touch what is not theirs."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ingest", {"text": "a", "person": "person.anna"}),
        ("ingest", {"path": "/config/a.txt"}),
        ("export", {"everything": True}),
        ("import", {"folder": "a"}),
        ("erase", {"confirm": "erase", "everything": True}),
        ("erase", {"confirm": "erase", "person": "person.anna"}),
    )
    for name, data in asked:
        with pytest.raises(Unauthorized):
            await _call(hass, name, people["tom"], **data)
    assert hearth.library.asked == []


async def test_a_guest_has_nothing_here(hass: HomeAssistant, hearth: StubEngine, people: dict[str, str]) -> None:
    """Keep nothing of a user who is no person, and show them nothing."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ingest", {"text": "a"}),
        ("search", {"query": "boiler"}),
        ("forget", {"query": "boiler"}),
        ("export", {}),
        ("erase", {"confirm": "erase"}),
    )
    for name, data in asked:
        with pytest.raises(ServiceValidationError) as caught:
            await _call(hass, name, people["guest"], **data)
        assert caught.value.translation_key == "guest_keeps_nothing"
    assert hearth.library.asked == []


async def test_a_person_must_be_one(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Keep nothing for somebody who does not exist."""
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "ingest", text="a", person="person.nobody")
    assert caught.value.translation_key == "no_such_person"


async def test_nonsense_is_refused(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Check what is asked before anything is done."""
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("ingest", {}),
        ("ingest", {"text": ""}),
        ("ingest", {"text": "a", "path": "/a.txt"}),
        ("ingest", {"text": "a", "person": "light.kitchen"}),
        ("search", {}),
        ("search", {"query": "a", "limit": 0}),
        ("search", {"query": "a", "sources": ["weather"]}),
        ("search", {"query": "a", "after": "soon"}),
        ("forget", {}),
        ("forget", {"query": "a", "item": "b"}),
        ("forget", {"source": "nothing"}),
        ("import", {}),
        ("erase", {}),
    )
    for name, data in asked:
        with pytest.raises(probatio.Invalid):
            await _call(hass, name, **data)
    assert hearth.library.asked == []


async def test_an_item_comes_through_an_export_as_it_was(
    hass: HomeAssistant, hearth: StubEngine, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Write and read everything of an item, also of one that is too long for one piece."""
    monkeypatch.setattr("custom_components.hearth.memory.archive._BATCH_CHARACTERS", 100)
    notes = hearth.library.collections["notes"]
    long = "A long story. " * 20_000
    notes["note/long"] = {**notes[f"note/{ANNA}"], "id": "note/long", "text": long}
    exported = await _call(hass, "export", people["anna"])
    assert exported["items"] == 2
    hearth.library.collections.clear()
    await _call(hass, "import", people["anna"], folder=Path(exported["folder"]).name)
    notes = hearth.library.collections["notes"]
    assert notes["note/long"]["text"] == long
    item = notes[f"note/{ANNA}"]
    assert datetime.fromisoformat(item["time"]) == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert (item["title"], item["kind"], item["owner"]) == ("Boiler", "markdown", ANNA)


async def test_a_disk_that_is_full_is_told_of(hass: HomeAssistant, hearth: StubEngine, people: dict[str, str]) -> None:
    """Say in words that an export could not be written."""
    Path(hass.config.path("hearth", "export")).write_text("no folder")
    with pytest.raises(HomeAssistantError) as caught:
        await _call(hass, "export", people["anna"])
    assert caught.value.translation_key == "archive_unavailable"
