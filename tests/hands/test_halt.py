"""Test that a stop ends everything, and that nothing acts after it."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.hearth.access import GUEST, HOUSEHOLD, Kind, Principal
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import (
    ENABLED,
    By,
    Call,
    Effect,
    Halt,
    Hands,
    Outcome,
    Resolution,
    Scope,
    async_may_resume,
)
from custom_components.hearth.hands.audit import Audit

LIGHT = Resolution((Effect("light", "turn_on", "light.kitchen_lights"),))
BY = By("voice")


def scope_of(name: str) -> Scope:
    """Return a turn of its own."""
    return Scope(name, "conversation.hearth", "words", "en")


def lighting(home: HomeAssistant, before: Callable[[], Any] | None = None, resolution: Resolution = LIGHT) -> Call:
    """Return a call that switches a light on, and does something before."""

    async def resolve() -> Resolution:
        return resolution

    async def run() -> None:
        if before is not None:
            await before()
        await home.services.async_call("light", "turn_on", {"entity_id": "light.kitchen_lights"}, blocking=True)

    return Call("light__turn_on", {}, resolve, run)


async def kinds(home: HomeAssistant, audit: Audit) -> list[str]:
    """Return the kinds of the audit's rows, oldest first."""
    await home.async_block_till_done()
    return [row["kind"] for row in reversed(await audit.async_rows())]


async def test_a_stop_ends_what_is_there_to_end(home: HomeAssistant, hands: Hands) -> None:
    """Everybody who can end something is told, one that fails keeps nobody else from it, and all is written down."""
    ended: list[By] = []

    def failing(_by: By) -> int:
        raise ValueError("no")

    def ending(by: By) -> int:
        ended.append(by)
        return 3

    hands.halt.add_stopper("failing", failing)
    remove = hands.halt.add_stopper("turns", ending)
    stopped = hands.halt.stop(BY)
    assert (ended, stopped.under_way) == ([BY], ())
    remove()
    hands.halt.stop(BY)
    assert ended == [BY]
    assert await kinds(home, hands.audit) == ["halt", "halt"]
    row = (await hands.audit.async_rows())[-1]
    assert (row["channel"], row["stays"], row["ended"]["turns"], row["ended"]["failing"]) == ("voice", False, 3, 0)


@pytest.mark.parametrize("where", ["resolve", "written down"])
async def test_nothing_acts_after_a_stop(
    home: HomeAssistant, hands: Hands, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is on its way when somebody says stop does not run, wherever on its way it is."""
    append = hands.audit.async_append

    async def write_while_somebody_stops(kind: str, body: Any) -> int:
        if kind == "call" and where == "written down":
            hands.halt.stop(BY)
        return await append(kind, body)

    async def resolve() -> Resolution:
        if where == "resolve":
            hands.halt.stop(BY)
        return LIGHT

    call = lighting(home)
    with monkeypatch.context() as patched:
        patched.setattr(hands.audit, "async_append", write_while_somebody_stops)
        record = await hands.guard.async_call(scope_of("one"), Call(call.name, {}, resolve, call.run))
    assert record.outcome in (Outcome.DENIED, Outcome.FAILED)
    assert home.states.is_state("light.kitchen_lights", "off")
    assert (await hands.guard.async_call(scope_of("two"), lighting(home))).outcome is Outcome.DONE


async def test_a_call_that_waits_for_another_does_not_run(home: HomeAssistant, hands: Hands) -> None:
    """While it waited for the entity somebody said stop; what was running is told of."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        await go_on.wait()

    running = asyncio.create_task(hands.guard.async_call(scope_of("one"), lighting(home, wait)))
    await begun.wait()
    ran: list[bool] = []

    async def note() -> None:
        ran.append(True)

    waiting = asyncio.create_task(hands.guard.async_call(scope_of("two"), lighting(home, note)))
    await asyncio.sleep(0)
    stopped = hands.halt.stop(BY)
    assert stopped.under_way == ("light.kitchen_lights",)
    go_on.set()
    # What a service had in its hands comes to its end, in the audit as well.
    assert (await running).outcome is Outcome.DONE
    assert (await waiting).outcome in (Outcome.DENIED, Outcome.FAILED)
    assert ran == []


async def test_whoever_says_stop_goes_on(hands: Hands) -> None:
    """The turn that says stop is not stopped itself."""
    mine, other = scope_of("mine"), scope_of("other")
    with hands.halt.watching(mine), hands.halt.watching(other):
        hands.halt.stop(By("voice", scope=mine))
    assert (mine.stopped, other.stopped) == (False, True)


async def test_off_stays_off(home: HomeAssistant, hands: Hands) -> None:
    """Nothing acts until somebody resumes, not after a restart either; reading goes on all the time."""
    told: list[bool] = []
    hands.halt.add_listener(lambda: told.append(hands.halt.engaged_at is None))
    await hands.halt.async_engage(BY)
    await hands.halt.async_engage(BY)
    record = await hands.guard.async_call(scope_of("one"), lighting(home))
    assert (record.outcome, record.reason) == (Outcome.DENIED, "halted")
    unknown = await hands.guard.async_call(scope_of("one"), lighting(home, resolution=Resolution(unknown=("it",))))
    assert (unknown.outcome, unknown.reason) == (Outcome.DENIED, "halted")
    reading = await hands.guard.async_call(scope_of("one"), lighting(home, resolution=Resolution()))
    assert reading.outcome is Outcome.ANSWERED
    again = await Halt.async_create(home, hands.audit)
    assert again.engaged_at == hands.halt.engaged_at is not None
    await again.async_resume(BY)
    await again.async_resume(BY)
    assert (await Halt.async_create(home, hands.audit)).engaged_at is None
    await hands.halt.async_resume(BY)
    assert told == [False, True]
    assert (await hands.guard.async_call(scope_of("two"), lighting(home))).outcome is Outcome.DONE
    rows = await kinds(home, hands.audit)
    assert (rows.count("halt"), rows.count("resume")) == (2, 2)


async def test_a_full_disk_stops_nobody_from_stopping(home: HomeAssistant, hands: Hands) -> None:
    """What can't be written down is stopped all the same."""
    await hands.audit.async_close()
    await hands.halt.async_engage(BY)
    await home.async_block_till_done()
    assert hands.halt.engaged_at is not None
    await hands.halt.async_resume(BY)
    assert hands.halt.engaged_at is None


PERSON = Principal(Kind.PERSON, "person.anna", "anna")


@pytest.mark.parametrize(
    ("principal", "group", "may"),
    [
        (HOUSEHOLD, None, True),
        (PERSON, None, True),
        (GUEST, None, False),
        (PERSON, GROUP_ID_USER, True),
        (PERSON, GROUP_ID_READ_ONLY, False),
        (GUEST, GROUP_ID_USER, False),
        (PERSON, "nobody", False),
    ],
)
async def test_who_may_resume(home: HomeAssistant, principal: Principal, group: str | None, may: bool) -> None:
    """Whoever may use the switch, and lives here."""
    er.async_get(home).async_get_or_create("switch", DOMAIN, ENABLED, translation_key=ENABLED)
    if group not in (None, "nobody"):
        found = await home.auth.async_get_group(group)
        assert found is not None
        MockUser(id="user", groups=[found]).add_to_hass(home)
    assert await async_may_resume(home, principal, None if group is None else "user") is may
