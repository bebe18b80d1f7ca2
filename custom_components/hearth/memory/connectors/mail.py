"""Feed the library with the mail that Home Assistant's imap integration tells of."""

from collections.abc import Mapping
from datetime import datetime
import re
from typing import Any, override

from homeassistant.core import Event
from homeassistant.util import dt as dt_util

from ...access import ENTRY_THING, Source
from ...engine import ItemKind, LibraryItem
from .connector import digest
from .events import EventConnector

_URL = "/config/integrations/integration/imap"
_HTML = re.compile(r"\s*(<!doctype|<html|<head|<body|<div|<table|<p[ >])", re.IGNORECASE)


class Mail(EventConnector):
    """The mail of those mailboxes that somebody was named the owner of."""

    source = Source.MAIL
    collection = "mail"
    prefix = "mail/"
    event_type = "imap_content"

    @override
    def _item(self, event: Event) -> LibraryItem | None:
        """Return a message, None for that of a mailbox without an owner."""
        data = event.data
        entry_id = str(data.get("entry_id", ""))
        if not entry_id or (owner := self._access.owner_of(f"{ENTRY_THING}{entry_id}")) is None:
            return None
        sender, subject, text = (str(data.get(key) or "") for key in ("sender", "subject", "text"))
        time = data.get("date")
        if not isinstance(time, datetime):
            time = event.time_fired
        if time.tzinfo is None:
            time = time.replace(tzinfo=dt_util.UTC)
        is_html = _HTML.match(text) is not None
        # The bus carries what the user chose of a message, its text perhaps not.
        head = (f"From: {sender}", f"Date: {dt_util.as_local(time):%A, %d %B %Y, %H:%M}", f"Subject: {subject}")
        content = "".join(f"<p>{_escaped(line)}</p>" for line in head) if is_html else "\n".join((*head, ""))
        return LibraryItem(
            id=self.prefix + digest(entry_id, _message_id(data)),
            owner=owner,
            title=subject or sender,
            content=f"{content}\n{text}",
            kind=ItemKind.HTML if is_html else ItemKind.TEXT,
            time=time,
            url=_URL,
            meta={"sender": sender},
        )


def _message_id(data: Mapping[str, Any]) -> str:
    """Return what stays the same when a message is told of again."""
    headers = data.get("headers")
    if isinstance(headers, Mapping):
        for name, values in headers.items():
            if str(name).lower() == "message-id" and values:
                return str(values[0])
    return f"{data.get('folder')}/{data.get('uid')}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
