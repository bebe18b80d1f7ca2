"""Take the README's pictures from the running demo: python -m demo.screenshots."""

import asyncio

from .browser import browsing, log_in, open_assist, say
from .home import ROOT
from .progress import Progress
from .running import Wishes, running_home

_IMAGES = ROOT / "docs" / "images"
_WIDTH, _HEIGHT = 1680, 800


async def take(progress: Progress) -> None:
    """Write docs/images/assist.png: the home, and Hearth asking before it unlocks a door."""
    _IMAGES.mkdir(parents=True, exist_ok=True)
    async with running_home(Wishes(), progress) as home, browsing(_WIDTH, _HEIGHT) as page:
        with progress.step("Taking the picture"):
            await log_in(page, home.api)
            await open_assist(page)
            for sentence in ("Turn on the kitchen lights", "Unlock the front door"):
                await say(page, sentence)
            await page.screenshot(path=_IMAGES / "assist.png")


if __name__ == "__main__":
    asyncio.run(take(Progress()))
