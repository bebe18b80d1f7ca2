"""Take what is known out into a folder that any program can read, and bring it back."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import shutil
from typing import Any, Final
from urllib.parse import quote, unquote

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..engine import EngineClient, EngineProtocolError, ItemKind, ItemRow, LibraryItem
from .facts import MemoryRefused
from .recall import Recall
from .vault import Vault

_LIBRARY: Final = "library"
_MEMORY: Final = "memory"
_CONVERSATIONS: Final = "conversations.jsonl"
_LINES: Final = ".jsonl"
_PAGE: Final = ".md"
_UNFINISHED: Final = ".unfinished"
_BATCH_ITEMS: Final = 50
_BATCH_CHARACTERS: Final = 500_000
# What a conversation became in the library is made anew from the conversation itself.
_MADE_ANEW: Final = frozenset({"conversations"})


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds, in numbers, and where it is."""

    folder: Path
    items: int
    pages: int
    turns: int


class Archive:
    """Folders below <config>/hearth/export: JSON lines for the library and the conversations, Markdown for memory."""

    def __init__(self, hass: HomeAssistant, client: EngineClient, vault: Vault, recall: Recall) -> None:
        """Know where everything is kept."""
        self._hass = hass
        self._client = client
        self._vault = vault
        self._recall = recall
        self._root = Path(hass.config.path(DOMAIN, "export"))

    async def async_write(self, owners: Sequence[str]) -> Contents:
        """Write what owners have into a new folder, or nothing; raises EngineError and HomeAssistantError."""
        folder = self._root / f"{dt_util.now():%Y-%m-%d_%H-%M-%S-%f}"
        unfinished = folder.with_name(folder.name + _UNFINISHED)
        try:
            contents = await self._async_fill(unfinished, folder, owners)
            await self._async_job(lambda: unfinished.rename(folder))
        except BaseException:
            await self._async_job(lambda: shutil.rmtree(unfinished, ignore_errors=True))
            raise
        return contents

    async def async_read(self, name: str) -> Contents:
        """Bring back what a folder holds, in the place of what has the same IDs; raises EngineError.

        A page of memory is written only for who has none. Raises HomeAssistantError, before anything is done, for a
        folder that is not there or was not written by us.
        """
        folder = self._root / name
        library, pages, turns = await self._async_job(lambda: _read(self._root, folder))
        for collection, items in library.items():
            for batch in _batches(items):
                await self._client.async_store(collection, batch)
        written = sum([await self._async_import_page(owner, page) for owner, page in pages.items()])
        kept = 0
        if turns:
            known = {json.dumps(turn, sort_keys=True) async for turn in self._recall.async_export(_owners(turns))}
            kept = await self._recall.async_import(
                turn for turn in turns if json.dumps(turn, sort_keys=True) not in known
            )
        return Contents(folder, sum(len(items) for items in library.values()), written, kept)

    async def _async_fill(self, folder: Path, final: Path, owners: Sequence[str]) -> Contents:
        await self._async_job(lambda: folder.mkdir(parents=True, mode=0o700))
        items = 0
        for collection in (await self._client.async_library()).collections:
            if collection not in _MADE_ANEW:
                lines = self._async_lines(collection, owners)
                items += await self._async_write_lines(folder / _LIBRARY / f"{collection}{_LINES}", lines)
        pages = await self._vault.async_export(owners)
        await self._async_job(lambda: _write_pages(folder / _MEMORY, pages))
        turns = await self._async_write_lines(folder / _CONVERSATIONS, self._recall.async_export(owners))
        return Contents(final, items, len(pages), turns)

    async def _async_import_page(self, owner: str, page: str) -> bool:
        """Write a page of memory unless its owner has one: which of two is right is not for us to say."""
        try:
            await self._vault.async_import({owner: page})
        except MemoryRefused as err:
            if err.translation_key == "memory_exists":
                return False
            raise
        return True

    async def _async_lines(self, collection: str, owners: Sequence[str]) -> AsyncIterator[Mapping[str, Any]]:
        async for row in self._client.async_all_items(collection):
            if row.owner in owners and row.error_code is None:
                yield await self._async_item(collection, row)

    async def _async_item(self, collection: str, row: ItemRow) -> Mapping[str, Any]:
        """Return an item with all of its plain text: that is what is kept of a file."""
        owners = (row.owner,)
        part = await self._client.async_item(collection, row.id, owners=owners)
        text = part.text
        while len(text) < part.total_chars and part.text:
            part = await self._client.async_item(collection, row.id, owners=owners, offset=len(text))
            text += part.text
        kind = ItemKind.MARKDOWN if part.kind == ItemKind.MARKDOWN else ItemKind.TEXT
        return LibraryItem(
            part.id, part.owner, part.title, text, kind, part.time, part.url, part.pinned, part.meta
        ).as_wire()

    async def _async_write_lines(self, path: Path, lines: AsyncIterator[Mapping[str, Any]]) -> int:
        """Write objects as they come, some at a time, and return how many there were."""
        written, waiting = 0, ""
        async for line in lines:
            waiting += json.dumps(line, ensure_ascii=False) + "\n"
            written += 1
            if len(waiting) > _BATCH_CHARACTERS:
                await self._async_job(lambda text=waiting: _append(path, text))  # type: ignore[misc]
                waiting = ""
        if waiting:
            await self._async_job(lambda: _append(path, waiting))
        return written

    async def _async_job[T](self, job: Callable[[], T]) -> T:
        try:
            return await self._hass.async_add_executor_job(job)
        except OSError as err:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="archive_unavailable") from err


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    for owner, page in pages.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{quote(owner, safe='')}{_PAGE}").write_text(page, encoding="utf-8")


type _Contents = tuple[dict[str, list[LibraryItem]], dict[str, str], list[dict[str, Any]]]


def _read(root: Path, folder: Path) -> _Contents:
    """Read a whole folder; raises HomeAssistantError for what is not an archive of ours."""
    if not folder.is_dir() or folder.resolve().parent != root.resolve():
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_such_archive")
    try:
        library = {
            path.stem: [LibraryItem.from_wire(line) for line in _lines(path)]
            for path in sorted((folder / _LIBRARY).glob(f"*{_LINES}"))
        }
        pages = {
            unquote(path.stem): path.read_text(encoding="utf-8")
            for path in sorted((folder / _MEMORY).glob(f"*{_PAGE}"))
        }
        conversations = folder / _CONVERSATIONS
        turns = [dict(line) for line in _lines(conversations)] if conversations.is_file() else []
    except (EngineProtocolError, TypeError, ValueError) as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="archive_damaged") from err
    return library, pages, turns


def _lines(path: Path) -> Iterable[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _owners(turns: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({str(turn.get("owner")) for turn in turns})


def _batches(items: Sequence[LibraryItem]) -> Iterable[list[LibraryItem]]:
    """Cut a collection into requests that the engine takes."""
    batch: list[LibraryItem] = []
    size = 0
    for item in items:
        if batch and (len(batch) >= _BATCH_ITEMS or size + len(item.content) > _BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.content)
    if batch:
        yield batch
