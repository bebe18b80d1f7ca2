"""Let a model look for tools that do not stand in its prompt, and use what it found through one that does.

Tools stand at the top of a prompt in nearly every chat template, so one that joined them would cost all that an engine
has read. What is found is told in a result instead, and called by its name through `hearth__use_tool`, which is undone
before the guard sees the call.
"""

from collections.abc import Iterable, Mapping
import json
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads
import probatio

from ...access import NeverCopied
from ...const import DOMAIN
from ...context import clean, estimate_json_tokens, fence
from ..strangers import is_strangers
from .core import RANK_OF_THE_HOME, rank
from .declared import Declaration
from .finder import Finder, spoken

FIND_TOOLS: Final = "hearth__find_tools"
USE_TOOL: Final = "hearth__use_tool"

_MOST_WANTED: Final = 300
_MOST_TOPICS: Final = 12
_MOST_TOPIC: Final = 30
# These offer tools for all kinds of things.
_GENERAL: Final = frozenset({DOMAIN, "homeassistant", "intent", "llm"})
_HOW: Final = f"Call one by {USE_TOOL}, with its name and with arguments as its parameters say."
_NONE: Final = "No tool does that. Say so, unless other words may find one."
_TOO_LONG: Final = "too long to be told"

USE_DECLARATION: Final[Declaration] = {
    "type": "function",
    "function": {
        "name": USE_TOOL,
        "description": f"Use a tool that {FIND_TOOLS} found.",
        "parameters": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}},
            "required": ["name", "arguments"],
        },
    },
}


def find_declaration(tools: Iterable[llm.Tool]) -> Declaration:
    """Return how a prompt tells of the search among all of an agent's tools: by what those are for that come later."""
    later = sorted((is_strangers(tool), rank(tool), tool.name, _topic(tool)) for tool in tools)
    topics = dict.fromkeys(topic for _, place, _, topic in later if place > RANK_OF_THE_HOME)
    some = ", ".join(sorted(list(topics)[:_MOST_TOPICS]))
    what = f"Find more tools before you say that something can't be done. There are some for: {some}."
    wanted = {"type": "string", "description": "What is to be done, in a few words"}
    parameters = {"type": "object", "properties": {"wanted": wanted}, "required": ["wanted"]}
    return {"type": "function", "function": {"name": FIND_TOOLS, "description": what, "parameters": parameters}}


def _topic(tool: llm.Tool) -> str:
    """Return what a tool is for, in a word or two: its integration, where that says anything."""
    said = tool.name.rpartition("__")[2] if tool.integration in _GENERAL else tool.integration or "others"
    return clean(spoken(said), _MOST_TOPIC).lower()


class FindTools(NeverCopied):
    """What finds those tools of an agent that its prompt does not tell of."""

    name = FIND_TOOLS
    description = "Find more tools"
    integration = DOMAIN
    parameters = probatio.Schema({probatio.Required("wanted"): probatio.All(str, probatio.Length(1, _MOST_WANTED))})

    def __init__(
        self, finder: Finder, tools: Mapping[str, llm.Tool], declarations: Mapping[str, Declaration], tokens: int
    ) -> None:
        """Look among tools, and tell of them as they are declared in so many tokens; strangers' words are outside's."""
        self._finder = finder
        self._tools = tools
        self._declarations = declarations
        self._tokens = tokens
        outside = any(map(is_strangers, tools.values()))
        self.annotations = llm.ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=outside)

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell of the tools that do what is wanted; raises probatio.Invalid."""
        wanted = self.parameters(tool_input.tool_args)["wanted"]
        language = llm_context.language or hass.config.language
        found = await self._finder.async_find(wanted, list(self._tools.values()), language)
        if not found:
            return llm.ToolResult(data={"tools": [], "note": _NONE})
        told = self._told(tool.name for tool in found)
        strangers = {tool.name for tool in found if is_strangers(tool)}
        data: dict[str, Any] = {"tools": [one for one in told if one["name"] not in strangers]}
        if outside := [one for one in told if one["name"] in strangers]:
            data["tools_of_others"] = fence(json.dumps(outside, ensure_ascii=False))
        return llm.ToolResult(data={**data, "note": _HOW})

    def _told(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """Return tools as they are declared; what does not fit keeps its name and what it does."""
        room, told = self._tokens, list[dict[str, Any]]()
        for name in names:
            function = self._declarations[name]["function"]
            if estimate_json_tokens(function) > room:
                function = {**function, "parameters": _TOO_LONG}
            if (cost := estimate_json_tokens(function)) <= room:
                room -= cost
                told.append(function)
        return told


def as_meant(tool_input: llm.ToolInput) -> llm.ToolInput:
    """Return the call that a use of a found tool stands for, any other call as it is.

    Raises ValueError for one that does not say which tool it uses, or with what.
    """
    if tool_input.tool_name != USE_TOOL:
        return tool_input
    name, args = tool_input.tool_args.get("name"), tool_input.tool_args.get("arguments", {})
    if isinstance(args, str):
        # Small models like to write an object as text.
        try:
            args = json_loads(args or "{}")
        except JSON_DECODE_EXCEPTIONS as err:
            raise ValueError(f'"arguments" is not JSON: {err}') from err
    if not isinstance(name, str) or not isinstance(args, dict):
        raise ValueError('"name" must be a text, and "arguments" an object')  # noqa: TRY004 - one error for the caller
    return llm.ToolInput(tool_name=name, tool_args=args, id=tool_input.id)
