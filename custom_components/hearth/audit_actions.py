"""Actions on the record of what was done: prove that it is whole, and take it along. For administrators."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import probatio

from . import issues
from .const import DOMAIN
from .coordinator import HearthConfigEntry, HearthData
from .hands.audit.retention import async_page, async_write

ATTR_BEFORE: Final = "before"
ATTR_LIMIT: Final = "limit"
ATTR_PATH: Final = "path"
ATTR_WITH_WORDS: Final = "with_words"
_MOST_ROWS: Final = 1000

_EXPORT_SCHEMA = probatio.Schema(
    {
        probatio.Optional(ATTR_PATH): probatio.All(cv.string, probatio.Length(min=1)),
        probatio.Optional(ATTR_WITH_WORDS, default=False): cv.boolean,
        probatio.Optional(ATTR_LIMIT, default=100): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=_MOST_ROWS)
        ),
        probatio.Optional(ATTR_BEFORE): probatio.Coerce(int),
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions."""
    service.async_register_admin_service(
        hass, DOMAIN, "verify_audit", _async_verify, probatio.Schema({}), SupportsResponse.ONLY
    )
    service.async_register_admin_service(
        hass, DOMAIN, "export_audit", _async_export, _EXPORT_SCHEMA, SupportsResponse.OPTIONAL
    )


def _hearth(call: ServiceCall) -> HearthData:
    entry: HearthConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, None)
    return entry.runtime_data


async def _async_verify(call: ServiceCall) -> ServiceResponse:
    """Look at the whole record, and raise or withdraw the issue about it."""
    verdict = await _hearth(call).hands.audit.async_verify()
    issues.async_update_audit(call.hass, verdict)
    return asdict(verdict)


async def _async_export(call: ServiceCall) -> ServiceResponse:
    """Write the whole record into a file, or answer with some rows of it, newest first."""
    audit, data = _hearth(call).hands.audit, call.data
    with_words = data[ATTR_WITH_WORDS]
    if (name := data.get(ATTR_PATH)) is not None:
        return {"path": name, "rows": await _async_write(call, Path(name), with_words=with_words)}
    rows: list[Any] = await async_page(audit, data[ATTR_LIMIT], data.get(ATTR_BEFORE), with_words=with_words)
    is_last = len(rows) < data[ATTR_LIMIT]
    return {"rows": rows, "next": None if is_last else rows[-1]["id"]}


async def _async_write(call: ServiceCall, path: Path, *, with_words: bool) -> int:
    hass = call.hass
    if not await hass.async_add_executor_job(hass.config.is_allowed_path, str(path)):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="path_not_allowed")
    try:
        return await async_write(hass, _hearth(call).hands.audit, path, with_words=with_words)
    except OSError as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="file_unwritable") from err
