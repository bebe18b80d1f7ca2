"""Ask in the options what stops Hearth beside the voice."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import BooleanSelector, EntitySelector, EntitySelectorConfig

from .options_forms import OptionsForms

# What is bound to stop, and whether Hearth then stays off until somebody resumes.
CONF_STOPPED_BY: Final = "stopped_by"
CONF_STAYS_OFF: Final = "stays_off"
# The state of these is the time of their last press or event; of a sensor only the turning on counts.
MOMENTARY: Final = ("button", "event", "input_button")
_SENSORS: Final = ("binary_sensor",)


class OverrideOptions(OptionsForms):
    """The page that binds buttons and sensors to the stop."""

    async def async_step_override(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose what stops Hearth at once."""
        if user_input is not None:
            bound = user_input.get(CONF_STOPPED_BY, [])
            return self.save({CONF_STOPPED_BY: bound, CONF_STAYS_OFF: user_input.get(CONF_STAYS_OFF, False)})
        entities = EntitySelectorConfig(domain=[*MOMENTARY, *_SENSORS], multiple=True)
        fields = {CONF_STOPPED_BY: EntitySelector(entities), CONF_STAYS_OFF: BooleanSelector()}
        options = self.config_entry.options
        shown = {CONF_STOPPED_BY: options.get(CONF_STOPPED_BY, []), CONF_STAYS_OFF: options.get(CONF_STAYS_OFF, False)}
        return self.show("override", fields, shown)
