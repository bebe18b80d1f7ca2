"""Define what crosses the wire about the library: what it holds and what is put into it."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from .errors import EngineProtocolError
from .fields import Fields

# What the engine takes; a longer title is cut, and an address that is cut leads nowhere.
_MAX_TITLE = 500
_MAX_URL = 2000


class ItemKind(StrEnum):
    """How an item's text or bytes are to be read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    EMAIL = "email"
    ICS = "ics"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class LibraryItem:
    """Something to be known: `content` is text, or the bytes of a file.

    `owner` is "household" or "person:<id>"; `time` is aware, and what the item is about rather than when it came;
    `url` leads a person to where it is from.
    """

    id: str
    owner: str
    title: str
    content: str | bytes
    kind: ItemKind = ItemKind.TEXT
    time: datetime | None = None
    url: str | None = None
    pinned: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)

    def as_wire(self) -> dict[str, Any]:
        """Return the item as it is sent."""
        return {
            "id": self.id,
            "owner": self.owner,
            "title": self.title[:_MAX_TITLE],
            "kind": self.kind.value,
            **self._content_as_wire(),
            "time": None if self.time is None else self.time.isoformat(),
            "url": None if self.url is None or len(self.url) > _MAX_URL else self.url,
            "pinned": self.pinned,
            "meta": dict(self.meta),
        }

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read an item as `as_wire` wrote it; raises EngineProtocolError."""
        fields = Fields(body)
        text = fields.optional_text("text")
        if (kind := fields.text("kind")) not in set(ItemKind):
            raise EngineProtocolError("field kind is of an unknown kind")
        return cls(
            id=fields.text("id"),
            owner=fields.text("owner"),
            title=fields.text("title"),
            content=fields.octets("data") if text is None else text,
            kind=ItemKind(kind),
            time=fields.optional_time("time"),
            url=fields.optional_text("url"),
            pinned=fields.flag("pinned"),
            meta=fields.optional_mapping("meta") or {},
        )

    def _content_as_wire(self) -> dict[str, str]:
        if isinstance(self.content, str):
            return {"text": self.content}
        return {"data": b64encode(self.content).decode()}


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of an item that was sent: stored, unchanged or failed, then with the code and words of why."""

    id: str
    status: str
    chunks: int
    error_code: str | None
    error_message: str | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one result of storing; raises EngineProtocolError."""
        fields = Fields(body)
        code, message = _error(fields)
        return cls(fields.text("id"), fields.text("status"), fields.optional_whole("chunks") or 0, code, message)


def results_from_wire(body: Any) -> tuple[StoreResult, ...]:
    """Read what became of the items that were sent; raises EngineProtocolError."""
    return tuple(StoreResult.from_wire(result) for result in Fields(body).items("results"))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a listing shows it; `hash` is that of what was sent, the title is empty for whom it is not."""

    id: str
    hash: str
    owner: str
    title: str
    time: datetime | None
    status: str
    error_code: str | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one row of a listing; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            id=fields.text("id"),
            hash=fields.text("hash"),
            owner=fields.text("owner"),
            title=fields.text("title"),
            time=fields.optional_time("time"),
            status=fields.text("status"),
            error_code=_error(fields)[0],
        )


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A part of a collection, by id; `next` is what the next part begins after, None at the end."""

    rows: tuple[ItemRow, ...]
    next: str | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read a listing; raises EngineProtocolError."""
        fields = Fields(body)
        rows = tuple(ItemRow.from_wire(row) for row in fields.items("items"))
        return cls(rows, fields.optional_text("next"))


@dataclass(frozen=True, slots=True)
class ItemText:
    """A part of an item's plain text, as it was read from its file; `total_chars` is the length of all of it."""

    id: str
    owner: str
    title: str
    kind: str
    time: datetime | None
    url: str | None
    pinned: bool
    meta: Mapping[str, Any]
    text: str
    total_chars: int

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read an item; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            id=fields.text("id"),
            owner=fields.text("owner"),
            title=fields.text("title"),
            kind=fields.text("kind"),
            time=fields.optional_time("time"),
            url=fields.optional_text("url"),
            pinned=fields.flag("pinned"),
            meta=fields.mapping("meta"),
            text=fields.text("text"),
            total_chars=fields.whole("total_chars"),
        )


@dataclass(frozen=True, slots=True)
class Collection:
    """How much a collection holds: `pending` chunks have no vector yet, `errors` items could not be read.

    Of `words_only` chunks the embedding model makes no vector, or is not told; their words find them. What is `at_home`
    is told to no model elsewhere.
    """

    name: str
    items: int
    chunks: int
    pending: int
    words_only: int
    errors: int
    updated: datetime | None
    at_home: bool = False

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one collection; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            name=fields.text("name"),
            items=fields.whole("items"),
            chunks=fields.whole("chunks"),
            pending=fields.whole("pending"),
            words_only=fields.whole("words_only"),
            errors=fields.whole("errors"),
            updated=fields.optional_time("updated"),
            at_home=fields.optional_flag("at_home") or False,
        )


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the library holds, and which model makes its vectors; `is_rebuilding` means that words alone are sought.

    `problem` is what became of a damaged file, for a person.
    """

    collections: Mapping[str, Collection]
    embedding_model: str | None
    embedding_state: str
    is_rebuilding: bool
    problem: str | None = None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the body of `/v1/collections`; raises EngineProtocolError."""
        fields = Fields(body)
        collections = [Collection.from_wire(collection) for collection in fields.items("collections")]
        embedding = Fields(fields.mapping("embedding"))
        return cls(
            collections={collection.name: collection for collection in collections},
            embedding_model=embedding.optional_text("model"),
            embedding_state=embedding.text("state"),
            is_rebuilding=embedding.flag("rebuilding"),
            problem=fields.optional_text("problem"),
        )


def _error(fields: Fields) -> tuple[str | None, str | None]:
    """Return the code and the words of what is wrong with an item."""
    if (error := fields.optional_mapping("error")) is None:
        return None, None
    return Fields(error).text("code"), Fields(error).optional_text("message")
