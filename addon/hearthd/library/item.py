"""Say what is given to the library to keep, what became of it, and what of it a search brings back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import takewhile
import json
from typing import Any, Literal
import zlib

from hearthd.library.document import Chunk, Kind

# Between the headings of a passage, where they are kept as one text.
HEADING_MARK = "\x1f"


@dataclass(frozen=True, slots=True)
class NewItem:
    """Something to be kept: `source` is its text in UTF-8 or a file's bytes.

    `owner` is whose it is, `household` or `person:<id>`. `time` is in Unix seconds, what the item is about rather than
    when it came. `meta` is kept as it is and never searched.
    """

    id: str
    owner: str
    title: str
    kind: Kind
    source: bytes
    time: float | None = None
    url: str | None = None
    pinned: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Return what changes when anything of the item does."""
        facts = [self.owner, self.title, self.kind, self.time, self.url, self.pinned, dict(self.meta)]
        told = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        return sha256(sha256(told).digest() + self.source).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """An item as it was read from its source: the plain text, and the passages that it is found by."""

    text: str
    chunks: tuple[Chunk, ...]
    title: str | None = None
    time: float | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """Why an item could not be read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class StoreResult:
    """What became of an item that was given."""

    id: str
    status: Literal["stored", "unchanged", "failed"]
    chunks: int
    error: RowError | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a listing shows it; the title only to whom it belongs, else it is empty."""

    id: str
    hash: str
    owner: str
    time: float | None
    title: str
    status: Literal["stored", "failed"]
    error: RowError | None


@dataclass(frozen=True, slots=True)
class ItemText:
    """A part of an item's plain text, from the character `offset` on; `total_chars` is the length of all of it."""

    id: str
    owner: str
    kind: str
    title: str
    time: float | None
    url: str | None
    pinned: bool
    meta: Mapping[str, Any]
    text: str
    offset: int
    total_chars: int


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """How much a collection holds: `pending` passages have no vector yet, `errors` items could not be read.

    Of `words_only` passages the model makes no vector, or is not told: they are found by their words. `updated` is when
    something last changed in it, in Unix seconds. What is `at_home` no model elsewhere is told of.
    """

    name: str
    items: int
    chunks: int
    pending: int
    words_only: int
    errors: int
    updated: float
    at_home: bool = False


def embedded_text(title: str, headings: Iterable[str], text: str) -> str:
    """Return what a passage's vector is made of: where it stands, unless it begins with that itself, then its words."""
    known = list(headings)
    told = {title, *takewhile(known.__contains__, filter(None, text.split("\n")))}
    place = " > ".join(heading for heading in known if heading not in told)
    return "\n".join(part for part in (title, place, text) if part)


def chunk_ids(collection: str, item_id: str, title: str, chunks: tuple[Chunk, ...]) -> list[str]:
    """Return an id for each passage of an item: the same as long as its words and where they stand are."""
    seen: dict[str, int] = {}
    ids: list[str] = []
    for chunk in chunks:
        content = embedded_text(title, chunk.headings, chunk.text)
        seen[content] = seen.get(content, 0) + 1
        facts = json.dumps([collection, item_id, content, seen[content]], ensure_ascii=False)
        ids.append(sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return ids


def given_item(row: tuple[str, str, str, str, bytes, float | None, str | None, int, str]) -> NewItem:
    """Return an item as it was given, of its columns from the id to the meta."""
    item_id, owner, title, kind, source, at, url, pinned, meta = row
    return NewItem(item_id, owner, title, Kind(kind), zlib.decompress(source), at, url, bool(pinned), json.loads(meta))
