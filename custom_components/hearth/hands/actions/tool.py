"""Let a model use the actions that the user allows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, override

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm

from ...access import NeverCopied
from ...const import DOMAIN
from ..effects import Effect, Resolution, Risk
from ..policy import classify
from ..resolve import ResolvingTool
from ..scripts import look_inside
from ..secrets import reveal
from ..updates import own_backup
from .catalogue import TARGET_KINDS, Action, async_actions
from .permits import Permit, read_permits
from .schema import NAMED, TARGET, is_several, parameters, refuse_templates
from .summary import is_outside, summarise
from .targets import Targets

# Tools are described to models in the language in which core describes its own.
_LANGUAGE = "en"


class HomeActionTool(NeverCopied, ResolvingTool):
    """An action of Home Assistant as a tool, within its permit.

    It runs only what it has resolved before, which the guard has it do and then judges.
    """

    def __init__(self, action: Action, permit: Permit) -> None:
        """Describe the action as its integration does."""
        self.action = action
        self.permit = permit
        self.name = f"{action.domain}__{action.service}"
        self.title = action.title
        self.description = action.description or action.title
        self.integration = action.domain
        self.parameters = parameters(action, permit)
        self._resolved: set[str] = set()

    @override
    async def async_resolve(
        self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: llm.LLMContext
    ) -> Resolution:
        """Return what a call would do; raises HomeAssistantError, and probatio.Invalid for arguments that don't fit."""
        _data, resolution = self._prepare(hass, args, llm_context)
        self._resolved.add(resolution.digest)
        return resolution

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Use the action on what its names mean, and return its response in short."""
        data, resolution = self._prepare(hass, tool_input.tool_args, llm_context)
        if resolution.digest not in self._resolved:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="action_not_judged")
        response = await hass.services.async_call(
            self.action.domain,
            self.action.service,
            reveal(data),
            blocking=True,
            context=llm_context.context,
            return_response=self.action.responds,
        )
        return summarise(self.action.domain, response)

    def _prepare(
        self, hass: HomeAssistant, args: Mapping[str, Any], llm_context: llm.LLMContext
    ) -> tuple[dict[str, Any], Resolution]:
        """Return what to call the action with, names made IDs, and what that would do."""
        refuse_templates(args)
        data: dict[str, Any] = self.parameters(dict(args))
        targets = Targets(hass, self.action, self.permit, llm_context)
        named = self._name(data, targets)
        if TARGET in data and self.action.target is not None:
            data[ATTR_ENTITY_ID] = targets.entities(data.pop(TARGET))
        selection = {key: data[key] for key in TARGET_KINDS if key in data}
        touched = dict.fromkeys([*targets.behind(selection), *named])
        data |= own_backup(hass, self.action.id, touched)
        # What is named by the entities behind it need not be named twice.
        given = {key: value for key, value in data.items() if key not in TARGET_KINDS or not touched}
        effects = [Effect(self.action.domain, self.action.service, entity_id, given) for entity_id in touched or [None]]
        return data, self._resolution(hass, effects, tuple(touched))

    def _name(self, data: dict[str, Any], targets: Targets) -> list[str]:
        """Put the IDs of what is named in fields in the place of the names; return the entities among them."""
        entity_ids: list[str] = []
        for field in self.action.fields:
            if field.kind not in NAMED:
                continue
            if field.key in data:
                words = data[field.key] if is_several(field) else [data[field.key]]
                found = targets.of_field(field, words)
            elif field.kind == "config_entry" and field.required:
                found = [targets.only_entry(field)]
            else:
                continue
            data[field.key] = found if is_several(field) else found[0]
            entity_ids += found if field.kind == "entity" else []
        return entity_ids

    def _resolution(self, hass: HomeAssistant, effects: list[Effect], touched: tuple[str, ...]) -> Resolution:
        """Return what the effects come down to; those that are known to read only are none."""
        resolution = look_inside(hass, effects)
        if self.action.responds:
            resolution = replace(resolution, reads_ids=touched, reads_outside=is_outside(self.action.domain))
        is_reading = all(classify(hass, effect) is Risk.READ for effect in resolution.effects)
        return replace(resolution, effects=()) if is_reading and not resolution.unknown else resolution


async def async_action_tools(hass: HomeAssistant, options: Mapping[str, Any]) -> list[llm.Tool]:
    """Return a tool for each action that the options allow and that is there."""
    permits = {action: permit for action, permit in read_permits(options).items() if not permit.is_never}
    if not permits:
        return []
    actions = await async_actions(hass, _LANGUAGE, {action.partition(".")[0] for action in permits})
    return [HomeActionTool(actions[name], permit) for name, permit in sorted(permits.items()) if name in actions]
