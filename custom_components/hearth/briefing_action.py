"""The action that composes a briefing."""

from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from .access import HOUSEHOLD, PERSON_DOMAIN, Asker, person_by_owner
from .caller import ATTR_PERSON, Caller
from .const import DOMAIN, ROLE_FAST, SUBENTRY_AGENT
from .hands import BRIEFING
from .mind import Briefer, Briefing, async_polish

ATTR_LANGUAGE: Final = "language"
ATTR_MOST_WORDS: Final = "most_words"
ATTR_POLISH: Final = "polish"

_SCHEMA = probatio.Schema(
    {
        probatio.Optional(ATTR_PERSON): cv.entity_domain(PERSON_DOMAIN),
        probatio.Optional(ATTR_LANGUAGE): cv.string,
        probatio.Optional(ATTR_POLISH, default=False): cv.boolean,
        probatio.Optional(ATTR_MOST_WORDS, default=200): probatio.All(
            probatio.Coerce(int), probatio.Range(min=20, max=1000)
        ),
    }
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(DOMAIN, "briefing", _async_brief, _SCHEMA, SupportsResponse.ONLY)


async def _async_brief(call: ServiceCall) -> ServiceResponse:
    """Compose the day of the caller, or of a person that somebody who runs the home names; nothing while it rests."""
    caller = await Caller.async_of(call)
    hearth, hass, data = caller.hearth, call.hass, call.data
    if hearth.hands.pauses.rests(BRIEFING):
        return Briefing("", ()).as_dict()
    agents = [*caller.entry.get_subentries_of_type(SUBENTRY_AGENT)]
    if not agents:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_agent")
    asker = Asker(person_by_owner(hass, caller.owner) or HOUSEHOLD, agents[0].subentry_id)
    briefer = Briefer(hass, hearth.access, hearth.tools)
    briefing = await briefer.async_compose(asker, data.get(ATTR_LANGUAGE) or hass.config.language, dt_util.now())
    if data[ATTR_POLISH] and hearth.hands.halt.engaged_at is None:
        briefing = await async_polish(hearth.client, briefing, ROLE_FAST, data[ATTR_MOST_WORDS])
    return briefing.as_dict()
