"""Make real sources for the connectors, each with things that can be added, taken away and spoilt."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
from time import gmtime
from typing import Any, ClassVar, override

from homeassistant.components import persistent_notification
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.engine import LibraryItem
from custom_components.hearth.memory import Recall, StoredTurn
from custom_components.hearth.memory.connectors.calendars import Calendars
from custom_components.hearth.memory.connectors.connector import Connector, Trouble
from custom_components.hearth.memory.connectors.conversations import Conversations
from custom_components.hearth.memory.connectors.devices import Devices
from custom_components.hearth.memory.connectors.feeds import Feeds
from custom_components.hearth.memory.connectors.folders import Folders
from custom_components.hearth.memory.connectors.mail import Mail
from custom_components.hearth.memory.connectors.notifications import Notifications
from custom_components.hearth.memory.connectors.todo_lists import TodoLists

ANNA = "person:anna-id"


async def pushed(
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


def own(hass: HomeAssistant, entry: MockConfigEntry, owners: Mapping[str, str]) -> None:
    """Say whose a source is."""
    hass.config_entries.async_update_entry(entry, options={"owners": dict(owners)})


class SourceInTest:
    """A source that holds `first`; adding lets it hold `second` as well.

    `options` are the entry's; `owner` is whose its items are; `trouble` is what is wrong once it is spoilt, None for a
    source that can't be; `has_event` tells whether adding is noticed without looking.
    """

    first: ClassVar[str] = "Rosa mends the boiler"
    second: ClassVar[str] = "Ben tunes the piano"
    options: ClassVar[dict[str, Any]] = {}
    owner: ClassVar[str] = "household"
    trouble: ClassVar[Trouble | None] = None
    has_event: ClassVar[bool] = True

    def __init__(self, hass: HomeAssistant, folder: Path, recall: Recall) -> None:
        self.hass = hass
        self.folder = folder
        self.recall = recall

    def connector(self, access: Access) -> Connector:
        """Return what reads the source."""
        raise NotImplementedError

    async def begin(self) -> None:
        """Make the source with the first thing in it, where it can hold any before somebody listens."""
        raise NotImplementedError

    async def begin_listening(self) -> None:
        """Let the first thing happen, where that is only told to who listens."""

    async def add(self) -> None:
        """Add the second thing."""
        raise NotImplementedError

    async def remove(self) -> None:
        """Take the first thing away."""

    async def spoil(self) -> None:
        """Let the source be out of reach."""


async def _add_local(hass: HomeAssistant, domain: str, data: dict[str, str], file: str, entity_id: str) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    path = Path(hass.config.path(f".storage/{file}"))
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    entry = MockConfigEntry(domain=domain, data=data, title="Family", entry_id=domain)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    async_expose_entity(hass, "conversation", entity_id, should_expose=True)


class CalendarInTest(SourceInTest):
    """A local calendar, which gives no sign when a later event is added."""

    trouble = Trouble.UNAVAILABLE
    has_event = False

    @override
    def connector(self, access: Access) -> Connector:
        return Calendars(self.hass, access)

    @override
    async def begin(self) -> None:
        data = {"calendar_name": "Family", "storage_key": "family"}
        await _add_local(self.hass, "local_calendar", data, "local_calendar.family.ics", "calendar.family")
        await self._add(self.first)

    @override
    async def add(self) -> None:
        await self._add(self.second)

    async def _add(self, summary: str) -> None:
        start = dt_util.now().replace(microsecond=0) + timedelta(minutes=30)
        data = {
            "entity_id": "calendar.family",
            "summary": summary,
            "start_date_time": start.isoformat(),
            "end_date_time": (start + timedelta(hours=1)).isoformat(),
        }
        await self.hass.services.async_call("calendar", "create_event", data, blocking=True)

    @override
    async def remove(self) -> None:
        entity: Any = self.hass.data[DATA_INSTANCES]["calendar"].get_entity("calendar.family")
        now = dt_util.now()
        for event in await entity.async_get_events(self.hass, now, now + timedelta(days=1)):
            if event.summary == self.first:
                await entity.async_delete_event(event.uid)

    @override
    async def spoil(self) -> None:
        await self.hass.config_entries.async_unload("local_calendar")


class TodoListInTest(SourceInTest):
    """A local to-do list."""

    trouble = Trouble.UNAVAILABLE

    @override
    def connector(self, access: Access) -> Connector:
        return TodoLists(self.hass, access)

    @override
    async def begin(self) -> None:
        data = {"todo_list_name": "Family", "storage_key": "family"}
        await _add_local(self.hass, "local_todo", data, "local_todo.family.ics", "todo.family")
        await self._call("add_item", self.first)

    @override
    async def add(self) -> None:
        await self._call("add_item", self.second)

    @override
    async def remove(self) -> None:
        await self._call("remove_item", self.first)

    async def _call(self, service: str, item: str) -> None:
        data = {"entity_id": "todo.family", "item": item}
        await self.hass.services.async_call("todo", service, data, blocking=True)

    @override
    async def spoil(self) -> None:
        await self.hass.config_entries.async_unload("local_todo")


class NotificationsInTest(SourceInTest):
    """Home Assistant's own notifications."""

    @override
    def connector(self, access: Access) -> Connector:
        return Notifications(self.hass, access)

    @override
    async def begin(self) -> None:
        assert await async_setup_component(self.hass, "persistent_notification", {})
        persistent_notification.async_create(self.hass, self.first, notification_id="first")

    @override
    async def add(self) -> None:
        persistent_notification.async_create(self.hass, self.second, notification_id="second")

    @override
    async def remove(self) -> None:
        persistent_notification.async_dismiss(self.hass, "first")


class MailInTest(SourceInTest):
    """Events in the shape of the imap integration's."""

    options: ClassVar[dict[str, Any]] = {"owners": {"entry:01MAIL": ANNA}}
    owner = ANNA

    @override
    def connector(self, access: Access) -> Connector:
        return Mail(self.hass, access)

    @override
    async def begin(self) -> None:
        MockConfigEntry(domain="imap", entry_id="01MAIL").add_to_hass(self.hass)

    @override
    async def begin_listening(self) -> None:
        self._fire(self.first, "1")

    @override
    async def add(self) -> None:
        self._fire(self.second, "2")

    def _fire(self, words: str, uid: str) -> None:
        data = {
            "entry_id": "01MAIL",
            "server": "imap.example.org",
            "username": "anna",
            "search": "UnSeen UnDeleted",
            "folder": "INBOX",
            "initial": True,
            "date": datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
            "sender": "office@example.org",
            "subject": words,
            "uid": uid,
            "parts": {},
            "text": f"{words} on Friday.",
            "headers": {"Message-ID": (f"<{uid}@example.org>",)},
        }
        self.hass.bus.async_fire("imap_content", data)


class FeedInTest(SourceInTest):
    """Events in the shape of the feedreader integration's."""

    @override
    def connector(self, access: Access) -> Connector:
        return Feeds(self.hass, access)

    @override
    async def begin(self) -> None:
        MockConfigEntry(domain="feedreader", data={"url": "https://example.org/feed"}).add_to_hass(self.hass)

    @override
    async def begin_listening(self) -> None:
        self._fire(self.first, "1")

    @override
    async def add(self) -> None:
        self._fire(self.second, "2")

    def _fire(self, words: str, article: str) -> None:
        data = {
            "id": f"https://example.org/{article}",
            "title": words,
            "link": f"https://example.org/{article}",
            "summary": f"<p>{words} again.</p>",
            "published_parsed": gmtime(dt_util.utcnow().timestamp() - 3600),
            "feed_url": "https://example.org/feed",
        }
        self.hass.bus.async_fire("feedreader", data)


class FolderInTest(SourceInTest):
    """A folder of notes."""

    owner = ANNA
    trouble = Trouble.MISSING
    has_event = False

    def __init__(self, hass: HomeAssistant, folder: Path, recall: Recall) -> None:
        super().__init__(hass, folder, recall)
        self.options = {"owners": {f"folder:{folder}": ANNA}}  # type: ignore[misc] # it is where this test runs

    @override
    def connector(self, access: Access) -> Connector:
        return Folders(self.hass, access)

    @override
    async def begin(self) -> None:
        self.hass.config.allowlist_external_dirs = {str(self.folder)}
        (self.folder / "first.md").write_text(self.first)

    @override
    async def add(self) -> None:
        (self.folder / "deep").mkdir()
        (self.folder / "deep" / "second.txt").write_text(self.second)

    @override
    async def remove(self) -> None:
        (self.folder / "first.md").unlink()

    @override
    async def spoil(self) -> None:
        shutil.rmtree(self.folder)


class DevicesInTest(SourceInTest):
    """The registries."""

    @override
    def connector(self, access: Access) -> Connector:
        return Devices(self.hass, access)

    @override
    async def begin(self) -> None:
        assert await async_setup_component(self.hass, "homeassistant", {})
        MockConfigEntry(domain="test", entry_id="test").add_to_hass(self.hass)
        self._add(self.first, "light.first")

    @override
    async def add(self) -> None:
        self._add(self.second, "light.second")

    def _add(self, name: str, entity_id: str) -> None:
        area = ar.async_get(self.hass).async_get_or_create("Cellar")
        devices = dr.async_get(self.hass)
        device = devices.async_get_or_create(
            config_entry_id="test", identifiers={("test", entity_id)}, name=name, manufacturer="Lumen", model="L1"
        )
        devices.async_update_device(device.id, area_id=area.id)
        platform, _, object_id = entity_id.partition(".")
        er.async_get(self.hass).async_get_or_create(
            platform, "test", entity_id, suggested_object_id=object_id, device_id=device.id
        )
        self.hass.states.async_set(entity_id, "on", {"friendly_name": name})
        async_expose_entity(self.hass, "conversation", entity_id, should_expose=True)

    @override
    async def remove(self) -> None:
        er.async_get(self.hass).async_remove("light.first")
        self.hass.states.async_remove("light.first")


class ConversationsInTest(SourceInTest):
    """Conversations that are kept."""

    owner = ANNA

    @override
    def connector(self, access: Access) -> Connector:
        return Conversations(self.hass, access, self.recall)

    @override
    async def begin(self) -> None:
        await self._say(self.first, "first")

    @override
    async def add(self) -> None:
        await self._say(self.second, "second")

    async def _say(self, words: str, conversation: str) -> None:
        await self.recall.async_store(
            StoredTurn(ANNA, conversation, dt_util.utcnow(), "conversation.hearth", words, "Yes.")
        )

    @override
    async def remove(self) -> None:
        await self.recall.async_forget((ANNA,), lambda said: self.first in said)


SOURCES = (
    CalendarInTest,
    TodoListInTest,
    NotificationsInTest,
    MailInTest,
    FeedInTest,
    FolderInTest,
    DevicesInTest,
    ConversationsInTest,
)
