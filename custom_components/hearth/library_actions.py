"""Actions on what Hearth knows: put something into the library, find it, forget it, take it along, erase it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util
import probatio

from .access import HOUSEHOLD_OWNER, PERSON_DOMAIN, Principal, Source, person_of
from .const import DOMAIN
from .coordinator import HearthConfigEntry, HearthData
from .engine import EngineError, ItemKind, LibraryItem, Passage, SearchRequest, StoreResult
from .erasure import async_erase
from .errors import translated
from .memory.archive import Archive, Contents
from .memory.connectors import KINDS, MAX_BYTES, digest, media_url

ATTR_AFTER: Final = "after"
ATTR_BEFORE: Final = "before"
ATTR_CONFIRM: Final = "confirm"
ATTR_DRY_RUN: Final = "dry_run"
ATTR_EVERYTHING: Final = "everything"
ATTR_FOLDER: Final = "folder"
ATTR_HOUSEHOLD: Final = "household"
ATTR_ITEM: Final = "item"
ATTR_LIMIT: Final = "limit"
ATTR_PATH: Final = "path"
ATTR_PERSON: Final = "person"
ATTR_PINNED: Final = "pinned"
ATTR_QUERY: Final = "query"
ATTR_SOURCE: Final = "source"
ATTR_SOURCES: Final = "sources"
ATTR_TEXT: Final = "text"
ATTR_TITLE: Final = "title"

# Whoever erases types this word: nothing brings back what is gone then.
ERASE: Final = "erase"
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
_EXPORT_SCHEMA = probatio.Schema({probatio.Optional(ATTR_EVERYTHING, default=False): cv.boolean})
_IMPORT_SCHEMA = probatio.Schema({probatio.Required(ATTR_FOLDER): _TEXT})
_ERASE_SCHEMA = probatio.Schema(
    {
        probatio.Optional(ATTR_PERSON): cv.entity_domain(PERSON_DOMAIN),
        probatio.Optional(ATTR_EVERYTHING, default=False): cv.boolean,
        probatio.Required(ATTR_CONFIRM): _TEXT,
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register every action; each does only what whoever calls may do."""
    for name, handle, schema, response in (
        ("ingest", _async_ingest, _INGEST_SCHEMA, SupportsResponse.OPTIONAL),
        ("search", _async_search, _SEARCH_SCHEMA, SupportsResponse.ONLY),
        ("forget", _async_forget, _FORGET_SCHEMA, SupportsResponse.OPTIONAL),
        ("export", _async_export, _EXPORT_SCHEMA, SupportsResponse.OPTIONAL),
        ("erase", _async_erase, _ERASE_SCHEMA, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, name, partial(_async_answer, handle), schema, response)
    service.async_register_admin_service(
        hass, DOMAIN, "import", partial(_async_answer, _async_import), _IMPORT_SCHEMA, SupportsResponse.OPTIONAL
    )


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls an action; `is_admin` is also the home itself, as in an automation."""

    call: ServiceCall
    entry: HearthConfigEntry
    principal: Principal
    is_admin: bool

    @classmethod
    async def async_of(cls, call: ServiceCall) -> Self:
        """Find out who calls; raises ServiceValidationError for who keeps and reads nothing here."""
        entry: HearthConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, None)
        user_id = call.context.user_id
        principal = await entry.runtime_data.access.async_principal(user_id=user_id, device_id=None)
        if principal.owner is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="guest_keeps_nothing")
        user = await call.hass.auth.async_get_user(user_id) if user_id else None
        return cls(call, entry, principal, user_id is None or (user is not None and user.is_admin))

    @property
    def hearth(self) -> HearthData:
        """Return what the entry has."""
        return self.entry.runtime_data

    @property
    def owner(self) -> str:
        """Return on whose behalf something is done: the caller's own, unless they name another.

        Raises ServiceValidationError for somebody who is no person of the home, Unauthorized for another's business.
        """
        own = self.principal.owner or HOUSEHOLD_OWNER
        if self.call.data.get(ATTR_HOUSEHOLD):
            return HOUSEHOLD_OWNER
        if (entity_id := self.call.data.get(ATTR_PERSON)) is None:
            return own
        if (state := self.call.hass.states.get(entity_id)) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_person",
                translation_placeholders={"person": entity_id},
            )
        owner = person_of(state).owner or own
        if owner != own:
            self.demand_admin()
        return owner

    def demand_admin(self) -> None:
        """Raise Unauthorized for who does not run the home."""
        if not self.is_admin:
            raise Unauthorized(context=self.call.context)

    def collections(self, sources: Iterable[Source] | None = None) -> list[str]:
        """Return where the caller may look, of some sources or all."""
        visible = self.hearth.access.matrix.visible(self.principal)
        wanted = visible if sources is None else visible & set(sources)
        return [name for source in Source if source in wanted for name in source.collections]


type _Handle = Callable[[Caller], Awaitable[ServiceResponse]]


async def _async_answer(handle: _Handle, call: ServiceCall) -> ServiceResponse:
    """Let an action be done on behalf of whoever calls; the engine's errors become translated ones."""
    caller = await Caller.async_of(call)
    try:
        return await handle(caller)
    except EngineError as err:
        raise translated(err) from err


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


async def _async_export(caller: Caller) -> ServiceResponse:
    """Write what the caller has, or everything, into a folder of its own."""
    owners = {caller.owner}
    if caller.call.data[ATTR_EVERYTHING]:
        caller.demand_admin()
        owners = {HOUSEHOLD_OWNER, *caller.hearth.memory.vault.people(), *await _async_owners(caller.hearth)}
    return _counted(await _archive(caller).async_write(sorted(owners)))


async def _async_owners(hearth: HearthData) -> set[str]:
    """Return everybody who has something in the library, also who is no person of this home any more."""
    collections = (await hearth.client.async_library()).collections
    return {row.owner for name in collections async for row in hearth.client.async_all_items(name)}


async def _async_import(caller: Caller) -> ServiceResponse:
    """Bring back what was exported."""
    return _counted(await _archive(caller).async_read(caller.call.data[ATTR_FOLDER]))


def _archive(caller: Caller) -> Archive:
    memory = caller.hearth.memory
    return Archive(caller.call.hass, caller.hearth.client, memory.vault, memory.recall)


def _counted(contents: Contents) -> ServiceResponse:
    return {
        "folder": str(contents.folder),
        "items": contents.items,
        "pages": contents.pages,
        "turns": contents.turns,
    }


async def _async_erase(caller: Caller) -> ServiceResponse:
    """Erase everything that somebody has, or everything there is, once the caller has said so twice."""
    if caller.call.data[ATTR_CONFIRM] != ERASE:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_confirmed", translation_placeholders={"word": ERASE}
        )
    if caller.call.data[ATTR_EVERYTHING]:
        caller.demand_admin()
        owner = None
    else:
        owner = caller.owner
        if owner == HOUSEHOLD_OWNER:
            caller.demand_admin()
    hearth = caller.hearth
    counts = await async_erase(
        caller.call.hass,
        owner,
        caller.call.context.user_id,
        client=hearth.client,
        connectors=hearth.connectors,
        memory=hearth.memory,
        hands=hearth.hands,
    )
    return dict(counts)
