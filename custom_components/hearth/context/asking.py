"""Ask integrations through their own actions."""

import asyncio
from collections.abc import Sequence
import logging
from typing import Any

from homeassistant.core import Context, HomeAssistant

_LOGGER = logging.getLogger(__name__)

_SECONDS = 10


async def async_ask(
    hass: HomeAssistant,
    action: str,
    entity_ids: Sequence[str],
    context: Context | None = None,
    **data: Any,
) -> dict[str, Any]:
    """Return what an action answers for each of several entities, asked at once; None for one that fails."""
    domain, _, service = action.partition(".")

    async def ask(entity_id: str) -> Any:
        try:
            async with asyncio.timeout(_SECONDS):
                answer: Any = await hass.services.async_call(
                    domain,
                    service,
                    {"entity_id": entity_id, **data},
                    blocking=True,
                    context=context,
                    return_response=True,
                )
                return answer[entity_id]
        except Exception as err:  # noqa: BLE001 - an integration may fail by any error, and the others still answer
            _LOGGER.debug("%s did not answer %s: %s", entity_id, action, type(err).__name__)
            return None

    return dict(zip(entity_ids, await asyncio.gather(*map(ask, entity_ids)), strict=True))
