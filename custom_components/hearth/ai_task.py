"""AI task platform for the Hearth integration."""

import asyncio
from typing import override

from homeassistant.components import ai_task, conversation
from homeassistant.components.ai_task.const import DEFAULT_SYSTEM_PROMPT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads
import probatio

from .access import HearthLLMContext, View
from .const import CONF_ROLE, DOMAIN, SUBENTRY_AI_TASK
from .coordinator import HearthConfigEntry
from .engine import EngineClient, EngineError, WarmRequest
from .entity import HearthSubentryEntity
from .errors import translated
from .hands import Scope, ToolBudget, guarded
from .mind import Ask, Thinking, Tier, Turn, TurnOutcome, Warmable, async_generate, effort, reply_schema

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up an AI task entity for each of its subentries."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_AI_TASK):
        async_add_entities([HearthAITask(entry, subentry)], config_subentry_id=subentry.subentry_id)


class HearthAITask(HearthSubentryEntity, ai_task.AITaskEntity):
    """An entity that turns instructions into text or structured data."""

    _attr_name = None
    _attr_supported_features = ai_task.AITaskEntityFeature.GENERATE_DATA

    @override
    async def async_added_to_hass(self) -> None:
        """Let the model be made ready before a task that is planned."""
        await super().async_added_to_hass()
        warmable = Warmable(self.subentry.subentry_id, self.entity_id, self._role, self._async_prefix, kept=False)
        self.async_on_remove(self.entry.runtime_data.warmer.add(warmable))

    @property
    def _role(self) -> str:
        role: str = self.subentry.data[CONF_ROLE]
        return role

    async def _async_prefix(self) -> WarmRequest:
        """Return what every task begins with; the time of day, which core adds to it, comes after that."""
        return WarmRequest(
            model=self._role,
            name=self.subentry.subentry_id,
            messages=[{"role": "system", "content": DEFAULT_SYSTEM_PROMPT}],
            tools=[],
            reasoning=effort(Thinking.AUTO, self._role, spoken=False),
        )

    @override
    async def _async_generate_data(
        self, task: ai_task.GenDataTask, chat_log: conversation.ChatLog
    ) -> ai_task.GenDataTaskResult:
        """Generate the data of a task; nobody is there to approve anything."""
        data = self.entry.runtime_data
        if data.hands.halt.engaged_at is not None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="halted")
        scope = Scope(chat_log.conversation_id, self.entity_id, task.name, self.hass.config.language, can_ask=False)
        if (api := chat_log.llm_api) is not None:
            context = self._as_ours(api.llm_context)
            scope.view = View(data.access, await data.access.async_asker(context))
            budget = ToolBudget.of(data.mind.context_length(self._role))
            chat_log.llm_api = guarded(
                api.api, data.hands.guard, scope, context, [api], budget=budget, finder=data.hands.finder
            )
        with data.turns.running(Turn(scope, tier=Tier.MODEL)) as turn:
            ask = Ask(
                role=self._role,
                agent_id=self.entity_id,
                secrets=data.hands.secrets,
                schema=reply_schema(task.structure) if task.structure else None,
                priority="background",
                reasoning=effort(Thinking.AUTO, self._role, spoken=False),
            )
            if error := await _async_generate(data.client, chat_log, turn, ask):
                turn.outcome = TurnOutcome.STOPPED if error.code == "stopped" else TurnOutcome.ENGINE_ERROR
                raise translated(error) from error
            result = _result(task, chat_log)
            turn.outcome = TurnOutcome.ANSWERED
        return result

    def _as_ours(self, llm_context: llm.LLMContext) -> HearthLLMContext:
        """Return the context of a call by this entity, whose own rights count."""
        return HearthLLMContext(
            platform=llm_context.platform,
            context=llm_context.context,
            language=llm_context.language,
            assistant=llm_context.assistant,
            device_id=llm_context.device_id,
            agent_id=self.subentry.subentry_id,
        )


async def _async_generate(
    client: EngineClient, chat_log: conversation.ChatLog, turn: Turn, ask: Ask
) -> EngineError | None:
    """Let the model answer until it is done or somebody says stop, which no engine is waited for."""
    try:
        async with asyncio.timeout(None) as limit:
            turn.obey(limit)
            return await async_generate(client, chat_log, turn, ask)
    except TimeoutError:
        if not turn.scope.stopped:
            raise
        return EngineError("stopped", "somebody said stop")


def _result(task: ai_task.GenDataTask, chat_log: conversation.ChatLog) -> ai_task.GenDataTaskResult:
    """Return what the model wrote, read as data where a structure was asked for."""
    last = chat_log.content[-1]
    text = (last.content if isinstance(last, conversation.AssistantContent) else None) or ""
    if task.structure is None:
        return ai_task.GenDataTaskResult(chat_log.conversation_id, text)
    try:
        return ai_task.GenDataTaskResult(chat_log.conversation_id, task.structure(json_loads(text)))
    except (*JSON_DECODE_EXCEPTIONS, probatio.Invalid) as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_structured") from err
