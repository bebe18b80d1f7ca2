"""A person opens the Assist dialog, types, reads the reply and sees the home change."""

from playwright.async_api import Page, expect
import pytest

from demo.browser import log_in, open_assist, say
from demo.running import RunningHome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


async def state(home: RunningHome, entity_id: str) -> str:
    """Return the state of an entity as the states API tells it."""
    return str((await home.api.states())[entity_id]["state"])


async def test_typed_words_change_the_home(page: Page, home: RunningHome) -> None:
    """The home's own matching, a question before something critical, and a model's tool call: all from the dialog."""
    await log_in(page, home.api)
    await open_assist(page)

    assert await say(page, "turn on the kitchen lights") == "Turned on the lights"
    assert await state(home, "light.kitchen_ceiling_lights") == "on"

    asked = await say(page, "unlock the front door")
    assert asked.endswith("?")
    assert await state(home, "lock.front_door") == "locked"
    await say(page, "yes")
    assert await state(home, "lock.front_door") == "unlocked"

    assert await state(home, "light.living_room_ceiling_lights") == "on"
    assert await say(page, "make it cosy in here") == "The living room is dark now. Enjoy the fire."
    assert await state(home, "light.living_room_ceiling_lights") == "off"

    # What the API tells, the dashboard behind the dialog shows.
    await page.keyboard.press("Escape")
    door = page.locator("hui-tile-card").filter(has_text="Front Door").first
    await expect(door).to_contain_text("Unlocked")
