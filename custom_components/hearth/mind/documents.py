"""Let models read, shorten, write and send whole documents."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any, Final, override

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.file import write_utf8_file_atomic
from homeassistant.util.json import JsonValueType
import probatio

from ..access import Access, Asker, HearthLLMContext, HearthTool, Source
from ..const import DOMAIN, ROLE_FAST
from ..engine import EngineClient, EngineError, ItemText
from ..memory import passage_told
from .citations import Citations, Footnote, list_of_sources
from .status import EngineStatus
from .summaries import Summariser

_PAGE: Final = 6_000
_MOST_READ: Final = 200_000
_MOST_DOCUMENTS: Final = 10
_MOST_WRITTEN: Final = 100_000
_SUMMARY_SECONDS: Final = 200
_SEND_SECONDS: Final = 20
_LIBRARY: Final = frozenset(source for source in Source if source.collections)
_NUMBERED: Final = re.compile(r"\[?(\d+)\]?")
_SOURCE: Final = probatio.All(str, probatio.Length(min=1, max=400))


@dataclass(slots=True)
class TurnContext(HearthLLMContext):
    """The context of a turn; `find` tells what a number cites in its conversation."""

    find: Callable[[int], Footnote | None] = lambda _number: None


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


class SaveDocumentTool(HearthTool):
    """Write a document into the vault."""

    name = "hearth__save_document"
    description = (
        "Save a new document in Markdown for the user, as a report or a summary. Cite passages by their numbers, like "
        "[1]; what they are from is written below by itself."
    )
    parameters = probatio.Schema(
        {
            probatio.Required("title"): probatio.All(str, probatio.Length(min=1, max=120)),
            probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=_MOST_WRITTEN)),
        }
    )
    sources = frozenset({Source.DOCUMENTS})
    action = "save_document"

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Write it; raises HomeAssistantError when the disk fails."""
        owner = asker.principal.owner
        if owner is None or asker.incognito:
            return llm.ToolResult(data={"error": "Nothing is kept for whoever asks."}, error=True)
        text = _with_sources(llm_context.language or hass.config.language, args["text"], llm_context)
        now = dt_util.now()
        header = f"---\nowner: {owner}\ndate: {now:%Y-%m-%d}\n---\n\n# {args['title']}\n\n"
        folder = Path(hass.config.path(DOMAIN, "vault", "documents"))
        path = await hass.async_add_executor_job(
            _write, folder, f"{now:%Y-%m-%d} {slugify(args['title'])}", header + text
        )
        return llm.ToolResult(data={"saved": str(path.relative_to(hass.config.config_dir))})


class SendToMeTool(HearthTool):
    """Send something to an address that belongs to whoever asks, and to no other."""

    name = "hearth__send_to_me"
    description = "Send a text to the user's own address (mail or phone). Nobody else can be written to with this."
    parameters = probatio.Schema(
        {
            probatio.Required("title"): probatio.All(str, probatio.Length(min=1, max=120)),
            probatio.Required("text"): probatio.All(str, probatio.Length(min=1, max=_MOST_WRITTEN)),
        }
    )
    sources = frozenset({Source.NOTIFICATIONS, Source.MAIL})
    action = "send_to_me"

    @override
    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Send it; raises HomeAssistantError when that fails."""
        address = self._address(hass, asker)
        if address is None:
            error = (
                "No address is known to be the user's own; the home's owner can say whose it is in Hearth's options."
            )
            return llm.ToolResult(data={"error": error}, error=True)
        text = _with_sources(llm_context.language or hass.config.language, args["text"], llm_context)
        data = {"entity_id": address, "title": args["title"], "message": text}
        async with asyncio.timeout(_SEND_SECONDS):
            await hass.services.async_call(
                NOTIFY_DOMAIN, "send_message", data, blocking=True, context=llm_context.context
            )
        return llm.ToolResult(data={"sent_to": address})

    def _address(self, hass: HomeAssistant, asker: Asker) -> str | None:
        """Return the first address that was given to the person who asks, mail before phones."""
        if asker.principal.person_id is None:
            return None
        own = [
            entity_id
            for entity_id in hass.states.async_entity_ids(NOTIFY_DOMAIN)
            if self.access.owner_of(entity_id) == asker.principal.owner
        ]
        return min(own, key=lambda entity_id: ("mobile_app" in entity_id, entity_id), default=None)


def document_tools(access: Access, client: EngineClient, status: EngineStatus) -> tuple[HearthTool, ...]:
    """Return the tools for documents."""
    reader = Reader(client, access)
    return (
        ReadTool(access, reader),
        SaveDocumentTool(access),
        SendToMeTool(access),
        SummariseTool(access, reader, status),
    )


def _with_sources(language: str, text: str, llm_context: llm.LLMContext) -> str:
    """Return a text whose citations are right, and below it what they cite."""
    find = llm_context.find if isinstance(llm_context, TurnContext) else lambda _number: None
    citations = Citations(find, shown=True)
    checked = citations.feed(text) + citations.end()
    return "\n\n".join(filter(None, [checked.strip(), list_of_sources(language, citations.notes)])) + "\n"


def _write(folder: Path, name: str, text: str) -> Path:
    """Write a document under a name that is still free; raises HomeAssistantError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = next(path for number in range(1, 1000) if not (path := folder / _numbered(name, number)).exists())
        write_utf8_file_atomic(str(path), text)
    except (OSError, StopIteration) as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="document_not_saved") from err
    return path


def _numbered(name: str, number: int) -> str:
    return f"{name}.md" if number == 1 else f"{name} ({number}).md"


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
