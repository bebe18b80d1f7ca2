"""Shape what tools answer: bounded, with what was cut counted, or an error in plain words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from homeassistant.helpers import llm
from homeassistant.util import dt as dt_util
import probatio

from ..times import end_of, start_of

_MOST_DAYS = 370


def answer(**data: Any) -> llm.ToolResult:
    """Return a result without the fields that say nothing."""
    return llm.ToolResult(data={name: value for name, value in data.items() if value is not None})


def refusal(words: str) -> llm.ToolResult:
    """Return an error that a model can say, or mend its call by."""
    return llm.ToolResult(data={"error": words}, error=True)


def bounded[Item](items: Sequence[Item], most: int) -> tuple[Sequence[Item], int | None]:
    """Return the first of some items, and how many were cut, None for none."""
    return items[:most], len(items) - most if len(items) > most else None


def period(args: dict[str, Any], default_start: datetime, default_days: int) -> tuple[datetime, datetime]:
    """Return the period that a call is about; raises probatio.Invalid for one that can't be."""
    start = start_of(args["start"]) if args.get("start") else default_start
    if args.get("end"):
        end = end_of(args["end"])
    else:
        day = dt_util.as_local(start).date() + timedelta(days=default_days)
        end = dt_util.start_of_local_day(day)
    if end <= start:
        raise probatio.Invalid("'end' must be later than 'start'")
    if end - start > timedelta(days=_MOST_DAYS):
        raise probatio.Invalid("the period must not be longer than a year")
    return start, end
