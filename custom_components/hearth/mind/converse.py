"""Conduct a turn through the tiers, cheapest first, and end it with honest words."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
import logging

from homeassistant.components import conversation
from homeassistant.components.conversation import ChatLog, ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm

from ..const import DOMAIN
from ..context import describe_moment
from ..engine import EngineClient, EngineError, EngineProtocolError
from ..hands import CallRecord, Hands, Outcome, Scope
from ..speech import knows, say
from .agent import Ask, async_generate
from .moments import Moments
from .prefix import Asker, async_provide, effort
from .reflexes import Reflex, recognise
from .replies import correction_for, question_for, reply_for
from .route import async_match
from .status import EngineStatus
from .turn import Tier, Turn, TurnLog, TurnOutcome

_LOGGER = logging.getLogger(__name__)

# Below the pipeline's own limit of 300 s, so that the person hears of it from us.
TURN_SECONDS = 240

# Whoever only speaks need not know why a model could not be loaded; a repair issue tells it.
_SAID_AS = {"does_not_fit": "model_failed"}

_DID_SOMETHING = frozenset({Outcome.DONE, Outcome.STARTED})


@dataclass(frozen=True, slots=True)
class Mind:
    """What answers the turns of every agent."""

    hass: HomeAssistant
    client: EngineClient
    hands: Hands
    turns: TurnLog
    status: EngineStatus
    moments: Moments

    async def async_take_turn(
        self, asker: Asker, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        """Answer the newest words of a chat log; what happened is in the turn log and in the audit."""
        scope = Scope(
            conversation_id=chat_log.conversation_id,
            agent_id=asker.entity_id,
            words=user_input.text,
            language=user_input.language or self.hass.config.language,
            user_id=user_input.context.user_id,
            device_id=user_input.device_id,
        )
        with self.turns.running(Turn(scope)) as turn:
            try:
                return await _TurnTaker(self, asker, user_input, chat_log, turn).async_answer()
            except HomeAssistantError as err:
                # What can't be recorded is not done; everything else was turned into words further down.
                turn.error = err.translation_key
                return _TurnTaker(self, asker, user_input, chat_log, turn).fail(
                    err.translation_key or "failed", TurnOutcome.FAILED
                )

    def stop(self, turn: Turn) -> None:
        """End every other turn and everything that the engine does, and close every open question, at once.

        Whoever says stop does not wait for the engine, which may be gone.
        """
        self.turns.stop_others(turn)
        self.hands.approvals.clear()
        self.hass.async_create_background_task(self._async_stop_engine(), "hearth stop")

    async def _async_stop_engine(self) -> None:
        try:
            await self.client.async_stop()
        except EngineError as err:
            _LOGGER.debug("The engine could not be told to stop: %s", err)


@dataclass(slots=True)
class _TurnTaker:
    """One turn on its way to an answer."""

    mind: Mind
    asker: Asker
    user_input: ConversationInput
    chat_log: ChatLog
    turn: Turn

    @property
    def _language(self) -> str:
        return self.turn.scope.language

    async def async_answer(self) -> ConversationResult:
        """Try the tiers in their order."""
        return await self._async_reflex() or await self._async_route() or await self._async_model()

    async def _async_reflex(self) -> ConversationResult | None:
        """Answer what needs no understanding, and settle the questions that are open."""
        hands, scope = self.mind.hands, self.turn.scope
        reflex = recognise(self.user_input.text, self._language)
        if reflex is Reflex.STOP:
            self.mind.stop(self.turn)
            return self._say(say(self._language, "stopped"), TurnOutcome.STOPPED)
        waiting = hands.approvals.take(scope)
        if not waiting:
            return None
        if reflex is Reflex.YES:
            with self.turn.stage("act"):
                calls = [await hands.guard.async_resume(scope, approval) for approval in waiting]
            return self._report(calls)
        outcome = Outcome.DECLINED if reflex is Reflex.NO else Outcome.LAPSED
        calls = [await hands.guard.async_drop(scope, approval, outcome) for approval in waiting]
        return self._report(calls) if reflex is Reflex.NO else None

    async def _async_route(self) -> ConversationResult | None:
        """Let the home's own matcher answer, for an agent that may use what it controls."""
        if llm.LLM_API_ASSIST not in self.asker.api_ids:
            return None
        matched = await async_match(self.mind.hass, self.user_input, self.turn)
        if matched is None:
            return None
        self.turn.tier = Tier.ROUTER
        with self.turn.stage("act"):
            record = await self.mind.hands.guard.async_call(self.turn.scope, *matched)
        return self._report([record])

    async def _async_model(self) -> ConversationResult:
        """Let a language model answer, if there is one."""
        self.turn.tier = Tier.MODEL
        failure, info = self.mind.status.failure, self.mind.status.role_info(self.asker.role)
        if isinstance(failure, EngineProtocolError):
            return self._engine_failed(failure)
        if info is not None and info.state == "missing" and info.serving is None:
            return self.fail("model_missing", TurnOutcome.NO_MODEL)
        try:
            async with asyncio.timeout(TURN_SECONDS) as limit:
                self.turn.obey(limit)
                await self._async_prepare()
                error = await async_generate(self.mind.client, self.chat_log, self.turn, await self._async_ask())
        except TimeoutError:
            if self.turn.scope.stopped:
                return self._say(say(self._language, "stopped"), TurnOutcome.STOPPED)
            return self.fail("engine_unreachable", TurnOutcome.ENGINE_ERROR)
        if error is not None:
            return self._engine_failed(error)
        return await self._async_conclude()

    async def _async_prepare(self) -> None:
        """Give the chat log its system prompt and its guarded tools."""
        await async_provide(
            self.mind.hass,
            self.mind.hands,
            self.asker,
            self.turn.scope,
            self.chat_log,
            self.user_input.as_llm_context(DOMAIN),
            self.user_input.extra_system_prompt,
        )

    async def _async_ask(self) -> Ask:
        user_id = self.user_input.context.user_id
        user = await self.mind.hass.auth.async_get_user(user_id) if user_id else None
        spoken = self.user_input.device_id is not None or self.user_input.satellite_id is not None
        moment = describe_moment(self.mind.hass, self.user_input.device_id, user.name if user else None)
        return Ask(
            role=self.asker.role,
            agent_id=self.asker.entity_id,
            moments=self.mind.moments.note(self.chat_log, moment),
            priority="voice" if spoken else "chat",
            reasoning=effort(self.asker.thinking, self.asker.role, spoken=spoken),
        )

    async def _async_conclude(self) -> ConversationResult:
        """Add to the model's words what it must not leave out."""
        hass, calls = self.mind.hass, self.turn.calls
        last = self.chat_log.content[-1]
        spoke = isinstance(last, conversation.AssistantContent) and bool(last.content)
        added = [correction_for(hass, self._language, calls), question_for(hass, self._language, calls)]
        if not spoke and not any(added):
            key = "too_many_steps" if self.chat_log.unresponded_tool_results else "empty_reply"
            return self.fail(key, TurnOutcome.FAILED)
        for text in filter(None, added):
            await self._async_stream(text)
        # A question of an earlier turn that was left unanswered is no failure of this one.
        self.turn.outcome = _outcome([call for call in calls if call.outcome is not Outcome.LAPSED])
        return conversation.async_get_result_from_chat_log(self.user_input, self.chat_log)

    async def _async_stream(self, text: str) -> None:
        """Say something after the model, by the same road, so that a voice that already speaks goes on."""

        async def deltas() -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
            yield {"role": "assistant", "content": text}

        async for _content in self.chat_log.async_add_delta_content_stream(self.asker.entity_id, deltas()):
            pass

    def _engine_failed(self, error: EngineError) -> ConversationResult:
        if error.code == "stopped":
            return self._say(say(self._language, "stopped"), TurnOutcome.STOPPED)
        self.turn.error = error.code
        outcome = TurnOutcome.NO_MODEL if error.code == "model_missing" else TurnOutcome.ENGINE_ERROR
        key = _SAID_AS.get(error.code, error.code)
        return self.fail(key if knows(key) else "engine_failed", outcome)

    def _report(self, calls: Sequence[CallRecord]) -> ConversationResult:
        """Answer with what became of calls, in Home Assistant's own words where it has some."""
        result = calls[-1].result
        response = result if isinstance(result, intent.IntentResponse) else None
        return self._say(reply_for(self.mind.hass, self._language, calls), _outcome(calls), response)

    def fail(self, key: str, outcome: TurnOutcome) -> ConversationResult:
        """Answer with an error in plain words."""
        response = intent.IntentResponse(language=self._language)
        text = say(self._language, key if knows(key) else "failed")
        response.async_set_error(intent.IntentResponseErrorCode.UNKNOWN, text)
        return self._say(text, outcome, response)

    def _say(
        self, text: str, outcome: TurnOutcome, response: intent.IntentResponse | None = None
    ) -> ConversationResult:
        self.turn.outcome = outcome
        response = response or intent.IntentResponse(language=self._language)
        response.async_set_speech(text)
        content = conversation.AssistantContent(agent_id=self.asker.entity_id, content=text)
        self.chat_log.async_add_assistant_content_without_tools(content)
        return ConversationResult(
            response=response,
            conversation_id=self.chat_log.conversation_id,
            continue_conversation=self.chat_log.continue_conversation,
        )


def _outcome(calls: Sequence[CallRecord]) -> TurnOutcome:
    """Return how a turn ended: a question first, then by the worst of its calls; a call that was mended counts once."""
    outcomes = {call.outcome for call in {call.name: call for call in calls}.values()}
    if Outcome.ASKED in outcomes:
        return TurnOutcome.ASKED
    if outcomes & {Outcome.FAILED, Outcome.UNCHANGED, Outcome.DENIED, Outcome.LAPSED}:
        return TurnOutcome.FAILED
    if Outcome.DECLINED in outcomes:
        return TurnOutcome.DECLINED
    return TurnOutcome.DONE if outcomes & _DID_SOMETHING else TurnOutcome.ANSWERED
