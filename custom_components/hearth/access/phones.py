"""Find out which phone it is that a notification goes to, and whose."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from .principal import person_by_user

_PHONES = "mobile_app"


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
    phones = hass.config_entries.async_entries(_PHONES)
    if entity := er.async_get(hass).async_get(thing):
        return next((phone for phone in phones if phone.entry_id == entity.config_entry_id), None)
    names = {f"notify.{slugify(f'{_PHONES}_{phone.data.get("device_name")}')}": phone for phone in phones}
    return names.get(thing)
