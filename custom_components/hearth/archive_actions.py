"""Actions on everything that Hearth keeps of somebody: take it along, bring it back, erase it."""

from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import probatio

from .access import HOUSEHOLD_OWNER, PERSON_DOMAIN
from .caller import ATTR_PERSON, Caller, async_answer
from .const import DOMAIN
from .coordinator import HearthData
from .erasure import async_erase
from .memory.archive import Archive, Contents

ATTR_CONFIRM: Final = "confirm"
ATTR_EVERYTHING: Final = "everything"
ATTR_FOLDER: Final = "folder"

# Whoever erases types this word: nothing brings back what is gone then.
ERASE: Final = "erase"

_TEXT = probatio.All(cv.string, probatio.Length(min=1))
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
    for name, handle, schema in (("export", _async_export, _EXPORT_SCHEMA), ("erase", _async_erase, _ERASE_SCHEMA)):
        hass.services.async_register(DOMAIN, name, partial(async_answer, handle), schema, SupportsResponse.OPTIONAL)
    service.async_register_admin_service(
        hass, DOMAIN, "import", partial(async_answer, _async_import), _IMPORT_SCHEMA, SupportsResponse.OPTIONAL
    )


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
