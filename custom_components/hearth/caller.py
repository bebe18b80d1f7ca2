"""Find out who calls an action, and let it do only what they may."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, Self

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import service

from .access import HOUSEHOLD_OWNER, Principal, Source, person_of
from .const import DOMAIN
from .coordinator import HearthConfigEntry, HearthData
from .engine import EngineError
from .errors import translated

ATTR_HOUSEHOLD: Final = "household"
ATTR_PERSON: Final = "person"


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


type Handle = Callable[[Caller], Awaitable[ServiceResponse]]


async def async_answer(handle: Handle, call: ServiceCall) -> ServiceResponse:
    """Let an action be done on behalf of whoever calls; the engine's errors become translated ones."""
    caller = await Caller.async_of(call)
    try:
        return await handle(caller)
    except EngineError as err:
        raise translated(err) from err
