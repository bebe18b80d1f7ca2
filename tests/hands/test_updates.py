"""Test that whatever installs an update is preceded by a backup, and that nobody's patience breaks it off."""

import asyncio
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_mock_service

from custom_components.hearth.hands import Call, CallRecord, Effect, Hands, Outcome, Resolution, Scope, guard
from custom_components.hearth.hands.halt import By
from custom_components.hearth.hands.scripts import Inside
from custom_components.hearth.hands.updates import saved_first

from .asking import agree

ROUTER, BRIDGE, MODEL = "update.router", "update.bridge", "update.hearth_tiny"
FULL = ("hassio", "backup_full")


@pytest.fixture(autouse=True)
def devices(home: HomeAssistant) -> None:
    """Connect one device whose update makes a backup by itself, one whose does not, and a model of Hearth's engine."""
    home.states.async_set(ROUTER, "on", {"friendly_name": "Router", "supported_features": 9})
    home.states.async_set(BRIDGE, "on", {"friendly_name": "Bridge", "supported_features": 1})
    er.async_get(home).async_get_or_create("update", "hearth", "tiny", suggested_object_id="hearth_tiny")
    home.states.async_set(MODEL, "on", {"friendly_name": "Tiny", "supported_features": 1})
    MockUser(id="anna", is_owner=True).add_to_hass(home)


def install(entity_id: str | None = BRIDGE, **data: Any) -> Effect:
    """Return the installation of an update."""
    return Effect("update", "install", entity_id, data)


@pytest.mark.parametrize(
    ("effects", "is_first"),
    [
        ([Effect("light", "turn_on", "light.bed_light")], False),
        ([Effect("update", "skip", BRIDGE)], False),
        ([install(ROUTER, backup=True)], False),
        ([install(ROUTER)], True),
        ([install(ROUTER, backup="{{ true }}")], True),
        ([install(backup=True)], True),
        ([install(None, backup=True)], True),
        ([install("update.gone", backup=True)], True),
        ([install(ROUTER, backup=True), install()], True),
        ([Effect("backup", "create"), install()], True),
        ([install(MODEL)], False),
        ([install(MODEL), install()], True),
    ],
)
def test_a_backup_comes_first_unless_the_update_makes_one(
    home: HomeAssistant, effects: list[Effect], is_first: bool
) -> None:
    """What a script, a model or an intent says of a backup counts only where the update can make one."""
    async_mock_service(home, "backup", "create")
    found = saved_first(home, Resolution(tuple(effects)))
    assert (found.first, found.unsaved) == ((Effect("backup", "create"),) if is_first else (), False)
    assert found.effects == tuple(effects)


@pytest.mark.parametrize(
    ("services", "first"),
    [
        ([("backup", "create"), ("backup", "create_automatic")], [("backup", "create")]),
        ([("backup", "create_automatic"), FULL], [FULL]),
        ([], []),
    ],
)
def test_the_home_makes_it_in_its_own_way(
    home: HomeAssistant, services: list[tuple[str, str]], first: list[tuple[str, str]]
) -> None:
    """With Supervisor and without; where neither can, it is known that there will be none."""
    for service in services:
        async_mock_service(home, *service)
    found = saved_first(home, Resolution((install(),)))
    assert [(effect.domain, effect.service) for effect in found.first] == first
    assert found.unsaved is not bool(first)
    assert found.judged == (*found.first, install())


def test_a_script_that_installs_is_seen_through(home: HomeAssistant) -> None:
    """However deep the step stands."""
    async_mock_service(home, *FULL)
    inside = Inside(home)
    step = {"action": "update.install", "target": {"entity_id": BRIDGE}}
    inside.add_steps("script.all", [{"if": [], "then": [{"parallel": [step]}]}])
    assert saved_first(home, Resolution(tuple(inside.effects))).first == (Effect(*FULL),)


def test_no_automation_installs_what_nobody_saves(home: HomeAssistant) -> None:
    """Some other day nobody is there to make the backup; an update that makes its own needs nobody."""
    with pytest.raises(HomeAssistantError) as raised:
        saved_first(home, Resolution(later=(install(),)))
    assert raised.value.translation_key == "automation_without_backup"
    mine = Resolution(later=(install(ROUTER, backup=True),))
    assert saved_first(home, mine) == mine


class Installing:
    """An update that is being installed, by a script say, after a backup of Supervisor's."""

    def __init__(self, home: HomeAssistant, hands: Hands, scope: Scope) -> None:
        """Let the backup and the installation each take until they are let go on."""
        self.home, self.hands, self.scope = home, hands, scope
        self.began, self.saving, self.running = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.done: list[str] = []
        home.services.async_register(*FULL, self._async_save)

    async def _async_save(self, _call: ServiceCall) -> None:
        self.began.set()
        await self.saving.wait()
        self.done.append("saved")

    async def _async_run(self) -> None:
        await self.running.wait()
        self.home.states.async_set(BRIDGE, "off", {"friendly_name": "Bridge"})
        self.done.append("installed")

    async def _async_resolve(self) -> Resolution:
        return Resolution((install(),))

    async def async_ask(self) -> None:
        """Ask for it."""
        call = Call("script__all", {}, self._async_resolve, self._async_run)
        assert (await self.hands.guard.async_call(self.scope, call)).outcome is Outcome.ASKED
        assert self.done == []

    async def async_agree(self) -> CallRecord:
        """Say yes."""
        return await agree(self.hands, self.scope)


@pytest.fixture
async def installing(home: HomeAssistant, hands: Hands, scope: Scope) -> Installing:
    """Return an update that somebody was asked about."""
    installing = Installing(home, hands, scope)
    await installing.async_ask()
    return installing


async def test_the_backup_comes_before_the_installation(installing: Installing) -> None:
    """By whichever tool it is installed."""
    installing.saving.set()
    installing.running.set()
    record = await installing.async_agree()
    assert (record.outcome, installing.done) == (Outcome.DONE, ["saved", "installed"])


async def test_what_takes_long_goes_on_by_itself(
    home: HomeAssistant, installing: Installing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits hears that it has begun, and a notification tells what came of it."""
    monkeypatch.setattr(guard, "CALL_SECONDS", 0)
    record = await installing.async_agree()
    assert (record.outcome, installing.done) == (Outcome.STARTED, [])
    installing.saving.set()
    installing.running.set()
    await home.async_block_till_done(wait_background_tasks=True)
    assert installing.done == ["saved", "installed"]
    shown = home.data[persistent_notification.DOMAIN].values()
    assert [one["message"] for one in shown] == ["Install the update Bridge: done"]


async def test_a_stop_while_the_backup_is_made_keeps_the_update_away(
    home: HomeAssistant, installing: Installing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backup can't be called back; what comes after it does not begin."""
    monkeypatch.setattr(guard, "CALL_SECONDS", 0)
    await installing.async_agree()
    await installing.began.wait()
    installing.hands.halt.stop(By("button"))
    installing.saving.set()
    installing.running.set()
    await home.async_block_till_done(wait_background_tasks=True)
    assert installing.done == ["saved"]


async def test_a_backup_that_fails_keeps_the_update_away(
    home: HomeAssistant, hands: Hands, installing: Installing
) -> None:
    """And the record says why."""

    async def fail(_call: ServiceCall) -> None:
        raise HomeAssistantError("The disk is full")

    home.services.async_register(*FULL, fail)
    installing.running.set()
    record = await installing.async_agree()
    assert (record.outcome, record.reason, installing.done) == (Outcome.DENIED, "no_backup", [])
    rows = {row["id"]: row for row in await hands.audit.async_rows()}
    failed = [row for row in rows.values() if row["kind"] == "outcome"]
    assert [(row["outcome"], row["error"]) for row in failed] == [("failed", "The disk is full")]
    assert rows[failed[0]["call"]]["tool"] == "hassio.backup_full"
