"""Ask in the options which tools of others are believed when they say that they only read."""

from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers import llm

from .const import DOMAIN
from .hands.strangers import CONF_BELIEVED, async_claims
from .options_forms import OptionsForms, choice


class ToolsOptions(OptionsForms):
    """The page of the tools that other integrations and MCP servers bring."""

    async def async_step_tools(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what runs without asking, on a person's word and not on its own."""
        known: list[str] = self.config_entry.options.get(CONF_BELIEVED, [])
        claims = await async_claims(
            self.hass,
            llm.LLMContext(
                platform=DOMAIN,
                context=None,
                language=self.hass.config.language,
                assistant=conversation.DOMAIN,
                device_id=None,
            ),
        )
        if user_input is not None:
            # A server that is away just now keeps what was said of its tools.
            away = [tool for tool in known if tool not in claims]
            return self.save({CONF_BELIEVED: sorted({*away, *user_input.get(CONF_BELIEVED, [])})})
        fields = {CONF_BELIEVED: choice(claims, multiple=True)} if claims else {}
        return self.show("tools", fields, {CONF_BELIEVED: [tool for tool in known if tool in claims]})
