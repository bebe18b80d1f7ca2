"""Erase what is known of somebody, or everything, so that nothing of it is left and nothing brings it back."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant

from .access import HOUSEHOLD_OWNER, person_by_owner
from .engine import EngineClient
from .hands import Hands
from .hands.audit import Kind, rows
from .memory import Memory
from .memory.connectors import Connectors


async def async_erase(
    hass: HomeAssistant,
    owner: str | None,
    by_user: str | None,
    *,
    client: EngineClient,
    connectors: Connectors,
    memory: Memory,
    hands: Hands,
) -> Mapping[str, int]:
    """Erase what an owner has, or with None everything, on behalf of a user, and return how much that was.

    The library comes first: where the engine does not answer, nothing is erased and EngineError is raised. The record
    of what was done keeps that it was, and of everything before it no words. Raises HomeAssistantError for the disk.
    """
    items = 0
    collections = (await client.async_library()).collections
    await connectors.async_forget_owner(owner)
    for collection in collections:
        found = [row async for row in client.async_all_items(collection) if owner in {None, row.owner}]
        await connectors.async_forget(collection, [row.id for row in found])
        if owner is None:
            items += await client.async_delete_collection(collection)
        else:
            items += await client.async_delete_owner(collection, owner)
    facts = await memory.vault.async_erase(owner)
    turns = await memory.recall.async_erase(owner)
    await hands.approvals.async_forget(owner)
    await hands.audit.async_withhold(None if owner is None else _users(hass, owner))
    counts = {"items": items, "facts": facts, "turns": turns}
    await hands.audit.async_append(Kind.ERASED, rows.erased(owner, counts, user_id=by_user))
    return counts


def _users(hass: HomeAssistant, owner: str) -> set[str | None]:
    """Return the users that an owner is; for the household speaks who is no user."""
    if owner == HOUSEHOLD_OWNER:
        return {None}
    person = person_by_owner(hass, owner)
    state = hass.states.get(person.person_id) if person and person.person_id else None
    user_id = state.attributes.get("user_id") if state else None
    return {user_id} if user_id else set()
