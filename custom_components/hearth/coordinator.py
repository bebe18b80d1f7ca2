"""Watch the engine and hold what an entry has at run time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
import logging
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .access import Access, HearthTool
from .const import DOMAIN, ROLES
from .context import Surroundings
from .downloads import Downloads
from .engine import (
    PROTOCOL_VERSION,
    CatalogModel,
    EngineAuthError,
    EngineClient,
    EngineError,
    EngineInfo,
    EngineProtocolError,
    Health,
    LibraryState,
    RoleChoice,
    RoleInfo,
)
from .errors import translated
from .hands import Hands
from .memory import Memory
from .memory.connectors import Connectors
from .mind import Mind, TurnLog, Warmer

_LOGGER = logging.getLogger(__name__)
# How the engine calls a model on another machine, and what a stand-in there is known by.
_REMOTE = "remote"
_ADDRESS = "://"
BROKEN_STATES = frozenset({"failed", "missing"})
_POLL_INTERVAL = timedelta(seconds=30)

type HearthConfigEntry = ConfigEntry[HearthData]


@dataclass(frozen=True, slots=True)
class HearthData:
    """What an entry has while it is loaded."""

    client: EngineClient
    coordinator: EngineCoordinator
    access: Access
    hands: Hands
    turns: TurnLog
    warmer: Warmer
    downloads: Downloads
    memory: Memory
    connectors: Connectors
    surroundings: Surroundings
    tools: Mapping[str, HearthTool]
    mind: Mind


@dataclass(frozen=True, slots=True)
class EngineState:
    """What an engine says of itself, its roles, the models that it knows (by id) and its library.

    None stands for what it does not say.
    """

    info: EngineInfo
    roles: Mapping[str, RoleChoice] | None
    models: Mapping[str, CatalogModel] | None
    library: LibraryState | None


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


class EngineCoordinator(DataUpdateCoordinator[EngineState | None]):
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
        return self.data.info.roles.get(role) if self.failure is None and self.data else None

    def leaves_home(self, role: str) -> bool:
        """Tell whether what a role's model is told may leave the home, as far as the engine has last said.

        One that stands in may be elsewhere, too; of what nobody knows it may be so.
        """
        info = self.data.info.roles.get(role) if self.data else None
        if info is None:
            return True
        return info.backend == _REMOTE or any(_ADDRESS in model for model in (*info.fallback, info.serving or ""))

    def broken_roles(self) -> dict[str, RoleInfo]:
        """Return the roles whose model does not work; a role without a model is how every engine begins."""
        infos = {role: self.role_info(role) for role in ROLES}
        return {role: info for role, info in infos.items() if info and info.model and info.state in BROKEN_STATES}

    def choice(self, role: str) -> RoleChoice | None:
        """Tell which models could play a role, None while the engine does not say."""
        return self.data.roles.get(role) if self.data and self.data.roles else None

    @property
    def library(self) -> LibraryState | None:
        """Return what the library holds, None while the engine does not say."""
        return self.data.library if self.failure is None and self.data else None

    def model(self, model: str) -> CatalogModel | None:
        """Return what is known of a model, None while the engine does not know it."""
        return self.data.models.get(model) if self.data and self.data.models else None

    @override
    async def _async_update_data(self) -> EngineState:
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
            words = translated(err)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=words.translation_key,
                translation_placeholders=words.translation_placeholders,
            ) from err
        self.failure = None
        self._end_reauth()
        roles, models, library = await asyncio.gather(
            _async_try(self._client.async_roles),
            _async_try(self._client.async_catalog),
            _async_try(self._client.async_library),
        )
        by_id = None if models is None else {model.id: model for model in models}
        return EngineState(info, roles, by_id, library)

    def _end_reauth(self) -> None:
        """Take back the request for a new token, the old one being good again."""
        for flow in list(self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])


async def _async_try[T](ask: Callable[[], Awaitable[T]]) -> T | None:
    """Return what an engine says, None for an error: whoever can't manage models can still talk."""
    try:
        return await ask()
    except EngineError as err:
        _LOGGER.debug("The engine does not say: %s", err)
        return None
