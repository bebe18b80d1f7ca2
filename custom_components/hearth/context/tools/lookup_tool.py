"""Give tools the eyes of whoever asks, and the entities that they call by name."""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, override

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import llm

from ...access import Access, Asker, HearthTool, View
from ..entity import label
from ..states import LiveStates
from ..viewer import Viewer
from .answers import refusal
from .lookup import NotFound, choose


class LookupTool(HearthTool):
    """A tool that looks something up in the home as far as whoever asks may see it."""

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Look it up; a name that nothing has is told as an error."""
        viewer = Viewer(hass, View(self.access, asker), llm_context.assistant)
        try:
            return await self.async_look_up(viewer, args, llm_context)
        except NotFound as err:
            return refusal(str(err))

    @abstractmethod
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        """Tell what is asked for; raises NotFound for a name that nothing has."""


class NamedLookupTool(LookupTool):
    """A tool whose calls name what it is to tell of."""

    def __init__(self, access: Access, states: LiveStates) -> None:
        """Take what names are found by."""
        super().__init__(access)
        self._states = states

    def find(self, viewer: Viewer, name: str, fits: Callable[[State], bool], kind: str) -> list[State]:
        """Return the entities that fit and are called so best; raises NotFound, in words that name some others."""
        hass = viewer.hass
        candidates = {
            state.entity_id: state for state in hass.states.async_all() if fits(state) and viewer.sees(state.entity_id)
        }
        counts = self._states.index(viewer.assistant).named(name)
        found = choose(name, counts, candidates, kind, lambda entity_id: label(hass, candidates[entity_id]))
        return [candidates[entity_id] for entity_id in found]

    def find_of(self, viewer: Viewer, domain: str, name: str | None, kind: str) -> list[State]:
        """Return the entities of a domain, or those that are called so; raises NotFound."""
        if not name:
            return viewer.states(domain)
        return self.find(viewer, name, lambda state: state.domain == domain, kind)
