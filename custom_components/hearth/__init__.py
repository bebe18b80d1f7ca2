"""The Hearth integration: a private LLM OS for the home."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL, EVENT_HOMEASSISTANT_CLOSE, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

from . import action_event, audit_watch, issues, kept_at_home, override, remote_watch, services, warm_up, websocket_api
from .access import Access, HearthTool, Source
from .const import DOMAIN, ROLE_EMBEDDING, SIGNAL_OPTIONS_CHANGED
from .context import Surroundings
from .coordinator import EngineCoordinator, HearthConfigEntry, HearthData
from .downloads import Downloads, downloads_store
from .engine import EngineClient, EngineError, RoleInfo
from .entity import engine_device
from .hands import Halt, Hands, async_wake_all
from .memory import Memory, memory_tools
from .memory.connectors import Connectors, async_forget_progress
from .mind import Conversations, Mind, TurnLog, Warmer, document_tools

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = (
    Platform.AI_TASK,
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CONVERSATION,
    Platform.EVENT,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
    Platform.UPDATE,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what exists once, whether or not an entry is loaded."""
    services.async_register(hass)
    websocket_api.async_register(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: HearthConfigEntry) -> bool:
    """Set Hearth up; an engine that does not answer is no reason to stay away, the home is controlled without it."""
    client = EngineClient(async_get_clientsession(hass), entry.data[CONF_URL], entry.data[CONF_TOKEN])
    coordinator = EngineCoordinator(hass, entry, client)
    downloads = Downloads(hass, entry, client, coordinator.async_request_refresh)
    access = Access(hass, entry, coordinator.leaves_home)
    client.keep_at_home(access.stays_home)
    hands, turns = await _async_hands(hass, entry, client, access), TurnLog()
    memory = await _async_memory(hass, entry, client, coordinator, hands.halt)
    surroundings = await Surroundings.async_start(hass, access)
    entry.async_on_unload(surroundings.stop)
    hands.undo.memory = memory.async_undo
    tools = _tools(access, client, coordinator, surroundings, memory, hands)
    entry.runtime_data = HearthData(
        client=client,
        coordinator=coordinator,
        access=access,
        hands=hands,
        turns=turns,
        warmer=Warmer(client, coordinator, hands.halt),
        downloads=downloads,
        memory=memory,
        connectors=Connectors(hass, entry, client, access, memory.recall),
        surroundings=surroundings,
        tools=tools,
        mind=Mind(hass, client, hands, turns, coordinator, Conversations(), access, surroundings, memory, tools),
    )
    override.async_watch(hass, entry)
    _follow_engine(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    warm_up.async_watch(hass, entry)
    audit_watch.async_watch(hass, entry)
    action_event.async_watch(hass, entry)
    remote_watch.async_watch(hass, entry)
    kept_at_home.async_watch(hass, entry)
    await downloads.async_resume()
    await _async_feed_library(hass, entry)
    # Home Assistant's start does not wait for an engine, least of all for one that is slow to answer.
    entry.async_create_background_task(hass, coordinator.async_refresh(), "hearth first refresh")
    issues.async_watch_pipelines(hass, entry)
    _follow_changes(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: HearthConfigEntry) -> bool:
    """Take everything down that setting up built."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Withdraw the issues, forget the downloads and what the library has; the audit and the memory stay: the home's."""
    issues.async_clear(hass)
    await async_wake_all(hass)
    await downloads_store(hass).async_remove()
    await async_forget_progress(hass)


async def _async_memory(
    hass: HomeAssistant, entry: HearthConfigEntry, client: EngineClient, coordinator: EngineCoordinator, halt: Halt
) -> Memory:
    """Open what Hearth remembers, to be closed with the entry or with Home Assistant."""

    def role_info(role: str) -> RoleInfo | None:
        # While Hearth is switched off, no model is to learn anything.
        return None if halt.engaged_at else coordinator.role_info(role)

    tell_of_copy = partial(issues.async_tell_of_copy, hass)
    memory = await Memory.async_create(hass, entry, client, role_info, tell_of_copy)
    _close_at_the_end(hass, entry, memory.async_close)
    return memory


def _tools(
    access: Access,
    client: EngineClient,
    coordinator: EngineCoordinator,
    surroundings: Surroundings,
    memory: Memory,
    hands: Hands,
) -> Mapping[str, HearthTool]:
    """Return every tool of ours, by name."""
    tools = (
        *surroundings.tools,
        *memory_tools(access, memory, memory.recall, client),
        *document_tools(access, client, coordinator),
        *hands.tools(access),
    )
    return {tool.name: tool for tool in tools}


async def _async_feed_library(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Follow what the home has to tell until the entry is unloaded, and the engine's comings and goings."""
    data = entry.runtime_data

    @callback
    def resume() -> None:
        if data.coordinator.failure is None:
            library = data.coordinator.library
            data.connectors.resume(library.problem if library else None)

    @callback
    def update() -> None:
        issues.async_update_sources(hass, entry)

    await data.connectors.async_start()
    entry.async_on_unload(data.connectors.async_stop)
    entry.async_on_unload(data.connectors.add_listener(update))
    entry.async_on_unload(data.coordinator.async_add_listener(resume))


async def _async_hands(hass: HomeAssistant, entry: HearthConfigEntry, client: EngineClient, access: Access) -> Hands:
    """Open what Hearth acts through, to be closed with the entry or with Home Assistant."""

    async def embed(texts: Sequence[str]) -> Sequence[Sequence[float]]:
        # Tools are called after the home's things and scripts.
        if access.keeps_from(Source.DEVICES, ROLE_EMBEDDING):
            raise EngineError("kept_at_home", "the home's names are kept at home")
        return await client.async_embed(texts)

    try:
        hands = await Hands.async_create(hass, lambda: entry.options, embed, access)
    except HomeAssistantError as err:
        raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key="audit_unavailable") from err
    _close_at_the_end(hass, entry, hands.async_close)
    return hands


def _close_at_the_end(
    hass: HomeAssistant, entry: HearthConfigEntry, close: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Close something with the entry or with Home Assistant."""

    async def close_with_home_assistant(_event: Event) -> None:
        await close()

    entry.async_on_unload(close)
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close_with_home_assistant))


def _follow_engine(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Keep the engine's device and the issues about it up to date, which also keeps the polling alive."""
    devices, data = dr.async_get(hass), entry.runtime_data

    @callback
    def update() -> None:
        devices.async_get_or_create(config_entry_id=entry.entry_id, **engine_device(entry))
        issues.async_update_engine(hass, entry)

    @callback
    def update_downloads() -> None:
        issues.async_update_downloads(hass, entry)

    update()
    entry.async_on_unload(data.coordinator.async_add_listener(update))
    entry.async_on_unload(data.downloads.add_listener(update_downloads))


def _follow_changes(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
    """Set the entry up anew after the user changed it or one of its subentries; its options are read as they are."""

    def built_from() -> tuple[object, ...]:
        # A subentry that changes stays the same object.
        subentries = [subentry.as_dict() for subentry in entry.subentries.values()]
        return entry.title, entry.unique_id, entry.data, subentries

    loaded_with = built_from()

    async def follow(hass: HomeAssistant, entry: HearthConfigEntry) -> None:
        if built_from() == loaded_with:
            async_dispatcher_send(hass, SIGNAL_OPTIONS_CHANGED)
        else:
            await hass.config_entries.async_reload(entry.entry_id)

    entry.async_on_unload(entry.add_update_listener(follow))
