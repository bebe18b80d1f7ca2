"""Show the forms of the options, and save what is chosen in them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode
import probatio

from .access import people
from .const import SUBENTRY_AGENT, SUBENTRY_AI_TASK


class OptionsForms(OptionsFlow):
    """What the pages of the options have in common."""

    def show(
        self,
        step_id: str,
        fields: Mapping[str, Any],
        shown: Mapping[str, Any],
        *,
        required: bool = False,
        placeholders: Mapping[str, str] | None = None,
        errors: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show a form; a field that may be left empty is optional, or its emptiness would be refused."""
        marker = probatio.Required if required else probatio.Optional
        schema = probatio.Schema({marker(name): field for name, field in fields.items()})
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    def save(self, changes: Mapping[str, Any]) -> ConfigFlowResult:
        """End the flow with some options changed."""
        return self.async_create_entry(data={**self.config_entry.options, **changes})

    def _people(self) -> dict[str, str]:
        """Return the persons' names by owner."""
        return {str(person.owner): name for person, name in people(self.hass)}

    def _agents(self) -> dict[str, str]:
        """Return our agents' names by the ID of their subentry."""
        ours = (SUBENTRY_AGENT, SUBENTRY_AI_TASK)
        subentries = self.config_entry.subentries.values()
        return {subentry.subentry_id: subentry.title for subentry in subentries if subentry.subentry_type in ours}


def choice(names: Mapping[str, str], *, multiple: bool = False, translation_key: str | None = None) -> SelectSelector:
    """Return a field that offers things by their names; those with a translation are called by it."""
    config = SelectSelectorConfig(
        options=[SelectOptionDict(value=value, label=name) for value, name in names.items()],
        multiple=multiple,
        mode=SelectSelectorMode.DROPDOWN,
    )
    if translation_key:
        config["translation_key"] = translation_key
    return SelectSelector(config)
