"""Name what Hearth can know, and what is known of each of these sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import State, callback


class Source(StrEnum):
    """What can be known, in the order in which it is shown."""

    DEVICES = "devices"
    CALENDAR = "calendar"
    TODO = "todo"
    NOTIFICATIONS = "notifications"
    WEATHER = "weather"
    PRESENCE = "presence"
    TIMERS = "timers"
    ENERGY = "energy"
    MEMORY = "memory"
    CONVERSATIONS = "conversations"
    DOCUMENTS = "documents"
    MAIL = "mail"
    FEEDS = "feeds"

    @property
    def collections(self) -> tuple[str, ...]:
        """Return the names of the library's collections that hold what comes from this source."""
        return RULES[self].collections


@dataclass(frozen=True, slots=True)
class SourceRule:
    """What holds of a source for everybody.

    `personal` sources are never for guests, nor by default for agents that are not ours; text of `untrusted` ones was
    written outside the home; `collections` are the library's.
    """

    personal: bool
    untrusted: bool
    collections: tuple[str, ...] = ()


RULES: Final[Mapping[Source, SourceRule]] = {
    Source.DEVICES: SourceRule(personal=False, untrusted=False, collections=("devices",)),
    Source.CALENDAR: SourceRule(personal=True, untrusted=True, collections=("calendar",)),
    Source.TODO: SourceRule(personal=True, untrusted=True, collections=("todo",)),
    Source.NOTIFICATIONS: SourceRule(personal=True, untrusted=True, collections=("notifications",)),
    Source.WEATHER: SourceRule(personal=False, untrusted=False),
    Source.PRESENCE: SourceRule(personal=True, untrusted=False),
    Source.TIMERS: SourceRule(personal=False, untrusted=False),
    # Who looks at a home's history sees when its people sleep and when they are away.
    Source.ENERGY: SourceRule(personal=True, untrusted=False, collections=("history",)),
    # Facts are few and stand in every prompt; a second place would only have to forget them, too.
    Source.MEMORY: SourceRule(personal=True, untrusted=False),
    # An answer of long ago may quote what came from outside.
    Source.CONVERSATIONS: SourceRule(personal=True, untrusted=True, collections=("conversations",)),
    Source.DOCUMENTS: SourceRule(personal=True, untrusted=True, collections=("documents", "notes")),
    Source.MAIL: SourceRule(personal=True, untrusted=True, collections=("mail",)),
    Source.FEEDS: SourceRule(personal=False, untrusted=True, collections=("feeds",)),
}

_BY_DOMAIN: Final[Mapping[str, Source]] = {
    "calendar": Source.CALENDAR,
    "device_tracker": Source.PRESENCE,
    # Whatever is sent to a phone is for its owner.
    "notify": Source.NOTIFICATIONS,
    "person": Source.PRESENCE,
    "shopping_list": Source.TODO,
    "timer": Source.TIMERS,
    "todo": Source.TODO,
    "weather": Source.WEATHER,
    "zone": Source.PRESENCE,
}
# What the companion apps call their sensors of the phone's notifications, of its alarm clock and of where it is.
_BY_SENSOR: Final[Mapping[str, Source]] = {
    "_geocoded_location": Source.PRESENCE,
    "_last_notification": Source.NOTIFICATIONS,
    "_last_removed_notification": Source.NOTIFICATIONS,
    "_next_alarm": Source.TIMERS,
}

# A turn asks about every entity of the home; of a larger one the rest is found out anew.
_MOST_ENTITIES: Final = 16_384


@lru_cache(maxsize=_MOST_ENTITIES)
def source_of_entity(entity_id: str) -> Source:
    """Return what an entity tells of; most are devices."""
    domain, _, name = entity_id.partition(".")
    if domain == "sensor":
        return next((source for part, source in _BY_SENSOR.items() if part in name), Source.DEVICES)
    return _BY_DOMAIN.get(domain, Source.DEVICES)


@callback
def tells_of_outside(state: State) -> bool:
    """Tell whether what is told of an entity may hold words that were written outside the home."""
    if state.domain == "media_player":
        return bool(state.attributes.get("media_title"))
    if state.domain == "calendar":
        return bool(state.attributes.get("message"))
    # A sensor without unit and class shows whatever words its service was sent, and automations keep such in helpers.
    return state.domain in ("input_text", "sensor", "text") and not (
        ATTR_UNIT_OF_MEASUREMENT in state.attributes or ATTR_DEVICE_CLASS in state.attributes
    )
