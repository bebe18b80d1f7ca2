"""Choose the tools that stand in a prompt: what people ask for most of what this home can do, as far as it fits.

The choice rests on nothing that changes from turn to turn, so the beginning that an engine keeps stays the same.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.helpers import llm

from ...context import estimate_json_tokens
from ..actions import HomeActionTool
from ..strangers import is_strangers
from .declared import Declaration, Furnishing

# What a home is asked for, by our own judgement, most often first; each tool without the name of who offers it.
_ASKED_FOR: Final = (
    "HassTurnOn",
    "HassTurnOff",
    "HassLightSet",
    "GetLiveContext",
    "HassClimateSetTemperature",
    "HassStartTimer",
    "HassSetPosition",
    "search",
    "HassListAddItem",
    "calendar_events",
    "weather",
    "todo_items",
    "history",
    "HassSetVolume",
    "HassMediaPause",
    "HassMediaUnpause",
    "HassMediaSearchAndPlay",
    "remember",
    "undo",
    "HassCancelTimer",
    "HassTimerStatus",
    "HassMediaNext",
    "HassVacuumStart",
    "statistics",
    "situation",
    "recall",
    "read",
    "HassListCompleteItem",
    "notifications",
    "send_message",
    "HassBroadcast",
    "forget",
    "memory",
)
_RANKS: Final[Mapping[str, int]] = {name: rank for rank, name in enumerate(_ASKED_FOR)}
# What the people of the home have made or allowed themselves comes before the rank of this tool.
_OF_THE_HOME: Final = frozenset({"intent_script", "script"})
RANK_OF_THE_HOME: Final = _RANKS["search"]
# Tools that have nothing to do their work on while the home has none of these.
_NEEDS: Final[Mapping[str, str]] = {
    "HassBroadcast": "assist_satellite",
    "calendar_events": "calendar",
    "todo_items": "todo",
    "weather": "weather",
}


def is_of_use(tool: llm.Tool, home: Furnishing) -> bool:
    """Tell whether a home has what a tool works on."""
    needed = _NEEDS.get(_base(tool.name))
    return needed is None or needed in home.domains or is_strangers(tool)


def choose(
    tools: Mapping[str, llm.Tool], declarations: Mapping[str, Declaration], budget: int | None, reserve: int
) -> frozenset[str]:
    """Return which tools stand in the prompt: all that fit `budget` (tokens), None for however many.

    Where not all fit, `reserve` tokens are left for what finds the others, and a stranger's have to be found: what a
    server says of them, and when it says something else, is not the home's to decide.
    """
    costs = {name: estimate_json_tokens(declaration) for name, declaration in declarations.items()}
    if budget is None or sum(costs.values()) <= budget:
        return frozenset(costs)
    room, chosen = budget - reserve, set[str]()
    known = [name for name in costs if not is_strangers(tools[name])]
    for name in sorted(known, key=lambda name: (rank(tools[name]), name)):
        if costs[name] <= room:
            room -= costs[name]
            chosen.add(name)
    return frozenset(chosen)


def rank(tool: llm.Tool) -> int:
    """Return a tool's place among others; what people ask for most has the lowest."""
    if tool.integration in _OF_THE_HOME or isinstance(tool, HomeActionTool):
        return RANK_OF_THE_HOME
    return _RANKS.get(_base(tool.name), len(_RANKS))


def _base(name: str) -> str:
    return name.rpartition("__")[2]
