"""Know whose phones to ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from ...access import HOUSEHOLD_OWNER, Phone, phone_owner, phones
from ..policy import Consent
from .approval import CONF_APPROVAL_MINUTES, DEFAULT_MINUTES
from .weight import async_is_admin

# Whom to ask where: an owner ("household", "person:<unique ID>") -> the actions of notify, without their domain.
CONF_PHONES: Final = "phones"


@dataclass(frozen=True, slots=True)
class Phones:
    """The phones that the options choose: by default a person's own, and none for the household."""

    hass: HomeAssistant
    options: Callable[[], Mapping[str, Any]]

    @property
    def patience(self) -> timedelta:
        """Return for how long an answer from a phone or a list counts."""
        return timedelta(minutes=self.options().get(CONF_APPROVAL_MINUTES, DEFAULT_MINUTES))

    @callback
    def of(self, owner: str | None) -> list[Phone]:
        """Return the phones to ask for an owner of access; a guest's questions are the household's to answer."""
        owner = owner or HOUSEHOLD_OWNER
        chosen = self.options().get(CONF_PHONES, {}).get(owner)
        there = [phone for phone in phones(self.hass) if self.hass.services.has_service("notify", phone.service)]
        if chosen is None:
            return [phone for phone in there if phone_owner(self.hass, f"notify.{phone.service}") == owner]
        return [phone for phone in there if phone.service in chosen]

    async def async_asked(self, owner: str | None, needs: Consent, *, private: bool = False) -> list[Phone]:
        """Return the phones to ask where a yes of some weight is needed.

        An administrator is asked on any phone on which they are asked at all; of what is `private` only an owner who is
        one.
        """
        if needs is not Consent.ADMIN:
            return self.of(owner)
        owners = {owner} if private else {HOUSEHOLD_OWNER, *self._holders()}
        found = {phone.service: phone for one in owners for phone in self.of(one)}
        return [found[service] for service in sorted(found) if await async_is_admin(self.hass, found[service].user_id)]

    @callback
    def _holders(self) -> set[str]:
        """Return the owners of access who have a phone."""
        holders = (phone_owner(self.hass, f"notify.{phone.service}") for phone in phones(self.hass))
        return {owner for owner in holders if owner is not None}
