"""Test which files of a folder are read, and what is said of one that is not right."""

import os
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.engine import ItemKind
from custom_components.hearth.memory import Recall
from custom_components.hearth.memory.connectors.connector import Trouble
from custom_components.hearth.memory.connectors.folders import MAX_BYTES, Folders

from .sources import ANNA, FolderInTest

pytestmark = pytest.mark.usefixtures("in_paris")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that Home Assistant may read."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


async def test_which_files_are_read(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, tmp_path: Path, folder: Path
) -> None:
    """Read what can be read, nothing hidden, nothing huge, and nothing that lies elsewhere."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    hass.config.media_dirs = {"local": str(tmp_path)}
    hass.config_entries.async_update_entry(entry, options={"owners": {f"folder:{folder}": ANNA}})
    (tmp_path / "secret.txt").write_text("elsewhere")
    (folder / "Notes.MD").write_text("read")
    (folder / "a").mkdir()
    (folder / "a" / "b.csv").write_text("x,y")
    (folder / ".hidden.txt").write_text("hidden")
    (folder / ".git").mkdir()
    (folder / ".git" / "c.txt").write_text("hidden")
    (folder / "film.mp4").write_bytes(b"0")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "inside.txt").symlink_to(folder / "Notes.MD")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "up").symlink_to(tmp_path)
    with (folder / "huge.pdf").open("wb") as huge:
        os.truncate(huge.fileno(), MAX_BYTES + 1)
    entries = (await Folders(hass, access).async_list()).entries
    items = [await entry.read() for entry in entries.values()]
    told = {item.title: (item.content, item.kind, item.url) for item in items if item}
    assert told == {
        "Notes.MD": (b"read", ItemKind.MARKDOWN, "media-source://media_source/local/shared/Notes.MD"),
        "a/b.csv": (b"x,y", ItemKind.CSV, "media-source://media_source/local/shared/a/b.csv"),
        "inside.txt": (b"read", ItemKind.TEXT, "media-source://media_source/local/shared/inside.txt"),
    }


async def test_a_file_that_becomes_a_link_is_not_followed(
    hass: HomeAssistant, access: Access, tmp_path: Path, recall: Recall, entry: MockConfigEntry
) -> None:
    """Look again at the moment of reading."""
    folder = tmp_path / "documents"
    folder.mkdir()
    source = FolderInTest(hass, folder, recall)
    hass.config_entries.async_update_entry(entry, options=source.options)
    await source.begin()
    ((_, listed),) = (await source.connector(access).async_list()).entries.items()
    (tmp_path / "secret.md").write_text("elsewhere")
    (folder / "first.md").unlink()
    (folder / "first.md").symlink_to(tmp_path / "secret.md")
    assert await listed.read() is None


async def test_what_is_wrong_with_a_folder(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Say what a person can mend, and list the others all the same."""
    monkeypatch.setattr("custom_components.hearth.memory.connectors.folders.MAX_FILES", 1)
    crowded, good = folder / "crowded", folder / "good"
    for path, names in ((crowded, "ab"), (good, "a")):
        path.mkdir()
        for name in names:
            (path / f"{name}.txt").write_text(name)
    (folder.parent / "forbidden").mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    paths = [crowded, good, folder / "missing", folder.parent / "forbidden"]
    hass.config_entries.async_update_entry(entry, options={"owners": {f"folder:{path}": ANNA for path in paths}})
    listing = await Folders(hass, access).async_list()
    assert len(listing.entries) == 1
    assert dict(listing.troubles.values()) == {
        str(crowded): Trouble.TOO_MANY,
        str(folder / "missing"): Trouble.MISSING,
        str(folder.parent / "forbidden"): Trouble.NOT_ALLOWED,
    }
