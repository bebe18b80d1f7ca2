"""Let language models find passages: of the conversations that were kept, and of the library."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util
import probatio

from ..access import Access, Asker, HearthTool, Source
from ..const import DOMAIN
from ..engine import EngineClient, EngineError, Passage, SearchRequest
from .facts import MemoryRefused
from .recall import Recall
from .turns import StoredTurn

_SHOWN_OF_A_TURN = 400
_SHOWN_OF_A_PASSAGE = 1500
_MAX_PASSAGES = 5
_MAX_PAGE = 200
# Who searches on purpose sees more than what is put before somebody's words unasked, and judges it.
_WORTH_A_LOOK = 0.1

_WORDS = probatio.All(str, probatio.Length(min=1, max=1000))


def _day(value: str) -> date:
    """Read a day; raises probatio.Invalid."""
    try:
        return date.fromisoformat(value)
    except ValueError as err:
        raise probatio.Invalid("a day is written as 2026-11-21") from err


_DAY = probatio.All(str, _day)
_PERIOD = {
    probatio.Optional("after", description="First day, as 2026-11-21"): _DAY,
    probatio.Optional("before", description="Last day, as 2026-11-21"): _DAY,
}


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
            probatio.Optional("words", description="What was talked about"): _WORDS,
            **_PERIOD,
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
            return llm.ToolResult(data={"error": str(err)}, error=True)
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
            probatio.Required("query", description="What to look for, in a few words"): _WORDS,
            **_PERIOD,
        }
    )

    def __init__(self, access: Access, client: EngineClient) -> None:
        """Search with the engine's client."""
        super().__init__(access)
        self._client = client

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell the passages that whoever asks may see; raises HomeAssistantError when nothing can be searched."""
        owners, collections = asker.principal.owners, self.access.collections(asker.principal, asker.agent_id)
        if not owners or not collections:
            return llm.ToolResult(data={"passages": []})
        request = SearchRequest(
            args["query"],
            owners,
            collections,
            after=_start_of(args.get("after")),
            before=_end_of(args.get("before")),
            limit=_MAX_PASSAGES,
        )
        try:
            reply = await self._client.async_search(request)
        except EngineError as err:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="library_unavailable") from err
        found = [passage for passage in reply.passages if passage.score >= _WORTH_A_LOOK]
        return llm.ToolResult(data={"passages": [_passage_told(passage) for passage in found]})


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
                text=text[:_SHOWN_OF_A_PASSAGE],
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
    return {**{name: value for name, value in told.items() if value}, "text": text}


def _passage_told(passage: Passage) -> dict[str, Any]:
    return passage_told(
        passage.collection,
        passage.item,
        passage.chunk,
        owner=passage.owner,
        title=passage.title,
        time=passage.time,
        url=passage.url,
        text=passage.text[:_SHOWN_OF_A_PASSAGE],
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN_OF_A_TURN else f"{text[:_SHOWN_OF_A_TURN]}…"


def _start_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, dt_util.get_default_time_zone()) if day else None


def _end_of(day: date | None) -> datetime | None:
    return _start_of(day + timedelta(days=1)) if day else None
