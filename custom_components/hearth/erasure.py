"""Erase what is known of somebody, or everything, so that nothing of it is left and nothing brings it back."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant

from .access import person_by_owner
from .coordinator import HearthData


async def async_erase(
    hass: HomeAssistant, hearth: HearthData, owner: str | None, *, by_user: str | None
) -> Mapping[str, int]:
    """Erase what an owner has, or with None everything, and return how much that was.

    The library comes first: where the engine does not answer, nothing is erased and EngineError is raised. The record
    of what was done keeps that it was, and of everything before it no words. Raises HomeAssistantError for the disk.
    """
    items = 0
    await hearth.connectors.async_forget_owner(owner)
    for collection in (await hearth.client.async_library()).collections:
        rows = [row async for row in hearth.client.async_all_items(collection) if owner in {None, row.owner}]
        await hearth.connectors.async_forget(collection, [row.id for row in rows])
        if owner is not None:
            items += await hearth.client.async_delete_owner(collection, owner)
        else:
            items += await hearth.client.async_delete_collection(collection)
    facts = await hearth.memory.vault.async_erase(owner)
    turns = await hearth.memory.recall.async_erase(owner)
    await hearth.hands.audit.async_withhold(None if owner is None else _users(hass, owner))
    counts = {"items": items, "facts": facts, "turns": turns}
    await hearth.hands.audit.async_append("erased", {"owner": owner, "user_id": by_user, **counts})
    return counts


def _users(hass: HomeAssistant, owner: str) -> frozenset[str | None]:
    """Return the users that an owner is."""
    person = person_by_owner(hass, owner)
    state = hass.states.get(person.person_id) if person and person.person_id else None
    return frozenset({state.attributes.get("user_id")} - {None}) if state else frozenset()
