"""Follow a home, so that what is true of it can be told at any moment."""

from dataclasses import dataclass
from typing import Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import translation

from ..access import Access, HearthTool
from .entity import ENGLISH, WORDED, WORDS
from .situation import Situation
from .sources import Calendars, Devices, Energy, LiveSource, Notifications, Presence, Timers, ToDos, Weather
from .states import LiveStates
from .tools import tools


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of a home now: its situation, its states by words, and tools for everything else."""

    situation: Situation
    states: LiveStates
    tools: tuple[HearthTool, ...]
    sources: tuple[LiveSource, ...]

    @classmethod
    async def async_start(cls, hass: HomeAssistant, access: Access) -> Self:
        """Begin to follow a home; `stop` ends it."""
        # English words for states are read from Home Assistant's memory later, where nothing can wait for a file.
        await translation.async_get_translations(hass, ENGLISH, WORDS, WORDED)
        notifications = Notifications(hass)
        others = (Calendars, Devices, Energy, Presence, Timers, ToDos, Weather)
        sources = (notifications, *(source(hass) for source in others))
        situation, states = Situation(hass, access, sources), LiveStates(hass, access)
        for source in sources:
            source.start()
        states.start()
        return cls(situation, states, tools(access, situation, states, notifications), sources)

    @callback
    def stop(self) -> None:
        """Follow nothing any more."""
        self.states.stop()
        for source in self.sources:
            source.stop()
