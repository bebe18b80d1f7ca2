"""Say what a connector is: what feeds the library from one source of the home."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
import hashlib
import json
from typing import ClassVar, Final, Self

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ...access import Access, Source
from ...engine import LibraryItem

_ASSISTANT: Final = "conversation"
_DIGEST_BYTES = 12


class Trouble(StrEnum):
    """What can be wrong with a thing that a source is read from; each is a key of the translations."""

    FAILED = "failed"
    MISSING = "missing"
    NOT_ALLOWED = "not_allowed"
    TIMEOUT = "timeout"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class SourceError(Exception):
    """A source can't be read at the moment, none of it."""

    def __init__(self, trouble: Trouble) -> None:
        """Keep what is wrong."""
        super().__init__(trouble.value)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a source holds: `version` changes when it does, `read` gets it, None once it is gone."""

    version: str
    read: Callable[[], Awaitable[LibraryItem | None]]

    @classmethod
    def of(cls, item: LibraryItem) -> Self:
        """Hold an item that is at hand anyway."""

        async def read() -> LibraryItem:
            return item

        return cls(digest(json.dumps(item.as_wire(), sort_keys=True, default=str)), read)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds now, by the item's ID.

    `troubles` are by the beginning of the IDs that could not be listed therefore: (what it is called, what is wrong).
    """

    entries: Mapping[str, Entry]
    troubles: Mapping[str, tuple[str, Trouble]] = field(default_factory=dict)


class Connector(ABC):
    """What feeds one source into one collection of the library.

    Its items' IDs begin with `prefix` and hold nothing that anybody wrote. Where it `is_complete`, what it no longer
    lists is gone and leaves the library; otherwise it tells only what is new. What is about a time before `keep` ago
    leaves in any case.
    """

    source: ClassVar[Source]
    collection: ClassVar[str]
    prefix: ClassVar[str]
    interval: ClassVar[timedelta] = timedelta(minutes=10)
    is_complete: ClassVar[bool] = True
    keep: ClassVar[timedelta | None] = None

    def __init__(self, hass: HomeAssistant, access: Access) -> None:
        """Belong to a home; nothing is read yet."""
        self._hass = hass
        self._access = access

    @abstractmethod
    async def async_list(self) -> Listing:
        """List everything that is there; raises SourceError, or whatever the source raises."""

    @callback
    def async_listen(
        self,
        push: Callable[[LibraryItem], None],  # noqa: ARG002 - a source that is only listed needs neither
        wake: Callable[[], None],  # noqa: ARG002 - the same
    ) -> Iterable[CALLBACK_TYPE]:
        """Begin to follow the home, and return what ends that.

        `push` takes what can't be listed later, `wake` says that listing would show something new.
        """
        return ()

    @callback
    def _exposed(self, domain: str | None = None) -> list[str]:
        """Return the entities, of a domain or all, that the home shows to assistants."""
        entity_ids = self._hass.states.async_entity_ids(domain)
        return [entity_id for entity_id in entity_ids if async_should_expose(self._hass, _ASSISTANT, entity_id)]

    @callback
    def _name(self, entity_id: str) -> str:
        """Return what an entity is called."""
        state = self._hass.states.get(entity_id)
        return state.name if state else entity_id


def digest(*parts: str) -> str:
    """Return what stands for texts in an ID, so that it tells nothing of them."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=_DIGEST_BYTES).hexdigest()
