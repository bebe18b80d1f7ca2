"""Test what becomes of a message: its words, its time, and whose it is."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import Access
from custom_components.hearth.engine import ItemKind
from custom_components.hearth.memory.connectors.mail import Mail

from .sources import ANNA, own, pushed

pytestmark = pytest.mark.usefixtures("in_paris")


MAIL = {
    "entry_id": "01MAIL",
    "folder": "INBOX",
    "date": datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    "sender": "office@example.org",
    "subject": "Invoice",
    "uid": "7",
    "text": "Please pay.",
    "headers": {"Message-ID": ("<7@example.org>",)},
}
HEAD = "From: office@example.org\nDate: Friday, 20 November 2026, 09:30\nSubject: Invoice\n"


@pytest.mark.parametrize(
    ("change", "title", "content", "kind"),
    [
        ({}, "Invoice", f"{HEAD}\nPlease pay.", ItemKind.TEXT),
        ({"text": None}, "Invoice", f"{HEAD}\n", ItemKind.TEXT),
        ({"subject": ""}, "office@example.org", f"{HEAD.replace('Invoice', '')}\nPlease pay.", ItemKind.TEXT),
        ({"date": datetime(2026, 11, 20, 8, 30)}, "Invoice", f"{HEAD}\nPlease pay.", ItemKind.TEXT),  # noqa: DTZ001 - as the imap integration has it for an unknown zone
        (
            {"text": "<p>Please pay.</p>", "subject": "<Invoice> & more"},
            "<Invoice> & more",
            (
                "<p>From: office@example.org</p><p>Date: Friday, 20 November 2026, 09:30</p>"
                "<p>Subject: &lt;Invoice> &amp; more</p>\n<p>Please pay.</p>"
            ),
            ItemKind.HTML,
        ),
    ],
)
async def test_a_message_is_an_item(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    change: dict[str, Any],
    title: str,
    content: str,
    kind: ItemKind,
) -> None:
    """Take who wrote, when and what."""
    own(hass, entry, {"entry:01MAIL": ANNA})
    (item,) = await pushed(hass, Mail(hass, access), "imap_content", {**MAIL, **change})
    assert (item.title, item.content, item.kind) == (title, content, kind)
    assert (item.owner, item.time) == (ANNA, MAIL["date"])


@pytest.mark.parametrize("headers", [{"Message-ID": ("<7@example.org>",)}, {}, None])
async def test_a_message_that_is_told_of_again_is_the_same(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, headers: object
) -> None:
    """Know a message by its own ID, or else by its place in the mailbox."""
    own(hass, entry, {"entry:01MAIL": ANNA})
    mail = {**MAIL, "headers": headers}
    again = {**mail, "initial": False, "uid": "8" if headers else "7"}
    (one,) = await pushed(hass, Mail(hass, access), "imap_content", mail)
    (other,) = await pushed(hass, Mail(hass, access), "imap_content", again)
    assert one.id == other.id


@pytest.mark.parametrize("owners", [{}, {"entry:01MAIL": "nobody"}, {"entry:01OTHER": ANNA}])
async def test_a_mailbox_without_an_owner_is_not_read(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, owners: dict[str, str]
) -> None:
    """Take no mail of which nobody said whose it is."""
    own(hass, entry, owners)
    MockConfigEntry(domain="imap", entry_id="01MAIL").add_to_hass(hass)
    assert await pushed(hass, Mail(hass, access), "imap_content", MAIL) == []
