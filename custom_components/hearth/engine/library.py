"""Define what crosses the wire about the library: what it holds, what is put into it and what is found there."""

from array import array
from base64 import b64decode, b64encode
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
import sys
from typing import Any, Self

from .errors import EngineProtocolError
from .fields import Fields

_FLOAT_BYTES = 4
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
            content=_bytes(fields.text("data")) if text is None else text,
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
    """How much a collection holds: `pending` chunks have no vector yet, `errors` items could not be read."""

    name: str
    items: int
    chunks: int
    pending: int
    errors: int
    updated: datetime | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one collection; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            name=fields.text("name"),
            items=fields.whole("items"),
            chunks=fields.whole("chunks"),
            pending=fields.whole("pending"),
            errors=fields.whole("errors"),
            updated=fields.optional_time("updated"),
        )


@dataclass(frozen=True, slots=True)
class LibraryState:
    """What the library holds, and which model makes its vectors; `is_rebuilding` means that words alone are sought."""

    collections: Mapping[str, Collection]
    embedding_model: str | None
    embedding_state: str
    is_rebuilding: bool

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
        )


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to look for, and in whose items: no owner means nothing is found, no collection None means all.

    `after` and `before` are aware; `mode` is "hybrid", "vector" or "keyword".
    """

    query: str
    owners: Sequence[str]
    collections: Sequence[str] | None = None
    after: datetime | None = None
    before: datetime | None = None
    limit: int = 5
    mode: str = "hybrid"
    priority: str = "chat"

    def as_wire(self) -> dict[str, Any]:
        """Return the request body."""
        return {
            "query": self.query,
            "owners": list(self.owners),
            "collections": None if self.collections is None else list(self.collections),
            "after": None if self.after is None else self.after.isoformat(),
            "before": None if self.before is None else self.before.isoformat(),
            "limit": self.limit,
            "mode": self.mode,
            "hearth": {"priority": self.priority},
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an item that was found.

    `score` (0 to 1) means the same for every query; `parts` says what it is made of; `span` is where the text stands in
    the item's plain text, in characters.
    """

    collection: str
    item: str
    chunk: str
    owner: str
    title: str
    text: str
    time: datetime | None
    url: str | None
    pinned: bool
    score: float
    parts: Mapping[str, float | None]
    span: tuple[int, int]

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one passage; raises EngineProtocolError."""
        fields = Fields(body)
        match fields.items("span"):
            case [int() as start, int() as end]:
                span = start, end
            case _:
                raise EngineProtocolError("field span is not a pair of whole numbers")
        parts = Fields(fields.mapping("parts"))
        return cls(
            collection=fields.text("collection"),
            item=fields.text("item"),
            chunk=fields.text("chunk"),
            owner=fields.text("owner"),
            title=fields.text("title"),
            text=fields.text("text"),
            time=fields.optional_time("time"),
            url=fields.optional_text("url"),
            pinned=fields.flag("pinned"),
            score=fields.number("score"),
            parts={name: parts.optional_number(name) for name in fields.mapping("parts")},
            span=span,
        )


@dataclass(frozen=True, slots=True)
class SearchReply:
    """What was found, best first, and how: `mode` is "keyword" where vectors could not be had; times are in ms."""

    passages: tuple[Passage, ...]
    mode: str
    embedding_ms: float | None
    search_ms: float

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read the body of `/v1/search`; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            passages=tuple(Passage.from_wire(passage) for passage in fields.items("passages")),
            mode=fields.text("mode"),
            embedding_ms=fields.optional_number("embedding_ms"),
            search_ms=fields.number("search_ms"),
        )


def vectors_from_wire(body: Any, count: int) -> tuple[Sequence[float], ...]:
    """Read `count` vectors of `/v1/embeddings` in the order of their texts; raises EngineProtocolError."""
    entries = sorted((Fields(entry) for entry in Fields(body).items("data")), key=lambda entry: entry.whole("index"))
    if [entry.whole("index") for entry in entries] != list(range(count)):
        raise EngineProtocolError("not each text has one vector")
    return tuple(_vector(entry.text("embedding")) for entry in entries)


def _vector(encoded: str) -> array[float]:
    """Read OpenAI's base64 form: 32-bit floats, the lowest byte first."""
    data = _bytes(encoded)
    if not data or len(data) % _FLOAT_BYTES:
        raise EngineProtocolError("a vector has no whole number of floats")
    vector = array("f", data)
    if sys.byteorder == "big":
        vector.byteswap()
    return vector


def _error(fields: Fields) -> tuple[str | None, str | None]:
    """Return the code and the words of what is wrong with an item."""
    if (error := fields.optional_mapping("error")) is None:
        return None, None
    return Fields(error).text("code"), Fields(error).optional_text("message")


def _bytes(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except binascii.Error as err:
        raise EngineProtocolError("what should be base64 is not") from err
