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
from ..context import Surroundings, area_name, describe_moment, estimate_tokens
from ..engine import EngineClient, EngineError, EngineProtocolError, WarmRequest
from ..hands import By, Hands, Scope, async_may_resume
from ..hands.approvals import Reply
from ..hands.audit.day import WHAT_WAS_DONE
from ..hands.policy import Reason
from ..memory import Memory, StoredTurn
from ..speech import find_digits, knows, say
from .agent import Ask, async_generate
from .answers import Answer
from .citations import Citations, Footnote
from .conversations import Conversation, Conversations, newest_words
from .deeds import Deeds
from .ending import Ending
from .knowledge import Budget, Knowledge, Wanted, tell
from .prefix import Agent, async_prefix, async_provide, effort
from .reflexes import Reflex, recognise
from .remembering import Remembering, wants_incognito
from .resting import async_rest
from .route import async_match, device_of, spoken
from .sentences import Sentences
from .status import EngineStatus
from .turn import DID_SOMETHING, Tier, Turn, TurnLog, TurnOutcome
from .turn_context import TurnContext
from .unaided import Unaided

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
        taker = await self._async_taker(agent, user_input, chat_log)
        with self.turns.running(taker.turn):
            try:
                result = await taker.async_answer()
            except HomeAssistantError as err:
                # What can't be recorded is not done; everything else was turned into words further down.
                taker.turn.error = err.translation_key
                result = taker.ending.fail(err.translation_key or "failed", TurnOutcome.FAILED)
        taker.keep(result)
        return result

    async def async_prefix(self, agent: Agent) -> WarmRequest:
        """Return what the turns of an agent begin with for whoever speaks in the home."""
        memory = await self.async_core_memory(Asker(HOUSEHOLD, agent.id), self.budget(agent.role))
        return await async_prefix(self.hass, self.hands, agent, self.context_length(agent.role), memory)

    async def async_core_memory(self, asker: Asker, budget: Budget) -> str:
        """Return what somebody may be told of core memory."""
        if not self.access.allows(Source.MEMORY, asker.principal, asker.agent_id):
            return ""
        core = await self.memory.async_core_text(asker.principal, int(budget.memory * _WORDS_PER_TOKEN))
        return core.text

    def budget(self, role: str) -> Budget:
        """Return how much a role's model can be told."""
        return Budget.of(self.context_length(role))

    def context_length(self, role: str) -> int | None:
        """Return how much a role's model can read, in tokens, None where nobody knows."""
        info = self.status.role_info(role)
        return info.context_length if info else None

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

    async def _async_taker(self, agent: Agent, user_input: ConversationInput, chat_log: ChatLog) -> _TurnTaker:
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
        turn = Turn(scope)
        ending = Ending(self.hass, user_input, chat_log, turn, self.hands.secrets)
        return _TurnTaker(self, agent, user_input, chat_log, turn, going_on, asker, ending, pin)


@dataclass(slots=True)
class _TurnTaker:
    """One turn on its way to an answer."""

    mind: Mind
    agent: Agent
    user_input: ConversationInput
    chat_log: ChatLog
    turn: Turn
    going_on: Conversation
    asker: Asker
    ending: Ending
    pin: str | None = None

    @property
    def _language(self) -> str:
        return self.turn.scope.language

    @property
    def _is_spoken(self) -> bool:
        return self.user_input.device_id is not None or self.user_input.satellite_id is not None

    async def async_answer(self) -> ConversationResult:
        """Try the tiers in their order."""
        return await self._async_reflex() or await self._async_route() or await self._async_model()

    async def _async_reflex(self) -> ConversationResult | None:
        """Answer what needs no understanding, and settle the questions that are open."""
        hands, scope = self.mind.hands, self.turn.scope
        reflex = recognise(self.user_input.text, self._language)
        if reflex is Reflex.STOP:
            return self.ending.stopped(hands.halt.stop(self._by))
        if hands.halt.engaged_at is not None:
            return await self._async_resume() if reflex is Reflex.RESUME else None
        with self.turn.stage("act"):
            heard = await hands.consent.async_hear(scope, _REPLIES.get(reflex), self.pin)
        if heard is not None:
            return self.ending.heard(heard)
        with self.turn.stage("undo"):
            undone = await self._sentences.async_undo()
        if (settled := undone or await async_rest(self.mind.hass, hands, self.turn)) is not None:
            return self.ending.report([settled])
        remembering = Remembering(hands.guard, self.mind.access, self.mind.memory)
        with self.turn.stage("remember"):
            answer = await remembering.async_answer(self.turn, self.going_on, self.asker)
        answer = answer or await self._async_deeds()
        return self.ending.answer(answer) if answer else None

    async def _async_deeds(self) -> Answer | None:
        """Tell what was done, where that is asked."""
        mind = self.mind
        deeds = Deeds(mind.hass, mind.hands.guard, mind.tools[f"{DOMAIN}__{WHAT_WAS_DONE}"])
        with self.turn.stage("look_up"):
            return await deeds.async_answer(self.turn, self._llm_context)

    @property
    def _by(self) -> By:
        scope = self.turn.scope
        return By("voice", scope.user_id, scope.device_id, scope)

    async def _async_resume(self) -> ConversationResult:
        """Switch Hearth on again for whoever may."""
        mind, scope = self.mind, self.turn.scope
        if not await async_may_resume(mind.hass, scope.principal, scope.user_id):
            return self.ending.fail("may_not_resume", TurnOutcome.FAILED)
        await mind.hands.halt.async_resume(self._by)
        return self.ending.say(say(self._language, "resumed"), TurnOutcome.DONE)

    async def _async_route(self) -> ConversationResult | None:
        """Let the home's own matcher answer, for an agent that may use what it controls."""
        if llm.LLM_API_ASSIST not in self.agent.api_ids:
            return None
        matched = await async_match(self.mind.hass, self.user_input, self.turn)
        if matched is None:
            return await self._async_routine()
        self.turn.tier = Tier.ROUTER
        with self.turn.stage("act"):
            record = await self.mind.hands.guard.async_call(self.turn.scope, *matched)
        if record.reason == Reason.HALTED:
            return self.ending.fail("halted", TurnOutcome.STOPPED)
        return self.ending.report([record])

    async def _async_routine(self) -> ConversationResult | None:
        """Propose what is to happen again and again, where the words say so plainly."""
        with self.turn.stage("propose"):
            proposed = await self._sentences.async_propose()
        if proposed is None:
            return None
        self.turn.tier = Tier.ROUTER
        return self.ending.report([proposed])

    @property
    def _sentences(self) -> Sentences:
        mind = self.mind
        return Sentences(mind.hass, mind.hands, mind.tools, self.turn, self._llm_context, self.agent.api_ids)

    async def _async_model(self) -> ConversationResult:
        """Let a language model answer, or do without where there is none."""
        if self.mind.hands.halt.engaged_at is not None:
            return await self._async_unaided() or self.ending.fail("halted", TurnOutcome.STOPPED)
        self.turn.tier = Tier.MODEL
        failure, info = self.mind.status.failure, self.mind.status.role_info(self.agent.role)
        if isinstance(failure, EngineProtocolError):
            return await self._async_engine_failed(failure)
        if info is not None and info.state == "missing" and info.serving is None:
            return await self._async_unaided() or self.ending.fail("model_missing", TurnOutcome.NO_MODEL)
        try:
            async with asyncio.timeout(TURN_SECONDS) as limit:
                self.turn.obey(limit)
                self._keep_at_home()
                await self._async_prepare()
                ask = await self._async_ask()
                error = await async_generate(self.mind.client, self.chat_log, self.turn, ask)
        except TimeoutError:
            if self.turn.scope.stopped:
                return self.ending.stopped()
            return self.ending.fail("engine_unreachable", TurnOutcome.ENGINE_ERROR)
        if error is not None:
            return await self._async_engine_failed(error)
        return await self.ending.async_conclude()

    async def _async_unaided(self) -> ConversationResult | None:
        """Answer without a model what can be answered so."""
        mind = self.mind
        unaided = Unaided(mind.hass, mind.hands.guard, mind.access, mind.memory, self._knowledge, mind.tools)
        with self.turn.stage("look_up"):
            answer = await unaided.async_answer(self.turn, self.going_on, self._wanted, self._llm_context)
        if answer is None:
            return None
        self.turn.tier = Tier.ROUTER
        return self.ending.answer(answer)

    @property
    def _knowledge(self) -> Knowledge:
        return Knowledge(self.mind.hass, self.mind.client, self.mind.access, self.mind.surroundings)

    @property
    def _wanted(self) -> Wanted:
        return Wanted(
            words=self.user_input.text,
            language=self._language,
            asker=self.asker,
            area_id=self._knowledge.area_of(self.turn.scope.device_id),
            about_home=llm.LLM_API_ASSIST in self.agent.api_ids,
            priority="voice" if self._is_spoken else "chat",
            budget=self.mind.budget(self.agent.role),
        )

    @property
    def _llm_context(self) -> TurnContext:
        plain = self.user_input.as_llm_context(DOMAIN)
        return TurnContext(
            platform=plain.platform,
            context=plain.context,
            language=plain.language,
            assistant=plain.assistant,
            device_id=self.turn.scope.device_id,
            agent_id=self.agent.id,
            incognito=self.going_on.incognito,
            find=self._visible_note,
        )

    def _keep_at_home(self) -> None:
        """Keep from a model elsewhere what is kept at home, and what was said before to one that is here."""
        kept = self.mind.access.kept_at_home(self.agent.id)
        if kept:
            self.turn.left_out["kept_at_home"] = ", ".join(sorted(kept))
            if not self.going_on.is_away and (newest := newest_words(self.chat_log)) is not None:
                self.going_on.let_go(newest, "")
        self.going_on.is_away = bool(kept)

    async def _async_prepare(self) -> None:
        """Give the chat log its system prompt and its guarded tools."""
        mind = self.mind
        memory = await mind.async_core_memory(self.asker, mind.budget(self.agent.role))
        tools = await async_provide(
            mind.hands,
            self.agent,
            self.turn.scope,
            self.chat_log,
            self._llm_context,
            mind.context_length(self.agent.role),
            memory,
            self.user_input.extra_system_prompt,
        )
        system, *history = self.going_on.shown(self.chat_log.content)
        self.turn.tokens |= {
            "system": _tokens_of(system) - estimate_tokens(memory),
            "tools": tools,
            "memory": estimate_tokens(memory),
            "history": sum(map(_tokens_of, history[:-1])),
            "words": estimate_tokens(self.user_input.text),
        }

    async def _async_ask(self) -> Ask:
        """Look up what may help, and say what to ask of the engine."""
        mind, user_id, wanted = self.mind, self.user_input.context.user_id, self._wanted
        user = await mind.hass.auth.async_get_user(user_id) if user_id else None
        moment = describe_moment(mind.hass, self.turn.scope.device_id, user.name if user else None)
        with self.turn.stage("look_up"):
            gathered = await self._knowledge.async_gather(wanted)
        told = tell(self.going_on, moment, gathered, wanted.budget)
        if (newest := newest_words(self.chat_log)) is not None:
            self.going_on.said[newest] = told.text
        self.turn.tokens |= told.tokens
        self.turn.left_out |= told.left_out
        self.turn.scope.tainted = self.turn.scope.tainted or told.untrusted or self.going_on.tainted
        self.going_on.told_to = self.turn.scope
        self.turn.citations = Citations(self._visible_note, shown=not self._is_spoken)
        return Ask(
            role=self.agent.role,
            agent_id=self.agent.entity_id,
            secrets=mind.hands.secrets,
            conversation=self.going_on,
            priority=wanted.priority,
            reasoning=effort(self.agent.thinking, self.agent.role, spoken=self._is_spoken),
            context_length=mind.context_length(self.agent.role),
        )

    def _visible_note(self, number: int) -> Footnote | None:
        """Return what a number cites, if whoever asks may still see it."""
        note = self.going_on.footnotes.get(number)
        if note is None or note.owner not in self.asker.principal.owners:
            return None
        return note if note.collection in self.mind.access.collections(self.asker.principal, self.agent.id) else None

    async def _async_engine_failed(self, error: EngineError) -> ConversationResult:
        """Own up to what is wrong with the engine, unless the words could be answered all the same."""
        if error.code == "stopped":
            return self.ending.stopped()
        self.turn.error = error.code
        if self.chat_log.content[-1].role == "user" and (answered := await self._async_unaided()) is not None:
            return answered
        outcome = TurnOutcome.NO_MODEL if error.code == "model_missing" else TurnOutcome.ENGINE_ERROR
        key = _SAID_AS.get(error.code, error.code)
        return self.ending.fail(key if knows(key) else "engine_failed", outcome)

    def keep(self, result: ConversationResult) -> None:
        """Have the turn remembered for later, unless nothing may be kept of it."""
        scope, owner = self.turn.scope, self.asker.principal.owner
        if owner is None or self.going_on.incognito:
            return
        mask = self.mind.hands.secrets.mask
        turn = StoredTurn(
            owner=owner,
            conversation=scope.conversation_id,
            at=dt_util.utcnow(),
            agent=self.agent.entity_id,
            words=mask(scope.words),
            reply=mask(spoken(result.response)),
            place=area_name(self.mind.hass, scope.device_id),
            tools=tuple(call.name for call in self.turn.calls if call.outcome in DID_SOMETHING),
            outside=scope.tainted,
        )
        self.mind.hass.async_create_task(self.mind.memory.async_store(turn), "hearth keep turn", eager_start=False)


def _mask(chat_log: ChatLog, text: str) -> None:
    """Put another text in the place of the newest words of a chat log."""
    last = chat_log.content[-1]
    if isinstance(last, conversation.UserContent):
        chat_log.content[-1] = replace(last, content=text)


def _tokens_of(content: conversation.Content) -> int:
    told = content.result.data if isinstance(content, conversation.ToolResultContent) else content.content
    return estimate_tokens(str(told or ""))
