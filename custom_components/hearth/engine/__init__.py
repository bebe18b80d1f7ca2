"""Speak to the engine: its wire types, its stream and its errors, free of Home Assistant."""

from .client import EngineClient
from .errors import EngineAuthError, EngineError, EngineProtocolError, EngineUnreachable
from .wire import (
    PROTOCOL_VERSION,
    ChatEvent,
    ChatRequest,
    EngineInfo,
    Finished,
    Health,
    ReasoningDelta,
    RoleInfo,
    TextDelta,
    ToolCall,
)

__all__ = [
    "PROTOCOL_VERSION",
    "ChatEvent",
    "ChatRequest",
    "EngineAuthError",
    "EngineClient",
    "EngineError",
    "EngineInfo",
    "EngineProtocolError",
    "EngineUnreachable",
    "Finished",
    "Health",
    "ReasoningDelta",
    "RoleInfo",
    "TextDelta",
    "ToolCall",
]
