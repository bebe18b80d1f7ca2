"""Give every tool of several APIs a name of its own that an engine takes."""

from collections.abc import Iterable, Sequence
import re
from typing import Final

from homeassistant.helpers import llm

_WRONG: Final = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST: Final = 64


def by_name(offers: Iterable[tuple[str, Sequence[llm.Tool]]], reserved: Iterable[str]) -> dict[str, llm.Tool]:
    """Return the tools of APIs, each under its own name; whoever comes later, or takes a `reserved` name, is renamed.

    A name that is taken gets the API's name before it, then a number behind it. Letters that no engine takes go.
    """
    tools: dict[str, llm.Tool] = {}
    taken = set(reserved)
    for api_id, offered in offers:
        for tool in offered:
            name = _free(tool.name, api_id, taken)
            taken.add(name)
            tools[name] = tool if name == tool.name else _renamed(tool, api_id, name)
    return tools


def _free(name: str, api_id: str, taken: set[str]) -> str:
    plain = _WRONG.sub("_", name)[:_LONGEST] or "tool"
    if plain not in taken:
        return plain
    plain = _WRONG.sub("_", f"{api_id}__{name}")[:_LONGEST]
    number, free = 2, plain
    while free in taken:
        free, number = f"{plain}_{number}", number + 1
    return free


def _renamed(tool: llm.Tool, api_id: str, name: str) -> llm.Tool:
    """Return a tool that is called by another name, and calls the tool by its own."""
    renamed = llm.NamespacedTool(api_id, tool)
    renamed.name = name
    return renamed
