"""Watch the engine and hold what an entry has at run time."""

from dataclasses import dataclass
from datetime import timedelta
import logging
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN, ROLES
from .engine import (
    PROTOCOL_VERSION,
    EngineAuthError,
    EngineClient,
    EngineError,
    EngineInfo,
    EngineProtocolError,
    Health,
    RoleInfo,
)
from .errors import translation_key
from .hands import Hands
from .mind import TurnLog

_LOGGER = logging.getLogger(__name__)
BROKEN_STATES = frozenset({"failed", "missing"})
_POLL_INTERVAL = timedelta(seconds=30)

type HearthConfigEntry = ConfigEntry[HearthData]


@dataclass(frozen=True, slots=True)
class HearthData:
    """What an entry has while it is loaded."""

    client: EngineClient
    coordinator: EngineCoordinator
    hands: Hands
    turns: TurnLog


class WrongVersionError(EngineProtocolError):
    """The engine speaks another version of the protocol than we do."""

    def __init__(self, health: Health) -> None:
        """Keep what the engine said of itself."""
        super().__init__(f"the engine speaks version {health.protocol_version} of the protocol, not {PROTOCOL_VERSION}")
        self.health = health


async def async_identify(client: EngineClient) -> EngineInfo:
    """Ask an engine what it is; raises EngineError, WrongVersionError if its answer could not be trusted to fit."""
    health = await client.async_health()
    if health.protocol_version != PROTOCOL_VERSION:
        raise WrongVersionError(health)
    return await client.async_info()


class EngineCoordinator(DataUpdateCoordinator[EngineInfo | None]):
    """Keep up to date what the engine is and how its models fare.

    `data` is what the engine last said, None until it has answered once; `failure` is why the engine can't be used at
    the moment, None when it can.
    """

    config_entry: HearthConfigEntry

    def __init__(self, hass: HomeAssistant, entry: HearthConfigEntry, client: EngineClient) -> None:
        """Start knowing nothing."""
        super().__init__(
            hass, _LOGGER, config_entry=entry, name="Hearth engine", update_interval=_POLL_INTERVAL, always_update=False
        )
        self._client = client
        self.failure: EngineError | None = None

    def role_info(self, role: str) -> RoleInfo | None:
        """Tell how a role's model fares, None while the engine does not say."""
        return self.data.roles.get(role) if self.failure is None and self.data else None

    def broken_roles(self) -> dict[str, RoleInfo]:
        """Return the roles whose model does not work; a role without a model is how every engine begins."""
        infos = {role: self.role_info(role) for role in ROLES}
        return {role: info for role, info in infos.items() if info and info.model and info.state in BROKEN_STATES}

    @override
    async def _async_update_data(self) -> EngineInfo:
        """Ask the engine.

        A refused token must not end the polling as ConfigEntryAuthFailed would: the engine may get its old token back.
        """
        try:
            info = await async_identify(self._client)
        except EngineError as err:
            reason_changed = self.failure is not None and self.failure.code != err.code
            self.failure = err
            if reason_changed:
                self.async_update_listeners()
            if isinstance(err, EngineAuthError):
                self.config_entry.async_start_reauth(self.hass)
            raise UpdateFailed(translation_domain=DOMAIN, translation_key=translation_key(err)) from err
        self.failure = None
        self._end_reauth()
        return info

    def _end_reauth(self) -> None:
        """Take back the request for a new token, the old one being good again."""
        for flow in list(self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])
