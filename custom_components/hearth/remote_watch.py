"""Write down each request that leaves the home for a model elsewhere: how much of what kinds, never what."""

import logging
import re
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .coordinator import HearthConfigEntry, HearthData
from .engine import Sent
from .hands.audit import Kind, rows
from .mind import Turn

_LOGGER = logging.getLogger(__name__)

_REMOTE: Final = "remote"
# Whoever may be named before the host is nobody's business.
_ADDRESS: Final = re.compile(r"(?P<scheme>\w+)://(?:[^/@\s]*@)?(?P<host>[^/:?#\s]+)")
_COUNTS: Final = {"cache_n": "known", "prompt_n": "sent", "predicted_n": "received"}


@callback
def async_watch(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Follow what the engine is sent until the entry is unloaded."""
    data = entry.runtime_data

    @callback
    def note(sent: Sent) -> None:
        if _leaves_home(data, sent):
            entry.async_create_background_task(hass, _async_note(data, sent), "hearth note remote request")

    entry.async_on_unload(data.client.add_listener(note))


def _leaves_home(data: HearthData, sent: Sent) -> bool:
    """Tell whether a request was answered, or would have been, by a model elsewhere."""
    if _ADDRESS.search(sent.model or ""):
        return True
    info = data.coordinator.data.info.roles.get(sent.role) if data.coordinator.data else None
    return info is not None and info.backend == _REMOTE and sent.model in (None, info.model)


async def _async_note(data: HearthData, sent: Sent) -> None:
    info = data.coordinator.data.info.roles.get(sent.role) if data.coordinator.data else None
    model = sent.model or (info.model if info else None) or ""
    address = _ADDRESS.search(model)
    turn = _turn(data, sent.session)
    body = rows.remote_request(
        role=sent.role,
        model=_ADDRESS.sub(lambda found: found["host"], model) or None,
        host=address["host"] if address else None,
        tokens={name: int(sent.timings[key]) for key, name in _COUNTS.items() if key in sent.timings},
        sources=[part for part, tokens in turn.tokens.items() if tokens] if turn else [],
        conversation_id=sent.session,
        agent_id=turn.scope.agent_id if turn else None,
        user_id=turn.scope.user_id if turn else None,
    )
    try:
        await data.hands.audit.async_append(Kind.REMOTE_REQUEST, body)
    except HomeAssistantError as err:
        _LOGGER.warning("A request to a remote model could not be written into the audit: %s", err)


def _turn(data: HearthData, conversation_id: str | None) -> Turn | None:
    """Return the turn that a request belongs to, None for one of no conversation, such as a summary."""
    return data.turns.of(conversation_id) if conversation_id else None
