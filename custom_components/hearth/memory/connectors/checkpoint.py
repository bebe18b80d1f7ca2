"""Keep on disk how far the feeding of a source has come, so that nothing is lost or sent twice."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ...const import DOMAIN
from ...engine import LibraryItem

_STORAGE_VERSION: Final = 1
_SAVE_SECONDS: Final = 5
# What waits for an engine that is away for long must not fill the disk; the oldest goes first.
MAX_OUTBOX: Final = 1000


class Checkpoint:
    """What the library has of one source (`sent`: version by ID), what waits for it, and what must not come back."""

    def __init__(self, hass: HomeAssistant, prefix: str) -> None:
        """Begin with nothing; `prefix` is that of the source's IDs."""
        self._store: Store[dict[str, Any]] = Store(
            hass, _STORAGE_VERSION, f"{DOMAIN}.source_{prefix.strip('/')}", private=True, atomic_writes=True
        )
        self.sent: dict[str, str] = {}
        self.outbox: dict[str, LibraryItem] = {}
        self.forgotten: set[str] = set()

    async def async_load(self) -> None:
        """Go on from where it was left."""
        stored = await self._store.async_load() or {}
        self.sent = stored.get("sent", {})
        self.outbox = {item["id"]: LibraryItem.from_wire(item) for item in stored.get("outbox", [])}
        self.forgotten = set(stored.get("forgotten", []))

    async def async_save(self) -> None:
        """Write everything down at once."""
        await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Delete what was written down."""
        await self._store.async_remove()

    @callback
    def save_soon(self) -> None:
        """Write down within seconds what could be found out again if it were lost."""
        self._store.async_delay_save(self._data, _SAVE_SECONDS)

    @callback
    def add(self, item: LibraryItem) -> None:
        """Let an item wait for the engine, in the place of an older form of it."""
        if item.id in self.forgotten:
            return
        self.outbox.pop(item.id, None)
        self.outbox[item.id] = item
        while len(self.outbox) > MAX_OUTBOX:
            del self.outbox[next(iter(self.outbox))]

    @callback
    def forget(self, item_ids: Iterable[str]) -> None:
        """Let items never come back."""
        for item_id in item_ids:
            self.sent.pop(item_id, None)
            self.outbox.pop(item_id, None)
            self.forgotten.add(item_id)

    @callback
    def clear(self) -> None:
        """Begin anew."""
        self.sent.clear()
        self.outbox.clear()
        self.forgotten.clear()

    def _data(self) -> dict[str, Any]:
        return {
            "sent": dict(self.sent),
            "outbox": [item.as_wire() for item in self.outbox.values()],
            "forgotten": sorted(self.forgotten),
        }
