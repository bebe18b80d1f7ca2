"""Test that a call that had to wait for another does what it was judged by, or is judged anew."""

import asyncio
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hearth.hands import Call, CallRecord, Effect, Hands, Outcome, Resolution, Scope
from custom_components.hearth.hands.approvals import Reply
from custom_components.hearth.hands.locks import EntityLocks

from .conftest import lock_state

LIGHT, BLIND, DOOR = "light.kitchen_lights", "cover.kitchen_blind", "lock.front_door"
LIGHTS = Resolution((Effect("light", "turn_on", LIGHT),))
BLINDS = Resolution((Effect("cover", "open_cover", BLIND),))
UNLOCKS = Resolution((Effect("lock", "unlock", DOOR),))
GONE = HomeAssistantError("nothing of that name is there any more")


@dataclass
class Changing:
    """A call that means something else each time that somebody looks, and which does the last of it."""

    home: HomeAssistant
    meanings: list[Resolution | Exception]
    ran: list[str] = field(default_factory=list)
    looked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def call(self) -> Call:
        """Return it as the guard gets it."""
        return Call("changing", {}, self.resolve, self.run)

    async def resolve(self) -> Resolution:
        """Return what it means now."""
        self.looked.set()
        meaning = self.meanings.pop(0)
        if isinstance(meaning, Exception):
            raise meaning
        self.effects = meaning.effects
        return meaning

    async def run(self) -> dict[str, object]:
        """Do it."""
        for effect in self.effects:
            self.ran.append(f"{effect.domain}.{effect.service}")
            target = {"entity_id": effect.entity_id}
            await self.home.services.async_call(effect.domain, effect.service, target, blocking=True)
        return {}


@pytest.fixture(autouse=True)
def patient(hands: Hands) -> None:
    """Let calls wait for as long as a slow machine may need."""
    hands.guard.locks = EntityLocks(wait_seconds=60)


async def behind_another(hands: Hands, scope: Scope, changing: Changing, entity_id: str) -> CallRecord:
    """Make a call that has to wait until another is through with an entity."""
    async with hands.guard.locks.holding([entity_id]):
        task = asyncio.create_task(hands.guard.async_call(scope, changing.call))
        # Between looking and waiting a call gives nobody else a turn.
        await changing.looked.wait()
        assert changing.ran == []
    return await task


async def test_who_does_not_wait_looks_once(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """Nothing has happened since, so nothing is looked up again."""
    changing = Changing(home, [LIGHTS])
    assert (await hands.guard.async_call(scope, changing.call)).outcome is Outcome.DONE


async def test_what_still_means_the_same_goes_on(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """Waiting alone changes nothing."""
    changing = Changing(home, [LIGHTS, LIGHTS])
    record = await behind_another(hands, scope, changing, LIGHT)
    assert (record.outcome, changing.ran, changing.meanings) == (Outcome.DONE, ["light.turn_on"], [])
    assert len(scope.calls) == 1


async def test_what_means_something_else_by_then_is_judged_anew(
    home: HomeAssistant, hands: Hands, scope: Scope
) -> None:
    """A group to which another conversation has just added the door asks like the door."""
    both = Resolution((*LIGHTS.effects, *UNLOCKS.effects))
    changing = Changing(home, [LIGHTS, both])
    record = await behind_another(hands, scope, changing, LIGHT)
    assert (record.outcome, changing.ran, lock_state(home)) == (Outcome.ASKED, [], "locked")
    (row,) = [row for row in await hands.audit.async_rows() if row["kind"] == "call"]
    assert [effect["action"] for effect in row["effects"]] == ["light.turn_on", "lock.unlock"]


async def test_what_means_nothing_any_more_is_refused(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """What another conversation has taken away can't be acted on."""
    changing = Changing(home, [LIGHTS, GONE])
    record = await behind_another(hands, scope, changing, LIGHT)
    assert (record.outcome, record.reason, record.error) == (Outcome.FAILED, "bad_arguments", str(GONE))
    assert changing.ran == []


async def test_a_yes_holds_only_for_what_it_was_said_to(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """However long an approved call has to wait, it never becomes another."""
    changing = Changing(home, [BLINDS, BLINDS, UNLOCKS])
    assert (await hands.guard.async_call(scope, changing.call)).outcome is Outcome.ASKED
    changing.looked.clear()
    async with hands.guard.locks.holding([BLIND]):
        task = asyncio.create_task(hands.consent.async_hear(scope, Reply.YES))
        await changing.looked.wait()
    heard = await task
    assert heard is not None
    assert [call.outcome for call in heard.calls] == [Outcome.ASKED]
    assert (changing.ran, lock_state(home)) == ([], "locked")
    assert [approval.resolution for approval in hands.approvals.open] == [UNLOCKS]
