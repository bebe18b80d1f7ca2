"""Config flow for the Hearth integration."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryData,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_LLM_HASS_API, CONF_NAME, CONF_PORT, CONF_PROMPT, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers import config_validation as cv, llm
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.typing import UNDEFINED, UndefinedType
import probatio
from yarl import URL

from . import exposure
from .access import CONF_INCOGNITO
from .const import (
    CHAT_ROLES,
    CONF_LANGUAGES,
    CONF_ROLE,
    CONF_THINKING,
    DOMAIN,
    ROLE_FAST,
    SUBENTRY_AGENT,
    SUBENTRY_AI_TASK,
)
from .coordinator import WrongVersionError, async_identify
from .engine import EngineAuthError, EngineClient, EngineError, EngineProtocolError, EngineUnreachable
from .mind import DEFAULT_PERSONA, Thinking
from .options_flow import HearthOptionsFlow

_DEFAULT_URL = "http://127.0.0.1:8765"
_TITLE = "Hearth"

_URL_FIELD = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
_TOKEN_FIELD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
_CONNECTION_SCHEMA = probatio.Schema(
    {probatio.Required(CONF_URL): _URL_FIELD, probatio.Required(probatio.Secret(CONF_TOKEN)): _TOKEN_FIELD}
)
_TOKEN_SCHEMA = probatio.Schema({probatio.Required(probatio.Secret(CONF_TOKEN)): _TOKEN_FIELD})
_DISCOVERY_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_HOST): str,
        probatio.Required(CONF_PORT): cv.port,
        probatio.Required(probatio.Secret(CONF_TOKEN)): probatio.All(str, probatio.Length(min=1)),
    },
    extra=probatio.REMOVE_EXTRA,
)
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
_LANGUAGES_FIELD = SelectSelector(
    SelectSelectorConfig(options=sorted(LANGUAGES), multiple=True, mode=SelectSelectorMode.DROPDOWN)
)

_AGENT_DEFAULTS: dict[str, Any] = {
    CONF_ROLE: ROLE_FAST,
    CONF_THINKING: Thinking.AUTO.value,
    CONF_LLM_HASS_API: [llm.LLM_API_ASSIST],
    CONF_LANGUAGES: [],
    CONF_INCOGNITO: False,
}
# What holds for an agent from before these could be chosen.
_AGENT_ADDED: dict[str, Any] = {CONF_THINKING: Thinking.AUTO, CONF_INCOGNITO: False}
_AI_TASK_DEFAULTS: dict[str, Any] = {CONF_ROLE: ROLE_FAST}
_AI_TASK_TITLE = "Hearth AI Task"


class HearthConfigFlow(ConfigFlow, domain=DOMAIN):
    """Connect Home Assistant to an engine, and keep it connected.

    One home has one Hearth: its rules, its approvals and its audit are one. The engine behind it may be exchanged.
    """

    def __init__(self) -> None:
        """Start with nothing discovered."""
        self._discovered: dict[str, Any] = {}
        self._data: dict[str, Any] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> HearthOptionsFlow:
        """Return the flow that changes what may be known."""
        return HearthOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an entry."""
        return {SUBENTRY_AGENT: AgentFlow, SUBENTRY_AI_TASK: AITaskFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the engine is."""
        if self._async_current_entries(include_ignore=False):
            return self.async_abort(reason="single_instance_allowed")
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data, errors = await self._async_check(user_input)
            if not errors:
                return await self.async_step_expose()
        return self._show("user", _CONNECTION_SCHEMA, user_input or {CONF_URL: _DEFAULT_URL}, errors)

    @override
    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Take the address and the token that the app tells Supervisor."""
        try:
            found = _DISCOVERY_SCHEMA(discovery_info.config)
        except probatio.Invalid:
            return self.async_abort(reason="invalid_discovery")
        url = URL.build(scheme="http", host=found[CONF_HOST], port=found[CONF_PORT])
        self._discovered, errors = await self._async_check({CONF_URL: str(url), CONF_TOKEN: found[CONF_TOKEN]})
        if errors:
            return self.async_abort(reason=next(iter(errors.values())))
        # The entry's update listener reloads it.
        self._abort_if_unique_id_configured(updates=self._discovered, reload_on_update=False)
        for entry in self._async_current_entries(include_ignore=False):
            if entry.data[CONF_URL] != self._discovered[CONF_URL]:
                return self.async_abort(reason="single_instance_allowed")
            # The app was set up anew: it has another identity, but nothing of the home was lost with the old one.
            return self._adopt(entry, self._discovered, reason="already_configured")
        self.context["title_placeholders"] = {"name": discovery_info.name}
        self.context["configuration_url"] = f"homeassistant://hassio/addon/{discovery_info.slug}/info"
        return await self.async_step_hassio_confirm()

    async def async_step_hassio_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Connect to the discovered engine once the person agrees."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data, errors = await self._async_check(self._discovered)
            if not errors:
                return await self.async_step_expose()
        self._set_confirm_only()
        return self.async_show_form(
            step_id="hassio_confirm",
            errors={"base": next(iter(errors.values()))} if errors else None,
            description_placeholders=self.context["title_placeholders"],
        )

    async def async_step_expose(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer to show Assist the calendars, lists and persons that Home Assistant hides from it, if there are any."""
        if user_input is not None:
            exposure.async_show(self.hass, user_input.get(exposure.CONF_SHOWN, []))
            return self._create(self._data)
        shown = exposure.async_shown(self.hass)
        if shown == exposure.async_candidates(self.hass):
            return self._create(self._data)
        return self._show("expose", exposure.async_schema(self.hass), {exposure.CONF_SHOWN: shown}, {})

    async def async_step_reauth(self, _entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for a new token."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the new token, if the engine does."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = await self._async_check({**entry.data, **user_input})
            if not errors:
                return self._adopt(entry, data)
        return self._show(
            "reauth_confirm", _TOKEN_SCHEMA, user_input, errors, placeholders={"url": entry.data[CONF_URL]}
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Move to another address, another token or another engine."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data, errors = await self._async_check(user_input)
            if not errors:
                return self._adopt(entry, data)
        return self._show("reconfigure", _CONNECTION_SCHEMA, user_input or entry.data, errors)

    def _show(
        self,
        step_id: str,
        schema: probatio.Schema,
        suggested: Mapping[str, Any] | None,
        errors: dict[str, str],
        *,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_check(self, typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the entry's data and no errors, or what the person should correct, by field.

        The flow takes on the identity of the engine that answered.
        """
        try:
            data = {CONF_URL: _engine_url(typed[CONF_URL]), CONF_TOKEN: typed[CONF_TOKEN].strip()}
        except ValueError:
            return {}, {CONF_URL: "invalid_url"}
        try:
            client = EngineClient(async_get_clientsession(self.hass), data[CONF_URL], data[CONF_TOKEN])
            info = await async_identify(client)
        except EngineError as err:
            return {}, _correction(err)
        await self.async_set_unique_id(info.instance_id, raise_on_progress=False)
        return data, {}

    def _create(self, data: dict[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(
            title=_TITLE,
            data=data,
            subentries=[
                ConfigSubentryData(
                    subentry_type=SUBENTRY_AGENT, title=_TITLE, data=dict(_AGENT_DEFAULTS), unique_id=None
                ),
                ConfigSubentryData(
                    subentry_type=SUBENTRY_AI_TASK, title=_AI_TASK_TITLE, data=dict(_AI_TASK_DEFAULTS), unique_id=None
                ),
            ],
        )

    def _adopt(
        self, entry: ConfigEntry, data: Mapping[str, Any], reason: str | UndefinedType = UNDEFINED
    ) -> ConfigFlowResult:
        """Let an entry use the engine that answered; its update listener reloads it."""
        return self.async_update_and_abort(entry, unique_id=self.unique_id, data=data, reason=reason)


class AgentFlow(ConfigSubentryFlow):
    """Add or change an agent that people speak to."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add an agent."""
        if user_input is not None:
            return self.async_create_entry(title=user_input.pop(CONF_NAME), data=_agent_data(user_input))
        schema = self._schema({probatio.Required(CONF_NAME, default=_TITLE): TextSelector()})
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


def _engine_url(typed: str) -> str:
    """Return an address as the client needs it; raises ValueError for one that can't be an engine's."""
    text = typed.strip()
    url = URL(text if "://" in text else f"http://{text}")
    if url.scheme not in {"http", "https"} or not url.host or url.user is not None or url.query_string or url.fragment:
        raise ValueError("not the address of an engine")
    return str(url).rstrip("/")


def _correction(err: EngineError) -> dict[str, str]:
    """Return what is wrong by the form's field."""
    match err:
        case EngineAuthError():
            return {CONF_TOKEN: "invalid_auth"}
        case EngineUnreachable():
            return {CONF_URL: "cannot_connect"}
        case WrongVersionError():
            return {"base": "wrong_version"}
        case EngineProtocolError():
            return {CONF_URL: "not_an_engine"}
        case _:
            return {"base": "engine_failed"}


def _agent_data(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a subentry keeps; instructions left as they are follow ours when those get better."""
    data = {CONF_LLM_HASS_API: [], CONF_LANGUAGES: [], CONF_INCOGNITO: False, **user_input}
    if data.get(CONF_PROMPT, "").strip() in {"", DEFAULT_PERSONA.strip()}:
        data.pop(CONF_PROMPT, None)
    return data
