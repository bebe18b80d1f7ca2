"""Feed the library with what the home told its people: its own notifications, and those sent to phones and others."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import Notification, UpdateType
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.util import dt as dt_util

from ...access import HOUSEHOLD_OWNER, Source, calls_notify, message_of
from ...engine import LibraryItem
from .connector import Connector, Entry, Listing, digest

_PERSISTENT: Final = "persistent_notification"
_URL = "/config/notifications"


class Notifications(Connector):
    """What was notified in the last months, also what somebody has dismissed since."""

    source = Source.NOTIFICATIONS
    collection = "notifications"
    prefix = "notification/"
    is_complete = False
    keep = timedelta(days=90)

    @override
    async def async_list(self) -> Listing:
        """List what Home Assistant shows at the moment; the rest was told when it came."""
        shown: Mapping[str, Notification] = self._hass.data.get(_PERSISTENT, {})
        items = [self._shown(notification) for notification in shown.values()]
        return Listing({item.id: Entry.of(item) for item in items})

    @callback
    @override
    def async_listen(self, push: Callable[[LibraryItem], None], wake: Callable[[], None]) -> Iterable[CALLBACK_TYPE]:
        """Take each notification as it comes: it may be dismissed before anybody looks."""

        @callback
        def shown(update_type: UpdateType, notifications: dict[str, Notification]) -> None:
            if update_type in {UpdateType.ADDED, UpdateType.UPDATED}:
                for notification in notifications.values():
                    push(self._shown(notification))

        @callback
        def sent(event: Event) -> None:
            for item in self._sent(event):
                push(item)

        return (
            persistent_notification.async_register_callback(self._hass, shown),
            self._hass.bus.async_listen(EVENT_CALL_SERVICE, sent, event_filter=calls_notify),
        )

    def _shown(self, notification: Notification) -> LibraryItem:
        """Return a notification in the sidebar; one that comes again under the same ID later is another."""
        created_at = notification["created_at"]
        identity = digest(notification["notification_id"], created_at.isoformat())
        return self._item(identity, HOUSEHOLD_OWNER, notification["title"], notification["message"], created_at)

    def _sent(self, event: Event) -> Iterable[LibraryItem]:
        """Return what was sent to whom, for each that belongs to somebody."""
        if (message := message_of(self._hass, event.data)) is None:
            return
        for target in message.targets:
            if (owner := self._access.owner_of(target)) is not None:
                identity = digest(target, event.context.id, message.text)
                yield self._item(identity, owner, message.title, message.text, event.time_fired)

    def _item(self, identity: str, owner: str, title: str | None, message: str, time: datetime) -> LibraryItem:
        when = f"{dt_util.as_local(time):%A, %d %B %Y, %H:%M}"
        return LibraryItem(
            id=self.prefix + identity,
            owner=owner,
            title=title or message.partition("\n")[0][:80],
            content=f"{message}\nNotified on {when}",
            time=time,
            url=_URL,
        )
