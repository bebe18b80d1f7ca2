"""Config flow of the demo home: there is nothing to ask."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult

from .device import DOMAIN


class DemoHomeConfigFlow(ConfigFlow, domain=DOMAIN):
    """Make the one entry that holds the home."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make the entry by hand."""
        return self.async_create_entry(title="Demo Home", data={})

    async def async_step_import(self, import_data: dict[str, Any]) -> ConfigFlowResult:
        """Make the entry because configuration.yaml names the home."""
        return await self.async_step_user(import_data)
