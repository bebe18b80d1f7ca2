"""Let an automation that Hearth has made rest until tomorrow, or go on again, at a word.

Under the guard like anything else. Bare words are about what was told of just before.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
import re
from typing import Final

from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.conversation import AssistantContent, ChatLog
from homeassistant.const import CONF_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent

from ..const import DOMAIN
from ..hands import BRIEFING, By, Call, CallRecord, Effect, Hands, Resolution
from ..hands.automations.install import ID_PREFIX
from ..speech import bare, heard, join, say
from .answers import Answer
from .reflexes import Reflex
from .turn import Turn, TurnOutcome

_PAUSE: Final = "not_today"
_RESUME: Final = "resume"


@dataclass(frozen=True, slots=True)
class Resting:
    """What a turn has to do with resting; `told` is what Hearth said before it, None where a conversation begins."""

    hass: HomeAssistant
    hands: Hands
    turn: Turn
    by: By
    told: str | None

    async def async_answer(self, reflex: Reflex | None) -> CallRecord | Answer | None:
        """Let something rest or go on, or say why not; None where the words are about something else."""
        if reflex is Reflex.NOT_TODAY:
            return await self._async_rest_what_was_told_of()
        if reflex is Reflex.RESUME:
            return await self._async_wake_what_was_told_of()
        if self._heard("resume_all") is not None:
            return await self._async_wake(self._resting())
        if (text := self._heard("resume_one")) is not None and (named := self._named(text)):
            resting = self._resting()
            awake = {target: name for target, name in named.items() if target not in resting}
            return self._answer("not_resting", name=self._join(awake)) if awake else await self._async_wake(named)
        if (text := self._heard(_PAUSE)) is not None and (named := self._named(text)):
            return await self._async_rest(named)
        return None

    async def _async_rest_what_was_told_of(self) -> CallRecord | Answer | None:
        if (named := self._named(self.told or "")) and len(named) == 1:
            return await self._async_rest(named)
        # What a model has asked is for the model to hear.
        asked = (self.told or "").rstrip().endswith("?")
        return None if asked else self._answer("not_today_what")

    async def _async_wake_what_was_told_of(self) -> CallRecord | Answer | None:
        resting = self._resting()
        if told_of := {target: name for target, name in self._named(self.told or "").items() if target in resting}:
            return await self._async_wake(told_of)
        if self.told is not None or not resting:
            # Whoever is in the middle of something wants to go on with that.
            return None
        if len(resting) > 1:
            return self._answer("resume_which", names=self._join(resting))
        return await self._async_wake(resting)

    async def _async_rest(self, named: Mapping[str, str]) -> CallRecord:
        async def rest(target: str) -> None:
            await self.hands.pauses.async_pause(target, self.by)

        return await self._async_call(_PAUSE, named, rest, "paused_today", name=self._join(named))

    async def _async_wake(self, named: Mapping[str, str]) -> CallRecord | Answer:
        async def wake(target: str) -> None:
            await self.hands.pauses.async_wake(target, self.by)

        if not named:
            return self._answer("resume_nothing")
        return await self._async_call(_RESUME, named, wake, "goes_on", names=self._join(named))

    async def _async_call(
        self, action: str, named: Mapping[str, str], act: Callable[[str], Awaitable[None]], said: str, **parts: str
    ) -> CallRecord:
        """Do something to everything that was named, and say so."""
        scope = self.turn.scope
        resolution = Resolution(tuple(_effect(action, target, name) for target, name in named.items()))

        async def resolve() -> Resolution:
            return resolution

        async def run() -> intent.IntentResponse:
            for target in named:
                await act(target)
            response = intent.IntentResponse(language=scope.language)
            response.async_set_speech(say(scope.language, said, **parts))
            return response

        call = Call(f"{DOMAIN}__{action}", {"what": list(named)}, resolve, run)
        return await self.hands.guard.async_call(scope, call, resolution)

    def _heard(self, what: str) -> str | None:
        """Return what was said together with words that mean `what`, "" for nothing, None for other words."""
        parts = heard(self.turn.scope.language, what, self.turn.scope.words)
        return None if parts is None else parts.get("text", "")

    def _named(self, text: str) -> dict[str, str]:
        """Return what can rest and stands in a text, with its name; of names in one another the longest."""
        said, named = f" {_words(text)} ", dict[str, str]()
        for target, name in sorted(self._can_rest().items(), key=lambda item: -len(item[1])):
            if f" {_words(name)} " in said:
                named[target] = name
                said = said.replace(f" {_words(name)} ", " , ")
        return named

    def _can_rest(self) -> dict[str, str]:
        """Return what may rest at a word: the briefing, and of the automations those that Hearth has made."""
        ours = {
            state.entity_id: state.name
            for state in self.hass.states.async_all(AUTOMATION_DOMAIN)
            if str(state.attributes.get(CONF_ID, "")).startswith(ID_PREFIX)
        }
        return {**ours, BRIEFING: say(self.turn.scope.language, "briefing")}

    def _resting(self) -> dict[str, str]:
        return {target: name for target, name in self._can_rest().items() if self.hands.pauses.rests(target)}

    def _join(self, named: Mapping[str, str]) -> str:
        return join(self.turn.scope.language, list(named.values()))

    def _answer(self, what: str, **parts: str) -> Answer:
        return Answer(say(self.turn.scope.language, what, **parts), outcome=TurnOutcome.ANSWERED)


def last_told(chat_log: ChatLog) -> str | None:
    """Return what was said to somebody before their newest words, None where nothing was."""
    said = (content.content for content in reversed(chat_log.content) if isinstance(content, AssistantContent))
    return next(filter(None, said), None)


def _effect(action: str, target: str, name: str) -> Effect:
    return Effect(DOMAIN, action, None, {"text": name}) if target == BRIEFING else Effect(DOMAIN, action, target)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", bare(text).casefold()))
