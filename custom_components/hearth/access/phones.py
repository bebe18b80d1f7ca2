"""Find out which phone it is that a notification goes to, and whose."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from .principal import person_by_user

_PHONES = "mobile_app"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone: the action of notify that reaches it, without the domain, its name, and the user who holds it."""

    service: str
    name: str
    user_id: str


@callback
def phones(hass: HomeAssistant) -> list[Phone]:
    """Return every phone of the home."""
    entries = hass.config_entries.async_entries(_PHONES)
    return [Phone(_service(entry), entry.title, str(entry.data.get("user_id"))) for entry in entries]


@callback
def phone_owner(hass: HomeAssistant, thing: str) -> str | None:
    """Return the person whose phone has an entity or a notify service, None for anything else."""
    entry = _entry(hass, thing)
    person = person_by_user(hass, str(entry.data.get("user_id"))) if entry else None
    return person.owner if person else None


@callback
def phone_name(hass: HomeAssistant, thing: str) -> str | None:
    """Return the name of the phone that has an entity or a notify service, None for anything else."""
    entry = _entry(hass, thing)
    return entry.title if entry else None


def _entry(hass: HomeAssistant, thing: str) -> ConfigEntry | None:
    entries = hass.config_entries.async_entries(_PHONES)
    if entity := er.async_get(hass).async_get(thing):
        return next((phone for phone in entries if phone.entry_id == entity.config_entry_id), None)
    return {f"notify.{_service(phone)}": phone for phone in entries}.get(thing)


def _service(entry: ConfigEntry) -> str:
    return slugify(f"{_PHONES}_{entry.data.get('device_name')}")
