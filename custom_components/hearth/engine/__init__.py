"""Speak to the engine: its wire types, its streams and its errors, free of Home Assistant."""

from .client import EngineClient
from .errors import EngineAuthError, EngineError, EngineProtocolError, EngineUnreachable
from .library import Collection, ItemKind, ItemPage, ItemRow, ItemText, LibraryItem, LibraryState, StoreResult
from .models import CatalogModel, Installed, PullProgress, PullSource, RoleChoice
from .search import Passage, SearchReply, SearchRequest
from .wire import (
    PROTOCOL_VERSION,
    ChatEvent,
    ChatRequest,
    EngineInfo,
    Finished,
    Health,
    ReasoningDelta,
    RoleInfo,
    Sent,
    Statistics,
    TextDelta,
    ToolCall,
    WarmRequest,
    Warmth,
)

__all__ = [
    "PROTOCOL_VERSION",
    "CatalogModel",
    "ChatEvent",
    "ChatRequest",
    "Collection",
    "EngineAuthError",
    "EngineClient",
    "EngineError",
    "EngineInfo",
    "EngineProtocolError",
    "EngineUnreachable",
    "Finished",
    "Health",
    "Installed",
    "ItemKind",
    "ItemPage",
    "ItemRow",
    "ItemText",
    "LibraryItem",
    "LibraryState",
    "Passage",
    "PullProgress",
    "PullSource",
    "ReasoningDelta",
    "RoleChoice",
    "RoleInfo",
    "SearchReply",
    "SearchRequest",
    "Sent",
    "Statistics",
    "StoreResult",
    "TextDelta",
    "ToolCall",
    "WarmRequest",
    "Warmth",
]
