"""Remember: facts in a vault of Markdown, conversations, and what is learnt from them."""

from .claims import tells
from .extraction import Extraction
from .facts import Change, ChangeKind, CoreText, Fact, FactKind, Found, Known, MemoryRefused
from .memory import Memory
from .passages import passage_told
from .recall import KeptConversation, Recall, RecallPage, StoredTurn
from .remembering import EmbedTexts, Remembering
from .tools import memory_tools
from .vault import EVENT_MEMORY_CHANGED, Vault

__all__ = [
    "EVENT_MEMORY_CHANGED",
    "Change",
    "ChangeKind",
    "CoreText",
    "EmbedTexts",
    "Extraction",
    "Fact",
    "FactKind",
    "Found",
    "KeptConversation",
    "Known",
    "Memory",
    "MemoryRefused",
    "Recall",
    "RecallPage",
    "Remembering",
    "StoredTurn",
    "Vault",
    "memory_tools",
    "passage_told",
    "tells",
]
