"""Know who asks and what they may see: a matrix source x agent x person."""

from .access import ENTRY_THING, FOLDER_THING, Access
from .llm_context import Asker, HearthLLMContext
from .matrix import Reason
from .messages import QUESTION_TAG, Message, calls_notify, message_of
from .options import (
    ALL,
    CONF_AGENTS,
    CONF_INCOGNITO,
    CONF_LEARN,
    CONF_OWNERS,
    CONF_PEOPLE,
    CONF_PRIVATE,
    CONF_RETENTION_DAYS,
    CONF_SATELLITES,
    CONF_SOURCES,
    DEFAULT_RETENTION_DAYS,
    NOBODY,
    NOT_PERSONAL,
    OTHER_AGENTS,
    read_matrix,
)
from .phones import Phone, phone_name, phone_owner, phones
from .principal import (
    GUEST,
    HOUSEHOLD,
    HOUSEHOLD_OWNER,
    PERSON_DOMAIN,
    Kind,
    Principal,
    async_user_principal,
    people,
    person_by_owner,
    person_of,
)
from .sources import RULES, Source, source_of_entity, tells_of_outside
from .tool import HearthTool, NeverCopied
from .view import View

__all__ = [
    "ALL",
    "CONF_AGENTS",
    "CONF_INCOGNITO",
    "CONF_LEARN",
    "CONF_OWNERS",
    "CONF_PEOPLE",
    "CONF_PRIVATE",
    "CONF_RETENTION_DAYS",
    "CONF_SATELLITES",
    "CONF_SOURCES",
    "DEFAULT_RETENTION_DAYS",
    "ENTRY_THING",
    "FOLDER_THING",
    "GUEST",
    "HOUSEHOLD",
    "HOUSEHOLD_OWNER",
    "NOBODY",
    "NOT_PERSONAL",
    "OTHER_AGENTS",
    "PERSON_DOMAIN",
    "QUESTION_TAG",
    "RULES",
    "Access",
    "Asker",
    "HearthLLMContext",
    "HearthTool",
    "Kind",
    "Message",
    "NeverCopied",
    "Phone",
    "Principal",
    "Reason",
    "Source",
    "View",
    "async_user_principal",
    "calls_notify",
    "message_of",
    "people",
    "person_by_owner",
    "person_of",
    "phone_name",
    "phone_owner",
    "phones",
    "read_matrix",
    "source_of_entity",
    "tells_of_outside",
]
