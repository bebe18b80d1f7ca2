"""Find out on whose behalf something is asked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homeassistant.const import ATTR_ID
from homeassistant.core import HomeAssistant, State, callback

HOUSEHOLD_OWNER: Final = "household"
PERSON_DOMAIN: Final = "person"
_PERSON_OWNER: Final = "person:"
_ATTR_USER_ID = "user_id"


class Kind(StrEnum):
    """What kind of asker somebody is."""

    PERSON = "person"
    HOUSEHOLD = "household"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever asks: a person of this home, the home as a whole, or a guest.

    `person_id` is the entity ID of a person, `unique_id` what stays when the entity is renamed.
    """

    kind: Kind
    person_id: str | None = None
    unique_id: str | None = None

    @property
    def owner(self) -> str | None:
        """Return as whose it is kept what this principal says; None for a guest, of whom nothing is kept."""
        match self.kind:
            case Kind.PERSON:
                return f"{_PERSON_OWNER}{self.unique_id}"
            case Kind.HOUSEHOLD:
                return HOUSEHOLD_OWNER
            case Kind.GUEST:
                return None

    @property
    def owners(self) -> tuple[str, ...]:
        """Return whose items this principal may read, the household's first."""
        match self.kind:
            case Kind.PERSON:
                return (HOUSEHOLD_OWNER, f"{_PERSON_OWNER}{self.unique_id}")
            case Kind.HOUSEHOLD:
                return (HOUSEHOLD_OWNER,)
            case Kind.GUEST:
                return ()


HOUSEHOLD: Final = Principal(Kind.HOUSEHOLD)
GUEST: Final = Principal(Kind.GUEST)


@callback
def person_of(state: State) -> Principal:
    """Return a person by the state of their entity."""
    # One without an ID was written into the states by hand.
    return Principal(Kind.PERSON, state.entity_id, str(state.attributes.get(ATTR_ID, state.entity_id)))


@callback
def people(hass: HomeAssistant) -> list[tuple[Principal, str]]:
    """Return the persons of a home, each with their name."""
    return [(person_of(state), state.name) for state in hass.states.async_all(PERSON_DOMAIN)]


@callback
def person_by_owner(hass: HomeAssistant, owner: str) -> Principal | None:
    """Return the person that an owner stands for, None for anything else and for one who is gone."""
    return next((person for person, _name in people(hass) if person.owner == owner), None)


@callback
def person_by_user(hass: HomeAssistant, user_id: str) -> Principal | None:
    """Return the person that a user is, None for a user who is no person."""
    states = hass.states.async_all(PERSON_DOMAIN)
    return next((person_of(state) for state in states if state.attributes.get(_ATTR_USER_ID) == user_id), None)


async def async_user_principal(hass: HomeAssistant, user_id: str) -> Principal:
    """Return the person that a user is; one that is no person is a guest, unless they run the home."""
    if person := person_by_user(hass, user_id):
        return person
    user = await hass.auth.async_get_user(user_id)
    return HOUSEHOLD if user and user.is_active and user.is_admin else GUEST
