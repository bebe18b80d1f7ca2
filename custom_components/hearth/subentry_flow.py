"""Add and change what people speak to: agents, and entities for AI tasks."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryData, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_LLM_HASS_API, CONF_NAME, CONF_PROMPT
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers import llm
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
)
import probatio

from .access import CONF_INCOGNITO
from .const import (
    CHAT_ROLES,
    CONF_LANGUAGES,
    CONF_ROLE,
    CONF_THINKING,
    CONF_TOOLS,
    ROLE_FAST,
    SUBENTRY_AGENT,
    SUBENTRY_AI_TASK,
)
from .hands import ToolsShown
from .mind import DEFAULT_PERSONA, Thinking

TITLE: Final = "Hearth"
_AI_TASK_TITLE: Final = "Hearth AI Task"

_ROLE_FIELD = SelectSelector(
    SelectSelectorConfig(options=list(CHAT_ROLES), translation_key=CONF_ROLE, mode=SelectSelectorMode.DROPDOWN)
)
_THINKING_FIELD = SelectSelector(
    SelectSelectorConfig(
        options=[thinking.value for thinking in Thinking],
        translation_key=CONF_THINKING,
        mode=SelectSelectorMode.DROPDOWN,
    )
)
_TOOLS_FIELD = SelectSelector(
    SelectSelectorConfig(
        options=[shown.value for shown in ToolsShown], translation_key=CONF_TOOLS, mode=SelectSelectorMode.DROPDOWN
    )
)
_LANGUAGES_FIELD = SelectSelector(
    SelectSelectorConfig(options=sorted(LANGUAGES), multiple=True, mode=SelectSelectorMode.DROPDOWN)
)

_AGENT_DEFAULTS: dict[str, Any] = {
    CONF_ROLE: ROLE_FAST,
    CONF_THINKING: Thinking.AUTO.value,
    CONF_LLM_HASS_API: [llm.LLM_API_ASSIST],
    CONF_TOOLS: ToolsShown.AUTO.value,
    CONF_LANGUAGES: [],
    CONF_INCOGNITO: False,
}
# What holds for an agent from before these could be chosen.
_AGENT_ADDED: dict[str, Any] = {CONF_THINKING: Thinking.AUTO, CONF_TOOLS: ToolsShown.AUTO, CONF_INCOGNITO: False}
_AI_TASK_DEFAULTS: dict[str, Any] = {CONF_ROLE: ROLE_FAST}


def first_subentries() -> list[ConfigSubentryData]:
    """Return what a new entry begins with: an agent and an entity for AI tasks."""
    return [
        ConfigSubentryData(subentry_type=SUBENTRY_AGENT, title=TITLE, data=dict(_AGENT_DEFAULTS), unique_id=None),
        ConfigSubentryData(
            subentry_type=SUBENTRY_AI_TASK, title=_AI_TASK_TITLE, data=dict(_AI_TASK_DEFAULTS), unique_id=None
        ),
    ]


class AgentFlow(ConfigSubentryFlow):
    """Add or change an agent that people speak to."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add an agent."""
        if user_input is not None:
            return self.async_create_entry(title=user_input.pop(CONF_NAME), data=_agent_data(user_input))
        schema = self._schema({probatio.Required(CONF_NAME, default=TITLE): TextSelector()})
        return self.async_show_form(step_id="user", data_schema=self._suggest(schema, _AGENT_DEFAULTS))

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change an agent."""
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            return self.async_update_and_abort(self._get_entry(), subentry, data=_agent_data(user_input))
        return self.async_show_form(step_id="reconfigure", data_schema=self._suggest(self._schema({}), subentry.data))

    def _schema(self, first: dict[probatio.Marker, Any]) -> probatio.Schema:
        apis = [SelectOptionDict(label=api.name, value=api.id) for api in llm.async_get_apis(self.hass)]
        return probatio.Schema(
            {
                **first,
                probatio.Optional(CONF_PROMPT): TemplateSelector(),
                probatio.Required(CONF_ROLE): _ROLE_FIELD,
                probatio.Required(CONF_THINKING): _THINKING_FIELD,
                probatio.Optional(CONF_LLM_HASS_API): SelectSelector(SelectSelectorConfig(options=apis, multiple=True)),
                probatio.Required(CONF_TOOLS): _TOOLS_FIELD,
                probatio.Optional(CONF_LANGUAGES): _LANGUAGES_FIELD,
                probatio.Optional(CONF_INCOGNITO): BooleanSelector(),
            }
        )

    def _suggest(self, schema: probatio.Schema, data: Mapping[str, Any]) -> probatio.Schema:
        """Fill a form in; an API that is gone can't be chosen any more."""
        known = {api.id for api in llm.async_get_apis(self.hass)}
        apis = [api_id for api_id in data.get(CONF_LLM_HASS_API, []) if api_id in known]
        return self.add_suggested_values_to_schema(
            schema, {CONF_PROMPT: DEFAULT_PERSONA, **_AGENT_ADDED, **data, CONF_LLM_HASS_API: apis}
        )


class AITaskFlow(ConfigSubentryFlow):
    """Add or change an entity for AI tasks."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add an AI task entity."""
        if user_input is not None:
            return self.async_create_entry(title=user_input.pop(CONF_NAME), data=user_input)
        schema = probatio.Schema(
            {
                probatio.Required(CONF_NAME, default=_AI_TASK_TITLE): TextSelector(),
                probatio.Required(CONF_ROLE, default=ROLE_FAST): _ROLE_FIELD,
            }
        )
        return self.async_show_form(step_id="user", data_schema=schema)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change an AI task entity."""
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            return self.async_update_and_abort(self._get_entry(), subentry, data=user_input)
        schema = probatio.Schema({probatio.Required(CONF_ROLE): _ROLE_FIELD})
        return self.async_show_form(
            step_id="reconfigure", data_schema=self.add_suggested_values_to_schema(schema, subentry.data)
        )


def _agent_data(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a subentry keeps; instructions left as they are follow ours when those get better."""
    data = {CONF_LLM_HASS_API: [], CONF_LANGUAGES: [], CONF_INCOGNITO: False, **user_input}
    if data.get(CONF_PROMPT, "").strip() in {"", DEFAULT_PERSONA.strip()}:
        data.pop(CONF_PROMPT, None)
    return data
