"""Use the demo home as a person does: in a browser, through Home Assistant's own frontend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import shutil

from playwright.async_api import Error as PlaywrightError, Locator, Page, async_playwright

from .api import HomeApi
from .home import PASSWORD, USERNAME

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PAGE_MILLISECONDS = 180_000
_WAY_MILLISECONDS = 15_000
_WAYS = 3
_DASHBOARD = "hui-view, hui-sections-view"
_GROWING_SECONDS = 0.5
_REPLY_SECONDS = 300.0


class NoBrowserError(Exception):
    """This machine has no browser that could be driven; the message says what to install."""


def find_browser() -> str:
    """Return the path of a Chromium or Chrome; raises NoBrowserError."""
    for name in _BROWSERS:
        if path := shutil.which(name):
            return path
    raise NoBrowserError("no chromium or google-chrome is on the PATH. On Debian and Ubuntu: apt-get install chromium")


@asynccontextmanager
async def browsing(width: int, height: int, scale: float = 1) -> AsyncIterator[Page]:
    """Open a page of a headless browser, in light colours and English."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=_ARGUMENTS)
        page = await browser.new_page(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme="light",
            locale="en-GB",
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
        )
        page.set_default_timeout(_PAGE_MILLISECONDS)
        # The frontend keeps there whether its sidebar is wide; a narrow one leaves room for the home.
        await page.add_init_script("""localStorage.setItem("dockedSidebar", '"auto"')""")
        try:
            yield page
        finally:
            await browser.close()


async def log_in(page: Page, api: HomeApi) -> None:
    """Log in by the form and wait for the first dashboard."""
    await page.goto(api.address)
    await page.locator("input[name=username]").fill(USERNAME)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await wait_for_home(page)


async def wait_for_home(page: Page) -> None:
    """Wait until the first dashboard is shown."""
    await page.locator(_DASHBOARD).first.wait_for()


async def go_home(page: Page, api: HomeApi) -> None:
    """Go to the first dashboard from anywhere."""
    await _go(page, api.address, page.locator(_DASHBOARD).first)


async def open_options(page: Page, api: HomeApi, entry: str) -> Locator:
    """Open what Hearth's options call `entry`, from anywhere, and return the dialog."""
    button = page.locator("ha-config-entry-row").get_by_role("button", name="Configure").first
    await _go(page, f"{api.address}/config/integrations/integration/hearth", button)
    await button.click()
    flow = page.locator("dialog-data-entry-flow")
    await flow.get_by_text(entry, exact=True).click()
    return flow


async def _go(page: Page, address: str, shows: Locator) -> None:
    """Go to a page from anywhere, and wait until it shows something.

    A dialog that closes leads back in the history, maybe after the way was taken: then it is taken again.
    """
    for _ in range(_WAYS):
        with suppress(PlaywrightError):
            await page.goto(address)
            await shows.wait_for(timeout=_WAY_MILLISECONDS)
            return
    await page.goto(address)
    await shows.wait_for()


async def open_assist(page: Page) -> None:
    """Open the Assist dialog as its button on a dashboard does, and wait until it can be typed into."""
    await page.keyboard.press("a")
    await _field(page).wait_for()


async def say(page: Page, sentence: str) -> str:
    """Type a sentence into the open Assist dialog and return the reply once it has been written to its end.

    Raises:
        TimeoutError: the reply did not end in five minutes, as long as Home Assistant lets a pipeline run.
    """
    replies = page.locator("ha-assist-chat .message.hass ha-markdown-element")
    # The dialog greets first; a reply comes after that.
    await replies.first.wait_for()
    count = await replies.count()
    await _field(page).fill(sentence)
    await page.keyboard.press("Enter")
    async with asyncio.timeout(_REPLY_SECONDS):
        words = ""
        # A reply is streamed: it is whole when it has stopped growing.
        while not words.strip("… \n") or words != await replies.nth(count).inner_text():
            words = await replies.nth(count).inner_text()
            await asyncio.sleep(_GROWING_SECONDS)
    return words.strip()


def _field(page: Page) -> Locator:
    return page.locator("ha-assist-chat input")
