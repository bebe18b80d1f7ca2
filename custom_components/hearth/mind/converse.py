"""Conduct a turn through the tiers, cheapest first, and end it with honest words."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from homeassistant.components import conversation
from homeassistant.components.conversation import ChatLog, ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm

from ..const import DOMAIN
from ..context import describe_moment, home_index
from ..engine import EngineClient, EngineError, EngineProtocolError, RoleInfo
from ..hands import CallRecord, GuardedAPI, Hands, Outcome, Scope
from ..speech import knows, say
from .agent import Ask, async_generate
from .prompt import system_prompt
from .reflexes import Reflex, recognise
from .replies import correction_for, question_for, reply_for
from .route import async_match
from .turn import Tier, Turn, TurnLog, TurnOutcome

# Below the pipeline's own limit of 300 s, so that the person hears of it from us.
TURN_SECONDS = 240

_DID_SOMETHING = frozenset({Outcome.DONE, Outcome.STARTED})


@dataclass(frozen=True, slots=True)
class Asker:
    """The agent that a person speaks to: its entity, its persona (a template), its model's role, its LLM APIs."""

    entity_id: str
    persona: str | None
    role: str
    api_ids: Sequence[str]


class EngineStatus(Protocol):
    """What is known of the engine without asking it; `failure` is why it can't be used, None when it can."""

    failure: EngineError | None

    def role_info(self, role: str) -> RoleInfo | None:
        """Return how a role's model fares, None when nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class Mind:
    """What answers the turns of every agent."""

    hass: HomeAssistant
    client: EngineClient
    hands: Hands
    turns: TurnLog
    status: EngineStatus

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
            self.mind.turns.stop_others(self.turn)
            hands.approvals.clear()
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
        if info is not None and info.state == "missing":
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
        hass, scope = self.mind.hass, self.turn.scope
        index = home_index(hass, conversation.DOMAIN)
        await self.chat_log.async_provide_llm_data(
            self.user_input.as_llm_context(DOMAIN),
            GuardedAPI(hass, self.mind.hands.guard, scope, self.asker.api_ids, index if self.asker.api_ids else ""),
            system_prompt(self.asker.persona),
            self.user_input.extra_system_prompt,
        )

    async def _async_ask(self) -> Ask:
        user_id = self.user_input.context.user_id
        user = await self.mind.hass.auth.async_get_user(user_id) if user_id else None
        spoken = self.user_input.device_id is not None or self.user_input.satellite_id is not None
        return Ask(
            role=self.asker.role,
            agent_id=self.asker.entity_id,
            moment=describe_moment(self.mind.hass, self.user_input.device_id, user.name if user else None),
            priority="voice" if spoken else "chat",
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
        self.turn.error = error.code
        outcome = TurnOutcome.NO_MODEL if error.code == "model_missing" else TurnOutcome.ENGINE_ERROR
        return self.fail(error.code if knows(error.code) else "engine_failed", outcome)

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
