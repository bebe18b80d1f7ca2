"""Keep the audit as long as somebody wants it, and hand it out."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta
import json
import os
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant

from .log import Audit
from .rows import withhold

CONF_AUDIT_DAYS: Final = "audit_days"
DEFAULT_AUDIT_DAYS: Final = 365
_PAGE: Final = 1000


async def async_prune(audit: Audit, options: Mapping[str, Any], now: datetime) -> int:
    """Delete what is older than the options say, and return how many rows that were."""
    days = int(options.get(CONF_AUDIT_DAYS, DEFAULT_AUDIT_DAYS))
    return await audit.async_prune(now - timedelta(days=days), days)


async def async_page(audit: Audit, limit: int, before: int | None, *, with_words: bool) -> list[dict[str, Any]]:
    """Return some rows, newest first, without what anybody said unless it is asked for."""
    return [_shown(row, with_words=with_words) for row in await audit.async_rows(limit, before)]


async def async_write(hass: HomeAssistant, audit: Audit, path: Path, *, with_words: bool) -> int:
    """Write every row as a line of JSON, newest first, into a file that appears once it is whole; return how many.

    Raises OSError, and HomeAssistantError where the audit can't be read.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    count = 0
    try:
        await hass.async_add_executor_job(_begin, unfinished)
        async for rows in _pages(audit):
            lines = "".join(_lines(rows, with_words=with_words))
            await hass.async_add_executor_job(_add, unfinished, lines)
            count += len(rows)
        await hass.async_add_executor_job(unfinished.replace, path)
    except BaseException:
        await hass.async_add_executor_job(lambda: unfinished.unlink(missing_ok=True))
        raise
    return count


async def _pages(audit: Audit) -> AsyncIterator[list[dict[str, Any]]]:
    rows = await audit.async_rows(_PAGE)
    while rows:
        yield rows
        rows = await audit.async_rows(_PAGE, rows[-1]["id"])


def _lines(rows: list[dict[str, Any]], *, with_words: bool) -> Iterator[str]:
    return (json.dumps(_shown(row, with_words=with_words), ensure_ascii=False) + "\n" for row in rows)


def _shown(row: dict[str, Any], *, with_words: bool) -> dict[str, Any]:
    return row if with_words else withhold(row["kind"], row)


def _begin(path: Path) -> None:
    path.touch(mode=0o600)
    os.truncate(path, 0)


def _add(path: Path, lines: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
