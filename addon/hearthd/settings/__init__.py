"""What can be set, and where it is read from."""

from hearthd.settings.model_ref import (
    BUILTIN_EMBEDDER,
    InstalledRef,
    LocalRef,
    ModelRef,
    RemoteRef,
    Role,
    ScriptedRef,
    parse_ref,
)
from hearthd.settings.sources import CacheType, Settings, Wishes, read_settings
from hearthd.settings.values import SettingsError

__all__ = [
    "BUILTIN_EMBEDDER",
    "CacheType",
    "InstalledRef",
    "LocalRef",
    "ModelRef",
    "RemoteRef",
    "Role",
    "ScriptedRef",
    "Settings",
    "SettingsError",
    "Wishes",
    "parse_ref",
    "read_settings",
]
