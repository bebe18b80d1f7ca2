"""Tell the tools of strangers from ours and core's own, and know which of them a person of this home believes."""

from collections.abc import Collection, Mapping
import logging
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from ..context import clean

_LOGGER = logging.getLogger(__name__)

CONF_BELIEVED: Final = "believed_tools"

_OURS_AND_CORES: Final = (f"{__package__.rpartition('.')[0]}.", "homeassistant.")
# Of these tools core knows no more than what a server elsewhere says.
_REMOTE: Final = "homeassistant.components.mcp."


class BelievedTool(llm.NamespacedTool):
    """A stranger's tool that says that it only reads, and of which a person of this home says so too."""

    def __init__(self, tool: llm.Tool) -> None:
        """Keep the tool's own name."""
        super().__init__("", tool)
        self.name = tool.name


def innermost(tool: llm.Tool) -> llm.Tool:
    """Return the tool inside wrappers that do nothing but pass a call on."""
    while isinstance(tool, llm.NamespacedTool) and type(tool).async_call is llm.NamespacedTool.async_call:
        tool = tool.tool
    return tool


def is_strangers(tool: llm.Tool) -> bool:
    """Tell whether a tool is neither ours nor core's own; whatever it says, its results come from outside."""
    module = type(innermost(tool)).__module__
    return module.startswith(_REMOTE) or not module.startswith(_OURS_AND_CORES)


def is_believed(tool: llm.Tool) -> bool:
    """Tell whether a tool says that it only reads, and a person of this home says so too."""
    while isinstance(tool, llm.NamespacedTool):
        if isinstance(tool, BelievedTool):
            return tool.annotations.read_only
        tool = tool.tool
    return False


def believe(api_id: str, tool: llm.Tool, believed: Collection[str]) -> llm.Tool:
    """Return a tool of an API, as a believed one if it is among those that a person chose."""
    return BelievedTool(tool) if is_strangers(tool) and _key(api_id, tool) in believed else tool


async def async_claims(hass: HomeAssistant, llm_context: llm.LLMContext) -> Mapping[str, str]:
    """Return the strangers' tools that say that they only read, by what `believe` knows them by, with their names."""
    claims: dict[str, str] = {}
    for api in llm.async_get_apis(hass):
        try:
            instance = await api.async_get_api_instance(llm_context)
        except Exception:
            # It is someone else's code, and what others say can still be chosen.
            _LOGGER.exception("The LLM API %s does not tell its tools", api.id)
            continue
        for tool in instance.tools:
            if is_strangers(tool) and tool.annotations.read_only:
                claims[_key(api.id, tool)] = f"{api.name}: {clean(tool.title or tool.name)}"
    return claims


def _key(api_id: str, tool: llm.Tool) -> str:
    return f"{api_id}/{tool.name}"
