"""Repairs platform for the Hearth integration."""

from typing import override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant

from .issues import CONF_PIPELINE_ID


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that mends the only issue that can be mended from here."""
    return LocalIntentsFlow()


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
