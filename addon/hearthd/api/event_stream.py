"""Write server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import Mapping
import json
from typing import Any

CONTENT_TYPE = "text/event-stream; charset=utf-8"
KEEP_ALIVE = b": keep-alive\n\n"
DONE = "data: [DONE]\n\n"


def encode_event(data: Mapping[str, Any]) -> bytes:
    """Return one event; JSON never holds a raw line break, so one data line is enough."""
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
