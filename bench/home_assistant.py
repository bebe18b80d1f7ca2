"""Run a real Home Assistant with the demo home's devices in the process of a benchmark, its clock in our hands."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, tzinfo
import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from homeassistant import core, loader
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, frame
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockConfigEntry,
    async_test_home_assistant,
)

import custom_components
from demo.home import ROOT

COMPONENTS = ROOT / "demo" / "furnishing" / "custom_components"

# They complain of custom integrations, and of ffmpeg and libturbojpeg, which nothing here needs.
_QUIET = ("homeassistant.loader", "haffmpeg", "homeassistant.components.camera.img_util")
_DOMAINS = ("homeassistant", "llm", "conversation", "assist_pipeline", "demo_home")

type Body = dict[str, Any]


@asynccontextmanager
async def demo_home_assistant(
    folder: str, time_zone: tzinfo, more: Mapping[str, Any] | None = None
) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with the demo home's devices, and with `more` integrations as in its configuration."""
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    async with async_test_home_assistant(config_dir=folder) as hass:
        frame.async_setup(hass)
        await hass.config.async_set_time_zone(str(time_zone))
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        with patch.object(custom_components, "__path__", [*custom_components.__path__, str(COMPONENTS)]):
            for domain, config in [*((name, {}) for name in _DOMAINS), *(more or {}).items()]:
                if not await async_setup_component(hass, domain, {domain: config}):
                    raise RuntimeError(f"{domain} could not be set up")
            await hass.async_block_till_done(wait_background_tasks=True)
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)


@contextmanager
def clock(begin: datetime, time_zone: tzinfo) -> Iterator[Callable[[datetime], None]]:
    """Let Home Assistant's clock, and what it notes of its states, show what the yielded function was last given."""
    shown = begin

    def set_clock(moment: datetime) -> None:
        nonlocal shown
        shown = moment

    with (
        patch.object(dt_util, "utcnow", lambda: shown.astimezone(UTC)),
        patch.object(dt_util, "now", lambda zone=None: shown.astimezone(zone or time_zone)),
        patch.object(core, "time", SimpleNamespace(time=lambda: dt_util.utcnow().timestamp())),
    ):
        yield set_clock


async def add_integration(hass: HomeAssistant, domain: str, *answers: Body) -> None:
    """Add an integration by its own config flow, as people do; raises RuntimeError where that fails."""
    result: Any = await hass.config_entries.flow.async_init(domain, context={"source": "user"})
    for answer in answers:
        result = await hass.config_entries.flow.async_configure(result["flow_id"], answer)
    if result["type"] != "create_entry":
        raise RuntimeError(f"{domain} could not be added: {result}")


def place_satellite(hass: HomeAssistant, area: str) -> str:
    """Put a satellite that can time an egg into an area, and return its device's id."""
    entry = MockConfigEntry(domain="bench_satellite", title=area)
    entry.add_to_hass(hass)
    devices = dr.async_get(hass)
    device = devices.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("bench_satellite", area)})
    devices.async_update_device(device.id, area_id=ar.async_get(hass).async_get_or_create(area).id)
    async_register_timer_handler(hass, device.id, lambda _event, _timer: None)
    return str(device.id)


def write_exchanges(script: Path, exchanges: Sequence[Body], *, loop: bool = False) -> None:
    """Have a scripted model answer its next requests so, in one piece: the engine may look at any time."""
    unfinished = script.with_suffix(".part")
    unfinished.write_text(json.dumps({"exchanges": exchanges, "loop": loop}))
    unfinished.rename(script)
