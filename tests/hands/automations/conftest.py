"""Share a home whose automations lie where Home Assistant's editor writes them."""

from collections.abc import AsyncGenerator
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

MINE = "# Mine.\n- id: mine\n  alias: Mine\n  triggers: []\n  actions: []\n"


@pytest.fixture
def admin(home: HomeAssistant) -> None:
    """Let Anna be an administrator of the home."""
    MockUser(id="anna", name="Anna", is_owner=True).add_to_hass(home)


@pytest.fixture
async def automations(home: HomeAssistant) -> AsyncGenerator[Path]:
    """Return the file of automations of the furnished home, which has one by hand."""
    folder = Path(home.config.config_dir)
    (folder / "configuration.yaml").write_text("automation: !include automations.yaml\n")
    path = folder / "automations.yaml"
    path.write_text(MINE)
    assert await async_setup_component(home, "automation", {"automation": []})
    await home.services.async_call("automation", "reload", blocking=True)
    yield path
    # What waits for the sun would wait for it beyond the test.
    await home.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)
