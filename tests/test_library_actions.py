"""Test the actions on what Hearth knows: what they take in, find and forget, and for whom."""

from pathlib import Path
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.noted_home import ANNA, OURS, TOM, call, hearth, people
from tests.stub_engine import StubEngine

__all__ = ["hearth", "people"]


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
    told = await call(hass, "ingest", user_id, text="# Stopcock\nIt is under the sink.", pinned=True, **data)
    item = hearth.library.collections["notes"][told["item"]]
    assert (item["owner"], item["title"], item["kind"], item["pinned"]) == (owner, "# Stopcock", "markdown", True)
    assert told == {"item": item["id"], "status": "stored", "passages": 1}


async def test_the_same_title_takes_the_place_of_the_old(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Correct a note by writing it again."""
    one = await call(hass, "ingest", title="Wi-Fi", text="The code is 1.")
    other = await call(hass, "ingest", title="Wi-Fi", text="The code is 2.")
    assert one["item"] == other["item"]
    assert hearth.library.collections["notes"][one["item"]]["text"] == "The code is 2."


async def test_a_file_is_taken_in(
    hass: HomeAssistant, hearth: StubEngine, tmp_path: Path, people: dict[str, str]
) -> None:
    """Read a file that Home Assistant may, once for each place and owner."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    path = tmp_path / "boiler.pdf"
    path.write_bytes(b"%PDF")
    told = [await call(hass, "ingest", people["anna"], path=str(path), title=title) for title in ("Boiler", "Heating")]
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
            await call(hass, "ingest", path=str(allowed / name))
        assert caught.value.translation_key == key, name
    assert hearth.library.asked == []


async def test_what_the_engine_can_not_read_is_told(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Pass on in words why an item can't be read."""
    first = await call(hass, "ingest", title="Torn", text="fine")
    hearth.library.unreadable.add(first["item"])
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "ingest", title="Torn", text="torn")
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
    told = await call(hass, "search", people[who] if who else None, query="boiler", **data)
    assert {passage["owner"] for passage in told["passages"]} == found
    assert told["mode"] == "keyword"


async def test_a_passage_tells_where_it_is_from(hass: HomeAssistant, hearth: StubEngine) -> None:
    """Return everything that a citation needs."""
    (passage,) = (await call(hass, "search", query="boiler"))["passages"]
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
    await call(hass, "search", query="boiler", after="2026-11-21 00:00:00", before="2026-11-22T00:00:00+00:00")
    ((_, _, body),) = hearth.asked[-1:]
    assert (body["after"], body["before"]) == ("2026-11-21T00:00:00+01:00", "2026-11-22T00:00:00+00:00")


async def test_a_source_that_is_off_is_not_searched(
    hass: HomeAssistant, hearth: StubEngine, entry: MockConfigEntry
) -> None:
    """Look nowhere that the home does not want looked at."""
    hass.config_entries.async_update_entry(entry, options={"sources": {"documents": False}})
    assert (await call(hass, "search", query="boiler"))["passages"] == []


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
    shown = await call(hass, "forget", user_id, **data)
    items = [{"collection": "notes", "item": f"note/{owner}", "title": "Boiler"} for owner in sorted(gone)]
    assert sorted(shown["items"], key=lambda item: item["item"]) == items
    assert (shown["forgotten"], shown["dry_run"]) == (0, True)
    assert len(hearth.library.ids("notes")) == 3
    told = await call(hass, "forget", user_id, dry_run=False, **data)
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
    await call(hass, "forget", item=item_id, dry_run=False)
    await runner.async_run()
    assert hearth.library.ids("devices") == set()
