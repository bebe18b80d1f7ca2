"""Let people and models undo what they have had done, under the guard like anything else."""

from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent, llm
import probatio

from ...access import Access, Asker, Source
from ..phrases import name_of
from ..planned import PlannedTool
from .items import UNDO
from .undo import TOOL, Undo, UndoPlan, Who
from .words import async_told


class UndoTool(PlannedTool[UndoPlan]):
    """Undo what was done last, or what was done by calls that are named."""

    name = TOOL
    title = "Undo"
    description = (
        "Undo the last thing that was done for the user: bring devices back to how they were, remove what was added. "
        "It tells what could not be brought back."
    )
    action = UNDO
    sources: ClassVar[frozenset[Source]] = frozenset({Source.DEVICES})
    parameters = probatio.Schema(
        {
            probatio.Optional("calls", description="Rows of the audit; leave it out for the last turn"): [int],
            probatio.Optional("anyway", default=False, description="Also what somebody has changed since"): bool,
        }
    )

    def __init__(self, access: Access, undo: Undo) -> None:
        """Undo by what is known of the past."""
        super().__init__(access)
        self._undo = undo

    @override
    async def async_plan(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> UndoPlan:
        """Find out what would be brought back; raises HomeAssistantError."""
        who = Who.of(llm_context, asker.principal)
        return await self._undo.async_plan(who, args.get("calls"), anyway=args["anyway"])

    @override
    async def async_carry_out(
        self, hass: HomeAssistant, plan: UndoPlan, asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Bring it back, and tell what could not be."""
        who = Who.of(llm_context, asker.principal)
        undone = await self._undo.async_carry_out(plan, who, llm_context.context)
        response = intent.IntentResponse(llm_context.language or hass.config.language)
        response.async_set_results(
            [_target(hass, entity_id) for entity_id in (*undone.restored, *undone.removed)],
            [_target(hass, entity_id) for entity_id in (*plan.changed, *undone.failed)],
        )
        response.async_set_speech(await async_told(hass, response.language, plan, undone))
        return llm.ToolResult(data=llm.IntentResponseDict(response))


def _target(hass: HomeAssistant, target: str) -> intent.IntentResponseTarget:
    """Return an entity, or an item by its ID, as Home Assistant tells of what it has reached."""
    return intent.IntentResponseTarget(name_of(hass, target), intent.IntentResponseTargetType.CUSTOM, target)
