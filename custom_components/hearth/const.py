"""Constants for the Hearth integration."""

from typing import Final

DOMAIN: Final = "hearth"

CONF_LANGUAGES: Final = "languages"
CONF_ROLE: Final = "role"
CONF_THINKING: Final = "thinking"
CONF_TOOLS: Final = "tools"

SUBENTRY_AGENT: Final = "agent"
SUBENTRY_AI_TASK: Final = "ai_task_data"

ROLE_FAST: Final = "fast"
ROLE_REASONING: Final = "reasoning"
ROLE_EMBEDDING: Final = "embedding"
CHAT_ROLES: Final = (ROLE_FAST, ROLE_REASONING)
ROLES: Final = ("router", ROLE_FAST, ROLE_REASONING, ROLE_EMBEDDING)

# Sent when the options changed, which everything reads as it needs them: what may be known, who is who, what is whose.
EVENT_ACTION: Final = "hearth_action"
SIGNAL_OPTIONS_CHANGED: Final = "hearth_options_changed"
