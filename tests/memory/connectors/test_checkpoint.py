"""Test what waits to be sent to the library."""

from homeassistant.core import HomeAssistant

from custom_components.hearth.engine import LibraryItem
from custom_components.hearth.memory.connectors.checkpoint import MAX_OUTBOX, Checkpoint

from .sources import ANNA


async def test_what_waits_is_bounded(hass: HomeAssistant) -> None:
    """Give up the oldest rather than the disk."""
    checkpoint = Checkpoint(hass, "mail/")
    for number in range(MAX_OUTBOX + 2):
        checkpoint.add(LibraryItem(f"mail/{number}", ANNA, "t", "text"))
    assert len(checkpoint.outbox) == MAX_OUTBOX
    assert "mail/1" not in checkpoint.outbox
    assert f"mail/{MAX_OUTBOX + 1}" in checkpoint.outbox
