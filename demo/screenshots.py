"""Take the documentation's pictures from the running demo: python -m demo.screenshots."""

import asyncio
from collections.abc import Sequence

from playwright.async_api import FloatRect, Page

from .browser import browsing, log_in, open_assist, say, wait_for_home
from .home import ROOT
from .progress import Progress
from .running import Wishes, running_home

_IMAGES = ROOT / "docs" / "images"
_WIDTH, _HEIGHT = 1680, 800
# What the dialog's head takes above its chat, in pixels.
_HEAD = 68
_CONSENT = ("Turn on the kitchen lights", "Unlock the front door")
_KNOWING = (
    "Remember that the plumber is called Rosa",
    "Who is the plumber?",
    "What's on my calendar tomorrow?",
    "When was the back door last opened?",
)


async def take(progress: Progress) -> None:
    """Write docs/images/assist.png, Hearth asking before it unlocks a door, and knowing.png, what it tells."""
    _IMAGES.mkdir(parents=True, exist_ok=True)
    async with running_home(Wishes(), progress) as home, browsing(_WIDTH, _HEIGHT) as page:
        with progress.step("Taking the pictures"):
            await log_in(page, home.api)
            await _talk(page, _CONSENT)
            await page.screenshot(path=_IMAGES / "assist.png")
            await page.reload()
            await wait_for_home(page)
            await _talk(page, _KNOWING)
            await page.screenshot(path=_IMAGES / "knowing.png", clip=await _dialog(page))


async def _dialog(page: Page) -> FloatRect:
    """Return where the open dialog is on its page."""
    chat = await page.locator("ha-assist-chat").evaluate("chat => chat.getBoundingClientRect().toJSON()")
    return {"x": chat["x"], "y": chat["y"] - _HEAD, "width": chat["width"], "height": chat["height"] + _HEAD}


async def _talk(page: Page, sentences: Sequence[str]) -> None:
    """Say sentences in a dialog of their own, and show the last reply."""
    await open_assist(page)
    for sentence in sentences:
        await say(page, sentence)
    await page.locator("ha-assist-chat .message").last.scroll_into_view_if_needed()


if __name__ == "__main__":
    asyncio.run(take(Progress()))
