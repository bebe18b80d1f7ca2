"""Read every setting once: flag, then environment, then options file, then default."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
import json
from pathlib import Path
from typing import Any, Literal

from hearthd.settings.model_ref import ModelRef, Role
from hearthd.settings.role_models import read_fallbacks, read_models
from hearthd.settings.values import (
    SettingsError,
    base_url,
    is_set,
    one_of,
    or_auto,
    parse_value,
    path,
    shown,
    switch,
    text,
    token,
    whole,
)

DEFAULT_OPTIONS = Path("/data/options.json")
_CONTAINER_DATA = Path("/data")

type CacheType = Literal["f16", "q8_0", "q4_0"]

_CACHE_TYPES: tuple[CacheType, ...] = ("f16", "q8_0", "q4_0")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How local models are to be run; None leaves a choice to the fit.

    `context_length` (what one request may hold) and `cache_tokens` (what all that run or are remembered hold together)
    are in tokens, `batch` is how many of them a step may take; `parallel` is how many requests run at once.
    """

    context_length: int | None = None
    cache_tokens: int | None = None
    parallel: int | None = None
    threads: int | None = None
    batch: int | None = None
    flash_attention: bool | None = None
    kv_type: CacheType | None = None
    gpu_layers: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    `max_queue` counts requests that wait behind the running ones, `max_body` is in bytes. `token` None means the one
    kept in `data`. `fixed_roles` were given where they were started, so they cannot be changed while the engine runs;
    `fallbacks` stand in for a role's model, in order. After `idle_unload_minutes` without a request a local model gives
    its memory back; 0 is never. `prefix_disk_mb` (MiB) bounds what is kept on disk of what models have read; 0 keeps
    nothing. `hub_url` is where models are fetched from; `offline` forbids to ask it. `chroma_url` is a Chroma server
    that holds the library's vectors, instead of the data folder; `max_document_mb` (MiB) bounds what one item is read
    from.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = field(default=None, repr=False)
    remote_key: str | None = field(default=None, repr=False)
    hub_url: str = "https://huggingface.co"
    hub_token: str | None = field(default=None, repr=False)
    offline: bool = False
    models: Mapping[Role, ModelRef] = field(default_factory=dict)
    fixed_roles: frozenset[Role] = frozenset()
    fallbacks: Mapping[Role, tuple[ModelRef, ...]] = field(default_factory=dict)
    idle_unload_minutes: int = 0
    wishes: Wishes = Wishes()
    prefix_disk_mb: int = 1024
    max_queue: int = 8
    max_body: int = 4 * 1024 * 1024
    chroma_url: str | None = None
    max_document_mb: int = 20
    log_level: str = "info"


def read_settings(
    flags: Mapping[str, str | None],
    models: Sequence[str],
    environ: Mapping[str, str],
    options: Path | None = None,
    fallbacks: Sequence[str] = (),
) -> Settings:
    """Merge the sources of settings; `flags` maps field names to what was typed.

    `models` and `fallbacks` hold `[ROLE=]REF`.

    Without `options` the app's own options file is read if it is there.

    Raises:
        SettingsError: a value, a model reference or the options file is wrong.
    """
    listed = _read_options(options)
    values: dict[str, Any] = {"data": _default_data(environ)}
    for name, parse in _PARSERS.items():
        sources = (
            (f"--{name.replace('_', '-')}", flags.get(name)),
            (f"HEARTH_{name.upper()}", environ.get(f"HEARTH_{name.upper()}")),
            (f"option {name}", listed.get(name)),
        )
        for source, value in sources:
            if is_set(value):
                values[name] = parse_value(source, parse, value)
                break
    values["wishes"] = Wishes(**{wish.name: values.pop(wish.name) for wish in fields(Wishes) if wish.name in values})
    values["models"], values["fixed_roles"] = read_models(models, environ, listed.get("models"))
    values["fallbacks"] = read_fallbacks(fallbacks, environ, listed.get("fallback"))
    return Settings(**values)


def _read_options(file: Path | None) -> dict[str, Any]:
    """Read the options file; the default one may be missing."""
    chosen = file or DEFAULT_OPTIONS
    try:
        options = json.loads(chosen.read_bytes())
    except FileNotFoundError as err:
        if file is None:
            return {}
        raise SettingsError(f"{chosen}: there is no such file") from err
    except OSError as err:
        raise SettingsError(f"{chosen}: cannot be read: {err.strerror}") from err
    except (ValueError, RecursionError) as err:
        raise SettingsError(f"{chosen}: is not JSON") from err
    if not isinstance(options, dict):
        raise SettingsError(f"{chosen}: an object is expected")
    if unknown := options.keys() - _PARSERS.keys() - {"models", "fallback"}:
        raise SettingsError(f"{chosen}: there is no option {shown(min(unknown))}")
    return options


def _default_data(environ: Mapping[str, str]) -> Path:
    """Return the app's data folder in its container, and the person's own elsewhere (XDG Base Directory)."""
    if _CONTAINER_DATA.is_dir():
        return _CONTAINER_DATA
    base = environ.get("XDG_DATA_HOME", "")
    # The standard has relative values ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "hearth"


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "data": path,
    "host": text,
    "port": whole(0, 65535),
    "token": token,
    "remote_key": token,
    "hub_url": base_url,
    "hub_token": token,
    "offline": switch,
    "context_length": whole(256, 16 * 1024 * 1024),
    "cache_tokens": whole(256, 16 * 1024 * 1024),
    "parallel": whole(1, 64),
    "threads": whole(1, 1024),
    "batch": whole(32, 4096),
    "flash_attention": or_auto(switch),
    "kv_type": or_auto(one_of(*_CACHE_TYPES)),
    "gpu_layers": whole(0, 1024),
    "prefix_disk_mb": whole(0, 1024 * 1024),
    "max_queue": whole(0, 1024),
    "max_body": whole(1024, 1024 * 1024 * 1024),
    "chroma_url": base_url,
    "max_document_mb": whole(1, 1024),
    "idle_unload_minutes": whole(0, 7 * 24 * 60),
    "log_level": one_of("debug", "info", "warning", "error"),
}
