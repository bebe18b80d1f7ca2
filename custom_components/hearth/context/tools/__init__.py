"""Answer what the situation does not hold: by range, by name, by number; bounded, in local times, never a raw dump."""

from ...access import Access, HearthTool
from ..situation import Situation
from ..sources import Notifications
from ..states import LiveStates
from .calendar_events import CalendarEvents
from .history import History
from .notifications import NotificationList
from .situation import SituationNow
from .statistics import Statistics
from .todo_items import TodoItems
from .weather import WeatherReport

__all__ = ["tools"]


def tools(
    access: Access, situation: Situation, states: LiveStates, notifications: Notifications
) -> tuple[HearthTool, ...]:
    """Return the tools, by name."""
    return (
        CalendarEvents(access, states),
        History(access, states),
        NotificationList(access, notifications),
        SituationNow(access, situation),
        Statistics(access, states),
        TodoItems(access, states),
        WeatherReport(access),
    )
