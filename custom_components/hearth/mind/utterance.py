"""Hold what somebody says: to which agent, in which conversation, and from where."""

from dataclasses import dataclass

from homeassistant.components.conversation import ChatLog, ConversationInput
from homeassistant.helpers import llm

from ..access import Access, Asker
from ..const import DOMAIN
from ..hands import By
from .citations import Footnote
from .conversations import Conversation
from .knowledge import Budget, Knowledge, Wanted
from .prefix import Agent
from .turn import Turn
from .turn_context import TurnContext


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody's words on their way to an answer; `pin` is what was masked in them."""

    agent: Agent
    user_input: ConversationInput
    chat_log: ChatLog
    turn: Turn
    going_on: Conversation
    asker: Asker
    access: Access
    pin: str | None = None

    @property
    def language(self) -> str:
        """Return the language of the words."""
        return self.turn.scope.language

    @property
    def is_spoken(self) -> bool:
        """Tell whether the answer will be heard."""
        return self.user_input.device_id is not None or self.user_input.satellite_id is not None

    @property
    def by(self) -> By:
        """Return who says it, as halts and the audit name them."""
        scope = self.turn.scope
        return By("voice", scope.user_id, scope.device_id, scope)

    @property
    def llm_context(self) -> TurnContext:
        """Return the context that tools are called in."""
        plain = self.user_input.as_llm_context(DOMAIN)
        return TurnContext(
            platform=plain.platform,
            context=plain.context,
            language=plain.language,
            assistant=plain.assistant,
            device_id=self.turn.scope.device_id,
            agent_id=self.agent.id,
            incognito=self.going_on.incognito,
            find=self.visible_note,
        )

    def wanted(self, knowledge: Knowledge, budget: Budget) -> Wanted:
        """Return what to look up for the words."""
        return Wanted(
            words=self.user_input.text,
            language=self.language,
            asker=self.asker,
            area_id=knowledge.area_of(self.turn.scope.device_id),
            about_home=llm.LLM_API_ASSIST in self.agent.api_ids,
            priority="voice" if self.is_spoken else "chat",
            budget=budget,
        )

    def visible_note(self, number: int) -> Footnote | None:
        """Return what a number cites, if whoever asks may still see it."""
        note = self.going_on.footnotes.get(number)
        if note is None or note.owner not in self.asker.principal.owners:
            return None
        return note if note.collection in self.access.collections(self.asker.principal, self.agent.id) else None
