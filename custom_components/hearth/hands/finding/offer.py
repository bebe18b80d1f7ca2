"""Say what a model is told of its tools: those in its prompt, and what finds the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm

from ...context import estimate_json_tokens
from .budget import ToolBudget
from .core import choose, is_of_use
from .declared import Declaration, Furnishing, declare
from .finder import Finder
from .tool import USE_DECLARATION, FindTools, find_declaration

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """Tools as a model is told of them.

    `declared` stand in the prompt, sorted by name, and take so many `tokens`; `tools` may be called, by name, also
    those that have to be found first, of which `hidden` says how they are declared.
    """

    declared: list[Declaration] = field(default_factory=list)
    tools: Mapping[str, llm.Tool] = field(default_factory=dict)
    hidden: Mapping[str, Declaration] = field(default_factory=dict)
    tokens: int = 0


@callback
def offer(
    hass: HomeAssistant,
    tools: Mapping[str, llm.Tool],
    assistant: str,
    serializer: Callable[[Any], Any] | None,
    budget: ToolBudget,
    finder: Finder,
) -> Offer:
    """Return what a model is told of those tools that a home has a use for."""
    home = Furnishing.of(hass, assistant)
    declarations = _declarations(
        {name: tool for name, tool in tools.items() if is_of_use(tool, home)}, home, serializer
    )
    callable_tools = {name: tools[name] for name in sorted(declarations)}
    finding = [find_declaration(callable_tools.values()), USE_DECLARATION]
    chosen = choose(tools, declarations, budget.prompt, reserve=sum(map(estimate_json_tokens, finding)))
    hidden = {name: declarations[name] for name in sorted(declarations.keys() - chosen)}
    declared = [declarations[name] for name in sorted(chosen)]
    if hidden:
        declared = sorted([*declared, *finding], key=_name)
        find = FindTools(finder, {name: tools[name] for name in hidden}, hidden, budget.found)
        callable_tools[find.name] = find
    return Offer(declared, callable_tools, hidden, sum(map(estimate_json_tokens, declared)))


def _declarations(
    tools: Mapping[str, llm.Tool], home: Furnishing, serializer: Callable[[Any], Any] | None
) -> dict[str, Declaration]:
    """Return how tools are declared, without those whose parameters nobody can read."""
    declarations: dict[str, Declaration] = {}
    for name, tool in tools.items():
        try:
            declarations[name] = declare(tool, home, serializer)
        except Exception as err:  # noqa: BLE001 - a stranger's schema must not end a turn, whatever it breaks
            _LOGGER.warning("The tool %s is left out, its parameters can't be read: %s", name, type(err).__name__)
    return declarations


def _name(declaration: Declaration) -> str:
    name: str = declaration["function"]["name"]
    return name
