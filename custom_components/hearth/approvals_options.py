"""Ask in the options where people are asked for their consent, and for the home's PIN."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .access import HOUSEHOLD_OWNER, people, phones
from .hands.approvals import CONF_APPROVAL_MINUTES, CONF_PHONES, DEFAULT_MINUTES, PIN
from .hands.audit import Kind, rows
from .options_forms import OptionsForms, choice

_CONF_PIN: Final = "pin"
_CONF_REMOVE_PIN: Final = "remove_pin"
_CONF_WHO: Final = "who"
_LEAST_MINUTES: Final = 2
_MOST_MINUTES: Final = 60


class ApprovalsOptions(OptionsForms):
    """The pages on approvals."""

    _asked = HOUSEHOLD_OWNER
    _minutes = DEFAULT_MINUTES

    async def async_step_approvals(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose for how long an answer counts and what the PIN is, and whose phones to choose next."""
        options = self.config_entry.options
        errors = {}
        if user_input is not None:
            self._minutes = int(user_input[CONF_APPROVAL_MINUTES])
            pin = user_input.get(_CONF_PIN)
            if pin is not None and not PIN.fullmatch(pin):
                errors[_CONF_PIN] = "pin_not_digits"
            else:
                await self._async_set_pin(pin, remove=user_input.get(_CONF_REMOVE_PIN, False))
                if (who := user_input.get(_CONF_WHO)) is not None:
                    self._asked = who
                    return await self.async_step_approval_phones()
                return self.save({CONF_APPROVAL_MINUTES: self._minutes})
        number = NumberSelectorConfig(
            min=_LEAST_MINUTES, max=_MOST_MINUTES, mode=NumberSelectorMode.BOX, unit_of_measurement="min"
        )
        fields = {
            CONF_APPROVAL_MINUTES: NumberSelector(number),
            _CONF_PIN: TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
            _CONF_REMOVE_PIN: BooleanSelector(),
            _CONF_WHO: choice(self._whom(), translation_key=_CONF_WHO),
        }
        shown = {CONF_APPROVAL_MINUTES: options.get(CONF_APPROVAL_MINUTES, DEFAULT_MINUTES)}
        return self.show("approvals", fields, shown, errors=errors)

    async def async_step_approval_phones(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the phones on which somebody is asked."""
        chosen = self.config_entry.options.get(CONF_PHONES, {})
        if user_input is not None:
            changed = {**chosen, self._asked: user_input.get(CONF_PHONES, [])}
            return self.save({CONF_PHONES: changed, CONF_APPROVAL_MINUTES: self._minutes})
        mine = self.config_entry.runtime_data.hands.approvals.phones.of(self._asked)
        names = {phone.service: phone.name for phone in phones(self.hass)}
        return self.show(
            "approval_phones",
            {CONF_PHONES: choice(names, multiple=True)},
            {CONF_PHONES: [phone.service for phone in mine]},
            placeholders={"name": self._whom()[self._asked]},
        )

    def _whom(self) -> dict[str, str]:
        persons = {str(person.owner): name for person, name in people(self.hass)}
        return {HOUSEHOLD_OWNER: HOUSEHOLD_OWNER, **persons}

    async def _async_set_pin(self, pin: str | None, *, remove: bool) -> None:
        """Keep the PIN where nobody reads it, and write down that it was changed."""
        hands = self.config_entry.runtime_data.hands
        was_set = hands.approvals.pin.is_set
        if pin is None and not (remove and was_set):
            return
        await hands.approvals.pin.async_set(pin)
        row = rows.setting("pin", was_set, hands.approvals.pin.is_set, user_id=None)
        await hands.audit.async_append(Kind.SETTING, row)
