"""Keep the vault's pages in its folder: the household's, one of each person, and what can be undone on them.

Nothing here may run in the event loop. Everything raises OSError when the disk fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
import re

from homeassistant.util import slugify

from ..access import HOUSEHOLD_OWNER
from ..const import DOMAIN
from .edits import Edit
from .facts import Change, ChangeKind, MemoryRefused
from .journal import Journal
from .page import Page
from .page_file import OnCopy, edit, read, recover, write

# What a page may show to a model, in words: short enough to be read again in ten minutes.
MAX_WORDS = 2000

_SUGGESTED = 3
_HOUSEHOLD_PAGE = "memory.md"
_PEOPLE = "people"
_COPY = re.compile(r"\.(?:conflict|damaged)-")


@dataclass(frozen=True, slots=True)
class Whose:
    """An owner, and the name that their page goes by; None for somebody who is gone, or for the household."""

    owner: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """The folder of the pages; `on_copy` is told of each version that was set aside."""

    folder: Path
    on_copy: OnCopy

    @property
    def journal(self) -> Journal:
        """Return the changes that can be undone."""
        return Journal(self.folder / ".undo.json")

    def open(self) -> None:
        """Make the folder, and put right what a crash has left."""
        for folder in (self.folder, self.folder / _PEOPLE):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            recover(folder)

    def page(self, whose: Whose, now: datetime) -> Page:
        """Return an owner's page as it is now, an empty one if there is none."""
        return Page.parse(read(self.path(whose), now, self.on_copy))

    def change(self, blank: Change, whose: Whose, edit_page: Callable[[Page], Edit]) -> Change:
        """Edit an owner's page, and return `blank` with what became of it.

        What can be undone is written down first, so that no crash leaves a change that can't be. Raises MemoryRefused
        for a page that would become too long, and what `edit_page` raises.
        """
        made = blank

        def change(text: str) -> str:
            nonlocal made
            page = _begun(whose, text)
            edited = edit_page(page)
            _check_room(page, edited.page)
            made = replace(blank, kind=edited.kind, before=edited.before, after=edited.after)
            if made.kind is ChangeKind.KNOWN:
                return text
            if made.kind is not ChangeKind.UNDONE:
                self.journal.add(made)
            return edited.page.text

        try:
            edit(self.path(whose), change, blank.at, self.on_copy)
        except OSError, MemoryRefused:
            self.journal.remove([made])
            raise
        return made

    def add(self, whose: Whose, text: str) -> bool:
        """Write a whole page, and tell whether there was none."""
        path = self.path(whose)
        if path.exists():
            return False
        write(path, text.encode())
        return True

    def erase(self, whose: Whose | None) -> int:
        """Delete an owner's page with every copy, or all of them, and return how many facts that were."""
        self.journal.erase(whose.owner if whose else None)
        paths = [self.path(whose)] if whose else [self.folder / _HOUSEHOLD_PAGE, *self._people()]
        facts = 0
        for path in paths:
            facts += len(Page.parse(path.read_text("utf-8", errors="replace")).facts) if path.exists() else 0
            for copy in [path, *path.parent.glob(f"{path.stem}.*-*{path.suffix}")]:
                copy.unlink(missing_ok=True)
        return facts

    def path(self, whose: Whose) -> Path:
        """Return where an owner's page is, or would be.

        A person's says whose it is, so that neither a new name nor another of the same name changes that; one that
        somebody has begun by hand under their name is theirs.
        """
        if whose.owner == HOUSEHOLD_OWNER:
            return self.folder / _HOUSEHOLD_PAGE
        owners = {path: _owner_of(path) for path in self._people()}
        if mine := next((path for path, owner in owners.items() if owner == whose.owner), None):
            return mine
        path = self.folder / _PEOPLE / f"{slugify(whose.name) if whose.name else 'someone'}.md"
        number = 1
        while owners.get(path) is not None:
            number += 1
            path = path.with_name(f"{path.stem.removesuffix(f'_{number - 1}')}_{number}.md")
        return path

    def _people(self) -> Iterator[Path]:
        for path in sorted((self.folder / _PEOPLE).glob("[!.]*.md")):
            if not _COPY.search(path.name):
                yield path


def _owner_of(path: Path) -> str | None:
    """Return whose a person's page says it is."""
    return Page.parse(path.read_text("utf-8", errors="replace")).owner


def _begun(whose: Whose, text: str) -> Page:
    """Return a page to write on: a new one has a title, and a person's says whose it is."""
    if whose.owner == HOUSEHOLD_OWNER:
        return Page.parse(text or "# What Hearth knows about this home\n\n")
    if not text:
        text = f"# What Hearth knows about {whose.name or 'someone'}\n\n"
    page = Page.parse(text)
    return page if page.owner else Page.parse(f"---\nowner: {whose.owner}\n---\n{text}")


def _check_room(before: Page, after: Page) -> None:
    """Refuse what makes a page too long, and say what could go instead."""
    if after.words <= MAX_WORDS or after.words <= before.words:
        return
    oldest = sorted((fact for fact in before.facts if not fact.pinned and fact.day), key=lambda fact: str(fact.day))
    raise MemoryRefused(
        translation_domain=DOMAIN,
        translation_key="memory_full",
        translation_placeholders={
            "words": str(MAX_WORDS),
            "facts": " ".join(f'"{fact.text}"' for fact in oldest[:_SUGGESTED]),
        },
        candidates=tuple(oldest[:_SUGGESTED]),
    )
