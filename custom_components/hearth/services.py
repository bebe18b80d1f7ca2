"""Actions of the Hearth integration."""

import asyncio
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import probatio

from . import (
    approval_actions,
    archive_actions,
    audit_actions,
    briefing_action,
    dry_run_action,
    library_actions,
    override_actions,
    undo_actions,
)
from .const import DOMAIN
from .coordinator import HearthConfigEntry, HearthData
from .engine import EngineClient, EngineError, PullSource, Warmth
from .errors import translated

ATTR_FILE: Final = "file"
ATTR_MODEL: Final = "model"
ATTR_PATH: Final = "path"
ATTR_REPOSITORY: Final = "repository"

SERVICE_ADD_MODEL: Final = "add_model"
SERVICE_DOWNLOAD_MODEL: Final = "download_model"
SERVICE_REMOVE_MODEL: Final = "remove_model"
SERVICE_WARM_UP: Final = "warm_up"

_REMOVE_ATTEMPTS: Final = 5
_REMOVE_SECONDS: Final = 1

_NAME = probatio.All(cv.string, probatio.Length(min=1))
_WARM_UP_SCHEMA = probatio.Schema({probatio.Optional(ATTR_ENTITY_ID): cv.entity_ids})
_DOWNLOAD_SCHEMA = probatio.Schema(
    probatio.Any(
        {probatio.Required(ATTR_MODEL): _NAME},
        {probatio.Required(ATTR_REPOSITORY): _NAME, probatio.Required(ATTR_FILE): _NAME},
    )
)
_ADD_SCHEMA = probatio.Schema({probatio.Required(ATTR_PATH): _NAME, probatio.Optional(ATTR_MODEL): _NAME})
_REMOVE_SCHEMA = probatio.Schema({probatio.Required(ATTR_MODEL): _NAME})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register every action; what changes the engine is for administrators."""
    approval_actions.async_register(hass)
    archive_actions.async_register(hass)
    audit_actions.async_register(hass)
    briefing_action.async_register(hass)
    dry_run_action.async_register(hass)
    library_actions.async_register(hass)
    override_actions.async_register(hass)
    undo_actions.async_register(hass)
    hass.services.async_register(DOMAIN, SERVICE_WARM_UP, _async_warm_up, _WARM_UP_SCHEMA, SupportsResponse.OPTIONAL)
    service.async_register_admin_service(
        hass, DOMAIN, SERVICE_DOWNLOAD_MODEL, _async_download, _DOWNLOAD_SCHEMA, SupportsResponse.OPTIONAL
    )
    service.async_register_admin_service(hass, DOMAIN, SERVICE_ADD_MODEL, _async_add, _ADD_SCHEMA)
    service.async_register_admin_service(hass, DOMAIN, SERVICE_REMOVE_MODEL, _async_remove, _REMOVE_SCHEMA)


def _hearth(call: ServiceCall) -> HearthData:
    entry: HearthConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, None)
    return entry.runtime_data


async def _async_warm_up(call: ServiceCall) -> ServiceResponse:
    """Let the engine read what the next requests begin with, and return when it has."""
    warmer = _hearth(call).warmer
    entity_ids: list[str] = call.data.get(ATTR_ENTITY_ID) or warmer.entity_ids
    for entity_id in entity_ids:
        if not warmer.knows(entity_id):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_an_agent",
                translation_placeholders={"entity_id": entity_id},
            )
    try:
        return {entity_id: _report(await warmer.async_warm(entity_id)) for entity_id in entity_ids}
    except EngineError as err:
        raise translated(err) from err


def _report(warmth: Warmth) -> ServiceResponse:
    return {"tokens": warmth.tokens, "cached_tokens": warmth.cache_n, "prompt_ms": warmth.prompt_ms}


async def _async_download(call: ServiceCall) -> ServiceResponse:
    """Begin a download and return once the engine transfers; its update entity shows the rest."""
    source = PullSource(call.data.get(ATTR_MODEL), call.data.get(ATTR_REPOSITORY), call.data.get(ATTR_FILE))
    try:
        download = await _hearth(call).downloads.async_start(source)
    except EngineError as err:
        raise translated(err) from err
    return {"model": download.model, "size_bytes": download.progress.total_bytes if download.progress else None}


async def _async_add(call: ServiceCall) -> None:
    """Take in a file that lies on the engine's machine."""
    data = _hearth(call)
    try:
        await data.client.async_add(call.data[ATTR_PATH], call.data.get(ATTR_MODEL))
    except EngineError as err:
        if err.code == "model_missing":
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_such_file") from err
        raise translated(err) from err
    await data.coordinator.async_request_refresh()


async def _async_remove(call: ServiceCall) -> None:
    """Delete a model's file, or what there is of it already."""
    data, model = _hearth(call), call.data[ATTR_MODEL]
    await data.downloads.async_cancel(model)
    try:
        await _async_remove_patiently(data.client, model)
    except EngineError as err:
        raise translated(err) from err
    await data.coordinator.async_request_refresh()


async def _async_remove_patiently(client: EngineClient, model: str) -> None:
    """Delete a model's file; a download that was just given up holds it for a moment."""
    for _ in range(_REMOVE_ATTEMPTS - 1):
        try:
            return await client.async_remove(model)
        except EngineError as err:
            if err.code != "pull_running":
                raise
        await asyncio.sleep(_REMOVE_SECONDS)
    return await client.async_remove(model)
