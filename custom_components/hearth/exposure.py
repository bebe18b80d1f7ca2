"""Offer to show Assist what Home Assistant hides from it by default, and what Hearth is asked about most."""

from collections.abc import Collection
from typing import Final

from homeassistant.components.conversation import DOMAIN as ASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity, async_should_expose
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
import probatio

from .const import DOMAIN

CONF_SHOWN: Final = "shown"
_DOMAINS = ("calendar", "todo", "person")


@callback
def async_candidates(hass: HomeAssistant) -> list[str]:
    """Return the calendars, to-do lists and persons of a home, without the list of what we ask ourselves."""
    registry = er.async_get(hass)
    ours = {entity.entity_id for entity in registry.entities.values() if entity.platform == DOMAIN}
    return sorted(set(hass.states.async_entity_ids(_DOMAINS)) - ours)


@callback
def async_shown(hass: HomeAssistant) -> list[str]:
    """Return which of them Assist sees."""
    return [entity_id for entity_id in async_candidates(hass) if async_should_expose(hass, ASSISTANT, entity_id)]


@callback
def async_schema(hass: HomeAssistant) -> probatio.Schema:
    """Return the form that asks which of them Assist should see."""
    field = EntitySelector(EntitySelectorConfig(include_entities=async_candidates(hass), multiple=True))
    return probatio.Schema({probatio.Optional(CONF_SHOWN): field})


@callback
def async_show(hass: HomeAssistant, chosen: Collection[str]) -> None:
    """Let Assist see exactly those that were chosen."""
    shown = set(async_shown(hass))
    for entity_id in async_candidates(hass):
        if (entity_id in chosen) != (entity_id in shown):
            async_expose_entity(hass, ASSISTANT, entity_id, entity_id in chosen)
