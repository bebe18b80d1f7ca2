"""Repairs platform for the Hearth integration."""

from typing import override

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.const import ATTR_ENTITY_ID, CONF_ENTITY_ID, SERVICE_TURN_OFF
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig
import probatio

from .const import CONF_ROLE, DOMAIN
from .coordinator import HearthConfigEntry, HearthData
from .engine import EngineError, PullSource
from .errors import translated
from .issues import AUDIT, CONF_PIPELINE_ID, DOWNLOAD_FAILED, SENTENCE

_CONF_MODEL = "model"


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if issue_id.startswith(DOWNLOAD_FAILED):
        return DownloadFlow()
    if issue_id == AUDIT:
        return AuditFlow()
    if issue_id.startswith(f"{SENTENCE}_"):
        return SentenceFlow()
    return RoleFlow() if CONF_ROLE in (data or {}) else LocalIntentsFlow()


def _hearth(hass: HomeAssistant) -> HearthData | None:
    """Return what the loaded entry has, None when none is loaded."""
    entries: list[HearthConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return entries[0].runtime_data if entries else None


class LocalIntentsFlow(ConfirmRepairFlow):
    """Let a voice assistant ask its agent first, so that approvals are asked for."""

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Turn "prefer handling commands locally" off once the person agrees."""
        # Only where it is set up, and an issue about it can come up, is what it needs installed.
        from homeassistant.components.assist_pipeline import (  # noqa: PLC0415
            async_get_pipelines,
            async_update_pipeline,
        )

        if user_input is not None:
            pipeline_id = (self.data or {}).get(CONF_PIPELINE_ID)
            for pipeline in async_get_pipelines(self.hass):
                if pipeline.id == pipeline_id:
                    await async_update_pipeline(self.hass, pipeline, prefer_local_intents=False)
        return await super().async_step_confirm(user_input)


class SentenceFlow(ConfirmRepairFlow):
    """Switch an automation off that acts on a sentence without anybody's yes."""

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Switch it off once the person agrees; nothing of it is lost."""
        if user_input is not None:
            target = {ATTR_ENTITY_ID: str((self.data or {})[CONF_ENTITY_ID])}
            await self.hass.services.async_call(AUTOMATION_DOMAIN, SERVICE_TURN_OFF, target, blocking=True)
        return await super().async_step_confirm(user_input)


class DownloadFlow(ConfirmRepairFlow):
    """Go on with a download that failed."""

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Try again from where it ended once the person agrees."""
        if user_input is None:
            return await super().async_step_confirm(user_input)
        if (hearth := _hearth(self.hass)) is None:
            return self.async_abort(reason="not_loaded")
        wanted = {name: str(value) for name, value in (self.data or {}).items() if value is not None}
        try:
            await hearth.downloads.async_start(PullSource(**wanted))
        except EngineError as err:
            return self.async_abort(reason="failed", description_placeholders={"error": str(translated(err))})
        return self.async_create_entry(data={})


class AuditFlow(ConfirmRepairFlow):
    """Set a record that is not whole aside, and begin a new one."""

    @override
    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin anew once the person agrees."""
        if user_input is None:
            return await super().async_step_confirm(user_input)
        if (hearth := _hearth(self.hass)) is None:
            return self.async_abort(reason="not_loaded")
        await hearth.hands.audit.async_begin_anew()
        return self.async_create_entry(data={})


class RoleFlow(RepairsFlow):
    """Give a role another model than the one that does not work."""

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with the choice."""
        return await self.async_step_choose()

    async def async_step_choose(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Let the person choose among the installed models, or none."""
        if (hearth := _hearth(self.hass)) is None:
            return self.async_abort(reason="not_loaded")
        role = str((self.data or {})[CONF_ROLE])
        choice = hearth.coordinator.choice(role)
        if choice is None or not choice.changeable:
            return self.async_abort(reason="role_fixed")
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        placeholders = dict((issue.translation_placeholders if issue else None) or {})
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await hearth.client.async_choose(role, user_input.get(_CONF_MODEL))
            except EngineError as err:
                placeholders["refusal"] = str(translated(err))
                errors[_CONF_MODEL] = "refused"
            else:
                await hearth.coordinator.async_request_refresh()
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="choose",
            data_schema=_choose_schema(choice.choices),
            errors=errors,
            description_placeholders=placeholders,
        )


def _choose_schema(models: tuple[str, ...]) -> probatio.Schema:
    options = [SelectOptionDict(value=model, label=model) for model in models]
    return probatio.Schema({probatio.Optional(_CONF_MODEL): SelectSelector(SelectSelectorConfig(options=options))})
