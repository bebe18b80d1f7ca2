"""Config flow for the Hearth integration."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, ConfigSubentryFlow
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.typing import UNDEFINED, UndefinedType
import probatio
from yarl import URL

from . import exposure
from .const import DOMAIN, SUBENTRY_AGENT, SUBENTRY_AI_TASK
from .coordinator import WrongVersionError, async_identify
from .engine import EngineAuthError, EngineClient, EngineError, EngineProtocolError, EngineUnreachable
from .options_flow import HearthOptionsFlow
from .subentry_flow import TITLE, AgentFlow, AITaskFlow, first_subentries

_DEFAULT_URL = "http://127.0.0.1:8765"

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
        return self.async_create_entry(title=TITLE, data=data, subentries=first_subentries())

    def _adopt(
        self, entry: ConfigEntry, data: Mapping[str, Any], reason: str | UndefinedType = UNDEFINED
    ) -> ConfigFlowResult:
        """Let an entry use the engine that answered; its update listener reloads it."""
        return self.async_update_and_abort(entry, unique_id=self.unique_id, data=data, reason=reason)


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
