"""Test what becomes of an article, and how long it is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.memory.connectors.feeds import Feeds
from tests.stub_engine import StubEngine

from .conftest import Start
from .sources import pushed

pytestmark = pytest.mark.usefixtures("in_paris")


ARTICLE = {
    "id": "a1",
    "title": "Storm &amp; rain",
    "link": "https://example.org/a1",
    "summary": "<p>It will be wet.</p>",
    "published_parsed": datetime(2026, 11, 20, 8, 30, tzinfo=UTC).utctimetuple(),
    "feed_url": "https://example.org/feed",
}


@pytest.mark.parametrize(
    ("change", "content"),
    [
        ({}, "<h1>Storm &amp; rain</h1>\n<p>It will be wet.</p>"),
        (
            {"content": [{"type": "text/html", "value": "<p>Very wet.</p>"}]},
            "<h1>Storm &amp; rain</h1>\n<p>Very wet.</p>",
        ),
        ({"content": [], "summary": None, "description": "Wet"}, "<h1>Storm &amp; rain</h1>\nWet"),
    ],
)
async def test_an_article_is_an_item(hass: HomeAssistant, access: Access, change: dict[str, Any], content: str) -> None:
    """Take the whole text where the feed has it."""
    MockConfigEntry(domain="feedreader", data={"url": "https://example.org/feed"}).add_to_hass(hass)
    (item,) = await pushed(hass, Feeds(hass, access), "feedreader", {**ARTICLE, **change})
    assert (item.title, item.content, item.url) == ("Storm & rain", content, "https://example.org/a1")
    assert (item.owner, item.time) == ("household", datetime(2026, 11, 20, 8, 30, tzinfo=UTC))


async def test_an_article_without_a_date_or_a_feed(hass: HomeAssistant, access: Access) -> None:
    """Take the moment at which it appeared; leave out what comes from no feed of this home."""
    undated = {**ARTICLE, "published_parsed": None}
    assert await pushed(hass, Feeds(hass, access), "feedreader", undated) == []
    MockConfigEntry(domain="feedreader", data={"url": "https://example.org/feed"}).add_to_hass(hass)
    (item,) = await pushed(hass, Feeds(hass, access), "feedreader", undated)
    assert item.time is not None
    assert item.time <= dt_util.utcnow()


async def test_what_is_too_old_leaves_the_library(
    hass: HomeAssistant, access: Access, start: Start, stub: StubEngine
) -> None:
    """Keep news for a while only."""
    for item_id, days in (("feed/old", 91), ("feed/new", 89), ("note/old", 91)):
        time = (dt_util.utcnow() - timedelta(days=days)).isoformat()
        item = {"id": item_id, "owner": "household", "title": "t", "text": "t", "time": time, "error": None}
        stub.library.collections["feeds"][item_id] = item
    runner = await start(Feeds(hass, access))
    await runner.async_run()
    assert stub.library.ids("feeds") == {"feed/new", "note/old"}
