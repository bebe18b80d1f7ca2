"""Understand at once what is said to be remembered, forgotten or kept off the record."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from homeassistant.exceptions import HomeAssistantError

from ..access import Access, Asker, Source
from ..const import DOMAIN
from ..hands import Call, Effect, Guard, Outcome, Resolution
from ..memory import Change, ChangeKind, Memory, MemoryRefused
from ..speech import heard, knows, say, sentence_of
from .answers import Answer, facts_told
from .conversations import Conversation
from .turn import Turn, TurnOutcome

# What may be meant, the more particular first.
_MEANINGS: Final = ("incognito", "about_me", "forget_last", "remember", "forget")

_SAID: Final = {ChangeKind.KNOWN: "known", ChangeKind.REPLACED: "replaced", ChangeKind.FORGOTTEN: "forgot"}


def wants_incognito(language: str, text: str) -> bool:
    """Tell whether somebody asks for nothing to be kept."""
    return heard(language, "incognito", text) is not None


@dataclass(frozen=True, slots=True)
class Remembering:
    """What memory does at a word, without a model and without the app."""

    guard: Guard
    access: Access
    memory: Memory

    async def async_answer(self, turn: Turn, conversation: Conversation, asker: Asker) -> Answer | None:
        """Do what the words ask of memory; None where they ask something else."""
        language, words = turn.scope.language, turn.scope.words
        meant = ((meaning, parts) for meaning in _MEANINGS if (parts := heard(language, meaning, words)) is not None)
        meaning, parts = next(meant, ("", {}))
        if not meaning:
            return None
        if meaning == "incognito":
            return Answer(say(language, "off_record"), outcome=TurnOutcome.DONE)
        if meaning == "forget_last" and not conversation.remembered:
            return None
        if not self.access.allows(Source.MEMORY, asker.principal, asker.agent_id):
            return Answer(say(language, "not_allowed"), outcome=TurnOutcome.FAILED)
        if meaning == "about_me":
            return await self._async_tell(language, asker)
        if conversation.incognito:
            return Answer(say(language, "not_kept"), outcome=TurnOutcome.FAILED)
        if meaning == "forget_last":
            return await self._async_undo(turn, conversation, asker)
        return await self._async_write(
            turn, conversation, asker, meaning, self.guard.secrets.mask(sentence_of(language, parts["text"]))
        )

    async def _async_tell(self, language: str, asker: Asker) -> Answer:
        known = await self.memory.async_tell(asker.principal)
        facts = facts_told((*known.own, *known.household))
        return Answer(say(language, "know", facts=facts) if facts else say(language, "know_nothing"))

    async def _async_write(
        self, turn: Turn, conversation: Conversation, asker: Asker, action: str, text: str
    ) -> Answer:
        async def write() -> Change:
            if action == "remember":
                return await self.memory.async_remember_words(
                    asker.principal, text, conversation_id=turn.scope.conversation_id
                )
            return await self.memory.async_forget_words(asker.principal, text)

        changed = await self._async_change(turn, action, text, write)
        if isinstance(changed, Answer):
            return changed
        conversation.remembered = True
        facts = facts_told(fact for fact in changed.before if fact.is_current)
        said = _SAID.get(changed.kind, "remembered")
        return Answer(say(turn.scope.language, said, facts=facts), outcome=TurnOutcome.DONE)

    async def _async_undo(self, turn: Turn, conversation: Conversation, asker: Asker) -> Answer:
        async def undo() -> Change:
            if (change := await self.memory.async_undo(asker.principal)) is None:
                raise MemoryRefused("memory_unknown")
            return change

        changed = await self._async_change(turn, "undo", "", undo)
        conversation.remembered = False
        if isinstance(changed, Answer):
            return changed
        return Answer(say(turn.scope.language, "undone"), outcome=TurnOutcome.DONE)

    async def _async_change(
        self, turn: Turn, action: str, text: str, change: Callable[[], Awaitable[Change]]
    ) -> Change | Answer:
        """Change memory under the guard; what refuses or asks says so itself."""
        refused: list[HomeAssistantError] = []

        async def run() -> Change:
            try:
                return await change()
            except HomeAssistantError as err:
                refused.append(err)
                raise

        async def resolve() -> Resolution:
            return resolution

        resolution = Resolution((Effect(DOMAIN, action, None, {"text": text}),), private=True)
        call = Call(f"{DOMAIN}__{action}", {"text": text}, resolve, run)
        record = await self.guard.async_call(turn.scope, call, resolution)
        if record.outcome is Outcome.DONE and isinstance(record.result, Change):
            return record.result
        language = turn.scope.language
        key = (refused[0].translation_key if refused else None) or "failed"
        said = "denied" if record.outcome is Outcome.DENIED else key if knows(key) else "failed"
        return Answer(say(language, said), outcome=TurnOutcome.FAILED)
