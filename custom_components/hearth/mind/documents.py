"""Let models read and shorten whole documents of the library."""

from dataclasses import dataclass
import re
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.util.json import JsonValueType
import probatio

from ..access import Access, Asker, HearthTool, Source
from ..const import ROLE_FAST
from ..engine import EngineClient, EngineError, ItemText
from ..memory import passage_told
from .status import EngineStatus
from .summaries import Summariser
from .turn_context import TurnContext
from .writing import SaveDocumentTool, SendToMeTool

_PAGE: Final = 6_000
_MOST_READ: Final = 200_000
_MOST_DOCUMENTS: Final = 10
_SUMMARY_SECONDS: Final = 200
_LIBRARY: Final = frozenset(source for source in Source if source.collections)
_NUMBERED: Final = re.compile(r"\[?(\d+)\]?")
_SOURCE: Final = probatio.All(str, probatio.Length(min=1, max=400))


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads documents of the library for whoever may see them."""

    client: EngineClient
    access: Access

    async def async_read(
        self, source: str, asker: Asker, llm_context: llm.LLMContext, offset: int = 0, limit: int = _MOST_READ
    ) -> Page:
        """Return a part of the document that a passage is from.

        `source` is the passage's number or what another agent was told in its place. Raises EngineError, also for a
        document that the asker may not see.
        """
        collection, item = _place(source, llm_context)
        if collection not in self.access.collections(asker.principal, asker.agent_id):
            raise EngineError("not_found", "no such document")
        text = await self.client.async_item(collection, item, owners=asker.principal.owners, offset=offset, limit=limit)
        return Page(collection, item, text)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a document, and where it is from."""

    collection: str
    item: str
    content: ItemText

    def told(self, text: str, chunk: str) -> dict[str, Any]:
        """Return a text about the document as a passage of it."""
        content = self.content
        return passage_told(
            self.collection,
            self.item,
            chunk,
            owner=content.owner,
            title=content.title,
            time=content.time,
            url=content.url,
            text=text,
        )


class ReadTool(HearthTool):
    """Read a document page by page, however long it is."""

    name = "hearth__read"
    description = (
        "Read on in a document of this home's library that a passage is from: one page of its text, and the offset of "
        "the next page. A passage's span is an offset too. A negative offset counts from the end."
    )
    parameters = probatio.Schema(
        {
            probatio.Required("source", description="The passage's number"): _SOURCE,
            probatio.Optional("offset", default=0, description="Where to begin, in characters"): int,
        }
    )
    sources = _LIBRARY

    def __init__(self, access: Access, reader: Reader) -> None:
        """Read with a reader."""
        super().__init__(access)
        self._reader = reader

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell one page."""
        source, offset = args["source"], args["offset"]
        try:
            if offset < 0:
                whole = await self._reader.async_read(source, asker, llm_context, limit=1)
                offset = max(0, whole.content.total_chars + offset)
            page = await self._reader.async_read(source, asker, llm_context, offset, _PAGE)
        except EngineError as err:
            return _failed(err)
        end, total = offset + len(page.content.text), page.content.total_chars
        passages: list[JsonValueType] = [page.told(page.content.text, str(offset))]
        return llm.ToolResult(
            data={"passages": passages, "next_offset": end if end < total else None, "total_chars": total}
        )


class SummariseTool(HearthTool):
    """Shorten several long documents, each by itself."""

    name = "hearth__summarise"
    description = "Get a summary of each of several documents of this home's library, however long they are."
    parameters = probatio.Schema(
        {
            probatio.Required("sources", description="The numbers of passages, one of each document"): probatio.All(
                [_SOURCE], probatio.Length(min=1, max=_MOST_DOCUMENTS)
            ),
            probatio.Optional("wanted", default="", description="What matters most"): str,
        }
    )
    sources = _LIBRARY
    seconds = _SUMMARY_SECONDS

    def __init__(self, access: Access, reader: Reader, status: EngineStatus) -> None:
        """Read with a reader and shorten with the fast model."""
        super().__init__(access)
        self._reader = reader
        self._status = status

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell a summary of each document."""
        info = self._status.role_info(ROLE_FAST)
        summariser = Summariser(self._reader.client, ROLE_FAST, info.context_length if info else None)
        passages: list[JsonValueType] = []
        try:
            for source in args["sources"]:
                page = await self._reader.async_read(source, asker, llm_context)
                summary = await summariser.async_summarise(page.content.text, args["wanted"])
                passages.append(page.told(summary, "summary"))
        except EngineError as err:
            return _failed(err)
        return llm.ToolResult(data={"passages": passages})


def document_tools(access: Access, client: EngineClient, status: EngineStatus) -> tuple[HearthTool, ...]:
    """Return the tools for documents."""
    reader = Reader(client, access)
    return (
        ReadTool(access, reader),
        SaveDocumentTool(access),
        SendToMeTool(access),
        SummariseTool(access, reader, status),
    )


def _place(source: str, llm_context: llm.LLMContext) -> tuple[str, str]:
    """Return the collection and the item that a source names, by its number or in full."""
    if (numbered := _NUMBERED.fullmatch(source.strip())) and isinstance(llm_context, TurnContext):
        note = llm_context.find(int(numbered[1]))
        return (note.collection, note.item) if note else ("", "")
    collection, _, item = source.partition("/")
    return collection, item


def _failed(err: EngineError) -> llm.ToolResult:
    error = "There is no such document." if err.code == "not_found" else "The library can't be read at the moment."
    return llm.ToolResult(data={"error": error}, error=True)
