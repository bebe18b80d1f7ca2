"""Test that an action which the user allows as a tool waits for a yes like any other call."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.hearth.hands import Hands, Outcome

from .conftest import Ask, By, Restart

UNLOCK: tuple[str, dict[str, Any]] = ("lock__unlock", {"target": ["Front Door"]})


@pytest.fixture(autouse=True)
def _allowed(options: dict[str, Any]) -> None:
    """Let unlocking be a tool."""
    options["actions"] = {"lock.unlock": {}}


def state(hass: HomeAssistant) -> str:
    """Return how the front door is."""
    found = hass.states.get("lock.front_door")
    assert found is not None
    return found.state


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_yes_lets_it_run(
    home: HomeAssistant, hands: Hands, ask: Ask, by: By, restarted: Restart, is_restarted: bool
) -> None:
    """It does exactly what was asked about, by the same road, after a restart too."""
    result = await ask(None, UNLOCK[0], UNLOCK[1])
    assert (result.data["status"], state(home)) == ("pending_approval", "locked")
    answer = await by("anna")
    if is_restarted:
        hands = await restarted()
    record = await hands.consent.async_answer(answer)
    assert (record.outcome, state(home)) == (Outcome.DONE, "unlocked")


@pytest.mark.parametrize(
    "limit", [False, {"areas": ["kitchen"]}, {"people": ["person:bert"]}], ids=["never", "elsewhere", "somebody else"]
)
@pytest.mark.parametrize("is_restarted", [False, True])
async def test_what_is_forbidden_meanwhile_is_not_done(
    home: HomeAssistant,
    hands: Hands,
    ask: Ask,
    by: By,
    restarted: Restart,
    options: dict[str, Any],
    limit: Any,
    is_restarted: bool,
) -> None:
    """A yes is worth nothing once the user has changed their mind about the action."""
    await ask(None, UNLOCK[0], UNLOCK[1])
    answer = await by("anna")
    options["actions"] = {"lock.unlock": limit}
    if is_restarted:
        hands = await restarted()
    try:
        outcome = (await hands.consent.async_answer(answer)).outcome
    finally:
        assert state(home) == "locked"
    assert outcome in (Outcome.DENIED, Outcome.FAILED)


async def test_a_name_that_means_another_thing_meanwhile(
    home: HomeAssistant, hands: Hands, ask: Ask, by: By, options: dict[str, Any]
) -> None:
    """A yes to one thing is none to another that has taken its name."""
    options["actions"] = {"homeassistant.turn_off": {}}
    await ask(None, "homeassistant__turn_off", {"target": ["Front Door"]})
    answer = await by("anna")
    registry = er.async_get(home)
    registry.async_update_entity("lock.front_door", name="Side Door")
    registry.async_update_entity("cover.garage_door", name="Front Door")
    await home.async_block_till_done()
    record = await hands.consent.async_answer(answer)
    assert record.outcome is Outcome.ASKED
    assert [effect.entity_id for effect in record.resolution.effects] == ["cover.garage_door"]
    assert state(home) == "locked"
