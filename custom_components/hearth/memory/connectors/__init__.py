"""Feed the library from the home: one connector for each source."""

from .connector import Trouble, digest
from .connectors import Connectors, async_forget_progress
from .folders import KINDS, MAX_BYTES, media_url
from .runner import SourceStatus

__all__ = [
    "KINDS",
    "MAX_BYTES",
    "Connectors",
    "SourceStatus",
    "Trouble",
    "async_forget_progress",
    "digest",
    "media_url",
]
