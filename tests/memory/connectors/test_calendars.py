"""Test what becomes of what calendars and to-do lists hold: words, times, owners."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from homeassistant.components.calendar import CalendarEvent
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.todo import TodoItem, TodoItemStatus
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.memory import Recall
from custom_components.hearth.memory.connectors import calendars, todo_lists
from custom_components.hearth.memory.connectors.calendars import Calendars
from tests.stub_engine import StubEngine

from .conftest import Start
from .sources import ANNA, CalendarInTest

pytestmark = pytest.mark.usefixtures("in_paris")


NINE = datetime(2026, 11, 23, 9, tzinfo=dt_util.get_time_zone("Europe/Paris"))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (CalendarEvent(NINE, NINE + timedelta(hours=1), "Dentist"), "Monday, 23 November 2026, 09:00 to 10:00"),
        (
            CalendarEvent(NINE, NINE + timedelta(days=1), "Night shift"),
            "Monday, 23 November 2026, 09:00 to Tuesday, 24 November 2026, 09:00",
        ),
        (CalendarEvent(date(2026, 11, 23), date(2026, 11, 24), "Bin day"), "Monday, 23 November 2026, all day"),
        (
            CalendarEvent(date(2026, 11, 23), date(2026, 11, 26), "Trip"),
            "23 November 2026 to 25 November 2026, all day",
        ),
    ],
)
async def test_when_an_event_is(event: CalendarEvent, words: str) -> None:
    """Write a time as a person does; what lasts all day ends on the day before the calendar's end."""
    event.location, event.description = "Long Street 1", "Bring the card."
    item = calendars._item("calendar/x/", "Family", ANNA, event)  # noqa: SLF001 - the connector's own words
    assert item.content == f"{event.summary}\n{words}\nCalendar: Family\nPlace: Long Street 1\nBring the card."
    assert (item.owner, item.url) == (ANNA, "/calendar")
    assert item.time == event.start_datetime_local


async def test_each_recurrence_is_one_of_its_own(hass: HomeAssistant) -> None:
    """Tell apart what the same event says of different days."""
    one, other = (
        calendars._item(  # noqa: SLF001 - as above
            "calendar/x/",
            "Family",
            ANNA,
            CalendarEvent(NINE, NINE + timedelta(hours=1), "Yoga", uid="u", recurrence_id=day),
        )
        for day in ("20261123T080000Z", "20261130T080000Z")
    )
    assert one.id != other.id


@pytest.mark.parametrize(
    ("todo", "words", "time"),
    [
        (TodoItem(summary="Milk", uid="1", status=TodoItemStatus.NEEDS_ACTION), "Milk\nList: Shopping\nTo do.", None),
        (
            TodoItem(
                summary="Tax", uid="2", status=TodoItemStatus.COMPLETED, due=date(2026, 11, 23), description="Form 3"
            ),
            "Tax\nList: Shopping\nDone.\nDue: Monday, 23 November 2026\nForm 3",
            datetime(2026, 11, 22, 23, tzinfo=UTC),
        ),
        (
            TodoItem(summary="Call", uid="3", status=TodoItemStatus.NEEDS_ACTION, due=NINE),
            "Call\nList: Shopping\nTo do.\nDue: Monday, 23 November 2026, 09:00",
            NINE,
        ),
    ],
)
async def test_what_is_to_do(todo: TodoItem, words: str, time: datetime | None) -> None:
    """Say what, where, whether it is done and by when."""
    item = todo_lists._item("todo/x/", "todo.shopping", "Shopping", "household", todo)  # noqa: SLF001 - as above
    assert (item.content, item.time, item.url) == (words, time, "/todo?entity_id=todo.shopping")


async def test_a_calendar_that_is_hidden_or_nobodys_is_not_read(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, tmp_path: Path, recall: Recall
) -> None:
    """Respect what the home shows to assistants, and whose a calendar is."""
    await CalendarInTest(hass, tmp_path, recall).begin()
    connector = Calendars(hass, access)
    assert len((await connector.async_list()).entries) == 1
    hass.config_entries.async_update_entry(entry, options={"owners": {access.key_of("calendar.family"): "nobody"}})
    assert (await connector.async_list()).entries == {}
    hass.config_entries.async_update_entry(entry, options={})
    async_expose_entity(hass, "conversation", "calendar.family", should_expose=False)
    assert (await connector.async_list()).entries == {}


async def test_another_owner_is_told_to_the_library(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    start: Start,
    stub: StubEngine,
    tmp_path: Path,
    recall: Recall,
) -> None:
    """Send a calendar's events again when it becomes somebody's."""
    await CalendarInTest(hass, tmp_path, recall).begin()
    runner = await start(Calendars(hass, access))
    await runner.async_run()
    hass.config_entries.async_update_entry(entry, options={"owners": {access.key_of("calendar.family"): ANNA}})
    await runner.async_run()
    assert [item["owner"] for item in stub.library.collections["calendar"].values()] == [ANNA]
