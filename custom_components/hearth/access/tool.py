"""Give every tool of ours the same manners: it checks who asks before it says a word."""

from abc import abstractmethod
from typing import Any, ClassVar, Self, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from ..const import DOMAIN
from .access import Access
from .llm_context import Asker
from .sources import RULES, Source

_NOT_ALLOWED = "Whoever asks may not see this. Say that you have no access to it; do not guess."


class NeverCopied(llm.Tool):
    """A tool that holds a home: core copies what a conversation's trace shows, and a home can't be copied."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        """Return the tool itself."""
        return self


class HearthTool(NeverCopied):
    """A tool of ours, for any agent.

    `sources` are what it may tell of; nobody who sees none of them gets an answer, and what a tool of several tells is
    its own care. `action` names the action of ours that a writing tool comes down to, as "remember", for the guard to
    judge; a tool without one only reads. It may take so many `seconds`.
    """

    integration = DOMAIN
    sources: ClassVar[frozenset[Source]]
    action: ClassVar[str | None] = None
    seconds: ClassVar[float] = 30

    def __init__(self, access: Access) -> None:
        """Say honestly what the tool does."""
        self.access = access
        self.annotations = llm.ToolAnnotations(
            read_only=self.action is None,
            destructive=False,
            idempotent=self.action is None,
            open_world=any(RULES[source].untrusted for source in self.sources),
        )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Answer whoever may ask; raises probatio.Invalid for arguments that do not fit `parameters`."""
        args = self.parameters(tool_input.tool_args)
        asker = await self.access.async_asker(llm_context)
        if not self.sources & self.access.sources(asker.principal, asker.agent_id):
            return llm.ToolResult(data={"error": _NOT_ALLOWED}, error=True)
        return await self.async_answer(hass, args, asker, llm_context)

    @abstractmethod
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Answer somebody who sees at least one of the sources; `args` are checked."""
