"""Feed the library with the documents in those folders that somebody was named the owner of."""

from collections.abc import Iterator
import os
from pathlib import Path, PurePosixPath
from typing import Final, override
from urllib.parse import quote

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...access import Source
from ...engine import ItemKind, LibraryItem
from .connector import Connector, Entry, Listing, SourceError, Trouble, digest

KINDS: Final = {
    ".csv": ItemKind.CSV,
    ".eml": ItemKind.EMAIL,
    ".htm": ItemKind.HTML,
    ".html": ItemKind.HTML,
    ".ics": ItemKind.ICS,
    ".markdown": ItemKind.MARKDOWN,
    ".md": ItemKind.MARKDOWN,
    ".pdf": ItemKind.PDF,
    ".txt": ItemKind.TEXT,
}
MAX_BYTES: Final = 20 * 1024 * 1024
MAX_FILES: Final = 5000


class Folders(Connector):
    """The files of a kind that can be read, wherever below a folder; hidden ones are left alone."""

    source = Source.DOCUMENTS
    collection = "documents"
    prefix = "folder/"

    @override
    async def async_list(self) -> Listing:
        """List the files; a folder that is not there, not allowed or too full keeps what it had."""
        entries: dict[str, Entry] = {}
        troubles: dict[str, tuple[str, Trouble]] = {}
        for path, owner in self._access.folders().items():
            prefix = f"{self.prefix}{digest(path)}/"
            try:
                files = await self._hass.async_add_executor_job(_files, self._hass, Path(path))
            except SourceError as err:
                troubles[prefix] = path, err.trouble
                continue
            except OSError:
                troubles[prefix] = path, Trouble.FAILED
                continue
            for file, version in files.items():
                item_id = prefix + digest(file.relative_to(path).as_posix())
                entries[item_id] = self._entry(item_id, Path(path), file, owner, version)
        return Listing(entries, troubles)

    def _entry(self, item_id: str, folder: Path, file: Path, owner: str, version: str) -> Entry:
        async def read() -> LibraryItem | None:
            return await self._hass.async_add_executor_job(_read, self._hass, item_id, folder, file, owner)

        return Entry(f"{version}-{owner}", read)


def _files(hass: HomeAssistant, folder: Path) -> dict[Path, str]:
    """Return the files of a folder, each with what changes when it does; raises SourceError and OSError."""
    if not folder.is_dir():
        raise SourceError(Trouble.MISSING)
    if not hass.config.is_allowed_path(str(folder)):
        raise SourceError(Trouble.NOT_ALLOWED)
    files: dict[Path, str] = {}
    for file in _walk(folder):
        # It may be gone by now.
        if is_inside(folder, file) and (status := file.stat()).st_size <= MAX_BYTES:
            files[file] = f"{status.st_mtime_ns}-{status.st_size}"
        if len(files) > MAX_FILES:
            raise SourceError(Trouble.TOO_MANY)
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Yield every file of a kind that can be read, nothing that is hidden; links to folders are not followed."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in KINDS:
                yield Path(parent) / name


def is_inside(folder: Path, file: Path) -> bool:
    """Tell whether a file is there and really lies in a folder, wherever a link to it may stand."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _read(hass: HomeAssistant, item_id: str, folder: Path, file: Path, owner: str) -> LibraryItem | None:
    """Read a file, None for one that is gone; it is looked at again, for it may have become a link meanwhile."""
    if not is_inside(folder, file):
        return None
    content = file.read_bytes()
    return LibraryItem(
        id=item_id,
        owner=owner,
        title=file.relative_to(folder).as_posix(),
        content=content,
        kind=KINDS[file.suffix.lower()],
        time=dt_util.utc_from_timestamp(file.stat().st_mtime),
        url=media_url(hass, file),
    )


def media_url(hass: HomeAssistant, file: Path) -> str | None:
    """Return where a file is found among Home Assistant's media, None for one that is not there."""
    for name, path in hass.config.media_dirs.items():
        if file.is_relative_to(path):
            inside = PurePosixPath(file.relative_to(path).as_posix())
            return f"media-source://media_source/{quote(name)}/{quote(str(inside))}"
    return None
