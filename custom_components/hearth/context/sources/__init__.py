"""Know what is true of the home now: one class per source, each with its cost, its freshness and its permission."""

from .calendars import Calendars
from .devices import Devices
from .energy import Energy
from .notifications import Notice, Notifications
from .presence import Presence
from .source import Cost, LiveSource
from .timers import Timers
from .to_dos import ToDos
from .weather import Weather

__all__ = [
    "Calendars",
    "Cost",
    "Devices",
    "Energy",
    "LiveSource",
    "Notice",
    "Notifications",
    "Presence",
    "Timers",
    "ToDos",
    "Weather",
]
