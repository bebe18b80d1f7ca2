"""Let models propose automations, and take away those that were installed this way."""

from typing import Any, ClassVar, override

from homeassistant.const import CONF_ALIAS, CONF_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
import probatio

from ...access import Asker, Source
from ...const import DOMAIN
from ...speech import say
from ..effects import Effect
from ..planned import PlannedTool
from .install import INSTALL, REMOVE, async_can_install, async_install, async_installed, async_remove
from .proposal import FIELDS, AutomationPlan, async_propose


class _AutomationTool(PlannedTool[AutomationPlan]):
    """A tool that changes which automations there are."""

    sources: ClassVar[frozenset[Source]] = frozenset({Source.DEVICES})


class ProposeAutomationTool(_AutomationTool):
    """Propose an automation; it is installed once a person has said yes."""

    name = "hearth__propose_automation"
    title = "Propose an automation"
    description = (
        "Propose a Home Assistant automation for what the user wants done again and again, or when something happens. "
        "The user is shown what it would do and asked; do not ask yourself. Use entity ids that you know."
    )
    action = INSTALL
    parameters = probatio.Schema(FIELDS)

    @override
    async def async_plan(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> AutomationPlan:
        """Have the automation checked by Home Assistant; raises HomeAssistantError."""
        await async_can_install(hass)
        return await async_propose(hass, args, llm_context.language or hass.config.language)

    @override
    async def async_carry_out(
        self, hass: HomeAssistant, plan: AutomationPlan, asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Install it."""
        await async_install(hass, plan.id, plan.effect.data["config"])
        return _told(hass, llm_context, "automation_installed", plan)


class RemoveAutomationTool(_AutomationTool):
    """Remove an automation that Hearth has installed."""

    name = "hearth__remove_automation"
    title = "Remove an automation"
    description = "Remove an automation that was proposed by you and installed; no others can be removed."
    action = REMOVE
    parameters = probatio.Schema({probatio.Required("name", description="Its name"): str})

    @override
    async def async_plan(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> AutomationPlan:
        """Find the one that is meant; raises HomeAssistantError where there is none, or more than one."""
        wanted, installed = args["name"].casefold(), await async_installed(hass)
        found = [id_ for id_, config in installed.items() if wanted in (id_, str(config.get(CONF_ALIAS)).casefold())]
        if len(found) != 1:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_such_automation")
        alias = str(installed[found[0]].get(CONF_ALIAS))
        return AutomationPlan(Effect(DOMAIN, REMOVE, None, {CONF_ID: found[0], "alias": alias, "text": alias}))

    @override
    async def async_carry_out(
        self, hass: HomeAssistant, plan: AutomationPlan, asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Remove it."""
        await async_remove(hass, plan.id)
        return _told(hass, llm_context, "automation_removed", plan)


def _told(hass: HomeAssistant, llm_context: llm.LLMContext, key: str, plan: AutomationPlan) -> llm.ToolResult:
    """Return what became of an automation, in words for the person and for the model."""
    language = llm_context.language or hass.config.language
    response = intent.IntentResponse(language)
    response.async_set_speech(say(language, key, name=str(plan.effect.data["alias"])))
    return llm.ToolResult(data=llm.IntentResponseDict(response))
