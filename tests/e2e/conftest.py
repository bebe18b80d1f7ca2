"""A whole home for the end-to-end tests: a real Home Assistant, a real hearthd, a real browser."""

from collections.abc import AsyncGenerator
import json
import os
from pathlib import Path
from typing import Any

from playwright.async_api import Page
import pytest

from demo.browser import NoBrowserError, browsing, find_browser
from demo.progress import Progress
from demo.running import RunningHome, Wishes, running_home

SCRIPT = {
    "exchanges": [
        {
            "expect": {"role": "user", "contains": "cosy"},
            "reply": {
                "tool_calls": [
                    {"name": "intent__HassTurnOff", "arguments": {"area": "Living Room", "domain": ["light"]}},
                ]
            },
        },
        {
            "expect": {"role": "tool"},
            "reply": {"content": "The living room is dark now. Enjoy the fire.", "chunk_size": 4, "delay_ms": 10},
        },
    ]
}


@pytest.fixture
def script() -> dict[str, Any]:
    """Return what the model says, for a test to say otherwise."""
    return SCRIPT


@pytest.fixture
async def home(tmp_path: Path, socket_enabled: None, script: dict[str, Any]) -> AsyncGenerator[RunningHome]:
    """Return the demo home with a scripted model."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(script))
    async with running_home(Wishes(model=f"scripted:{path}", keep=tmp_path / "demo"), Progress()) as running:
        yield running


@pytest.fixture
def browser_path() -> str:
    """Return the browser's path; without one say what to install, and fail where everything must be there."""
    try:
        return find_browser()
    except NoBrowserError as err:
        if os.environ.get("CI"):
            pytest.fail(str(err))
        pytest.skip(str(err))


@pytest.fixture
async def page(browser_path: str) -> AsyncGenerator[Page]:
    """Return a page of a real browser."""
    async with browsing(1280, 800) as opened:
        yield opened
