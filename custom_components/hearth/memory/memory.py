"""Hold everything that Hearth remembers, for one home."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
import logging
from pathlib import Path
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..access import CONF_LEARN, CONF_RETENTION_DAYS, DEFAULT_RETENTION_DAYS, HOUSEHOLD_OWNER, Access, Source
from ..engine import EngineClient, RoleInfo
from .claims import tells
from .extraction import Extraction
from .facts import Change, ChangeKind, MemoryRefused
from .journal import WINDOW
from .recall import Recall
from .remembering import Remembering
from .turns import StoredTurn
from .vault import Vault

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Memory(Remembering):
    """What is remembered, the conversations that are kept, and what is learnt from them."""

    access: Access
    recall: Recall
    extraction: Extraction
    _ends: list[CALLBACK_TYPE] = field(default_factory=list)
    _settling: CALLBACK_TYPE | None = None

    @classmethod
    async def async_create(
        cls,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        client: EngineClient,
        role_info: Callable[[str], RoleInfo | None],
        on_copy: Callable[[Path], None],
    ) -> Self:
        """Open what lies in the configuration folder; what the disk refuses now is refused again when it is asked for.

        `on_copy` is told of each file that was set aside because it was damaged, or changed by two at once.
        """
        folder = Path(hass.config.path("hearth"))
        vault = Vault(hass, folder / "vault", on_copy)
        recall = Recall(
            hass,
            folder / "recall.db",
            lambda: int(entry.options.get(CONF_RETENTION_DAYS, DEFAULT_RETENTION_DAYS)),
            on_copy,
        )
        access = Access(hass, entry)

        def learns() -> bool:
            return access.is_on(Source.MEMORY) and bool(entry.options.get(CONF_LEARN, True))

        extraction = Extraction(hass, entry, client, role_info, vault, recall, learns)
        memory = cls(hass, vault, access=access, recall=recall, extraction=extraction)
        try:
            await vault.async_open()
            await recall.async_open()
            await recall.async_expire()
        except MemoryRefused:
            # Controlling a home must not depend on what is remembered of it.
            _LOGGER.exception("The memory could not be opened")
        await memory._async_settle_later(dt_util.utcnow())
        memory._ends = [extraction.async_start(), vault.add_listener(memory._changed)]
        return memory

    async def async_close(self) -> None:
        """Stop learning and close the conversations."""
        for end in self._ends:
            end()
        self._ends = []
        if self._settling is not None:
            self._settling()
            self._settling = None
        await self.recall.async_close()

    async def async_store(self, turn: StoredTurn) -> None:
        """Keep a turn of a conversation that is not off the record, and learn from it later; never raises.

        Nothing is kept while conversations are switched off for the home; what is kept already stays.
        """
        if not self.access.is_on(Source.CONVERSATIONS):
            return
        try:
            stored = await self.recall.async_store(turn)
        except MemoryRefused:
            return
        if stored is not None:
            self.extraction.async_note(turn)

    async def async_settle(self, now: datetime) -> None:
        """Give up what can't be undone any more; what was forgotten then goes from the conversations as well."""
        past = await self.vault.async_past_undoing(now)
        for change in past:
            if change.kind is ChangeKind.FORGOTTEN:
                owners = None if change.owner == HOUSEHOLD_OWNER else (change.owner,)
                for fact in change.before:
                    await self.recall.async_forget(owners, tells(fact.text, self.hass.config.language))
        await self.vault.async_drop(past)

    @callback
    def _changed(self, _change: Change) -> None:
        """Settle once the change can't be undone any more."""
        if self._settling is None:
            self._settling = async_call_later(self.hass, WINDOW, self._async_settle_later)

    async def _async_settle_later(self, now: datetime) -> None:
        self._settling = None
        try:
            await self.async_settle(now)
            waiting = await self.vault.async_undoable()
        except MemoryRefused:
            waiting = True
        if waiting and self._settling is None:
            self._settling = async_call_later(self.hass, WINDOW, self._async_settle_later)
