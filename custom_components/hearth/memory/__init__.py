"""Remember: facts in a vault of Markdown, conversations, and what is learnt from them."""

from .claims import tells
from .facts import Change, ChangeKind, Fact, FactKind, Known, MemoryRefused
from .memory import Memory
from .passages import passage_told
from .recall import Recall
from .remembering import EmbedTexts, Remembering
from .tools import memory_tools
from .turns import StoredTurn
from .vault import EVENT_MEMORY_CHANGED, Vault

__all__ = [
    "EVENT_MEMORY_CHANGED",
    "Change",
    "ChangeKind",
    "EmbedTexts",
    "Fact",
    "FactKind",
    "Known",
    "Memory",
    "MemoryRefused",
    "Recall",
    "Remembering",
    "StoredTurn",
    "Vault",
    "memory_tools",
    "passage_told",
    "tells",
]
