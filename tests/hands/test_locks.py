"""Test that calls don't fight over an entity, and never wait for each other for good."""

import asyncio

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.hearth.hands.locks import EntityBusyError, EntityLocks

ENTITIES = ["cover.blind", "cover.garage", "light.kitchen", "lock.door"]


async def test_one_waits_for_the_other() -> None:
    """The second call on an entity begins when the first has ended."""
    locks, order = EntityLocks(wait_seconds=60), []

    async def call(name: str, begun: asyncio.Event, go_on: asyncio.Event) -> None:
        async with locks.holding(["cover.blind"]):
            order.append(f"{name} begins")
            begun.set()
            await go_on.wait()
            order.append(f"{name} ends")

    begun, go_on = asyncio.Event(), asyncio.Event()
    one = asyncio.create_task(call("one", begun, go_on))
    await begun.wait()
    other = asyncio.create_task(call("other", asyncio.Event(), go_on))
    async with locks.holding(["cover.garage"]):
        order.append("another entity")
    go_on.set()
    await asyncio.gather(one, other)
    assert order == ["one begins", "another entity", "one ends", "other begins", "other ends"]


async def test_whoever_waited_knows_it() -> None:
    """What they have found out before may not hold any more."""
    locks = EntityLocks(wait_seconds=60)

    async def waits() -> bool:
        async with locks.holding(iter(["cover.blind", "light.kitchen"])) as waited:
            return waited

    assert not await waits()
    async with locks.holding(["light.kitchen"]):
        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0)
    assert await waiting
    assert not await waits()


async def test_nobody_waits_for_long() -> None:
    """Whoever waits in vain is told for what, and holds nothing of the rest."""
    locks = EntityLocks(wait_seconds=0)
    async with locks.holding(["light.kitchen"]):
        with pytest.raises(EntityBusyError) as raised:
            async with locks.holding(["cover.blind", "light.kitchen"]):
                pytest.fail("it was held")
        assert raised.value.entity_id == "light.kitchen"
        async with locks.holding(["cover.blind"]):
            pass
    async with locks.holding(["light.kitchen"]):
        pass


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(ENTITIES), max_size=6), max_size=12))
def test_several_entities_in_any_order(wanted: list[list[str]]) -> None:
    """Whatever calls want what, all of them come to their end, and no entity is in two hands."""
    held: set[str] = set()

    async def call(locks: EntityLocks, entity_ids: list[str]) -> None:
        async with locks.holding(entity_ids):
            assert not held & set(entity_ids)
            held.update(entity_ids)
            for _ in range(3):
                await asyncio.sleep(0)
            held.difference_update(entity_ids)

    async def all_at_once() -> None:
        locks = EntityLocks(wait_seconds=60)
        await asyncio.gather(*(call(locks, entity_ids) for entity_ids in wanted))
        async with locks.holding(ENTITIES):
            pass

    asyncio.run(all_at_once())
    assert held == set()
