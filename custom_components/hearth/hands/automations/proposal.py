"""Turn what a model or a sentence wants done some day into an automation that can be judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import hashlib
from typing import Any, Final

from homeassistant.components.automation.config import AutomationConfig, async_validate_config_item
from homeassistant.const import CONF_ALIAS, CONF_CONDITIONS, CONF_ID, CONF_TRIGGERS
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import script
from homeassistant.util.yaml import dump
import probatio

from ...const import DOMAIN
from ..effects import Effect, Resolution, canonical_json
from ..scripts import Inside
from .file import Config
from .install import ID_PREFIX, INSTALL
from .summary import summary_of

_ACTIONS: Final = "actions"
_HASH_DIGITS: Final = 12
_SHAPE: Final = probatio.All([dict], probatio.Length(min=1, max=20))
FIELDS: Final[Mapping[Any, Any]] = {
    probatio.Required(CONF_ALIAS, description="A short name for it"): probatio.All(
        str, probatio.Length(min=1, max=100)
    ),
    probatio.Required(
        CONF_TRIGGERS, description="Home Assistant's triggers, as {'trigger': 'sun', 'event': 'sunset'}"
    ): _SHAPE,
    probatio.Optional(CONF_CONDITIONS, description="Home Assistant's conditions"): [dict],
    probatio.Required(
        _ACTIONS,
        description="Home Assistant's steps, as {'action': 'cover.close_cover', 'target': {'entity_id': '...'}}",
    ): _SHAPE,
    probatio.Optional("mode"): probatio.In(script.SCRIPT_MODE_CHOICES),
}


@dataclass(frozen=True, slots=True)
class AutomationPlan:
    """An automation to be installed or removed, what it is called in a person's words and what it would do."""

    effect: Effect
    later: Resolution = field(default_factory=Resolution)

    @property
    def id(self) -> str:
        """Return the ID of the automation."""
        return str(self.effect.data[CONF_ID])

    @property
    def resolution(self) -> Resolution:
        """Return what the guard judges: that it is installed, and everything that it would ever do."""
        return Resolution((self.effect,), self.later.unknown, later=self.later.effects)


async def async_propose(hass: HomeAssistant, config: Config, language: str) -> AutomationPlan:
    """Return the automation that a configuration means; raises HomeAssistantError for one that is not valid."""
    automation_id = id_of(config)
    later = await async_later(hass, automation_id, config)
    return AutomationPlan(install_effect(automation_id, config, summary_of(hass, language, config, later)), later)


async def async_later(hass: HomeAssistant, automation_id: str, config: Config) -> Resolution:
    """Return everything that an automation would do; raises HomeAssistantError for one that is not valid."""
    checked = await _async_checked(hass, automation_id, config)
    inside = Inside(hass)
    inside.add_steps(str(config[CONF_ALIAS]), checked[_ACTIONS])
    return Resolution(tuple(inside.effects), tuple(inside.unknown))


def install_effect(automation_id: str, config: Config, text: str | None = None) -> Effect:
    """Return the effect of installing an automation; `text` says in a person's words what it is."""
    alias = str(config[CONF_ALIAS])
    shown = {"alias": alias, "text": text or alias, "yaml": dump([{CONF_ID: automation_id, **config}])}
    return Effect(DOMAIN, INSTALL, None, {CONF_ID: automation_id, "config": dict(config), **shown})


def id_of(config: Config) -> str:
    """Return the ID of an automation, the same for the same one."""
    return ID_PREFIX + hashlib.sha256(canonical_json(config).encode()).hexdigest()[:_HASH_DIGITS]


async def _async_checked(hass: HomeAssistant, automation_id: str, config: Config) -> AutomationConfig:
    """Let Home Assistant check an automation as its own editor does."""
    try:
        checked = await async_validate_config_item(hass, automation_id, {CONF_ID: automation_id, **config})
    except (probatio.Invalid, HomeAssistantError) as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="automation_invalid",
            translation_placeholders={"reason": str(err)},
        ) from err
    if checked is None:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="automation_invalid", translation_placeholders={"reason": ""}
        )
    return checked
