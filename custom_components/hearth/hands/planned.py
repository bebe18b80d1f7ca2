"""Let a tool of ours plan what it would do, be judged by the plan, and then do just that."""

from abc import abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import Any, Protocol, Self, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm

from ..access import Asker, HearthTool
from ..const import DOMAIN
from .effects import Resolution
from .resolve import ResolvingTool


class Planned(Protocol):
    """What a tool would do, in its own terms and in those of the guard."""

    @property
    def resolution(self) -> Resolution:
        """Return what the guard judges."""


class PlannedTool[PlanT: Planned](HearthTool, ResolvingTool):
    """A tool whose effects depend on the state of the home; what is made for one call `keeps_plan` from judging on."""

    keeps_plan = False
    _plan: PlanT | None = None

    def once(self) -> Self:
        """Return the tool for one call, which runs what was planned for it and nothing else."""
        tool = copy(self)
        tool.keeps_plan = True
        return tool

    @override
    async def async_resolve(
        self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: llm.LLMContext
    ) -> Resolution:
        """Plan a call for whoever may ask for it."""
        checked = self.parameters(dict(args))
        asker = await self.access.async_asker(llm_context)
        if not self.sources & self.access.sources(asker.principal, asker.agent_id):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_allowed")
        plan = await self.async_plan(hass, checked, asker, llm_context)
        if self.keeps_plan:
            self._plan = plan
        return plan.resolution

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Do what was planned."""
        plan = self._plan or await self.async_plan(hass, args, asker, llm_context)
        return await self.async_carry_out(hass, plan, asker, llm_context)

    @abstractmethod
    async def async_plan(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> PlanT:
        """Find out what a call would do, without doing it; raises HomeAssistantError."""

    @abstractmethod
    async def async_carry_out(
        self, hass: HomeAssistant, plan: PlanT, asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Do what was planned, and tell of it; raises HomeAssistantError."""
