"""Define what crosses the wire about searching: what is looked for, and the passages that were found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .errors import EngineProtocolError
from .fields import Fields


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to look for, and in whose items: no owner means nothing is found, no collection None means all.

    `after` and `before` are aware; `mode` is "hybrid", "vector" or "keyword". Whoever waits for `deadline_s` seconds
    only is answered by words alone where a vector would take longer.
    """

    query: str
    owners: Sequence[str]
    collections: Sequence[str] | None = None
    after: datetime | None = None
    before: datetime | None = None
    limit: int = 5
    mode: str = "hybrid"
    priority: str = "chat"
    deadline_s: float | None = None

    def as_wire(self) -> dict[str, Any]:
        """Return the request body."""
        deadline = {} if self.deadline_s is None else {"deadline_ms": round(self.deadline_s * 1000)}
        return {
            "query": self.query,
            "owners": list(self.owners),
            "collections": None if self.collections is None else list(self.collections),
            "after": None if self.after is None else self.after.isoformat(),
            "before": None if self.before is None else self.before.isoformat(),
            "limit": self.limit,
            "mode": self.mode,
            "hearth": {"priority": self.priority} | deadline,
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
