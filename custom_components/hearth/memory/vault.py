"""Remember in Markdown pages that a person can read and edit: one of the household, one of each person."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
import logging
from pathlib import Path
import re

from homeassistant.const import ATTR_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..access import person_by_owner, person_of
from ..const import DOMAIN
from . import edits
from .edits import Edit
from .facts import Change, ChangeKind, Fact, MemoryRefused
from .journal import WINDOW
from .page import Page, name_on_page, tidy
from .pages import Pages, Whose

_LOGGER = logging.getLogger(__name__)

# What is longer is a document, not something to have in mind.
MAX_FACT_WORDS = 100
EVENT_MEMORY_CHANGED = "hearth_memory_changed"

_TIMEOUT_SECONDS = 15
_ID = re.compile(r"[\w.:-]+")
_UNDOABLE_PER_PERSON = 10


class Vault:
    """The pages, and what was last changed on them.

    Every async method raises MemoryRefused when the disk fails, and when it does not do what was asked.
    """

    def __init__(self, hass: HomeAssistant, folder: Path, on_copy: Callable[[Path], None]) -> None:
        """Name the folder; `on_copy` is told of each page that was set aside because it was damaged or contested."""
        self._hass = hass
        self._pages = Pages(folder, self._tell_of_copy)
        self._on_copy = on_copy
        self._lock = asyncio.Lock()
        self._listeners: list[Callable[[Change], None]] = []

    async def async_open(self) -> None:
        """Make the folder, and put right what a crash has left."""
        await self._async_job(self._pages.open)

    async def async_pages(self, owners: Iterable[str]) -> dict[str, Page]:
        """Return the pages of owners as they are now, edited by hand or not; one who has none gets an empty one."""
        wanted, now = [self._whose(owner) for owner in owners], dt_util.now()
        return await self._async_job(lambda: {whose.owner: self._pages.page(whose, now) for whose in wanted})

    async def async_remember(self, owner: str, fact: Fact, *, by: str) -> Change:
        """Add a fact to an owner's page in the place of those that it contradicts; `id` and `day` are set here."""
        fitting, today, language = self._fitting(fact), dt_util.now().date(), self._hass.config.language
        return await self._async_change(owner, by, lambda page: edits.remember(page, fitting, language, today))

    async def async_replace(self, owner: str, old: Fact, new: Fact, *, by: str) -> Change:
        """Put a fact in the place of another, which stays among those of earlier."""
        fitting, today = self._fitting(new), dt_util.now().date()
        return await self._async_change(
            owner, by, lambda page: edits.put_in_place(page, _still(page, old), fitting, today)
        )

    async def async_forget(self, owner: str, fact: Fact, *, by: str) -> Change:
        """Take a fact away, with what it was before."""
        today, language = dt_util.now().date(), self._hass.config.language
        return await self._async_change(owner, by, lambda page: edits.forget(page, _still(page, fact), language, today))

    async def async_merge(self, owner: str) -> list[Change]:
        """Merge facts of an owner that say the same: the later one stays."""
        today, language = dt_util.now().date(), self._hass.config.language
        page = (await self.async_pages([owner]))[owner]
        return [await self._async_merge(owner, old, same, today) for old, same in edits.doubles(page, language)]

    async def _async_merge(self, owner: str, old: Fact, same: Fact, today: date) -> Change:
        return await self._async_change(
            owner, owner, lambda page: edits.merge(page, _still(page, old), _still(page, same), today)
        )

    async def async_undo(self, by: str) -> Change | None:
        """Take the last change back that somebody made; None if there is none that still can be."""
        change = await self._async_job(lambda: self._pages.journal.last(by))
        if change is None or change.at < dt_util.utcnow() - WINDOW:
            return None

        def take_back(page: Page) -> Edit:
            if (undone := edits.undo(page, change, dt_util.as_local(change.at).date())) is None:
                raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_changed")
            return undone

        try:
            return await self._async_change(change.owner, by, take_back)
        finally:
            await self.async_drop([change])

    async def async_undoable(self) -> bool:
        """Tell whether any change is kept."""
        return bool(await self._async_job(self._pages.journal.changes))

    async def async_past_undoing(self, now: datetime) -> list[Change]:
        """Return the kept changes that can't be undone any more: too old, or too many after them."""
        changes = await self._async_job(self._pages.journal.changes)
        since = now - WINDOW
        return [
            change
            for number, change in enumerate(changes)
            if change.at < since
            or sum(later.by == change.by for later in changes[number + 1 :]) >= _UNDOABLE_PER_PERSON
        ]

    async def async_drop(self, changes: Iterable[Change]) -> None:
        """Keep nothing of some changes any longer."""
        dropped = list(changes)
        await self._async_job(lambda: self._pages.journal.remove(dropped))

    async def async_erase(self, owner: str | None) -> int:
        """Delete an owner's page with every copy of it, or all pages, and return how many facts were on them."""
        whose = self._whose(owner) if owner else None
        return await self._async_job(lambda: self._pages.erase(whose))

    async def async_export(self, owners: Iterable[str]) -> Mapping[str, str]:
        """Return the pages of owners as they are, by their owners; one who has none is left out."""
        return {owner: page.text for owner, page in (await self.async_pages(owners)).items() if page.lines}

    async def async_import(self, pages: Mapping[str, str]) -> None:
        """Write exported pages, by their owners, who must have none: what a page there should hold is a person's."""
        for owner, text in pages.items():
            if not await self._async_job(partial(self._pages.add, self._whose(owner), text)):
                raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_exists")

    @callback
    def people(self) -> list[str]:
        """Return the owners that the persons of this home are."""
        people = [person_of(state) for state in self._hass.states.async_all("person") if ATTR_ID in state.attributes]
        return [person.owner for person in people if person.owner]

    @callback
    def name_of(self, owner: str) -> str | None:
        """Return the name of a person that is an owner."""
        person = person_by_owner(self._hass, owner)
        state = self._hass.states.get(person.person_id) if person and person.person_id else None
        return state.name if state else None

    @callback
    def add_listener(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call `listener` after every change until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell_of_copy(self, path: Path) -> None:
        """Tell of a copy, from a thread."""
        self._hass.loop.call_soon_threadsafe(self._on_copy, path)

    def _whose(self, owner: str) -> Whose:
        return Whose(owner, self.name_of(owner))

    def _fitting(self, fact: Fact) -> Fact:
        """Return a fact of today as it can stand on a line."""
        text = tidy(fact.text)
        if not text:
            raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_empty")
        if len(text.split()) > MAX_FACT_WORDS:
            raise MemoryRefused(
                translation_domain=DOMAIN,
                translation_key="memory_too_long",
                translation_placeholders={"words": str(MAX_FACT_WORDS)},
            )
        return replace(
            fact,
            text=text,
            day=dt_util.now().date(),
            said_by=name_on_page(fact.said_by or ""),
            conversation=fact.conversation if fact.conversation and _ID.fullmatch(fact.conversation) else None,
        )

    async def _async_change(self, owner: str, by: str, edit_page: Callable[[Page], Edit]) -> Change:
        blank = Change(ulid_now(), ChangeKind.KNOWN, owner, by, dt_util.utcnow())
        whose = self._whose(owner)
        change = await self._async_job(lambda: self._pages.change(blank, whose, edit_page))
        if change.kind is not ChangeKind.KNOWN:
            told = {"id": change.id, "owner": change.owner, "kind": change.kind.value}
            self._hass.bus.async_fire(EVENT_MEMORY_CHANGED, told)
            for listener in list(self._listeners):
                listener(change)
        return change

    async def _async_job[T](self, job: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS), self._lock:
                return await self._hass.async_add_executor_job(job)
        except (OSError, TimeoutError) as err:
            _LOGGER.warning("The memory's pages could not be read or written: %s", type(err).__name__)
            raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_unavailable") from err


def _still(page: Page, fact: Fact) -> Fact:
    """Return a fact as it stands on a page; raises MemoryRefused if somebody has changed it meanwhile."""
    found = page.find(fact.id)
    if found != fact:
        raise MemoryRefused(translation_domain=DOMAIN, translation_key="memory_changed")
    return found
