"""Conduct a turn through the tiers, cheapest first, and end it with honest words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
import logging

from homeassistant.components import conversation
from homeassistant.components.conversation import ChatLog, ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util

from ..access import HOUSEHOLD, Access, Asker, HearthTool, Source, View
from ..const import DOMAIN
from ..context import Surroundings, area_name
from ..engine import EngineClient, EngineError, EngineProtocolError, WarmRequest
from ..hands import By, Hands, Scope, async_may_resume
from ..hands.approvals import Reply
from ..hands.audit.day import WHAT_WAS_DONE
from ..hands.policy import Reason
from ..memory import Memory, StoredTurn
from ..speech import find_digits, knows, say
from .agent import async_generate
from .answers import Answer
from .asking import async_prepare_ask
from .conversations import Conversations
from .deeds import Deeds
from .ending import Ending
from .knowledge import Budget, Knowledge, Reader
from .prefix import Agent, async_prefix
from .reflexes import Reflex, recognise
from .remembering import Remembering, wants_incognito
from .resting import Resting, last_told
from .route import async_match, device_of, spoken
from .sentences import Sentences
from .status import EngineStatus
from .turn import DID_SOMETHING, Tier, Turn, TurnLog, TurnOutcome
from .unaided import Unaided
from .utterance import Utterance

_LOGGER = logging.getLogger(__name__)

# Below the pipeline's own limit of 300 s, so that the person hears of it from us.
TURN_SECONDS = 240

# Whoever only speaks need not know why a model could not be loaded; a repair issue tells it.
_SAID_AS = {"does_not_fit": "model_failed"}

_WORDS_PER_TOKEN = 0.6

_REPLIES: Mapping[Reflex | None, Reply] = {
    Reflex.YES: Reply.YES,
    Reflex.NO: Reply.NO,
    Reflex.NOT_TODAY: Reply.NOT_TODAY,
}


@dataclass(frozen=True, slots=True)
class Mind:
    """What answers the turns of every agent."""

    hass: HomeAssistant
    client: EngineClient
    hands: Hands
    turns: TurnLog
    status: EngineStatus
    conversations: Conversations
    access: Access
    surroundings: Surroundings
    memory: Memory
    tools: Mapping[str, HearthTool]

    async def async_take_turn(
        self, agent: Agent, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        """Answer the newest words of a chat log; what happened is in the turn log and in the audit."""
        utterance = await self._async_listen(agent, user_input, chat_log)
        turn = utterance.turn
        ending = Ending(self.hass, utterance.user_input, chat_log, turn, self.hands.secrets)
        with self.turns.running(turn):
            try:
                result = await _Tiers(self, utterance, ending).async_answer()
            except HomeAssistantError as err:
                # What can't be recorded is not done; everything else was turned into words further down.
                turn.error = err.translation_key
                result = ending.fail(err.translation_key or "failed", TurnOutcome.FAILED)
        self._keep(utterance, result)
        return result

    async def async_prefix(self, agent: Agent) -> WarmRequest:
        """Return what the turns of an agent begin with for whoever speaks in the home."""
        anybody = Asker(HOUSEHOLD, agent.id)
        memory = await self.async_core_memory(anybody, agent.role)
        view = View(self.access, anybody)
        return await async_prefix(self.hass, self.hands, agent, view, self.context_length(agent.role), memory)

    async def async_core_memory(self, asker: Asker, role: str) -> str:
        """Return what a role's model may be told of core memory for somebody."""
        if not self.access.allows(Source.MEMORY, asker.principal, asker.agent_id):
            return ""
        tokens = Budget.of(self.context_length(role)).memory
        core = await self.memory.async_core_text(asker.principal, int(tokens * _WORDS_PER_TOKEN))
        return core.text

    def reader(self, role: str) -> Reader:
        """Return how much and how fast a role's model can read."""
        return Reader.of(self.status.role_info(role))

    def context_length(self, role: str) -> int | None:
        """Return how much a role's model can read, in tokens, None where nobody knows."""
        return self.reader(role).context_length

    @callback
    def stop_engine(self, _by: By) -> int:
        """End everything that the engine does; nobody waits for it, it may be gone."""
        self.hass.async_create_background_task(self._async_stop_engine(), "hearth stop")
        return 1

    async def _async_stop_engine(self) -> None:
        try:
            await self.client.async_stop()
        except EngineError as err:
            _LOGGER.debug("The engine could not be told to stop: %s", err)

    async def _async_listen(self, agent: Agent, user_input: ConversationInput, chat_log: ChatLog) -> Utterance:
        """Find out who speaks and in which conversation."""
        user_id, device_id = user_input.context.user_id, device_of(self.hass, user_input)
        language = user_input.language or self.hass.config.language
        principal = await self.access.async_principal(user_id=user_id, device_id=device_id)
        going_on = self.conversations.of(chat_log, principal)
        going_on.incognito = going_on.incognito or agent.incognito or wants_incognito(language, user_input.text)
        asker = Asker(principal, agent.id, going_on.incognito)
        scope = Scope(
            conversation_id=chat_log.conversation_id,
            agent_id=agent.entity_id,
            words=user_input.text,
            language=language,
            user_id=user_id,
            device_id=device_id,
            view=View(self.access, asker),
            context_id=user_input.context.id,
        )
        pin = None
        if self.hands.consent.wants_pin(scope) and (found := find_digits(scope.words)) is not None:
            # Nobody but the one who checks it may see it: neither a model, nor what is kept of the turn.
            pin, scope.words = found
            user_input = replace(user_input, text=scope.words)
            _mask(chat_log, scope.words)
        said = (content.content or "" for content in chat_log.content if content.role == "user")
        scope.hidden = {mark: secret for words in said for mark, secret in self.hands.secrets.hide(words)[1].items()}
        return Utterance(agent, user_input, chat_log, Turn(scope), going_on, asker, self.access, pin)

    def _keep(self, utterance: Utterance, result: ConversationResult) -> None:
        """Have the turn remembered for later, unless nothing may be kept of it."""
        scope, owner = utterance.turn.scope, utterance.asker.principal.owner
        if owner is None or utterance.going_on.incognito:
            return
        mask = self.hands.secrets.mask
        turn = StoredTurn(
            owner=owner,
            conversation=scope.conversation_id,
            at=dt_util.utcnow(),
            agent=utterance.agent.entity_id,
            words=mask(scope.words),
            reply=mask(spoken(result.response)),
            place=area_name(self.hass, scope.device_id),
            tools=tuple(call.name for call in utterance.turn.calls if call.outcome in DID_SOMETHING),
            outside=scope.tainted,
        )
        self.hass.async_create_task(self.memory.async_store(turn), "hearth keep turn", eager_start=False)


@dataclass(frozen=True, slots=True)
class _Tiers:
    """The tiers that somebody's words go through, the cheapest first."""

    mind: Mind
    utterance: Utterance
    ending: Ending

    async def async_answer(self) -> ConversationResult:
        """Try the tiers in their order."""
        return await self._async_reflex() or await self._async_route() or await self._async_model()

    @property
    def _turn(self) -> Turn:
        return self.utterance.turn

    async def _async_reflex(self) -> ConversationResult | None:
        """Answer what needs no understanding, and settle the questions that are open."""
        hands, said, turn = self.mind.hands, self.utterance, self._turn
        reflex = recognise(said.user_input.text, said.language)
        if reflex is Reflex.STOP:
            return self.ending.stopped(hands.halt.stop(said.by))
        if hands.halt.engaged_at is not None:
            return await self._async_resume() if reflex is Reflex.RESUME else None
        with turn.stage("act"):
            heard = await hands.consent.async_hear(turn.scope, _REPLIES.get(reflex), said.pin)
        if heard is not None:
            return self.ending.heard(heard)
        with turn.stage("undo"):
            undone = await self._sentences.async_undo()
        resting = Resting(self.mind.hass, hands, turn, said.by, last_told(said.chat_log))
        if (settled := undone or await resting.async_answer(reflex)) is not None:
            return self.ending.answer(settled) if isinstance(settled, Answer) else self.ending.report([settled])
        remembering = Remembering(hands.guard, self.mind.access, self.mind.memory)
        with turn.stage("remember"):
            answer = await remembering.async_answer(turn, said.going_on, said.asker)
        answer = answer or await self._async_deeds()
        return self.ending.answer(answer) if answer else None

    async def _async_deeds(self) -> Answer | None:
        """Tell what was done, where that is asked."""
        mind = self.mind
        deeds = Deeds(mind.hass, mind.hands.guard, mind.tools[f"{DOMAIN}__{WHAT_WAS_DONE}"])
        with self._turn.stage("look_up"):
            return await deeds.async_answer(self._turn, self.utterance.llm_context)

    async def _async_resume(self) -> ConversationResult:
        """Switch Hearth on again for whoever may."""
        mind, scope = self.mind, self._turn.scope
        if not await async_may_resume(mind.hass, scope.principal, scope.user_id):
            return self.ending.fail("may_not_resume", TurnOutcome.FAILED)
        await mind.hands.halt.async_resume(self.utterance.by)
        return self.ending.say(say(scope.language, "resumed"), TurnOutcome.DONE)

    async def _async_route(self) -> ConversationResult | None:
        """Let the home's own matcher answer, for an agent that may use what it controls."""
        if llm.LLM_API_ASSIST not in self.utterance.agent.api_ids:
            return None
        matched = await async_match(self.mind.hass, self.utterance.user_input, self._turn)
        if matched is None:
            return await self._async_routine()
        self._turn.tier = Tier.ROUTER
        with self._turn.stage("act"):
            record = await self.mind.hands.guard.async_call(self._turn.scope, *matched)
        if record.reason == Reason.HALTED:
            return self.ending.fail("halted", TurnOutcome.STOPPED)
        return self.ending.report([record])

    async def _async_routine(self) -> ConversationResult | None:
        """Propose what is to happen again and again, where the words say so plainly."""
        with self._turn.stage("propose"):
            proposed = await self._sentences.async_propose()
        if proposed is None:
            return None
        self._turn.tier = Tier.ROUTER
        return self.ending.report([proposed])

    @property
    def _sentences(self) -> Sentences:
        mind, said = self.mind, self.utterance
        return Sentences(mind.hass, mind.hands, mind.tools, self._turn, said.llm_context, said.agent.api_ids)

    async def _async_model(self) -> ConversationResult:
        """Let a language model answer, or do without where there is none."""
        if self.mind.hands.halt.engaged_at is not None:
            return await self._async_unaided() or self.ending.fail("halted", TurnOutcome.STOPPED)
        self._turn.tier = Tier.MODEL
        failure, info = self.mind.status.failure, self.mind.status.role_info(self.utterance.agent.role)
        if isinstance(failure, EngineProtocolError):
            return await self._async_engine_failed(failure)
        if info is not None and info.state == "missing" and info.serving is None:
            return await self._async_unaided() or self.ending.fail("model_missing", TurnOutcome.NO_MODEL)
        try:
            async with asyncio.timeout(TURN_SECONDS) as limit:
                self._turn.obey(limit)
                error = await self._async_ask()
        except TimeoutError:
            if self._turn.scope.stopped:
                return self.ending.stopped()
            return self.ending.fail("engine_unreachable", TurnOutcome.ENGINE_ERROR)
        if error is not None:
            return await self._async_engine_failed(error)
        return await self.ending.async_conclude()

    async def _async_ask(self) -> EngineError | None:
        """Have a language model write the answer, and return what kept it from that."""
        mind, said = self.mind, self.utterance
        role = said.agent.role
        memory = await mind.async_core_memory(said.asker, role)
        ask = await async_prepare_ask(mind.hands, self._knowledge, said, memory, mind.reader(role))
        return await async_generate(mind.client, said.chat_log, self._turn, ask)

    async def _async_unaided(self) -> ConversationResult | None:
        """Answer without a model what can be answered so."""
        mind, said = self.mind, self.utterance
        unaided = Unaided(mind.hass, mind.hands.guard, mind.access, mind.memory, self._knowledge, mind.tools)
        wanted = said.wanted(self._knowledge, Budget.of(mind.context_length(said.agent.role)))
        with self._turn.stage("look_up"):
            answer = await unaided.async_answer(self._turn, said.going_on, wanted, said.llm_context)
        if answer is None:
            return None
        self._turn.tier = Tier.ROUTER
        return self.ending.answer(answer)

    @property
    def _knowledge(self) -> Knowledge:
        return Knowledge(self.mind.hass, self.mind.client, self.mind.access, self.mind.surroundings)

    async def _async_engine_failed(self, error: EngineError) -> ConversationResult:
        """Own up to what is wrong with the engine, unless the words could be answered all the same."""
        if error.code == "stopped":
            return self.ending.stopped()
        self._turn.error = error.code
        is_unanswered = self.utterance.chat_log.content[-1].role == "user"
        if is_unanswered and (answered := await self._async_unaided()) is not None:
            return answered
        outcome = TurnOutcome.NO_MODEL if error.code == "model_missing" else TurnOutcome.ENGINE_ERROR
        key = _SAID_AS.get(error.code, error.code)
        return self.ending.fail(key if knows(key) else "engine_failed", outcome)


def _mask(chat_log: ChatLog, text: str) -> None:
    """Put another text in the place of the newest words of a chat log."""
    last = chat_log.content[-1]
    if isinstance(last, conversation.UserContent):
        chat_log.content[-1] = replace(last, content=text)
