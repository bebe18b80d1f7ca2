"""Test how a runner copes with many items, bad ones and a source that fails."""

from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.access import Access, Source
from custom_components.hearth.engine import LibraryItem
from custom_components.hearth.memory.connectors.connector import Connector, Entry, Listing, SourceError, Trouble
from tests.stub_engine import StubEngine, error

from .conftest import Start


class Shelf(Connector):
    """A source that holds what a test puts there, or fails as a test says."""

    source = Source.DOCUMENTS
    collection = "documents"
    prefix = "shelf/"
    entries: dict[str, Entry]
    failure: Exception | None = None

    @override
    async def async_list(self) -> Listing:
        if self.failure is not None:
            raise self.failure
        return Listing(self.entries)


def _items(count: int) -> dict[str, Entry]:
    items = [LibraryItem(f"shelf/{number:03}", "household", "Title", f"Text {number}") for number in range(count)]
    return {item.id: Entry.of(item) for item in items}


@pytest.fixture
def shelf(hass: HomeAssistant, access: Access) -> Shelf:
    """Return a shelf with 120 items."""
    shelf = Shelf(hass, access)
    shelf.entries = _items(120)
    return shelf


async def test_many_items_go_in_batches(start: Start, shelf: Shelf, stub: StubEngine) -> None:
    """Send at most fifty at a time, and as much as a request may hold."""
    runner = await start(shelf)
    await runner.async_run()
    assert [len(body["items"]) for _method, _name, body in stub.library.asked] == [50, 50, 20]
    for name in ("one", "two"):
        item = LibraryItem(f"shelf/{name}", "household", "Title", name * 200_000)
        shelf.entries[item.id] = Entry.of(item)
    await runner.async_run()
    assert [len(body["items"]) for _method, _name, body in stub.library.asked[3:]] == [1, 1]


async def test_what_a_damaged_library_lost_comes_back(start: Start, shelf: Shelf, stub: StubEngine) -> None:
    """Believe the library at once about what it still has, not only once a day."""
    runner = await start(shelf)
    await runner.async_run()
    for number in range(7):
        del stub.library.collections["documents"][f"shelf/{number:03}"]
    runner.resume()
    await runner.async_run()
    assert len(stub.library.ids("documents")) == 113
    runner.resume(has_lost=True)
    await runner.async_run()
    assert stub.library.ids("documents") == set(shelf.entries)


async def test_one_bad_item_spoils_no_other(
    start: Start, shelf: Shelf, stub: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Send each alone where one is refused, and count that."""
    answer_usually = stub.library.answer

    async def refuse(request: Any) -> Any:
        is_bad = request.method == "POST" and "shelf/007" in await request.text()
        return error("body_too_large") if is_bad else await answer_usually(request)

    monkeypatch.setattr(stub.library, "answer", refuse)
    runner = await start(shelf)
    await runner.async_run()
    assert runner.status.engine_error is None
    assert stub.library.ids("documents") == shelf.entries.keys() - {"shelf/007"}
    assert runner.status.refused == 1


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [(SourceError(Trouble.UNAVAILABLE), Trouble.UNAVAILABLE), (TimeoutError(), Trouble.TIMEOUT)],
)
async def test_a_source_that_fails(
    start: Start, shelf: Shelf, stub: StubEngine, failure: Exception, trouble: Trouble
) -> None:
    """Say how, and go on when it works again."""
    runner = await start(shelf)
    shelf.failure = failure
    await runner.async_run()
    assert runner.status.troubles == {"documents": trouble}
    shelf.failure = None
    await runner.async_run()
    assert runner.status.troubles == {}
    assert len(stub.library.ids("documents")) == 120


async def test_an_item_that_can_not_be_read_keeps_no_other_back(start: Start, shelf: Shelf, stub: StubEngine) -> None:
    """Send the others, and try that one again the next time."""

    async def fail() -> LibraryItem:
        raise OSError

    good = shelf.entries["shelf/007"]
    shelf.entries["shelf/007"] = Entry("1", fail)
    runner = await start(shelf)
    await runner.async_run()
    assert runner.status.troubles == {"documents": Trouble.FAILED}
    assert stub.library.ids("documents") == shelf.entries.keys() - {"shelf/007"}
    shelf.entries["shelf/007"] = good
    await runner.async_run()
    assert (runner.status.troubles, len(stub.library.ids("documents"))) == ({}, 120)
