"""Test how the library's items are kept and gone through; the exchanges have tests of their own."""

import json

from aiohttp import web
import pytest

from custom_components.hearth.engine import EngineProtocolError, LibraryItem

from .conftest import Serve
from .library_exchanges import FILE, NOTE, ROW, SENT_NOTE, all_items


async def test_a_collection_is_gone_through_page_by_page(serve: Serve) -> None:
    """Ask for more until there is none."""
    asked: list[str | None] = []

    async def handle(request: web.Request) -> web.Response:
        after = request.query.get("after")
        asked.append(after)
        return web.json_response({"items": [{**ROW, "id": f"after {after}"}], "next": None if after else "x"})

    assert await all_items(await serve(handle)) == ["after None", "after x"]
    assert asked == [None, "x"]


@pytest.mark.parametrize("item", [NOTE, FILE], ids=["text", "file"])
def test_an_item_is_read_as_it_was_written(item: LibraryItem) -> None:
    """Keep an item as JSON and get the same back."""
    assert LibraryItem.from_wire(json.loads(json.dumps(item.as_wire()))) == item


@pytest.mark.parametrize("change", [{"kind": "song"}, {"text": None}, {"id": 1}, {"time": "noon"}, {"pinned": None}])
def test_what_is_no_item(change: dict[str, object]) -> None:
    """Refuse what was not written by us."""
    with pytest.raises(EngineProtocolError):
        LibraryItem.from_wire({**SENT_NOTE, **change})


def test_what_is_too_long_is_sent_as_far_as_it_is_taken() -> None:
    """Cut a title; leave an address out, for a part of it leads nowhere."""
    sent = LibraryItem("a", "household", "t" * 501, "text", url="/" * 2001).as_wire()
    assert (sent["title"], sent["url"]) == ("t" * 500, None)
