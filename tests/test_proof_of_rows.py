"""Test that the tests' own proof of the audit would find a row that is missing."""

from homeassistant.core import Context, HomeAssistant

from custom_components.hearth.hands import Hands
from tests.proof_of_rows import Proof


async def test_an_act_without_a_row_is_found(hass: HomeAssistant) -> None:
    """An act in Hearth's context needs a row of that context that tells of it."""
    proof, context = Proof(), Context()
    hands = await Hands.async_create(hass)
    proof.follow(hass, hands)
    proof.contexts.add(context.id)
    hass.services.async_register("light", "turn_on", lambda _call: None)
    for one in (Context(), context):
        await hass.services.async_call("light", "turn_on", {"entity_id": "light.a"}, blocking=True, context=one)
    assert [effect.entity_id for effect in proof.missing] == ["light.a"]
    effect = {"action": "light.turn_on", "entity_id": "light.a"}
    await hands.audit.async_append("call", {"context_id": "another", "effects": [effect]})
    assert len(proof.missing) == 1
    await hands.audit.async_append("call", {"context_id": context.id, "effects": [effect]})
    assert proof.missing == []
    await hands.async_close()
