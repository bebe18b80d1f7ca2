"""End a turn with honest words, whoever has found them."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from homeassistant.components import conversation
from homeassistant.components.conversation import ChatLog, ConversationInput, ConversationResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent

from ..hands import CallRecord, Heard, Outcome, Secrets, Stopped
from ..hands.approvals import Refused
from ..hands.phrases import name_of
from ..speech import join, knows, say
from .answers import Answer
from .citations import list_of_sources
from .replies import correction_for, question_for, reply_for
from .turn import DID_SOMETHING, Turn, TurnOutcome


@dataclass(frozen=True, slots=True)
class Ending:
    """What says a turn's answer and notes its outcome."""

    hass: HomeAssistant
    user_input: ConversationInput
    chat_log: ChatLog
    turn: Turn
    secrets: Secrets

    @property
    def language(self) -> str:
        """Return the language of the turn."""
        return self.turn.scope.language

    def say(self, text: str, outcome: TurnOutcome, response: intent.IntentResponse | None = None) -> ConversationResult:
        """Answer with a text, in a response of Home Assistant's where there is one."""
        self.turn.outcome = outcome
        text = self.secrets.mask(text)
        response = response or intent.IntentResponse(language=self.language)
        response.async_set_speech(text)
        self._set_card(response)
        content = conversation.AssistantContent(agent_id=self.turn.scope.agent_id, content=text)
        self.chat_log.async_add_assistant_content_without_tools(content)
        return ConversationResult(
            response=response,
            conversation_id=self.chat_log.conversation_id,
            continue_conversation=self.chat_log.continue_conversation,
        )

    def stopped(self, stopped: Stopped | None = None) -> ConversationResult:
        """Answer that everything was stopped, and what it came too late for."""
        names = [name_of(self.hass, entity_id) for entity_id in stopped.under_way] if stopped else []
        key = "stopped_under_way" if names else "stopped"
        return self.say(say(self.language, key, names=join(self.language, names or [""])), TurnOutcome.STOPPED)

    def answer(self, answer: Answer) -> ConversationResult:
        """Give an answer that no model has given."""
        self.turn.notes += answer.notes
        return self.say(answer.text, answer.outcome)

    def report(self, calls: Sequence[CallRecord]) -> ConversationResult:
        """Answer with what became of calls, in Home Assistant's own words where it has some."""
        result = calls[-1].result
        response = result if isinstance(result, intent.IntentResponse) else None
        return self.say(reply_for(self.hass, self.language, calls, self.turn.scope.words), _outcome(calls), response)

    def heard(self, heard: Heard) -> ConversationResult:
        """Answer with what became of calls that a word settled, and why it did not count for others."""
        if not heard.refused:
            return self.report(heard.calls)
        told = [reply_for(self.hass, self.language, heard.calls)] if heard.calls else []
        told += [say(self.language, why.value) for why in dict.fromkeys(heard.refused)]
        outcome = TurnOutcome.ASKED if Refused.NEEDS_PIN in heard.refused else TurnOutcome.FAILED
        return self.say(" ".join(told), outcome)

    def fail(self, key: str, outcome: TurnOutcome) -> ConversationResult:
        """Answer with an error in plain words."""
        response = intent.IntentResponse(language=self.language)
        text = say(self.language, key if knows(key) else "failed")
        response.async_set_error(intent.IntentResponseErrorCode.UNKNOWN, text)
        return self.say(text, outcome, response)

    async def async_conclude(self) -> ConversationResult:
        """Add to the model's words what it must not leave out."""
        calls, last = self.turn.calls, self.chat_log.content[-1]
        spoke = isinstance(last, conversation.AssistantContent) and bool(last.content)
        asked = question_for(self.hass, self.language, calls, self.turn.scope.words)
        added = [correction_for(self.hass, self.language, calls), asked]
        if not spoke and not any(added):
            key = "too_many_steps" if self.chat_log.unresponded_tool_results else "empty_reply"
            return self.fail(key, TurnOutcome.FAILED)
        if self.turn.corrected:
            added = [text for text in added if text != say(self.language, "changed_nothing")]
        for text in filter(None, added):
            await self._async_stream(text)
        # A question of an earlier turn that was left unanswered is no failure of this one.
        self.turn.outcome = _outcome([call for call in calls if call.outcome is not Outcome.LAPSED])
        result = conversation.async_get_result_from_chat_log(self.user_input, self.chat_log)
        self._set_card(result.response)
        return result

    async def _async_stream(self, text: str) -> None:
        """Say something after the model, by the same road, so that a voice that already speaks goes on."""

        async def deltas() -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
            yield {"role": "assistant", "content": self.secrets.mask(text)}

        async for _content in self.chat_log.async_add_delta_content_stream(self.turn.scope.agent_id, deltas()):
            pass

    def _set_card(self, response: intent.IntentResponse) -> None:
        """Show on a screen what an answer rests on, or what an automation would be, also where it is spoken."""
        for effect in (effect for call in self.turn.calls for effect in call.resolution.effects):
            if "yaml" in effect.data:
                response.async_set_card(str(effect.data["alias"]), str(effect.data["yaml"]))
        if notes := self.turn.cited:
            title, _, sources = list_of_sources(self.language, notes).partition("\n")
            response.async_set_card(title.rstrip(" :"), sources)


def _outcome(calls: Sequence[CallRecord]) -> TurnOutcome:
    """Return how a turn ended: a question first, then by the worst of its calls; a call that was mended counts once."""
    outcomes = {call.outcome for call in {call.name: call for call in calls}.values()}
    if Outcome.ASKED in outcomes:
        return TurnOutcome.ASKED
    if outcomes & {Outcome.FAILED, Outcome.UNCHANGED, Outcome.DENIED, Outcome.LAPSED}:
        return TurnOutcome.FAILED
    if Outcome.DECLINED in outcomes:
        return TurnOutcome.DECLINED
    return TurnOutcome.DONE if outcomes & DID_SOMETHING else TurnOutcome.ANSWERED
