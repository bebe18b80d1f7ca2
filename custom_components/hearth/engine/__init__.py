"""Speak to the engine: its wire types, its streams and its errors, free of Home Assistant."""

from .client import EngineClient
from .errors import EngineAuthError, EngineError, EngineProtocolError, EngineUnreachable
from .models import CatalogModel, Installed, PullProgress, PullSource, RoleChoice
from .wire import (
    PROTOCOL_VERSION,
    ChatEvent,
    ChatRequest,
    Disk,
    EngineInfo,
    Finished,
    Health,
    ReasoningDelta,
    RoleInfo,
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
    "Disk",
    "EngineAuthError",
    "EngineClient",
    "EngineError",
    "EngineInfo",
    "EngineProtocolError",
    "EngineUnreachable",
    "Finished",
    "Health",
    "Installed",
    "PullProgress",
    "PullSource",
    "ReasoningDelta",
    "RoleChoice",
    "RoleInfo",
    "Statistics",
    "TextDelta",
    "ToolCall",
    "WarmRequest",
    "Warmth",
]
