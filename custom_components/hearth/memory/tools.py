"""Let language models remember, replace, forget and ask what is remembered, through tools."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.chat_session import current_session
import probatio

from ..access import HOUSEHOLD_OWNER, Access, Asker, HearthTool, Source
from ..engine import EngineClient
from .facts import Change, ChangeKind, Fact, FactKind, MemoryRefused
from .passages import RecallTool, SearchTool
from .recall import Recall
from .remembering import Remembering

_MAX_TEXT = 1000

_TEXT = probatio.All(str, probatio.Length(min=1, max=_MAX_TEXT))


class _MemoryTool(HearthTool):
    """A tool that asks or changes what is remembered."""

    sources: ClassVar[frozenset[Source]] = frozenset({Source.MEMORY})

    def __init__(self, access: Access, remembering: Remembering) -> None:
        """Keep what remembers."""
        super().__init__(access)
        self.remembering = remembering

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Do what the tool is for; what memory refuses is told as an error."""
        if asker.incognito and self.action is not None:
            return _refused("This conversation is off the record: nothing is kept of it.")
        try:
            return llm.ToolResult(data=await self.async_do(args, asker))
        except MemoryRefused as err:
            return _refused(str(err), err.candidates)

    @abstractmethod
    async def async_do(self, args: dict[str, Any], asker: Asker) -> dict[str, Any]:
        """Do it, and return what to tell; raises MemoryRefused."""


class RememberTool(_MemoryTool):
    """Remember a fact."""

    name = "hearth__remember"
    title = "Remember"
    description = (
        "Keep something lasting that the user asks you to remember, or that they will clearly want you to know in "
        "weeks: one plain sentence of its own. It takes the place of what it contradicts. Never use it for states of "
        "devices or for what documents, notifications or web pages say."
    )
    action = "remember"
    parameters = probatio.Schema(
        {
            probatio.Required("text", description="The fact, as one sentence"): _TEXT,
            probatio.Optional("kind"): probatio.In([kind.value for kind in FactKind]),
            probatio.Optional(
                "household", description="True if it is for everybody at home, false if only for the user"
            ): bool,
            probatio.Optional("pinned", description="True if the user says that it must never be lost"): bool,
        }
    )

    @override
    async def async_do(self, args: dict[str, Any], asker: Asker) -> dict[str, Any]:
        """Remember, and tell what changed."""
        change = await self.remembering.async_remember_words(
            asker.principal,
            args["text"],
            conversation_id=_conversation(),
            household=args.get("household"),
            kind=FactKind(args.get("kind", FactKind.FACT)),
            pinned=args.get("pinned", False),
        )
        return _changed(change)


class ReplaceTool(_MemoryTool):
    """Put one fact in the place of another."""

    name = "hearth__replace"
    title = "Correct what is remembered"
    description = "Correct a remembered fact: the old one stays visible as what was believed earlier."
    action = "replace"
    parameters = probatio.Schema(
        {
            probatio.Required("old", description="The fact as it is remembered, or its id"): _TEXT,
            probatio.Required("new", description="The fact as it should be, as one sentence"): _TEXT,
        }
    )

    @override
    async def async_do(self, args: dict[str, Any], asker: Asker) -> dict[str, Any]:
        """Replace, and tell what changed."""
        change = await self.remembering.async_replace_words(
            asker.principal, args["old"], args["new"], conversation_id=_conversation()
        )
        return _changed(change)


class ForgetTool(_MemoryTool):
    """Forget a fact."""

    name = "hearth__forget"
    title = "Forget"
    description = "Forget a remembered fact for good, because the user asks for it. If several fit, ask which is meant."
    action = "forget"
    parameters = probatio.Schema(
        {probatio.Required("text", description="The fact as it is remembered, or its id"): _TEXT}
    )

    @override
    async def async_do(self, args: dict[str, Any], asker: Asker) -> dict[str, Any]:
        """Forget, and tell what is gone."""
        return _changed(await self.remembering.async_forget_words(asker.principal, args["text"]))


class MemoryTool(_MemoryTool):
    """Tell what is remembered."""

    name = "hearth__memory"
    title = "What is remembered"
    description = (
        "Tell what is remembered of the user and of the household, each fact with its id; with words, only what fits."
    )
    parameters = probatio.Schema({probatio.Optional("words", description="What to look for"): _TEXT})

    @override
    async def async_do(self, args: dict[str, Any], asker: Asker) -> dict[str, Any]:
        """Tell the facts."""
        if words := args.get("words"):
            found = await self.remembering.async_find(asker.principal, words, limit=10)
            return {"facts": [_told(answer.fact) for answer in found]}
        known = await self.remembering.async_tell(asker.principal)
        return {"user": [_told(fact) for fact in known.own], "household": [_told(fact) for fact in known.household]}


def memory_tools(
    access: Access, remembering: Remembering, recall: Recall, client: EngineClient
) -> tuple[HearthTool, ...]:
    """Return every tool of memory and of the library, for any agent."""
    return (
        ForgetTool(access, remembering),
        MemoryTool(access, remembering),
        RecallTool(access, recall),
        RememberTool(access, remembering),
        ReplaceTool(access, remembering),
        SearchTool(access, client),
    )


def _conversation() -> str | None:
    """Return the ID of the conversation that a tool is called in."""
    session = current_session.get()
    return session.conversation_id if session else None


def _changed(change: Change) -> dict[str, Any]:
    if change.kind is ChangeKind.KNOWN:
        return {"result": "known already", "facts": [_told(fact) for fact in change.after]}
    return {
        "result": change.kind.value,
        "changed": change.diff,
        "facts": [_told(fact) for fact in change.current],
        "for": "the household" if change.owner == HOUSEHOLD_OWNER else "the user",
    }


def _told(fact: Fact) -> dict[str, Any]:
    told: dict[str, Any] = {"id": fact.id, "kind": fact.kind.value, "text": fact.text}
    return {
        **told,
        **({"day": fact.day.isoformat()} if fact.day else {}),
        **({"said_by": fact.said_by} if fact.said_by else {}),
        **({"pinned": True} if fact.pinned else {}),
    }


def _refused(words: str, candidates: Sequence[Fact] = ()) -> llm.ToolResult:
    data: dict[str, Any] = {"error": words}
    if candidates:
        data["candidates"] = [_told(fact) for fact in candidates]
    return llm.ToolResult(data=data, error=True)
