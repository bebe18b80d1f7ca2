"""E4: "every morning at 8 AM, scan my calendar and weather, then generate a brief verbal briefing"."""

from pathlib import Path
import shutil

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed, async_mock_service

from tests.mind.conftest import stub_entry
from tests.mind.test_briefing import PLAIN, day, entry

__all__ = ["day", "entry", "stub_entry"]

BLUEPRINT = Path(__file__).parents[2] / "blueprints" / "automation" / "hearth" / "morning_briefing.yaml"


async def test_the_blueprint_announces_at_eight(home: HomeAssistant, day: None, freezer: FrozenDateTimeFactory) -> None:
    """Loaded by Home Assistant itself, it speaks once, names every event, and sends the same to a phone."""
    folder = Path(home.config.path("blueprints", "automation", "hearth"))
    folder.mkdir(parents=True)
    shutil.copy(BLUEPRINT, folder)
    announced = async_mock_service(home, "assist_satellite", "announce")
    sent = async_mock_service(home, "notify", "send_message")
    use = {
        "path": "hearth/morning_briefing.yaml",
        "input": {"at": "08:00:00", "satellites": ["assist_satellite.kitchen"], "phones": ["notify.anna"]},
    }
    assert await async_setup_component(home, "automation", {"automation": {"alias": "Briefing", "use_blueprint": use}})
    await home.async_block_till_done()
    assert home.states.is_state("automation.briefing", "on")

    freezer.move_to("2026-11-23 07:00:00+00:00")
    async_fire_time_changed(home, dt_util.utcnow())
    await home.async_block_till_done(wait_background_tasks=True)
    assert [call.data["message"] for call in announced] == [PLAIN]
    assert announced[0].data["entity_id"] == ["assist_satellite.kitchen"]
    assert [call.data["message"] for call in sent] == [PLAIN]
    await _switch_off(home)


async def test_the_blueprint_sleeps_on_other_days(
    home: HomeAssistant, day: None, freezer: FrozenDateTimeFactory
) -> None:
    """On a day that was not chosen nothing is said, and nowhere to say it is no error."""
    folder = Path(home.config.path("blueprints", "automation", "hearth"))
    folder.mkdir(parents=True)
    shutil.copy(BLUEPRINT, folder)
    announced = async_mock_service(home, "assist_satellite", "announce")
    use = {"path": "hearth/morning_briefing.yaml", "input": {"days": ["sun"], "satellites": ["assist_satellite.x"]}}
    assert await async_setup_component(home, "automation", {"automation": {"alias": "Briefing", "use_blueprint": use}})
    freezer.move_to("2026-11-23 07:00:00+00:00")
    async_fire_time_changed(home, dt_util.utcnow())
    await home.async_block_till_done(wait_background_tasks=True)
    assert announced == []
    await _switch_off(home)


async def _switch_off(home: HomeAssistant) -> None:
    """Let no trigger wait for the next morning."""
    await home.services.async_call("automation", "turn_off", {"entity_id": "automation.briefing"}, blocking=True)
