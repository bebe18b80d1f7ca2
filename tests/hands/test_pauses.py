"""Test that what somebody said "not today" about goes on tomorrow."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.hearth.hands import BRIEFING, By, Pauses
from custom_components.hearth.hands.audit import Audit

BLINDS = "automation.blinds"
OFF = "automation.off"
HOME = ZoneInfo("Europe/Amsterdam")
ANNA = By("action", "anna")


@pytest.fixture
async def automated(freezer: FrozenDateTimeFactory, hass: HomeAssistant) -> HomeAssistant:
    """Return a home with two automations, one of which is off, on an evening."""
    await hass.config.async_set_time_zone(str(HOME))
    freezer.move_to(datetime(2026, 3, 28, 18, 30, tzinfo=HOME))
    trigger = [{"trigger": "event", "event_type": "test"}]
    automations = [
        {"alias": "Blinds", "triggers": trigger, "actions": []},
        {"alias": "Off", "initial_state": False, "triggers": trigger, "actions": []},
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    return hass


@pytest.fixture
async def audit(automated: HomeAssistant) -> AsyncGenerator[Audit]:
    """Return the audit of the home."""
    audit = Audit(automated, Path(automated.config.path("hearth", "audit.db")))
    await audit.async_open()
    yield audit
    await audit.async_close()


async def rows(audit: Audit) -> list[tuple[str, ...]]:
    """Return what was written down, oldest first."""
    keys = ("step", "target", "until", "user_id", "channel")
    return [tuple(row[key] for key in keys) for row in reversed(await audit.async_rows()) if row["kind"] == "pause"]


async def go_to(hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: datetime) -> None:
    """Let the clock go on to a moment."""
    freezer.move_to(moment)
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("said", "midnight"),
    [
        (datetime(2026, 3, 28, 18, 30, tzinfo=HOME), datetime(2026, 3, 29, tzinfo=HOME)),
        # That day has 23 hours, and the other 25.
        (datetime(2026, 3, 29, 0, 30, tzinfo=HOME), datetime(2026, 3, 30, tzinfo=HOME)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=HOME), datetime(2026, 10, 26, tzinfo=HOME)),
    ],
)
async def test_an_automation_rests_until_midnight(
    freezer: FrozenDateTimeFactory, automated: HomeAssistant, audit: Audit, said: datetime, midnight: datetime
) -> None:
    """It is off until the day is over in the home's own time, and then on again."""
    freezer.move_to(said)
    pauses = await Pauses.async_create(automated, audit)
    assert await pauses.async_pause(BLINDS, ANNA) == midnight
    assert await pauses.async_pause(BLINDS, ANNA) == midnight
    assert pauses.rests(BLINDS)
    assert automated.states.is_state(BLINDS, "off")
    await go_to(automated, freezer, midnight - timedelta(seconds=1))
    assert automated.states.is_state(BLINDS, "off")
    await go_to(automated, freezer, midnight + timedelta(seconds=1))
    assert automated.states.is_state(BLINDS, "on")
    assert not pauses.rests(BLINDS)
    pauses.close()
    until = dt_util.as_utc(midnight).isoformat()
    assert await rows(audit) == [
        *[("paused", BLINDS, until, "anna", "action")] * 2,
        ("resumed", BLINDS, None, None, "midnight"),
    ]


@pytest.mark.parametrize("restart_at", [timedelta(hours=1), timedelta(hours=20)], ids=["before", "after midnight"])
async def test_a_restart_wakes_nothing_too_early_nor_forgets_it(
    freezer: FrozenDateTimeFactory, automated: HomeAssistant, audit: Audit, restart_at: timedelta
) -> None:
    """Whenever Home Assistant restarts, the automation goes on after midnight."""
    pauses = await Pauses.async_create(automated, audit)
    until = await pauses.async_pause(BLINDS, ANNA)
    await pauses.async_pause(BRIEFING, ANNA)
    pauses.close()
    freezer.move_to(dt_util.utcnow() + restart_at)
    again = await Pauses.async_create(automated, audit)
    await automated.async_block_till_done()
    is_over = dt_util.utcnow() >= until
    assert automated.states.is_state(BLINDS, "on" if is_over else "off")
    assert again.rests(BRIEFING) is not is_over
    await go_to(automated, freezer, until + timedelta(days=1))
    assert automated.states.is_state(BLINDS, "on")
    again.close()


async def test_it_can_go_on_earlier(freezer: FrozenDateTimeFactory, automated: HomeAssistant, audit: Audit) -> None:
    """Whoever changes their mind is not made to wait; what did not rest does not change."""
    pauses = await Pauses.async_create(automated, audit)
    await pauses.async_pause(BLINDS, ANNA)
    assert await pauses.async_wake(BLINDS, ANNA)
    assert automated.states.is_state(BLINDS, "on")
    assert not await pauses.async_wake(BLINDS, ANNA)
    assert not await pauses.async_wake(OFF, ANNA)
    assert automated.states.is_state(OFF, "off")
    pauses.close()
    assert [row[:2] for row in await rows(audit)] == [("paused", BLINDS), ("resumed", BLINDS)]


@pytest.mark.parametrize("target", [OFF, "automation.none"])
async def test_what_does_not_run_can_not_rest(automated: HomeAssistant, audit: Audit, target: str) -> None:
    """Otherwise it would be switched on tomorrow though nobody had wanted it on."""
    pauses = await Pauses.async_create(automated, audit)
    with pytest.raises(HomeAssistantError):
        await pauses.async_pause(target, ANNA)
    assert not pauses.rests(target)
    pauses.close()
    assert await rows(audit) == []


async def test_a_disk_that_fails(
    freezer: FrozenDateTimeFactory, automated: HomeAssistant, audit: Audit, caplog: pytest.LogCaptureFixture
) -> None:
    """What can't be written down does not begin to rest, and what rests goes on all the same."""
    pauses = await Pauses.async_create(automated, audit)
    await pauses.async_pause(BLINDS, ANNA)
    await audit.async_close()
    with pytest.raises(HomeAssistantError):
        await pauses.async_pause(BRIEFING, ANNA)
    assert not pauses.rests(BRIEFING)
    await go_to(automated, freezer, datetime(2026, 3, 29, 1, tzinfo=HOME))
    assert automated.states.is_state(BLINDS, "on")
    assert "could not be written down" in caplog.text
    pauses.close()


async def test_an_automation_that_is_gone(
    freezer: FrozenDateTimeFactory, automated: HomeAssistant, audit: Audit, caplog: pytest.LogCaptureFixture
) -> None:
    """What somebody has removed meanwhile keeps the others from nothing."""
    pauses = await Pauses.async_create(automated, audit)
    await pauses.async_pause(BLINDS, ANNA)
    automated.services.async_remove("automation", "turn_on")
    await go_to(automated, freezer, datetime(2026, 3, 29, 1, tzinfo=HOME))
    assert "could not be switched on again" in caplog.text
    assert not pauses.rests(BLINDS)
    pauses.close()
