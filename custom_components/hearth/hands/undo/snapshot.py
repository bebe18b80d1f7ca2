"""Take down before an act what is needed to undo it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant

from ..call import CallRecord, Outcome
from ..effects import Effect, Resolution, Risk
from ..policy import classify
from .items import Changed, Item, Kind, Place, async_items, differences, place_of
from .states import Kept, can_come_back, is_as, keep, stands_for_others

# What these do stands beside them: their members and steps.
_CONTAINERS: Final = frozenset({"group", "homeassistant", "scene", "script"})
# What is in a call besides what can be seen.
UNSEEN: Final = "unseen"


@dataclass(frozen=True, slots=True)
class Done:
    """What a call has done, as far as an undo needs it.

    `before` and `after` hold the entities that can be brought back, `items` what came, changed or went; `final` names
    the actions that nothing takes back, or `UNSEEN`.
    """

    before: Mapping[str, Kept] = field(default_factory=dict)
    after: Mapping[str, Kept] = field(default_factory=dict)
    items: tuple[Changed, ...] = ()
    final: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as the audit keeps it."""
        return {
            "before": {entity_id: kept.as_dict() for entity_id, kept in self.before.items()},
            "after": {entity_id: kept.as_dict() for entity_id, kept in self.after.items()},
            "items": [changed.as_dict() for changed in self.items],
            "final": list(self.final),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what the audit kept."""
        return cls(
            {entity_id: Kept.from_dict(kept) for entity_id, kept in stored["before"].items()},
            {entity_id: Kept.from_dict(kept) for entity_id, kept in stored["after"].items()},
            tuple(map(Changed.from_dict, stored["items"])),
            tuple(stored["final"]),
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How everything was that a call may change."""

    hass: HomeAssistant
    states: Mapping[str, Kept]
    items: Mapping[Place, Mapping[str, Item]]
    final: tuple[str, ...]

    async def async_complete(self, record: CallRecord) -> dict[str, Any] | None:
        """Return what there is to undo now that the call has run, None where that is nothing.

        Of a private call nothing is kept that somebody wrote.
        """
        before = {id_: kept for id_, kept in self.states.items() if not is_as(self.hass, id_, kept)}
        after = {id_: kept for id_ in before if (kept := keep(self.hass, id_))}
        worked = record.outcome is not Outcome.FAILED
        changed: list[Changed] = []
        for place, items in self.items.items():
            changed += await self._async_changed(place, items, worked=worked)
        kept_items = tuple(item for item in changed if not (record.private and item.before))
        done = Done(before, after, kept_items, self.final if worked else ())
        return None if done == Done() else done.as_dict()

    async def _async_changed(self, place: Place, items: Mapping[str, Item], *, worked: bool) -> list[Changed]:
        if place.kind is Kind.MEMORY:
            return [Changed(place, "", None)] if worked else []
        now = await async_items(self.hass, place)
        return [] if now is None else differences(place, items, now)


async def async_take(hass: HomeAssistant, resolution: Resolution) -> Snapshot:
    """Take down what a call may change, before it does."""
    states = {id_: kept for id_ in resolution.entity_ids if (kept := keep(hass, id_))}
    places = dict.fromkeys(place for effect in resolution.effects if (place := place_of(hass, effect)))
    items = {place: read for place in places if (read := await async_items(hass, place)) is not None}
    final = [f"{effect.domain}.{effect.service}" for effect in resolution.effects if _is_final(hass, effect, items)]
    unseen = [UNSEEN] if resolution.unknown else []
    return Snapshot(hass, states, items, tuple(dict.fromkeys(final + unseen)))


def _is_final(hass: HomeAssistant, effect: Effect, items: Mapping[Place, Any]) -> bool:
    """Tell whether nothing takes an effect back; what happens to others through it stands beside it."""
    if effect.domain in _CONTAINERS or classify(hass, effect) is Risk.READ or place_of(hass, effect) in items:
        return False
    entity_id = effect.entity_id
    return entity_id is None or not (can_come_back(effect.domain) or stands_for_others(hass, entity_id))
