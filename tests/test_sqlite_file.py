"""Test the file that jobs work with, one at a time."""

import asyncio
from pathlib import Path
import sqlite3
from threading import Event
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hearth.sqlite_file import SqliteFile

_MEANWHILE_SECONDS = 0.2


async def test_a_job_that_nobody_waits_for_keeps_its_connection(hass: HomeAssistant, tmp_path: Path) -> None:
    """What is closed while another thread reads it takes the whole process down."""
    started, closed, ended = Event(), Event(), Event()
    seen: list[bool] = []

    class Watched(sqlite3.Connection):
        """A connection that tells when it is closed."""

        @override
        def close(self) -> None:
            closed.set()
            super().close()

    def read(connection: sqlite3.Connection) -> None:
        started.set()
        seen.append(closed.wait(_MEANWHILE_SECONDS))
        ended.set()

    file = SqliteFile(
        hass,
        tmp_path / "file.db",
        lambda path: sqlite3.connect(path, check_same_thread=False, factory=Watched),
        HomeAssistantError,
        seconds=10,
        on_copy=lambda path: None,
    )
    await file.async_open()
    reading = asyncio.create_task(file.async_do(read))
    await hass.async_add_executor_job(started.wait)
    reading.cancel()
    await asyncio.wait({reading})
    await file.async_close()
    assert ended.is_set()
    assert (seen, closed.is_set()) == ([False], True)
    with pytest.raises(HomeAssistantError):
        await file.async_do(read)
