"""Tell how much an account's word weighs: a guest's nothing, an administrator's most."""

from homeassistant.core import HomeAssistant

from ...access import Kind, Principal
from ..policy import Consent


async def async_weight(hass: HomeAssistant, who: Principal, user_id: str | None) -> Consent:
    """Return whose yes an account gives; a voice may be anybody's, and so may a guest's account."""
    if user_id is None or who.kind is Kind.GUEST:
        return Consent.ANYONE
    return Consent.ADMIN if await async_is_admin(hass, user_id) else Consent.PERSON


async def async_is_admin(hass: HomeAssistant, user_id: str) -> bool:
    """Tell whether a user is an administrator of Home Assistant."""
    user = await hass.auth.async_get_user(user_id)
    return user is not None and user.is_active and user.is_admin
