"""The actions that answer what Hearth asks."""

from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv, service
import probatio

from .const import DOMAIN
from .coordinator import HearthConfigEntry
from .hands.approvals import Answer, AnswerRefusedError, Approvals, Channel, Refused, Reply

ATTR_APPROVAL: Final = "approval"
ATTR_NOT_TODAY: Final = "not_today"
ATTR_PIN: Final = "pin"

_ANSWER = {probatio.Optional(ATTR_APPROVAL): cv.string, probatio.Optional(ATTR_PIN): cv.string}
_APPROVE_SCHEMA = probatio.Schema(_ANSWER)
_DENY_SCHEMA = probatio.Schema({**_ANSWER, probatio.Optional(ATTR_NOT_TODAY, default=False): cv.boolean})


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(DOMAIN, "approve", _async_approve, _APPROVE_SCHEMA, SupportsResponse.OPTIONAL)
    hass.services.async_register(DOMAIN, "deny", _async_deny, _DENY_SCHEMA, SupportsResponse.OPTIONAL)


async def _async_approve(call: ServiceCall) -> ServiceResponse:
    """Say yes; returns what came of it."""
    return await _async_answer(call, Reply.YES)


async def _async_deny(call: ServiceCall) -> ServiceResponse:
    """Say no, or not today."""
    return await _async_answer(call, Reply.NOT_TODAY if call.data[ATTR_NOT_TODAY] else Reply.NO)


async def _async_answer(call: ServiceCall, reply: Reply) -> ServiceResponse:
    entry: HearthConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, None)
    hands, user_id = entry.runtime_data.hands, call.context.user_id
    answer = Answer(
        approval_id=call.data.get(ATTR_APPROVAL) or _only(hands.approvals),
        who=await entry.runtime_data.access.async_principal(user_id=user_id, device_id=None),
        user_id=user_id,
        channel=Channel.ACTION,
        reply=reply,
        pin=call.data.get(ATTR_PIN),
    )
    record = await hands.consent.async_answer(answer)
    return {"outcome": record.outcome.value}


def _only(approvals: Approvals) -> str:
    """Return the one that is open; who names none of several means none of them."""
    waiting = approvals.open
    if len(waiting) != 1:
        raise AnswerRefusedError(Refused.NOT_NAMED if waiting else Refused.GONE)
    return waiting[0].id
