"""Tell what Home Assistant notified people of, and what their phones were notified of."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_ENTITY_ID, EVENT_CALL_SERVICE, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from ...access import Source, source_of_entity
from ..entity import label
from ..lines import Line, clean
from ..times import when
from ..viewer import Viewer
from .source import LiveSource

_NOTIFY = "notify"
_MOST_KEPT = 100
_MOST_CHARACTERS = 500
_KEPT_FOR = timedelta(hours=48)
_NEWS_FOR = timedelta(hours=12)
# What is sent to a phone's app to make it do something; nobody reads it.
_COMMANDS = frozenset({"TTS", "clear_notification", "delete_alert", "request_location_update", "update_complications"})
_COMMAND_PREFIX = "command_"
_EMPTY = (STATE_UNAVAILABLE, STATE_UNKNOWN, "")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people were told; `origin` says by whom or where, `about` tells it from others.

    It `waits` as long as nobody has dismissed it.
    """

    about: str
    at: datetime
    title: str
    message: str
    origin: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class _Sent:
    """A notice and the targets that it was sent to: actions or entities of notify."""

    notice: Notice
    targets: tuple[str, ...]


class Notifications(LiveSource):
    """Home Assistant's own notifications, what it sent through notify, and what phones show.

    What was sent is kept in memory for two days at most. A phone's belong to whoever's phone it is.
    """

    source = Source.NOTIFICATIONS

    def __init__(self, hass: HomeAssistant) -> None:
        """Remember nothing yet."""
        super().__init__(hass)
        self._sent: deque[_Sent] = deque(maxlen=_MOST_KEPT)
        self._count = 0

    @override
    @callback
    def start(self) -> None:
        self._stops.append(self.hass.bus.async_listen(EVENT_CALL_SERVICE, self._note, _is_notify))

    @override
    async def async_lines(self, now: datetime, viewer: Viewer) -> list[Line]:
        """Return what waits to be read, and what was sent in the last hours."""
        return [
            self._line(notice, now) for notice in self.notices(viewer) if notice.waits or notice.at > now - _NEWS_FOR
        ]

    @callback
    def notices(self, viewer: Viewer) -> list[Notice]:
        """Return what somebody may know of, newest first."""
        notices = [*self._waiting(), *self._sent_to(viewer), *self._on_phones(viewer)]
        return sorted(notices, key=lambda notice: notice.at, reverse=True)

    def _line(self, notice: Notice, now: datetime) -> Line:
        title = f"{notice.title}: " if notice.title else ""
        news = notice.at > now - _NEWS_FOR
        urgency = (0.6 if notice.waits else 0.42) if news else 0.35
        text = f"Notified {when(notice.at, now)} [{notice.origin}]: {title}{notice.message}"
        return self.line(notice.about, text, urgency)

    def _waiting(self) -> Iterator[Notice]:
        notifications: dict[str, Any] = self.hass.data.get(persistent_notification.DOMAIN, {})
        for notification_id, notification in notifications.items():
            yield Notice(
                about=f"{persistent_notification.DOMAIN}:{notification_id}",
                at=notification["created_at"],
                title=clean(notification["title"] or "", _MOST_CHARACTERS),
                message=clean(notification["message"], _MOST_CHARACTERS),
                origin="Home Assistant",
                waits=True,
            )

    def _sent_to(self, viewer: Viewer) -> Iterator[Notice]:
        oldest = dt_util.utcnow() - _KEPT_FOR
        sees, principal = viewer.view.access.sees, viewer.view.asker.principal
        for sent in self._sent:
            # What goes to somebody's phone is for nobody else's eyes.
            if sent.notice.at > oldest and any(sees(target, principal) for target in sent.targets):
                yield sent.notice

    def _on_phones(self, viewer: Viewer) -> Iterator[Notice]:
        for state in self.hass.states.async_all("sensor"):
            shows = source_of_entity(state.entity_id) is Source.NOTIFICATIONS
            if shows and state.state not in _EMPTY and viewer.sees(state.entity_id):
                yield self._shown(state)

    def _shown(self, state: State) -> Notice:
        return Notice(
            about=state.entity_id,
            at=state.last_changed,
            title=clean(str(state.attributes.get("android.title", "")), _MOST_CHARACTERS),
            message=clean(state.state, _MOST_CHARACTERS),
            origin=label(self.hass, state),
        )

    @callback
    def _note(self, event: Event[Any]) -> None:
        """Remember what is being sent."""
        service, data = event.data["service"], event.data.get("service_data") or {}
        message = str(data.get("message", ""))
        if not message or message in _COMMANDS or message.startswith(_COMMAND_PREFIX):
            return
        targets = _entities(data) if service == "send_message" else (f"{_NOTIFY}.{service}",)
        self._count += 1
        notice = Notice(
            about=f"sent:{self._count}",
            at=event.time_fired,
            title=clean(str(data.get("title") or ""), _MOST_CHARACTERS),
            message=clean(message, _MOST_CHARACTERS),
            origin=f"sent to {', '.join(target.partition('.')[2] for target in targets)}",
        )
        self._sent.append(_Sent(notice, targets))


@callback
def _is_notify(data: Any) -> bool:
    # What is sent to Home Assistant itself waits there to be read, and is told by that.
    return bool(data["domain"] == _NOTIFY and data["service"] != persistent_notification.DOMAIN)


def _entities(data: dict[str, Any]) -> tuple[str, ...]:
    named = data.get(ATTR_ENTITY_ID) or ()
    return (named,) if isinstance(named, str) else tuple(named)
