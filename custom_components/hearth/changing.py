"""Know who is changing the options at this moment: Home Assistant tells neither a flow nor a listener."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from homeassistant.core import callback
from homeassistant.helpers.http import current_request

# Where Home Assistant keeps the user of a request; a flow's steps, and what comes of them, run in its context.
_USER: Final = "hass_user"
_USER_ID: ContextVar[str | None] = ContextVar("hearth_changing", default=None)


@contextmanager
def changing(user_id: str | None) -> Iterator[None]:
    """Have the options that are changed meanwhile be somebody's doing."""
    token = _USER_ID.set(user_id)
    try:
        yield
    finally:
        _USER_ID.reset(token)


@callback
def changing_user_id() -> str | None:
    """Return who is changing the options, by an entity or on their pages; None for nobody who is known."""
    request = current_request.get()
    user = request.get(_USER) if request is not None else None
    return _USER_ID.get() or (user.id if user is not None else None)
