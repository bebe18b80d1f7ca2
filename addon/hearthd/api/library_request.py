"""Read what is asked of the library, strictly."""

from base64 import b64decode
import binascii
from datetime import datetime
import re
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import AfterValidator, Field, StringConstraints

from hearthd.api.wire import Extra, Wire, validated
from hearthd.errors import ApiError, ErrorCode
from hearthd.library.document import Kind
from hearthd.library.item import NewItem
from hearthd.library.scope import Scope
from hearthd.library.search import Mode, Query

_COLLECTION = r"[a-z][a-z0-9_-]{0,40}"
_MOST_ITEMS = 500
_LONGEST_META = 4096
_MOST_ROWS = 1000
_FIRST_YEAR, _LAST_YEAR = 1, 9999


def _aware(text: str) -> str:
    """Accept a time of RFC 3339 that has a zone."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError as err:
        raise ValueError("a time such as 2026-11-21T12:00:00Z is expected") from err
    if given.tzinfo is None:
        raise ValueError("the time needs a zone, such as Z or +01:00")
    if not _FIRST_YEAR < given.year < _LAST_YEAR:
        raise ValueError(f"a year between {_FIRST_YEAR} and {_LAST_YEAR} is expected")
    return text


def _whole(text: str) -> str:
    """Refuse what cannot be written in UTF-8."""
    if not text.isascii():
        text.encode()
    return text


def _small(meta: dict[str, Any]) -> dict[str, Any]:
    """Accept a flat object of a modest size."""
    if sum(len(name) + len(str(value)) for name, value in meta.items()) > _LONGEST_META:
        raise ValueError(f"at most {_LONGEST_META} characters are expected")
    return meta


type _Owner = Annotated[str, StringConstraints(pattern=r"^(household|person:[!-~]{1,200})$")]
type _Id = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_whole)]
type _Collection = Annotated[str, StringConstraints(pattern=f"^{_COLLECTION}$")]
type _Time = Annotated[str, AfterValidator(_aware)]
type _Meta = Annotated[dict[str, str | int | float | bool | None], AfterValidator(_small)]


class _Item(Wire):
    """An item that is to be kept."""

    id: _Id
    owner: _Owner
    title: Annotated[str, StringConstraints(max_length=500), AfterValidator(_whole)] = ""
    kind: Literal["text", "markdown", "html", "pdf", "email", "ics", "csv"] = "text"
    text: str | None = None
    data: str | None = None
    time: _Time | None = None
    url: Annotated[str, StringConstraints(max_length=2000), AfterValidator(_whole)] | None = None
    pinned: bool = False
    meta: _Meta = Field(default_factory=dict)

    def as_item(self, most_bytes: int) -> NewItem:
        """Return the item as the library takes it."""
        return NewItem(
            self.id,
            self.owner,
            self.title,
            Kind(self.kind),
            self._source(most_bytes),
            seconds(self.time),
            self.url,
            self.pinned,
            dict(self.meta),
        )

    def _source(self, most_bytes: int) -> bytes:
        """Return what the item is read from."""
        if (self.text is None) == (self.data is None):
            raise ApiError(ErrorCode.INVALID_REQUEST, "An item has either a text or data.", param="items")
        try:
            source = self.text.encode() if self.text is not None else b64decode(self.data or "", validate=True)
        except (binascii.Error, ValueError) as err:
            raise ApiError(ErrorCode.INVALID_REQUEST, "An item's data must be base64.", param="items") from err
        if len(source) > most_bytes:
            raise ApiError(ErrorCode.BODY_TOO_LARGE, f"An item is larger than {most_bytes} bytes.", param="items")
        return source


class _Items(Wire):
    """Items that are to be kept."""

    items: Annotated[list[_Item], Field(max_length=_MOST_ITEMS)]
    wait: bool = False
    at_home: bool | None = None


class _Deletion(Wire):
    """Items that are to be deleted."""

    ids: Annotated[list[_Id], Field(max_length=_MOST_ROWS)] | None = None
    owner: _Owner | None = None


class _Search(Wire):
    """A question."""

    query: Annotated[str, StringConstraints(max_length=4000), AfterValidator(_whole)]
    owners: Annotated[list[_Owner], Field(min_length=1, max_length=100)]
    collections: Annotated[list[_Collection], Field(max_length=100)] | None = None
    after: _Time | None = None
    before: _Time | None = None
    limit: int = Field(default=5, ge=1, le=50)
    mode: Literal["hybrid", "vector", "keyword"] = "hybrid"
    hearth: Extra | None = None


def parse_items(body: Any, most_bytes: int) -> tuple[list[NewItem], bool, bool | None]:
    """Read items that are to be kept, whether to wait for their vectors, and whether they are kept at home.

    Raises:
        ApiError: `invalid_request`, or `body_too_large` for an item's source.
    """
    wire = validated(_Items, body)
    if len({item.id for item in wire.items}) != len(wire.items):
        raise ApiError(ErrorCode.INVALID_REQUEST, "items: an id is given twice", param="items")
    return [item.as_item(most_bytes) for item in wire.items], wire.wait, wire.at_home


def parse_deletion(body: Any) -> tuple[list[str] | None, str | None]:
    """Read which items are to be deleted: those of some ids, or of an owner; raises ApiError `invalid_request`."""
    wire = validated(_Deletion, body)
    if (wire.ids is None) == (wire.owner is None):
        raise ApiError(ErrorCode.INVALID_REQUEST, "Give either ids or an owner.", param="ids")
    return wire.ids, wire.owner


def parse_search(body: Any) -> tuple[Query, Extra]:
    """Read a question, and how much hurry there is; raises ApiError `invalid_request`."""
    wire = validated(_Search, body)
    scope = Scope(
        frozenset(wire.owners),
        None if wire.collections is None else frozenset(wire.collections),
        seconds(wire.after),
        seconds(wire.before),
    )
    return Query(wire.query, scope, wire.limit, Mode(wire.mode)), wire.hearth or Extra()


def collection_of(name: str) -> str:
    """Accept a collection's name in a path; raises ApiError `invalid_request`."""
    if not re.fullmatch(_COLLECTION, name):
        message = "A collection's name begins with a small letter and has letters, digits, - and _ only, 41 at most."
        raise ApiError(ErrorCode.INVALID_REQUEST, message, param="name")
    return name


def owners_of(request: Request) -> frozenset[str]:
    """Return whose items a query string says may be seen: `?owner=household&owner=person:anna`."""
    return frozenset(request.query_params.getlist("owner"))


def number_of(request: Request, name: str, default: int, most: int) -> int:
    """Return a number of the query string, from 0 to `most`; raises ApiError `invalid_request`."""
    given = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,9}", given) or int(given) > most:
        message = f"{name}: a whole number from 0 to {most} is expected"
        raise ApiError(ErrorCode.INVALID_REQUEST, message, param=name)
    return int(given)


def seconds(time: str | None) -> float | None:
    """Return a time as Unix seconds."""
    return None if time is None else datetime.fromisoformat(time).timestamp()
