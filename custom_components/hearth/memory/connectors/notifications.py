"""Feed the library with what the home told its people: its own notifications, and those sent to phones and others."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import Notification, UpdateType
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    EVENT_CALL_SERVICE,
)
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.util import dt as dt_util

from ...access import HOUSEHOLD_OWNER, Source
from ...engine import LibraryItem
from .connector import Connector, Entry, Listing, digest

_NOTIFY: Final = "notify"
_PERSISTENT: Final = "persistent_notification"
# What a phone is told to do, rather than its owner.
_COMMANDS: Final = ("command_", "clear_notification", "request_location_update", "delete_alert", "remove_channel")
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
            self._hass.bus.async_listen(EVENT_CALL_SERVICE, sent, event_filter=_is_notify),
        )

    def _shown(self, notification: Notification) -> LibraryItem:
        """Return a notification in the sidebar; one that comes again under the same ID later is another."""
        created_at = notification["created_at"]
        identity = digest(notification["notification_id"], created_at.isoformat())
        return self._item(identity, HOUSEHOLD_OWNER, notification["title"], notification["message"], created_at)

    def _sent(self, event: Event) -> Iterable[LibraryItem]:
        """Return what was sent to whom, for each that belongs to somebody."""
        service, data = str(event.data[ATTR_SERVICE]), event.data[ATTR_SERVICE_DATA]
        message = data.get("message")
        if service == _PERSISTENT or not isinstance(message, str) or message.startswith(_COMMANDS):
            return
        targets = data.get(ATTR_ENTITY_ID) or f"{_NOTIFY}.{service}"
        title = data.get("title")
        for target in [targets] if isinstance(targets, str) else list(targets):
            if (owner := self._access.owner_of(str(target))) is not None:
                identity = digest(str(target), event.context.id, message)
                yield self._item(identity, owner, title if isinstance(title, str) else None, message, event.time_fired)

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


@callback
def _is_notify(event_data: Mapping[str, Any]) -> bool:
    return bool(event_data[ATTR_DOMAIN] == _NOTIFY)
