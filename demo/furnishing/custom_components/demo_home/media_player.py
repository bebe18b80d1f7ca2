"""The media players of the demo home."""

from typing import override

from homeassistant.components.media_player import (
    ATTR_MEDIA_VOLUME_LEVEL,
    MediaPlayerDeviceClass,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .device import SimulatedEntity, devices_of
from .rooms import Device


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the media players in."""
    async_add_entities(SimulatedPlayer(device) for device in devices_of(Platform.MEDIA_PLAYER))


_TRACKS = (("Morning Light", "The Lanterns"), ("Slow River", "Ada Moss"), ("Home Again", "The Lanterns"))


class SimulatedPlayer(SimulatedEntity, MediaPlayerEntity):
    """A player with three tracks that goes round and round."""

    _attr_media_content_type = MediaType.MUSIC
    _attr_supported_features = (
        MediaPlayerEntityFeature.TURN_ON
        | MediaPlayerEntityFeature.TURN_OFF
        | MediaPlayerEntityFeature.PLAY
        | MediaPlayerEntityFeature.PAUSE
        | MediaPlayerEntityFeature.STOP
        | MediaPlayerEntityFeature.NEXT_TRACK
        | MediaPlayerEntityFeature.PREVIOUS_TRACK
        | MediaPlayerEntityFeature.VOLUME_SET
        | MediaPlayerEntityFeature.VOLUME_STEP
        | MediaPlayerEntityFeature.VOLUME_MUTE
    )

    @override
    def __init__(self, device: Device) -> None:
        self._attr_device_class = MediaPlayerDeviceClass(device.model)
        self._attr_is_volume_muted = False
        self._track = 0
        super().__init__(device)

    @override
    def take(self, state: State) -> None:
        self._attr_state = MediaPlayerState(state.state)
        self._attr_volume_level = state.attributes.get(ATTR_MEDIA_VOLUME_LEVEL, 0.4)
        self._tell_track()

    @override
    async def async_turn_on(self) -> None:
        self._be(MediaPlayerState.IDLE)

    @override
    async def async_turn_off(self) -> None:
        self._be(MediaPlayerState.OFF)

    @override
    async def async_media_play(self) -> None:
        self._be(MediaPlayerState.PLAYING)

    @override
    async def async_media_pause(self) -> None:
        self._be(MediaPlayerState.PAUSED)

    @override
    async def async_media_stop(self) -> None:
        self._be(MediaPlayerState.IDLE)

    @override
    async def async_media_next_track(self) -> None:
        self._track = (self._track + 1) % len(_TRACKS)
        self._be(MediaPlayerState.PLAYING)

    @override
    async def async_media_previous_track(self) -> None:
        self._track = (self._track - 1) % len(_TRACKS)
        self._be(MediaPlayerState.PLAYING)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        self._attr_volume_level = volume
        self.async_write_ha_state()

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        self._attr_is_volume_muted = mute
        self.async_write_ha_state()

    def _be(self, state: MediaPlayerState) -> None:
        self._attr_state = state
        self._tell_track()
        self.async_write_ha_state()

    def _tell_track(self) -> None:
        has_track = self._attr_state in (MediaPlayerState.PLAYING, MediaPlayerState.PAUSED)
        self._attr_media_title, self._attr_media_artist = _TRACKS[self._track] if has_track else (None, None)
