"""The actions that stop Hearth, let it go on, and let something rest until tomorrow."""

from typing import Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import config_validation as cv, service
import probatio

from .const import DOMAIN
from .coordinator import HearthConfigEntry, HearthData
from .hands import BRIEFING, By, async_may_resume

ATTR_TARGET: Final = "what"

_TARGET = probatio.Any(BRIEFING, cv.entity_domain(AUTOMATION_DOMAIN))
_STOP_SCHEMA = probatio.Schema({})
_RESUME_SCHEMA = probatio.Schema({probatio.Optional(ATTR_TARGET): _TARGET})
_NOT_TODAY_SCHEMA = probatio.Schema({probatio.Required(ATTR_TARGET): _TARGET})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions; to stop, nobody needs a right."""
    hass.services.async_register(DOMAIN, "stop", _async_stop, _STOP_SCHEMA)
    hass.services.async_register(DOMAIN, "resume", _async_resume, _RESUME_SCHEMA)
    hass.services.async_register(DOMAIN, "not_today", _async_not_today, _NOT_TODAY_SCHEMA)


def _hearth(call: ServiceCall) -> HearthData:
    entry: HearthConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, None)
    return entry.runtime_data


def _by(call: ServiceCall) -> By:
    return By("action", call.context.user_id)


async def _async_stop(call: ServiceCall) -> None:
    """Stop everything at once."""
    _hearth(call).hands.halt.stop(_by(call))


async def _async_resume(call: ServiceCall) -> None:
    """Switch Hearth on again, or let what rests go on today."""
    hearth, user_id = _hearth(call), call.context.user_id
    if (target := call.data.get(ATTR_TARGET)) is not None:
        await _async_demand(call, target)
        await hearth.hands.pauses.async_wake(target, _by(call))
        return
    principal = await hearth.access.async_principal(user_id=user_id, device_id=None)
    if not await async_may_resume(call.hass, principal, user_id):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="may_not_resume")
    await hearth.hands.halt.async_resume(_by(call))


async def _async_not_today(call: ServiceCall) -> None:
    """Let an automation or the briefing rest until tomorrow."""
    await _async_demand(call, call.data[ATTR_TARGET])
    await _hearth(call).hands.pauses.async_pause(call.data[ATTR_TARGET], _by(call))


async def _async_demand(call: ServiceCall, target: str) -> None:
    """Raise Unauthorized for a user who may not control an automation; the briefing is everybody's."""
    if target == BRIEFING or call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None or not user.permissions.check_entity(target, POLICY_CONTROL):
        raise Unauthorized(context=call.context, entity_id=target, permission=POLICY_CONTROL)
