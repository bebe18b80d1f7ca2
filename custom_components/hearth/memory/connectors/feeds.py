"""Feed the library with the articles that Home Assistant's feedreader integration tells of."""

from calendar import timegm
from collections.abc import Mapping
from datetime import datetime, timedelta
import html
from time import struct_time
from typing import Any, Final, override

from homeassistant.const import CONF_URL
from homeassistant.core import Event
from homeassistant.util import dt as dt_util

from ...access import ENTRY_THING, Source
from ...engine import ItemKind, LibraryItem
from .connector import digest
from .events import EventConnector

# Its event has the name of its domain.
_FEEDREADER: Final = "feedreader"


class Feeds(EventConnector):
    """The articles of the last months."""

    source = Source.FEEDS
    collection = "feeds"
    prefix = "feed/"
    event_type = _FEEDREADER
    keep = timedelta(days=90)

    @override
    def _item(self, event: Event) -> LibraryItem | None:
        """Return an article, None for that of a feed that is nobody's."""
        article = event.data
        feed = str(article.get("feed_url", ""))
        if (owner := self._owner(feed)) is None:
            return None
        title, link = (html.unescape(str(article.get(key) or "")) for key in ("title", "link"))
        return LibraryItem(
            id=self.prefix + digest(feed, str(article.get("id") or link or title)),
            owner=owner,
            title=title or link or feed,
            content=f"<h1>{html.escape(title)}</h1>\n{_body(article)}",
            kind=ItemKind.HTML,
            time=_time(article) or event.time_fired,
            url=link or None,
        )

    def _owner(self, feed: str) -> str | None:
        for entry in self._hass.config_entries.async_entries(_FEEDREADER):
            if entry.data.get(CONF_URL) == feed:
                return self._access.owner_of(f"{ENTRY_THING}{entry.entry_id}")
        return None


def _body(article: Mapping[str, Any]) -> str:
    """Return the whole text of an article where the feed has it, else its summary."""
    match article.get("content"):
        case [Mapping() as part, *_]:
            return str(part.get("value") or "")
        case _:
            return str(article.get("summary") or article.get("description") or "")


def _time(article: Mapping[str, Any]) -> datetime | None:
    for key in ("published_parsed", "updated_parsed"):
        if isinstance(parsed := article.get(key), struct_time):
            return dt_util.utc_from_timestamp(timegm(parsed))
    return None
