"""Let language models remember, replace, forget, recall and search, through tools."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Protocol, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.chat_session import current_session
from homeassistant.util import dt as dt_util
import probatio

from ..access import HOUSEHOLD_OWNER, Access, Asker, HearthTool, Source
from ..engine import Passage
from .facts import Change, ChangeKind, Fact, FactKind, MemoryRefused
from .recall import Recall, StoredTurn
from .remembering import Remembering

_MAX_TEXT = 1000
_SHOWN_OF_A_TURN = 400
_SHOWN_OF_A_PASSAGE = 1500
_MAX_PASSAGES = 5
_MAX_PAGE = 200

_TEXT = probatio.All(str, probatio.Length(min=1, max=_MAX_TEXT))


def _day(value: str) -> date:
    """Read a day; raises probatio.Invalid."""
    try:
        return date.fromisoformat(value)
    except ValueError as err:
        raise probatio.Invalid("a day is written as 2026-11-21") from err


_DAY = probatio.All(str, _day)


class SearchLibrary(Protocol):
    """What searches the library for passages of some owners in some collections."""

    async def __call__(
        self,
        query: str,
        *,
        owners: Sequence[str],
        collections: Sequence[str],
        after: datetime | None,
        before: datetime | None,
        limit: int,
    ) -> Sequence[Passage]:
        """Return the best passages, best first; raises HomeAssistantError when nothing can be searched."""


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


class RecallTool(HearthTool):
    """Find what was said in conversations of earlier."""

    name = "hearth__recall"
    title = "Past conversations"
    description = (
        "Search the user's past conversations with this assistant by words and by day. Without words, the newest come."
    )
    sources: ClassVar[frozenset[Source]] = frozenset({Source.CONVERSATIONS})
    parameters = probatio.Schema(
        {
            probatio.Optional("words", description="What was talked about"): _TEXT,
            probatio.Optional("after", description="First day, as 2026-11-21"): _DAY,
            probatio.Optional("before", description="Last day, as 2026-11-21"): _DAY,
            probatio.Optional("page", description="From 0"): probatio.All(int, probatio.Range(min=0, max=_MAX_PAGE)),
        }
    )

    def __init__(self, access: Access, recall: Recall) -> None:
        """Keep where conversations are."""
        super().__init__(access)
        self.recall = recall

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell one page of turns."""
        try:
            page = await self.recall.async_search(
                asker.principal.owners,
                args.get("words", ""),
                after=_start_of(args.get("after")),
                before=_end_of(args.get("before")),
                page=args.get("page", 0),
            )
        except MemoryRefused as err:
            return _refused(str(err))
        data: dict[str, Any] = {"passages": _turns_told(page.turns)}
        return llm.ToolResult(data=data if page.next_page is None else {**data, "next_page": page.next_page})


class SearchTool(HearthTool):
    """Search what the home's library holds."""

    name = "hearth__search"
    title = "Search the library"
    description = (
        "Search the home's documents, notes, mail, past calendar events, notifications and conversations. Each passage "
        "has its source and its time; say which one an answer is from. Nothing found means that nothing is known."
    )
    sources: ClassVar[frozenset[Source]] = frozenset(source for source in Source if source.collections)
    parameters = probatio.Schema(
        {
            probatio.Required("query", description="What to look for, in a few words"): _TEXT,
            probatio.Optional("after", description="First day, as 2026-11-21"): _DAY,
            probatio.Optional("before", description="Last day, as 2026-11-21"): _DAY,
        }
    )

    def __init__(self, access: Access, search: SearchLibrary) -> None:
        """Keep what searches."""
        super().__init__(access)
        self.search = search

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell the passages that whoever asks may see."""
        if not asker.principal.owners:
            return llm.ToolResult(data={"passages": []})
        passages = await self.search(
            args["query"],
            owners=asker.principal.owners,
            collections=self.access.collections(asker.principal, asker.agent_id),
            after=_start_of(args.get("after")),
            before=_end_of(args.get("before")),
            limit=_MAX_PASSAGES,
        )
        return llm.ToolResult(data={"passages": [_passage_told(passage) for passage in passages]})


def memory_tools(
    access: Access, remembering: Remembering, recall: Recall, search: SearchLibrary
) -> tuple[HearthTool, ...]:
    """Return every tool of memory, for any agent."""
    return (
        ForgetTool(access, remembering),
        MemoryTool(access, remembering),
        RecallTool(access, recall),
        RememberTool(access, remembering),
        ReplaceTool(access, remembering),
        SearchTool(access, search),
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


def _turns_told(turns: Sequence[StoredTurn]) -> list[dict[str, Any]]:
    told, summarised = [], set[str]()
    for turn in turns:
        if turn.summary is None:
            did = f" (done: {', '.join(turn.tools)})" if turn.tools else ""
            text = f"User: {_cut(turn.words)}\nYou: {_cut(turn.reply)}{did}"
        elif turn.conversation in summarised:
            continue
        else:
            summarised.add(turn.conversation)
            text = _cut(turn.summary)
        told.append(
            passage_told(
                "conversations",
                turn.conversation,
                turn.at.isoformat(),
                owner=turn.owner,
                title=turn.place or "",
                time=turn.at,
                text=text,
            )
        )
    return told


def passage_told(
    collection: str,
    item: str,
    chunk: str,
    *,
    owner: str,
    title: str,
    text: str,
    time: datetime | None = None,
    url: str | None = None,
) -> dict[str, Any]:
    """Return a passage as tools tell it: from which source it is, and all that it takes to cite it."""
    told = {
        "source": f"{collection}/{item}",
        "chunk": chunk,
        "owner": owner,
        "title": title,
        "time": dt_util.as_local(time).isoformat(timespec="minutes") if time else None,
        "url": url,
    }
    return {**{name: value for name, value in told.items() if value}, "text": text[:_SHOWN_OF_A_PASSAGE]}


def _passage_told(passage: Passage) -> dict[str, Any]:
    return passage_told(
        passage.collection,
        passage.item,
        passage.chunk,
        owner=passage.owner,
        title=passage.title,
        time=passage.time,
        url=passage.url,
        text=passage.text,
    )


def _refused(words: str, candidates: Sequence[Fact] = ()) -> llm.ToolResult:
    data: dict[str, Any] = {"error": words}
    if candidates:
        data["candidates"] = [_told(fact) for fact in candidates]
    return llm.ToolResult(data=data, error=True)


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_OF_A_TURN else f"{text[:_SHOWN_OF_A_TURN]}…"


def _start_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, dt_util.get_default_time_zone()) if day else None


def _end_of(day: date | None) -> datetime | None:
    return _start_of(day + timedelta(days=1)) if day else None
