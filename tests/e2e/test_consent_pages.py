"""A person chooses in a browser what asks, who may say yes and what stops Hearth, and the home obeys."""

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import go_home, log_in, open_assist, open_options, say
from demo.running import RunningHome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

BLINDS = "close the kitchen blinds"


async def _finish(flow: Locator) -> None:
    await flow.get_by_role("button", name="Submit").click()
    await flow.get_by_role("button", name="Finish").click()


async def _ask(page: Page, home: RunningHome, words: str) -> str:
    await go_home(page, home.api)
    await open_assist(page)
    return await say(page, words)


async def test_what_asks_who_answers_and_what_stops(page: Page, home: RunningHome) -> None:
    """The preset takes a question away, a PIN must be digits, and the switch that the page tells of keeps all still."""
    await log_in(page, home.api)
    assert (await _ask(page, home, BLINDS)).endswith("?")

    flow = await open_options(page, home.api, "Rules: what asks and what does not")
    await expect(flow).to_contain_text("What asks, and what does not")
    await flow.locator("ha-select").first.click()
    await page.locator("ha-dropdown-item").get_by_text("Trusting", exact=False).click()
    await _finish(flow)
    assert not (await _ask(page, home, BLINDS)).endswith("?")
    assert (await home.api.states())["cover.kitchen_blinds"]["state"] in {"closing", "closed"}
    assert (await _ask(page, home, "unlock the front door")).endswith("?")

    flow = await open_options(page, home.api, "Approvals")
    await flow.locator("input[type=password]").fill("12")
    await flow.get_by_role("button", name="Submit").click()
    await expect(flow).to_contain_text("4 to 12 digits")
    await flow.locator("input[type=password]").fill("4071")
    await _finish(flow)

    flow = await open_options(page, home.api, "What stops Hearth")
    await expect(flow).to_contain_text("Buttons and sensors")
    await flow.locator("ha-switch").first.click()
    await _finish(flow)

    await home.api.call("switch.turn_off", entity_id="switch.hearth_enabled")
    await _ask(page, home, "turn on the hall light")
    assert (await home.api.states())["light.hall_light"]["state"] == "off"
