"""A person makes an action a tool, limits it, and a model is held to the limits."""

from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from demo.browser import go_home, log_in, open_assist, open_options, say
from demo.running import RunningHome

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LAMP = "light.floor_lamp"


def turn_on(brightness_pct: int) -> list[dict[str, Any]]:
    """Return what a model does that is asked for light: try, and tell what came of it."""
    call = {"name": "light__turn_on", "arguments": {"target": [LAMP], "brightness_pct": brightness_pct}}
    return [{"reply": {"tool_calls": [call]}}, {"expect": {"role": "tool"}, "reply": {"content": "So it is."}}]


@pytest.fixture
def script() -> dict[str, Any]:
    """Return a model that first wants too much."""
    return {"exchanges": [*turn_on(100), *turn_on(30)]}


async def choose(page: Page, form: Locator, option: str) -> None:
    """Choose in the first list of a form."""
    await form.locator("ha-select").first.click()
    await page.locator("ha-dropdown-item").get_by_text(option, exact=True).click()


async def test_an_action_becomes_a_tool_within_limits(page: Page, home: RunningHome) -> None:
    """From the menu over the integration and its actions to the limits of one, and then by words."""
    await log_in(page, home.api)
    flow = await open_options(page, home.api, "Actions as tools")

    await expect(flow).to_contain_text("Actions of which integration?")
    await choose(page, flow, "Light")
    await flow.get_by_role("button", name="Submit").click()

    await expect(flow).to_contain_text("Turns on one or more lights")
    await expect(flow).to_contain_text("reversible, done without asking")
    await choose(page, flow, "Turn on light")
    await flow.get_by_role("button", name="Submit").click()

    await expect(flow).to_contain_text("Limits of Turn on light")
    await flow.get_by_role("button", name="Add", exact=True).click()
    value = page.locator("dialog-form")
    await choose(page, value, "Brightness")
    await value.locator("input[type=number]").last.fill("60")
    await value.get_by_role("button", name="Add", exact=True).click()
    await expect(value).not_to_be_visible()
    await flow.get_by_role("button", name="Submit").click()
    await flow.get_by_role("button", name="Finish").click()

    await go_home(page, home.api)
    await open_assist(page)
    before = (await home.api.states())[LAMP]
    await say(page, "I would like to read a book in the armchair")
    assert (await home.api.states())[LAMP] == before
    await say(page, "a little less of it will do")
    after = (await home.api.states())[LAMP]
    assert (after["state"], after["attributes"]["brightness"]) == ("on", 76)
