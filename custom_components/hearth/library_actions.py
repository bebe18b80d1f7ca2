"""Actions on the library: put something into it, find it, forget it."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from .access import HOUSEHOLD_OWNER, PERSON_DOMAIN, Source
from .caller import ATTR_HOUSEHOLD, ATTR_PERSON, Caller, async_answer
from .const import DOMAIN
from .engine import ItemKind, LibraryItem, Passage, SearchRequest, StoreResult
from .memory.connectors import KINDS, MAX_BYTES, digest, media_url

ATTR_AFTER: Final = "after"
ATTR_BEFORE: Final = "before"
ATTR_DRY_RUN: Final = "dry_run"
ATTR_ITEM: Final = "item"
ATTR_LIMIT: Final = "limit"
ATTR_PATH: Final = "path"
ATTR_PINNED: Final = "pinned"
ATTR_QUERY: Final = "query"
ATTR_SOURCE: Final = "source"
ATTR_SOURCES: Final = "sources"
ATTR_TEXT: Final = "text"
ATTR_TITLE: Final = "title"

_NOTES: Final = "notes"
_DOCUMENTS: Final = "documents"
_FORGET_LIMIT: Final = 50
_DELETED_AT_ONCE: Final = 500

_TEXT = probatio.All(cv.string, probatio.Length(min=1))
_SOURCE = probatio.All(probatio.In([source.value for source in Source if source.collections]), probatio.Coerce(Source))
_INGEST_SCHEMA = probatio.Schema(
    probatio.All(
        {
            probatio.Exclusive(ATTR_TEXT, "content"): _TEXT,
            probatio.Exclusive(ATTR_PATH, "content"): _TEXT,
            probatio.Optional(ATTR_TITLE): _TEXT,
            probatio.Optional(ATTR_PINNED, default=False): cv.boolean,
            probatio.Optional(ATTR_PERSON): cv.entity_domain(PERSON_DOMAIN),
            probatio.Optional(ATTR_HOUSEHOLD, default=False): cv.boolean,
        },
        cv.has_at_least_one_key(ATTR_TEXT, ATTR_PATH),
    )
)
_SEARCH_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_QUERY): _TEXT,
        probatio.Optional(ATTR_SOURCES): probatio.All(cv.ensure_list, [_SOURCE]),
        probatio.Optional(ATTR_AFTER): cv.datetime,
        probatio.Optional(ATTR_BEFORE): cv.datetime,
        probatio.Optional(ATTR_LIMIT, default=5): probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=50)),
    }
)
_FORGET_SCHEMA = probatio.Schema(
    probatio.All(
        {
            probatio.Exclusive(ATTR_ITEM, "what"): _TEXT,
            probatio.Exclusive(ATTR_QUERY, "what"): _TEXT,
            probatio.Optional(ATTR_SOURCE): _SOURCE,
            probatio.Optional(ATTR_DRY_RUN, default=True): cv.boolean,
        },
        cv.has_at_least_one_key(ATTR_ITEM, ATTR_QUERY, ATTR_SOURCE),
    )
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register every action; each does only what whoever calls may do."""
    for name, handle, schema, response in (
        ("ingest", _async_ingest, _INGEST_SCHEMA, SupportsResponse.OPTIONAL),
        ("search", _async_search, _SEARCH_SCHEMA, SupportsResponse.ONLY),
        ("forget", _async_forget, _FORGET_SCHEMA, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, name, partial(async_answer, handle), schema, response)


async def _async_ingest(caller: Caller) -> ServiceResponse:
    """Put a text or a file into the library; the same title, or the same file, takes the place of the old one."""
    data, owner = caller.call.data, caller.owner
    if ATTR_PATH in data:
        # Whoever may have any file read may read any file.
        caller.demand_admin()
        item = await caller.call.hass.async_add_executor_job(
            _file_item, caller.call.hass, Path(data[ATTR_PATH]), owner, data.get(ATTR_TITLE), data[ATTR_PINNED]
        )
        return _stored(await caller.hearth.client.async_store(_DOCUMENTS, [item]))
    title = data.get(ATTR_TITLE) or data[ATTR_TEXT].strip().partition("\n")[0][:80]
    item = LibraryItem(
        id=f"note/{digest(owner, title)}",
        owner=owner,
        title=title,
        content=data[ATTR_TEXT],
        kind=ItemKind.MARKDOWN,
        time=dt_util.utcnow(),
        pinned=data[ATTR_PINNED],
    )
    return _stored(await caller.hearth.client.async_store(_NOTES, [item]))


def _file_item(hass: HomeAssistant, path: Path, owner: str, title: str | None, pinned: bool) -> LibraryItem:  # noqa: FBT001 - run in a thread, which takes no keywords
    """Read a file that Home Assistant may; raises ServiceValidationError for one that it may not, or can't read."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="file_kind_unknown")
    if not hass.config.is_allowed_path(str(path)):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="path_not_allowed")
    if not path.is_file():
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="file_unreadable")
    try:
        status = path.stat()
        if status.st_size > MAX_BYTES:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="file_too_large")
        content = path.read_bytes()
    except OSError as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="file_unreadable") from err
    return LibraryItem(
        id=f"file/{digest(owner, str(path))}",
        owner=owner,
        title=title or path.name,
        content=content,
        kind=kind,
        time=dt_util.utc_from_timestamp(status.st_mtime),
        url=media_url(hass, path),
        pinned=pinned,
    )


def _stored(results: tuple[StoreResult, ...]) -> ServiceResponse:
    """Tell what became of an item; raises ServiceValidationError for one that can't be read."""
    (result,) = results
    if result.error_code is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_readable",
            translation_placeholders={"reason": result.error_message or result.error_code},
        )
    return {"item": result.id, "status": result.status, "passages": result.chunks}


async def _async_search(caller: Caller) -> ServiceResponse:
    """Find passages among what the caller may see."""
    data = caller.call.data
    request = SearchRequest(
        data[ATTR_QUERY],
        caller.principal.owners,
        caller.collections(data.get(ATTR_SOURCES)),
        after=_aware(data.get(ATTR_AFTER)),
        before=_aware(data.get(ATTR_BEFORE)),
        limit=data[ATTR_LIMIT],
    )
    reply = await caller.hearth.client.async_search(request)
    return {"mode": reply.mode, "passages": [_told(passage) for passage in reply.passages]}


def _aware(time: datetime | None) -> datetime | None:
    """Return a moment with its zone: without one, the home's is meant."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=dt_util.get_default_time_zone())


def _told(passage: Passage) -> dict[str, Any]:
    return {
        "title": passage.title,
        "text": passage.text,
        "time": passage.time.isoformat() if passage.time else None,
        "url": passage.url,
        "collection": passage.collection,
        "item": passage.item,
        "owner": passage.owner,
        "pinned": passage.pinned,
        "score": passage.score,
    }


async def _async_forget(caller: Caller) -> ServiceResponse:
    """List what is meant and, unless that is all that was asked for, take it out of the library for good."""
    data = caller.call.data
    found = [item async for item in _async_meant(caller)]
    response: dict[str, Any] = {"items": found, "forgotten": 0, "dry_run": data[ATTR_DRY_RUN]}
    if data[ATTR_DRY_RUN]:
        return response
    for collection in dict.fromkeys(item["collection"] for item in found):
        item_ids = [item["item"] for item in found if item["collection"] == collection]
        await caller.hearth.connectors.async_forget(collection, item_ids)
        for start in range(0, len(item_ids), _DELETED_AT_ONCE):
            batch = item_ids[start : start + _DELETED_AT_ONCE]
            response["forgotten"] += await caller.hearth.client.async_delete_items(collection, batch)
    return response


async def _async_meant(caller: Caller) -> AsyncIterator[dict[str, str]]:
    """Yield what somebody wants to forget, of what is theirs to see: by its ID, by words, or a source as a whole."""
    data, client = caller.call.data, caller.hearth.client
    sources = [data[ATTR_SOURCE]] if ATTR_SOURCE in data else None
    collections = caller.collections(sources)
    if ATTR_QUERY in data:
        request = SearchRequest(data[ATTR_QUERY], caller.principal.owners, collections, limit=_FORGET_LIMIT)
        passages = (await client.async_search(request)).passages
        for (collection, item_id), passage in {(found.collection, found.item): found for found in passages}.items():
            yield {"collection": collection, "item": item_id, "title": passage.title}
        return
    owners = caller.principal.owners
    if ATTR_ITEM not in data and not caller.is_admin:
        # What all share is not one person's to empty.
        owners = tuple(owner for owner in owners if owner != HOUSEHOLD_OWNER)
    for collection in collections:
        async for row in client.async_all_items(collection, owners=owners):
            if row.owner in owners and data.get(ATTR_ITEM) in {None, row.id}:
                yield {"collection": collection, "item": row.id, "title": row.title}
