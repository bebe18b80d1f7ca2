"""Gather what the policy decides on: what each effect touches, who asks, and who is at home."""

from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN
from homeassistant.const import STATE_HOME, STATE_NOT_HOME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er, llm

from ...access import OTHER_AGENTS, PERSON_DOMAIN
from ...context.area import area_id_of
from ..call import Scope
from ..effects import Effect, Resolution
from ..reads import is_hidden
from .question import Consent, Fact, Question
from .risk import classify


@callback
def question_of(
    hass: HomeAssistant,
    scope: Scope,
    resolution: Resolution,
    *,
    annotations: llm.ToolAnnotations | None = None,
    forbidden: str | None = None,
    halted: bool = False,
    approved: Consent | None = None,
) -> Question:
    """Return what to ask the policy about something that a turn wants to happen now."""
    asker = scope.view.asker if scope.view else None
    picked = {id(effect) for effect in resolution.picked}
    return Question(
        facts=tuple(
            fact_of(hass, effect, tainted=scope.tainted, said=scope.words, picked=id(effect) in picked)
            for effect in resolution.judged
        ),
        has_unknown=bool(resolution.unknown),
        hidden=is_hidden(scope.view, resolution),
        forbidden=forbidden,
        tainted=scope.tainted,
        halted=halted,
        can_ask=scope.can_ask,
        approved=approved,
        actor=scope.actor,
        person=scope.principal.owner,
        agent_id=(asker.agent_id if asker else None) or OTHER_AGENTS,
        annotations=annotations,
        anybody_home=anybody_home(hass),
    )


@callback
def anybody_home(hass: HomeAssistant) -> bool | None:
    """Tell whether anybody is at home, None where nobody knows."""
    home = hass.states.get(f"{ZONE_DOMAIN}.{STATE_HOME}")
    states = [state.state for state in hass.states.async_all(PERSON_DOMAIN)]
    if STATE_HOME in states or (home is not None and home.state.isdecimal() and int(home.state) > 0):
        return True
    # A person may be in another zone, which is not home either; of one who is nowhere nothing is known.
    zones = {state.name for state in hass.states.async_all(ZONE_DOMAIN)} | {STATE_NOT_HOME}
    return False if states and set(states) <= zones else None


@callback
def fact_of(
    hass: HomeAssistant, effect: Effect, *, tainted: bool = False, said: str = "", picked: bool = False
) -> Fact:
    """Return what is known of an effect, `picked` by the caller, in a turn in which a person `said` something."""
    entry = er.async_get(hass).async_get(effect.entity_id) if effect.entity_id else None
    device = dr.async_get(hass).async_get(entry.device_id) if entry and entry.device_id else None
    return Fact(
        risk=classify(hass, effect, tainted=tainted, said=said, picked=picked),
        domain=effect.domain,
        service=effect.service,
        entity_id=effect.entity_id,
        entity_key=entry.id if entry else effect.entity_id,
        area_id=area_id_of(hass, entry.device_id, entry.area_id) if entry else None,
        labels=frozenset((entry.labels if entry else set()) | (device.labels if device else set())),
    )
