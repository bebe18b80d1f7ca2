"""Say what a source of live knowledge is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, ClassVar

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered

from ...access import RULES, Source
from ..kept import Kept
from ..lines import Draft, Line, Tellable, clean
from ..viewer import Viewer


class Cost(IntEnum):
    """What it takes to find out, in rising order."""

    MEMORY = 0  # Home Assistant holds it in memory
    CALL = 1  # an integration is asked, which may ask a server
    RECORDER = 2  # the recorder's database is read


class LiveSource(ABC):
    """Something that is true of the home now.

    `source` is what one must be allowed to see; what is `freshness` old is found out anew, and zero is always.
    """

    source: ClassVar[Source]
    cost: ClassVar[Cost] = Cost.MEMORY
    freshness: ClassVar[timedelta] = timedelta(0)

    def __init__(self, hass: HomeAssistant) -> None:
        """Know nothing yet."""
        self.hass = hass
        self._stops: list[CALLBACK_TYPE] = []

    @property
    def untrusted(self) -> bool:
        """Tell whether its text was written outside the home."""
        return RULES[self.source].untrusted

    @abstractmethod
    async def async_lines(self, now: datetime, viewer: Viewer) -> Sequence[Tellable]:
        """Return what matters of it to somebody who may see the source; never raises for a part that fails."""

    @callback
    def start(self) -> None:
        """Begin to follow what changes; what is read every time has nothing to follow."""
        self._stops.clear()

    @callback
    def stop(self) -> None:
        """Follow nothing any more."""
        while self._stops:
            self._stops.pop()()

    def line(self, about: str, text: str, urgency: float, *, untrusted: bool = False) -> Line:
        """Return a line of this source; `about` stays while the text may change."""
        return Line(self._key(about), clean(text), self.source, min(1.0, urgency), untrusted or self.untrusted)

    def draft(self, about: str, urgency: float, write: Callable[[], Line]) -> Draft:
        """Return what becomes the line that `write` makes of the same, if it is told."""
        return Draft(self._key(about), self.source, min(1.0, urgency), write)

    def exposed(self, domain: str) -> list[str]:
        """Return the entities of a domain that are exposed at all, to be read for whoever asks."""
        return sorted(
            entity_id
            for entity_id in self.hass.states.async_entity_ids(domain)
            if async_should_expose(self.hass, ASSISTANT, entity_id)
        )

    @callback
    def follow(self, domain: str, kept: Kept[Any]) -> None:
        """Let what is kept go stale as soon as an entity of a domain changes."""

        @callback
        def drop(_event: Event[EventStateChangedData]) -> None:
            kept.drop()

        followed = TrackStates(all_states=False, entities=set(), domains={domain})
        tracker = async_track_state_change_filtered(self.hass, followed, drop)
        self._stops += [tracker.async_remove, kept.stop]

    def _key(self, about: str) -> str:
        return f"{self.source.value}:{about}"
