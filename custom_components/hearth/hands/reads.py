"""Keep from an asker what core's own tools would tell of things that are not theirs to see."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.components.homeassistant.llm import GetLiveContextTool, async_get_exposed_entities
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import intent, llm
from homeassistant.util import yaml as yaml_util

from ..access import RULES, NeverCopied, Source, View, source_of_entity, tells_of_outside
from .effects import Resolution
from .strangers import is_strangers

# Core's tools that read something which belongs to somebody: what it is, and the argument that names it.
_NAMED_BY = {"calendar": (Source.CALENDAR, "calendar"), "todo": (Source.TODO, "todo_list")}
_WRITTEN_IN = frozenset({Source.CALENDAR, Source.TODO})


class LiveContextTool(NeverCopied, GetLiveContextTool):
    """Core's tool for the states of everything that is exposed, without what the asker may not see."""

    def __init__(self, view: View | None) -> None:
        """Look at the home with the asker's eyes."""
        self._view = view

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Return the states that fit the filters."""
        shown = async_get_exposed_entities(hass, llm_context.assistant)
        if not (states := self.states(hass, tool_input.tool_args, shown)):
            return llm.ToolResult(data={"error": "Nothing that is shown to you fits"}, error=True)
        seen = [shown[state.entity_id] for state in states]
        return llm.ToolResult(data={"result": f"The state of the home at this moment:\n{yaml_util.dump(seen)}"})

    @callback
    def resolve(self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: llm.LLMContext) -> Resolution:
        """Return what a call would tell of; raises probatio.Invalid."""
        states = self.states(hass, args, async_get_exposed_entities(hass, llm_context.assistant))
        return Resolution(reads_outside=any(map(tells_of_outside, states)))

    @callback
    def states(self, hass: HomeAssistant, args: Mapping[str, Any], shown: Iterable[str]) -> list[State]:
        """Return the states that fit the filters, of those entities that are shown and that the asker sees."""
        states = [hass.states.get(entity_id) for entity_id in shown if _sees_entity(self._view, entity_id)]
        return _filtered(hass, [state for state in states if state], self.parameters(args))


@callback
def is_hidden(view: View | None, resolution: Resolution) -> bool:
    """Tell whether a call tells of, or changes, anything that an asker may not see.

    Whoever may use a device may switch it, seen or not; a list or a calendar can't be changed unseen.
    """
    changed = (effect.entity_id for effect in resolution.judged if effect.entity_id is not None)
    written = (entity_id for entity_id in changed if source_of_entity(entity_id) in _WRITTEN_IN)
    return not (
        all(_sees(view, source) for source in resolution.reads)
        and all(_sees_entity(view, entity_id) for entity_id in (*resolution.reads_ids, *written))
    )


@callback
def is_closed(view: View | None, tool: llm.Tool) -> bool:
    """Tell whether a tool of core's is about a source that an agent may not use, so that every call would be denied."""
    if view is None or tool.integration not in _NAMED_BY or is_strangers(tool):
        return False
    return not view.may_use(_NAMED_BY[tool.integration][0])


@callback
def tells_of_strangers(hass: HomeAssistant, resolution: Resolution) -> bool:
    """Tell whether what a call returns may hold words that were written outside the home."""
    read = [state for entity_id in resolution.reads_ids if (state := hass.states.get(entity_id))]
    sources = {*resolution.reads, *(source_of_entity(state.entity_id) for state in read)}
    return (
        resolution.reads_outside
        or any(RULES[source].untrusted for source in sources)
        or any(map(tells_of_outside, read))
    )


@callback
def resolve_reading(
    hass: HomeAssistant, tool: llm.Tool, args: Mapping[str, Any], llm_context: llm.LLMContext
) -> Resolution:
    """Return what a call of a tool that only reads would tell of."""
    if isinstance(tool, LiveContextTool):
        return tool.resolve(hass, args, llm_context)
    is_foreign = is_strangers(tool)
    outside = tool.annotations.open_world or is_foreign
    if is_foreign or tool.integration not in _NAMED_BY:
        return Resolution(reads_outside=outside, unproven=is_foreign)
    source, named_by = _NAMED_BY[tool.integration]
    constraints = intent.MatchTargetsConstraints(
        name=str(args.get(named_by)),
        domains={tool.integration},
        assistant=llm_context.assistant,
        allow_duplicate_names=True,
    )
    return Resolution(
        reads_outside=outside,
        reads=frozenset({source}),
        reads_ids=matched_ids(hass, constraints, intent.MatchTargetsPreferences()),
    )


@callback
def matched_ids(
    hass: HomeAssistant, constraints: intent.MatchTargetsConstraints, preferences: intent.MatchTargetsPreferences
) -> tuple[str, ...]:
    """Return the entities that fit, none where core would complain."""
    return tuple(state.entity_id for state in intent.async_match_targets(hass, constraints, preferences).states)


def _filtered(hass: HomeAssistant, states: list[State], args: Mapping[str, Any]) -> list[State]:
    domain = args.get("domain")
    constraints = intent.MatchTargetsConstraints(
        name=args.get("name"),
        area_name=args.get("area"),
        domains={name.strip().lower() for name in ([domain] if isinstance(domain, str) else domain or ())} or None,
        allow_duplicate_names=True,
    )
    # Core takes no states to mean all of them.
    if not states or not constraints.has_constraints:
        return states
    return intent.async_match_targets(hass, constraints, states=states).states


def _sees(view: View | None, source: Source) -> bool:
    return view.sees(source) if view else not RULES[source].personal


def _sees_entity(view: View | None, entity_id: str) -> bool:
    return view.sees_entity(entity_id) if view else not RULES[source_of_entity(entity_id)].personal
