"""Tell what Home Assistant notified people of, and what their phones were notified of."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components import persistent_notification
from homeassistant.const import EVENT_CALL_SERVICE, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from ...access import Source, calls_notify, message_of, source_of_entity
from ..entity import label
from ..lines import Line, clean
from ..times import when
from ..viewer import Viewer
from .source import LiveSource

_MOST_KEPT = 100
_MOST_CHARACTERS = 500
_KEPT_FOR = timedelta(hours=48)
_NEWS_FOR = timedelta(hours=12)
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
        self._stops.append(self.hass.bus.async_listen(EVENT_CALL_SERVICE, self._note, calls_notify))

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
            # What goes to somebody's phone is for nobody else's eyes, nor that it went there.
            targets = [target for target in sent.targets if sees(target, principal)]
            if targets and sent.notice.at > oldest:
                yield replace(sent.notice, origin=f"sent to {', '.join(map(self._called, targets))}")

    def _called(self, target: str) -> str:
        state = self.hass.states.get(target)
        return label(self.hass, state) if state else target.partition(".")[2]

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
        if (message := message_of(self.hass, event.data)) is None:
            return
        self._count += 1
        notice = Notice(
            about=f"sent:{self._count}",
            at=event.time_fired,
            title=clean(message.title, _MOST_CHARACTERS),
            message=clean(message.text, _MOST_CHARACTERS),
            origin="sent",
        )
        self._sent.append(_Sent(notice, message.targets))
