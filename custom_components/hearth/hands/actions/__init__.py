"""Let the actions of Home Assistant be tools, as far as the user allows."""

from .catalogue import Action, ActionField, async_actions, async_titles
from .permits import (
    CONF_ACTIONS,
    CONF_AREAS,
    CONF_ENTITIES,
    CONF_PEOPLE,
    CONF_RANGES,
    CONF_TIMES,
    NEVER,
    Permit,
    read_permits,
    refusal,
)
from .tool import HomeActionTool, async_action_tools

__all__ = [
    "CONF_ACTIONS",
    "CONF_AREAS",
    "CONF_ENTITIES",
    "CONF_PEOPLE",
    "CONF_RANGES",
    "CONF_TIMES",
    "NEVER",
    "Action",
    "ActionField",
    "HomeActionTool",
    "Permit",
    "async_action_tools",
    "async_actions",
    "async_titles",
    "read_permits",
    "refusal",
]
