"""The action that answers what would happen, and does nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.const import ATTR_AREA_ID, ATTR_DEVICE_ID, CONF_LLM_HASS_API
from homeassistant.core import Context, HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr, entity_registry as er, service
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
import probatio

from .access import PERSON_DOMAIN, Asker, View
from .const import DOMAIN, SUBENTRY_AGENT
from .context.area import area_id_of
from .coordinator import HearthConfigEntry, HearthData
from .hands import Call, CallKind, Resolution, Scope, async_foretell
from .hands.approvals.spec import async_rebuild
from .mind import Turn, async_match
from .speech import say

ATTR_AGENT: Final = "agent"
ATTR_ARGUMENTS: Final = "arguments"
ATTR_PERSON: Final = "person"
ATTR_SENTENCE: Final = "sentence"
ATTR_TAINTED: Final = "tainted"
ATTR_TIME: Final = "time"
ATTR_TOOL: Final = "tool"
_SATELLITE = "assist_satellite"

_SCHEMA = probatio.Schema(
    probatio.All(
        {
            probatio.Exclusive(ATTR_SENTENCE, "what"): cv.string,
            probatio.Exclusive(ATTR_TOOL, "what"): cv.string,
            probatio.Optional(ATTR_ARGUMENTS, default=dict): dict,
            probatio.Optional(ATTR_AGENT): cv.entity_domain(conversation.DOMAIN),
            probatio.Exclusive(ATTR_DEVICE_ID, "where"): cv.string,
            probatio.Exclusive(ATTR_AREA_ID, "where"): cv.string,
            probatio.Optional(ATTR_PERSON): cv.entity_domain(PERSON_DOMAIN),
            probatio.Optional(ATTR_TIME): cv.datetime,
            probatio.Optional(ATTR_TAINTED, default=False): cv.boolean,
        },
        cv.has_at_least_one_key(ATTR_SENTENCE, ATTR_TOOL),
    )
)


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the action; it tells of everybody's rights, so it is for administrators."""
    service.async_register_admin_service(
        hass, DOMAIN, "dry_run", _async_dry_run, _SCHEMA, supports_response=SupportsResponse.ONLY
    )


async def _async_dry_run(call: ServiceCall) -> ServiceResponse:
    """Tell what would happen to a sentence or to a use of a tool."""
    entry: HearthConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, None)
    asked = await _Asked.async_of(call, entry)
    found = await (asked.async_sentence() if ATTR_SENTENCE in call.data else asked.async_tool())
    if found is None:
        return {"text": say(asked.scope.language, "would_leave_to_model"), "actions": []}
    guard, time = entry.runtime_data.hands.guard, call.data.get(ATTR_TIME)
    foretold = await async_foretell(guard, asked.scope, *found, now=_local(time) if time else None)
    return foretold.as_dict(call.hass)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked about, and the turn that it would be."""

    hass: HomeAssistant
    hearth: HearthData
    data: dict[str, Any]
    scope: Scope
    api_ids: tuple[str, ...]

    @classmethod
    async def async_of(cls, call: ServiceCall, entry: HearthConfigEntry) -> _Asked:
        """Imagine who would ask, where and through whom; raises ServiceValidationError for what is not there."""
        hass, hearth, data = call.hass, entry.runtime_data, call.data
        agent_id, api_ids = _agent(hass, entry, data.get(ATTR_AGENT))
        entity_id = data.get(ATTR_AGENT) or _entity_of(hass, entry, agent_id)
        device_id = _device(hass, data)
        user_id = _user(hass, data[ATTR_PERSON]) if ATTR_PERSON in data else None
        if user_id is None and device_id is None:
            if ATTR_PERSON in data:
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="person_only_heard",
                    translation_placeholders={"person": data[ATTR_PERSON]},
                )
            user_id = call.context.user_id
        principal = await hearth.access.async_principal(user_id=user_id, device_id=device_id)
        scope = Scope(
            conversation_id=ulid_now(),
            # What is left of its limits is counted by its entity.
            agent_id=entity_id or agent_id,
            words=data.get(ATTR_SENTENCE, ""),
            language=hass.config.language,
            user_id=user_id,
            device_id=device_id,
            view=View(hearth.access, Asker(principal, agent_id)),
            tainted=data[ATTR_TAINTED],
        )
        return cls(hass, hearth, dict(data), scope, api_ids)

    async def async_sentence(self) -> tuple[Call, Resolution] | None:
        """Return what Home Assistant's own matcher makes of the sentence, None where it does not understand it."""
        user_input = conversation.ConversationInput(
            text=self.data[ATTR_SENTENCE],
            context=Context(user_id=self.scope.user_id),
            conversation_id=self.scope.conversation_id,
            device_id=self.scope.device_id,
            satellite_id=None,
            language=self.scope.language,
            agent_id=self.scope.agent_id,
        )
        return await async_match(self.hass, user_input, Turn(self.scope))

    async def async_tool(self) -> tuple[Call, Resolution]:
        """Return what a use of a tool would do; raises ServiceValidationError for one that could do nothing."""
        spec = self.scope.spec(CallKind.TOOL, self.data[ATTR_TOOL], self.data[ATTR_ARGUMENTS], self.api_ids)
        guard = self.hearth.hands.guard
        try:
            call = await async_rebuild(self.hass, spec, guard, self.scope)
            return call, await guard.judge.async_resolve(self.scope, call)
        except (HomeAssistantError, probatio.Invalid, TimeoutError) as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="dry_run_impossible",
                translation_placeholders={"tool": spec.name, "problem": str(err) or type(err).__name__},
            ) from err


def _agent(hass: HomeAssistant, entry: HearthConfigEntry, entity_id: str | None) -> tuple[str, tuple[str, ...]]:
    """Return an agent's ID and the APIs that it may use; the first agent where none is named."""
    agents = {subentry.subentry_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_AGENT)}
    if entity_id is None:
        subentry = next(iter(agents.values()), None)
    else:
        registered = er.async_get(hass).async_get(entity_id)
        subentry = agents.get(str(registered.config_subentry_id)) if registered else None
    if subentry is None and entity_id is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_agent")
    if subentry is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_an_agent",
            translation_placeholders={"entity_id": str(entity_id)},
        )
    return subentry.subentry_id, tuple(subentry.data.get(CONF_LLM_HASS_API, ()))


def _entity_of(hass: HomeAssistant, entry: HearthConfigEntry, agent_id: str) -> str | None:
    """Return the entity of an agent, None for one that has none yet."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    ours = (one for one in entities if (one.domain, one.config_subentry_id) == (conversation.DOMAIN, agent_id))
    return next((entity.entity_id for entity in ours), None)


def _device(hass: HomeAssistant, data: dict[str, Any]) -> str | None:
    """Return the device that is spoken to: the one named, or a satellite in the area."""
    if (device_id := data.get(ATTR_DEVICE_ID)) is not None:
        if dr.async_get(hass).async_get(device_id) is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_device",
                translation_placeholders={"device": device_id},
            )
        return str(device_id)
    if (area_id := data.get(ATTR_AREA_ID)) is None:
        return None
    satellites = [entity for entity in er.async_get(hass).entities.values() if entity.domain == _SATELLITE]
    for entity in satellites:
        if entity.device_id is not None and area_id_of(hass, entity.device_id, entity.area_id) == area_id:
            return entity.device_id
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="no_satellite",
        translation_placeholders={"area": str(area_id)},
    )


def _user(hass: HomeAssistant, person: str) -> str | None:
    """Return a person's user; None for one who has no account and can only be heard."""
    if (state := hass.states.get(person)) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_person",
            translation_placeholders={"person": person},
        )
    user_id: str | None = state.attributes.get("user_id")
    return user_id


def _local(time: datetime) -> datetime:
    return dt_util.as_local(time) if time.tzinfo else time.replace(tzinfo=dt_util.get_default_time_zone())
