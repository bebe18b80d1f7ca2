"""Test what becomes of what a source holds: words, times, owners, addresses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
import os
from pathlib import Path
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.todo import TodoItem, TodoItemStatus
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.hearth.access import Access
from custom_components.hearth.engine import ItemKind, LibraryItem
from custom_components.hearth.memory import Recall
from custom_components.hearth.memory.connectors import calendars, todo_lists
from custom_components.hearth.memory.connectors.calendars import Calendars
from custom_components.hearth.memory.connectors.checkpoint import MAX_OUTBOX, Checkpoint
from custom_components.hearth.memory.connectors.connector import Connector, Trouble
from custom_components.hearth.memory.connectors.feeds import Feeds
from custom_components.hearth.memory.connectors.folders import MAX_BYTES, Folders
from custom_components.hearth.memory.connectors.mail import Mail
from custom_components.hearth.memory.connectors.notifications import Notifications
from tests.stub_engine import StubEngine

from .conftest import Start
from .sources import ANNA, CalendarInTest, DevicesInTest, FolderInTest


@pytest.fixture(autouse=True)
async def _home(hass: HomeAssistant, people: None) -> None:
    """Live somewhere, with two persons."""
    await hass.config.async_set_time_zone("Europe/Paris")


async def _pushed(
    hass: HomeAssistant, connector: Connector, event_type: str, data: Mapping[str, Any]
) -> list[LibraryItem]:
    """Return what a connector takes from an event."""
    pushed: list[LibraryItem] = []
    stops = connector.async_listen(pushed.append, lambda: None)
    hass.bus.async_fire(event_type, dict(data))
    await hass.async_block_till_done()
    for stop in stops:
        stop()
    hass.bus.async_fire(event_type, dict(data))
    await hass.async_block_till_done()
    return pushed


def _own(hass: HomeAssistant, entry: MockConfigEntry, owners: Mapping[str, str]) -> None:
    hass.config_entries.async_update_entry(entry, options={"owners": dict(owners)})


NINE = datetime(2026, 11, 23, 9, tzinfo=dt_util.get_time_zone("Europe/Paris"))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (CalendarEvent(NINE, NINE + timedelta(hours=1), "Dentist"), "Monday, 23 November 2026, 09:00 to 10:00"),
        (
            CalendarEvent(NINE, NINE + timedelta(days=1), "Night shift"),
            "Monday, 23 November 2026, 09:00 to Tuesday, 24 November 2026, 09:00",
        ),
        (CalendarEvent(date(2026, 11, 23), date(2026, 11, 24), "Bin day"), "Monday, 23 November 2026, all day"),
        (
            CalendarEvent(date(2026, 11, 23), date(2026, 11, 26), "Trip"),
            "23 November 2026 to 25 November 2026, all day",
        ),
    ],
)
async def test_when_an_event_is(event: CalendarEvent, words: str) -> None:
    """Write a time as a person does; what lasts all day ends on the day before the calendar's end."""
    event.location, event.description = "Long Street 1", "Bring the card."
    item = calendars._item("calendar/x/", "Family", ANNA, event)  # noqa: SLF001 - the connector's own words
    assert item.content == f"{event.summary}\n{words}\nCalendar: Family\nPlace: Long Street 1\nBring the card."
    assert (item.owner, item.url) == (ANNA, "/calendar")
    assert item.time == event.start_datetime_local


async def test_each_recurrence_is_one_of_its_own(hass: HomeAssistant) -> None:
    """Tell apart what the same event says of different days."""
    one, other = (
        calendars._item(  # noqa: SLF001 - as above
            "calendar/x/",
            "Family",
            ANNA,
            CalendarEvent(NINE, NINE + timedelta(hours=1), "Yoga", uid="u", recurrence_id=day),
        )
        for day in ("20261123T080000Z", "20261130T080000Z")
    )
    assert one.id != other.id


@pytest.mark.parametrize(
    ("todo", "words", "time"),
    [
        (TodoItem(summary="Milk", uid="1", status=TodoItemStatus.NEEDS_ACTION), "Milk\nList: Shopping\nTo do.", None),
        (
            TodoItem(
                summary="Tax", uid="2", status=TodoItemStatus.COMPLETED, due=date(2026, 11, 23), description="Form 3"
            ),
            "Tax\nList: Shopping\nDone.\nDue: Monday, 23 November 2026\nForm 3",
            datetime(2026, 11, 22, 23, tzinfo=UTC),
        ),
        (
            TodoItem(summary="Call", uid="3", status=TodoItemStatus.NEEDS_ACTION, due=NINE),
            "Call\nList: Shopping\nTo do.\nDue: Monday, 23 November 2026, 09:00",
            NINE,
        ),
    ],
)
async def test_what_is_to_do(todo: TodoItem, words: str, time: datetime | None) -> None:
    """Say what, where, whether it is done and by when."""
    item = todo_lists._item("todo/x/", "todo.shopping", "Shopping", "household", todo)  # noqa: SLF001 - as above
    assert (item.content, item.time, item.url) == (words, time, "/todo?entity_id=todo.shopping")


async def test_a_calendar_that_is_hidden_or_nobodys_is_not_read(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, tmp_path: Path, recall: Recall
) -> None:
    """Respect what the home shows to assistants, and whose a calendar is."""
    await CalendarInTest(hass, tmp_path, recall).begin()
    connector = Calendars(hass, access)
    assert len((await connector.async_list()).entries) == 1
    hass.config_entries.async_update_entry(entry, options={"owners": {access.key_of("calendar.family"): "nobody"}})
    assert (await connector.async_list()).entries == {}
    hass.config_entries.async_update_entry(entry, options={})
    async_expose_entity(hass, "conversation", "calendar.family", should_expose=False)
    assert (await connector.async_list()).entries == {}


async def test_another_owner_is_told_to_the_library(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    start: Start,
    stub: StubEngine,
    tmp_path: Path,
    recall: Recall,
) -> None:
    """Send a calendar's events again when it becomes somebody's."""
    await CalendarInTest(hass, tmp_path, recall).begin()
    runner = await start(Calendars(hass, access))
    await runner.async_run()
    hass.config_entries.async_update_entry(entry, options={"owners": {access.key_of("calendar.family"): ANNA}})
    await runner.async_run()
    assert [item["owner"] for item in stub.library.collections["calendar"].values()] == [ANNA]


MAIL = {
    "entry_id": "01MAIL",
    "folder": "INBOX",
    "date": datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    "sender": "office@example.org",
    "subject": "Invoice",
    "uid": "7",
    "text": "Please pay.",
    "headers": {"Message-ID": ("<7@example.org>",)},
}
HEAD = "From: office@example.org\nDate: Friday, 20 November 2026, 09:30\nSubject: Invoice\n"


@pytest.mark.parametrize(
    ("change", "title", "content", "kind"),
    [
        ({}, "Invoice", f"{HEAD}\nPlease pay.", ItemKind.TEXT),
        ({"text": None}, "Invoice", f"{HEAD}\n", ItemKind.TEXT),
        ({"subject": ""}, "office@example.org", f"{HEAD.replace('Invoice', '')}\nPlease pay.", ItemKind.TEXT),
        ({"date": datetime(2026, 11, 20, 8, 30)}, "Invoice", f"{HEAD}\nPlease pay.", ItemKind.TEXT),  # noqa: DTZ001 - as the imap integration has it for an unknown zone
        (
            {"text": "<p>Please pay.</p>", "subject": "<Invoice> & more"},
            "<Invoice> & more",
            (
                "<p>From: office@example.org</p><p>Date: Friday, 20 November 2026, 09:30</p>"
                "<p>Subject: &lt;Invoice> &amp; more</p>\n<p>Please pay.</p>"
            ),
            ItemKind.HTML,
        ),
    ],
)
async def test_a_message_is_an_item(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    change: dict[str, Any],
    title: str,
    content: str,
    kind: ItemKind,
) -> None:
    """Take who wrote, when and what."""
    _own(hass, entry, {"entry:01MAIL": ANNA})
    (item,) = await _pushed(hass, Mail(hass, access), "imap_content", {**MAIL, **change})
    assert (item.title, item.content, item.kind) == (title, content, kind)
    assert (item.owner, item.time) == (ANNA, MAIL["date"])


@pytest.mark.parametrize("headers", [{"Message-ID": ("<7@example.org>",)}, {}, None])
async def test_a_message_that_is_told_of_again_is_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, headers: object
) -> None:
    """Know a message by its own ID, or else by its place in the mailbox."""
    _own(hass, entry, {"entry:01MAIL": ANNA})
    mail = {**MAIL, "headers": headers}
    again = {**mail, "initial": False, "uid": "8" if headers else "7"}
    (one,) = await _pushed(hass, Mail(hass, access), "imap_content", mail)
    (other,) = await _pushed(hass, Mail(hass, access), "imap_content", again)
    assert one.id == other.id


@pytest.mark.parametrize("owners", [{}, {"entry:01MAIL": "nobody"}, {"entry:01OTHER": ANNA}])
async def test_a_mailbox_without_an_owner_is_not_read(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, owners: dict[str, str]
) -> None:
    """Take no mail of which nobody said whose it is."""
    _own(hass, entry, owners)
    MockConfigEntry(domain="imap", entry_id="01MAIL").add_to_hass(hass)
    assert await _pushed(hass, Mail(hass, access), "imap_content", MAIL) == []


ARTICLE = {
    "id": "a1",
    "title": "Storm &amp; rain",
    "link": "https://example.org/a1",
    "summary": "<p>It will be wet.</p>",
    "published_parsed": datetime(2026, 11, 20, 8, 30, tzinfo=UTC).utctimetuple(),
    "feed_url": "https://example.org/feed",
}


@pytest.mark.parametrize(
    ("change", "content"),
    [
        ({}, "<h1>Storm &amp; rain</h1>\n<p>It will be wet.</p>"),
        (
            {"content": [{"type": "text/html", "value": "<p>Very wet.</p>"}]},
            "<h1>Storm &amp; rain</h1>\n<p>Very wet.</p>",
        ),
        ({"content": [], "summary": None, "description": "Wet"}, "<h1>Storm &amp; rain</h1>\nWet"),
    ],
)
async def test_an_article_is_an_item(hass: HomeAssistant, access: Access, change: dict[str, Any], content: str) -> None:
    """Take the whole text where the feed has it."""
    MockConfigEntry(domain="feedreader", data={"url": "https://example.org/feed"}).add_to_hass(hass)
    (item,) = await _pushed(hass, Feeds(hass, access), "feedreader", {**ARTICLE, **change})
    assert (item.title, item.content, item.url) == ("Storm & rain", content, "https://example.org/a1")
    assert (item.owner, item.time) == ("household", datetime(2026, 11, 20, 8, 30, tzinfo=UTC))


async def test_an_article_without_a_date_or_a_feed(hass: HomeAssistant, access: Access) -> None:
    """Take the moment at which it appeared; leave out what comes from no feed of this home."""
    undated = {**ARTICLE, "published_parsed": None}
    assert await _pushed(hass, Feeds(hass, access), "feedreader", undated) == []
    MockConfigEntry(domain="feedreader", data={"url": "https://example.org/feed"}).add_to_hass(hass)
    (item,) = await _pushed(hass, Feeds(hass, access), "feedreader", undated)
    assert item.time is not None
    assert item.time <= dt_util.utcnow()


async def test_what_is_sent_to_people_is_a_notification(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access
) -> None:
    """Take what is sent by the home, to each of whom something is known, and no command to a phone."""
    async_mock_service(hass, "notify", "family")
    async_mock_service(hass, "notify", "mobile_app_anna")
    async_mock_service(hass, "notify", "send_message")
    hass.config_entries.async_update_entry(
        entry, options={"owners": {"notify.family": "household", "notify.mobile_app_anna": ANNA}}
    )
    pushed: list[LibraryItem] = []
    stops = Notifications(hass, access).async_listen(pushed.append, lambda: None)
    for service, data in (
        ("family", {"message": "Dinner!\nCome down.", "title": None}),
        ("mobile_app_anna", {"message": "Window open", "title": "Rain"}),
        ("mobile_app_anna", {"message": "clear_notification"}),
        ("send_message", {"message": "Hello", "entity_id": ["notify.family", "notify.unknown"]}),
        ("family", {"message": 5}),
    ):
        await hass.services.async_call("notify", service, data, blocking=True, context=Context())
    await hass.services.async_call("notify", "family", {"message": "Dinner!"}, blocking=True)
    for stop in stops:
        stop()
    told = [(item.title, str(item.content).partition("\nNotified on ")[0], item.owner) for item in pushed]
    assert told == [
        ("Dinner!", "Dinner!\nCome down.", "household"),
        ("Rain", "Window open", ANNA),
        ("Hello", "Hello", "household"),
        ("Dinner!", "Dinner!", "household"),
    ]
    assert len({item.id for item in pushed}) == len(pushed)


async def test_a_notification_under_an_old_id_is_another(hass: HomeAssistant, access: Access) -> None:
    """Keep each in the history, although the sidebar shows only the last."""
    assert await async_setup_component(hass, "persistent_notification", {})
    pushed: list[LibraryItem] = []
    stops = Notifications(hass, access).async_listen(pushed.append, lambda: None)
    for message in ("The washing is done", "The dryer is done"):
        persistent_notification.async_create(hass, message, "Laundry", "laundry")
    persistent_notification.async_dismiss(hass, "laundry")
    for stop in stops:
        stop()
    assert [str(item.content).partition("\n")[0] for item in pushed] == ["The washing is done", "The dryer is done"]
    assert len({item.id for item in pushed}) == 2


async def test_a_device_is_told_with_its_place_and_maker_and_no_state(
    hass: HomeAssistant, access: Access, tmp_path: Path, recall: Recall
) -> None:
    """Say what there is, never how it is; people and calendars are others' to tell of."""
    source = DevicesInTest(hass, tmp_path, recall)
    await source.begin()
    hass.states.async_set("input_boolean.guests", "on", {"friendly_name": "Guest mode"})
    for entity_id in ("input_boolean.guests", "person.anna"):
        async_expose_entity(hass, "conversation", entity_id, should_expose=True)
    entries = (await source.connector(access).async_list()).entries
    items = [await entry.read() for entry in entries.values()]
    assert [item.content for item in items if item] == [
        "Input boolean: Guest mode",
        "Rosa mends the boiler in Cellar.\nMade by: Lumen L1.\nLight: Rosa mends the boiler",
    ]
    assert all(item.url for item in items if item)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that Home Assistant may read."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


async def test_which_files_are_read(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, tmp_path: Path, folder: Path
) -> None:
    """Read what can be read, nothing hidden, nothing huge, and nothing that lies elsewhere."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config_entries.async_update_entry(entry, options={"owners": {f"folder:{folder}": ANNA}})
    (tmp_path / "secret.txt").write_text("elsewhere")
    (folder / "Notes.MD").write_text("read")
    (folder / "a").mkdir()
    (folder / "a" / "b.csv").write_text("x,y")
    (folder / ".hidden.txt").write_text("hidden")
    (folder / ".git").mkdir()
    (folder / ".git" / "c.txt").write_text("hidden")
    (folder / "film.mp4").write_bytes(b"0")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "inside.txt").symlink_to(folder / "Notes.MD")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "up").symlink_to(tmp_path)
    with (folder / "huge.pdf").open("wb") as huge:
        os.truncate(huge.fileno(), MAX_BYTES + 1)
    entries = (await Folders(hass, access).async_list()).entries
    items = [await entry.read() for entry in entries.values()]
    told = {item.title: (item.content, item.kind, item.url) for item in items if item}
    assert told == {
        "Notes.MD": (b"read", ItemKind.MARKDOWN, "media-source://media_source/local/shared/Notes.MD"),
        "a/b.csv": (b"x,y", ItemKind.CSV, "media-source://media_source/local/shared/a/b.csv"),
        "inside.txt": (b"read", ItemKind.TEXT, "media-source://media_source/local/shared/inside.txt"),
    }


async def test_a_file_that_becomes_a_link_is_not_followed(
    hass: HomeAssistant, access: Access, tmp_path: Path, recall: Recall, entry: MockConfigEntry
) -> None:
    """Look again at the moment of reading."""
    folder = tmp_path / "documents"
    folder.mkdir()
    source = FolderInTest(hass, folder, recall)
    hass.config_entries.async_update_entry(entry, options=source.options)
    await source.begin()
    ((_, listed),) = (await source.connector(access).async_list()).entries.items()
    (tmp_path / "secret.md").write_text("elsewhere")
    (folder / "first.md").unlink()
    (folder / "first.md").symlink_to(tmp_path / "secret.md")
    assert await listed.read() is None


async def test_what_is_wrong_with_a_folder(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Say what a person can mend, and list the others all the same."""
    monkeypatch.setattr("custom_components.hearth.memory.connectors.folders.MAX_FILES", 1)
    crowded, good = folder / "crowded", folder / "good"
    for path, names in ((crowded, "ab"), (good, "a")):
        path.mkdir()
        for name in names:
            (path / f"{name}.txt").write_text(name)
    (folder.parent / "forbidden").mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    paths = [crowded, good, folder / "missing", folder.parent / "forbidden"]
    hass.config_entries.async_update_entry(entry, options={"owners": {f"folder:{path}": ANNA for path in paths}})
    listing = await Folders(hass, access).async_list()
    assert len(listing.entries) == 1
    assert dict(listing.troubles.values()) == {
        str(crowded): Trouble.TOO_MANY,
        str(folder / "missing"): Trouble.MISSING,
        str(folder.parent / "forbidden"): Trouble.NOT_ALLOWED,
    }


async def test_what_waits_is_bounded(hass: HomeAssistant) -> None:
    """Give up the oldest rather than the disk."""
    checkpoint = Checkpoint(hass, "mail/")
    for number in range(MAX_OUTBOX + 2):
        checkpoint.add(LibraryItem(f"mail/{number}", ANNA, "t", "text"))
    assert len(checkpoint.outbox) == MAX_OUTBOX
    assert "mail/1" not in checkpoint.outbox
    assert f"mail/{MAX_OUTBOX + 1}" in checkpoint.outbox


async def test_what_is_too_old_leaves_the_library(
    hass: HomeAssistant, access: Access, start: Start, stub: StubEngine
) -> None:
    """Keep news for a while only."""
    for item_id, days in (("feed/old", 91), ("feed/new", 89), ("note/old", 91)):
        time = (dt_util.utcnow() - timedelta(days=days)).isoformat()
        item = {"id": item_id, "owner": "household", "title": "t", "text": "t", "time": time, "error": None}
        stub.library.collections["feeds"][item_id] = item
    runner = await start(Feeds(hass, access))
    await runner.async_run()
    assert stub.library.ids("feeds") == {"feed/new", "note/old"}
