"""Know by which ways Home Assistant can write to somebody, and whom a name may mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final

from homeassistant.components.notify import DOMAIN as NOTIFY, SERVICE_PERSISTENT_NOTIFICATION, SERVICE_SEND_MESSAGE
from homeassistant.core import HomeAssistant, callback

from ..access import Access, person_by_owner, phone_name, phone_owner
from ..context.entity import names_of

# These speak to nobody in particular, or to entities that have a name of their own.
_NOBODY: Final = frozenset({NOTIFY, SERVICE_PERSISTENT_NOTIFICATION, SERVICE_SEND_MESSAGE})
_MAIL: Final = re.compile(r"mail|smtp|@")
_WORD: Final = re.compile(r"\w+")


class Way(StrEnum):
    """What a message is when it arrives; of much that can be sent to nobody knows."""

    PHONE = "phone"
    MAIL = "mail"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Address:
    """A way to write to somebody.

    `thing` is an entity of notify or one of its actions, `label` what people call it, `names` are its own and those of
    the person whose it is; `owner` is that person as an owner of access, None where nobody is known.
    """

    thing: str
    label: str
    names: tuple[str, ...]
    way: Way
    owner: str | None


@callback
def addresses(hass: HomeAssistant, access: Access) -> list[Address]:
    """Return every way to write to somebody, in an order that stays."""
    return [_address(hass, thing, access.owner_of(thing)) for thing in sorted(_things(hass))]


@callback
def addressee(hass: HomeAssistant, thing: str) -> str:
    """Return what people call whoever gets what is sent to an entity or an action of notify."""
    return _address(hass, thing, phone_owner(hass, thing)).label


def meant(known: Sequence[Address], name: str, way: Way | None = None) -> list[Address]:
    """Return the addresses that a name may mean, none where none does; among several nobody but a person may choose.

    A whole name goes before a part of one, and what is known to be of the wanted `way` before what may be.
    """
    said = _words(name)
    whole = [one for one in known if any(_words(called) == said for called in one.names)]
    found = whole or [one for one in known if said and any(set(said) <= set(_words(called)) for called in one.names)]
    if way is not None:
        return [one for one in found if one.way is way] or [one for one in found if one.way is Way.OTHER]
    if len({one.owner or one.thing for one in found}) == 1:
        # By which of their own ways somebody is reached is no question of whom.
        return [one for one in found if one.way is Way.PHONE] or found
    return found


def _things(hass: HomeAssistant) -> Iterator[str]:
    actions = {f"{NOTIFY}.{name}" for name in hass.services.async_services_for_domain(NOTIFY) if name not in _NOBODY}
    yield from actions
    phones = {phone_name(hass, action) for action in actions} - {None}
    for entity_id in hass.states.async_entity_ids(NOTIFY):
        # A phone has both, and must not be taken for two.
        if entity_id not in actions and phone_name(hass, entity_id) not in phones:
            yield entity_id


def _address(hass: HomeAssistant, thing: str, owner: str | None) -> Address:
    phone, state = phone_name(hass, thing), hass.states.get(thing)
    own = [phone] if phone else names_of(hass, state) if state else [thing.partition(".")[2].replace("_", " ")]
    person = person_by_owner(hass, owner) if owner else None
    person_state = hass.states.get(person.person_id) if person and person.person_id else None
    theirs = names_of(hass, person_state) if person_state else []
    label = own[0]
    if theirs and theirs[0].casefold() not in label.casefold():
        label = f"{theirs[0]} ({label})"
    is_mail = any(map(_MAIL.search, (thing.casefold(), *map(str.casefold, own))))
    way = Way.PHONE if phone else Way.MAIL if is_mail else Way.OTHER
    return Address(thing, label, (*theirs, *own), way, person.owner if person else None)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
