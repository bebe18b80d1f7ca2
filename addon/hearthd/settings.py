"""Read every setting once: flag, then environment, then options file, then default."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import json
from pathlib import Path
import re
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

DEFAULT_OPTIONS = Path("/data/options.json")
_CONTAINER_DATA = Path("/data")
_SHOWN_LENGTH = 60
_LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting is wrong; the message is one line for the person who made it."""


class Role(StrEnum):
    """What a model is used for."""

    ROUTER = "router"
    FAST = "fast"
    REASONING = "reasoning"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class LocalRef:
    """A GGUF file on this machine."""

    path: Path
    kind: ClassVar[Literal["local"]] = "local"

    @property
    def model_id(self) -> str:
        """Return the id under which clients know the model."""
        return self.path.stem

    def __str__(self) -> str:
        """Return the reference as it would be given in a setting."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class RemoteRef:
    """A model of an OpenAI-compatible server; `url` is the base that ends before `/chat/completions`."""

    url: str
    model: str
    kind: ClassVar[Literal["remote"]] = "remote"

    @property
    def model_id(self) -> str:
        """Return the id under which clients know the model."""
        return self.model

    def __str__(self) -> str:
        """Return the reference as it would be given in a setting."""
        return f"{self.url}#{self.model}"


@dataclass(frozen=True, slots=True)
class ScriptedRef:
    """A script that plays a model."""

    path: Path
    kind: ClassVar[Literal["scripted"]] = "scripted"

    @property
    def model_id(self) -> str:
        """Return the id under which clients know the model."""
        return f"scripted-{self.path.stem}"

    def __str__(self) -> str:
        """Return the reference as it would be given in a setting."""
        return f"scripted:{self.path}"


type ModelRef = LocalRef | RemoteRef | ScriptedRef


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    `max_queue` counts requests that wait behind the running one, `max_body` is in bytes, `context_length` in tokens;
    None leaves the choice to the model or the machine. `token` None means the one kept in `data`.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = field(default=None, repr=False)
    remote_key: str | None = field(default=None, repr=False)
    models: Mapping[Role, ModelRef] = field(default_factory=dict)
    context_length: int | None = None
    threads: int | None = None
    max_queue: int = 8
    max_body: int = 4 * 1024 * 1024
    log_level: str = "info"


def read_settings(
    flags: Mapping[str, str | None],
    models: Sequence[str],
    environ: Mapping[str, str],
    options: Path | None = None,
) -> Settings:
    """Merge the sources of settings; `flags` maps field names to what was typed, `models` holds `[ROLE=]REF`.

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
            if _is_set(value):
                values[name] = _parse(source, parse, value)
                break
    values["models"] = (
        _models_of_options(listed.get("models")) | _models_of_environment(environ) | _models_of_flags(models)
    )
    return Settings(**values)


def parse_ref(text: str, role: Role = Role.FAST) -> ModelRef:
    """Read a model reference: `path.gguf`, `http(s)://host[:port]/v1#model` or `scripted:path.json`.

    Raises:
        SettingsError: it is none of these, or a kind that cannot play the role.
    """
    scheme, _, rest = text.partition(":")
    if scheme in {"http", "https"}:
        if role is Role.ROUTER:
            raise SettingsError("the router cannot be on another server: it must answer when the network does not")
        return _parse_remote(text)
    if scheme == "scripted" and rest:
        return ScriptedRef(Path(rest).expanduser().absolute())
    if text.lower().endswith(".gguf"):
        return LocalRef(Path(text).expanduser().absolute())
    raise SettingsError(
        f"{_shown(text)} is no model; give path.gguf, http(s)://host[:port]/v1#model or scripted:path.json"
    )


def _parse_remote(text: str) -> RemoteRef:
    """Read the address of a remote model."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as err:
        raise SettingsError(f"the model's address is wrong: {err}") from err
    if parts.username or parts.password or parts.query:
        raise SettingsError("a model's address holds no key; set HEARTH_REMOTE_KEY instead")
    if not parts.hostname:
        raise SettingsError(f"{_shown(text)} names no host")
    if not parts.fragment:
        raise SettingsError(f"{_shown(text)} names no model; add it after a #, as in http://host:8080/v1#model")
    return RemoteRef(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}", parts.fragment)


def _models_of_flags(models: Sequence[str]) -> dict[Role, ModelRef]:
    """Read `[ROLE=]REF` flags."""
    found: dict[Role, ModelRef] = {}
    for text in models:
        name, separator, ref = text.partition("=")
        is_named = separator and re.fullmatch(r"[a-z]+", name)
        role = _parse("--model", Role, name) if is_named else Role.FAST
        if role in found:
            raise SettingsError(f"--model: the role {role} is given twice")
        found[role] = _parse_for_role("--model", role, ref if is_named else text)
    return found


def _models_of_environment(environ: Mapping[str, str]) -> dict[Role, ModelRef]:
    """Read `HEARTH_MODEL`, which means the fast one, and `HEARTH_MODEL_<ROLE>`."""
    names = {"HEARTH_MODEL": Role.FAST} | {f"HEARTH_MODEL_{role.upper()}": role for role in Role}
    return {role: _parse_for_role(name, role, environ[name]) for name, role in names.items() if environ.get(name)}


def _models_of_options(models: Any) -> dict[Role, ModelRef]:
    """Read the `models` object of the options file."""
    if models is None:
        return {}
    if not isinstance(models, dict):
        raise SettingsError("option models: an object of roles and models is expected")
    given = {_parse("option models", Role, name): ref for name, ref in models.items() if _is_set(ref)}
    return {role: _parse_for_role(f"option models.{role}", role, ref) for role, ref in given.items()}


def _parse_for_role(source: str, role: Role, ref: Any) -> ModelRef:
    """Read the reference of one role."""
    return _parse(source, lambda text: parse_ref(_text(text), role), ref)


def _parse[T](source: str, parse: Callable[[Any], T], value: Any) -> T:
    """Parse a value and say where a wrong one came from."""
    try:
        return parse(value)
    except SettingsError as err:
        raise SettingsError(f"{source}: {err}") from err
    except ValueError as err:
        known = ", ".join(Role) if parse is Role else ""
        raise SettingsError(f"{source}: {_shown(value)} is not one of {known}") from err


def _read_options(path: Path | None) -> dict[str, Any]:
    """Read the options file; the default one may be missing."""
    chosen = path or DEFAULT_OPTIONS
    try:
        options = json.loads(chosen.read_bytes())
    except FileNotFoundError as err:
        if path is None:
            return {}
        raise SettingsError(f"{chosen}: there is no such file") from err
    except OSError as err:
        raise SettingsError(f"{chosen}: cannot be read: {err.strerror}") from err
    except (ValueError, RecursionError) as err:
        raise SettingsError(f"{chosen}: is not JSON") from err
    if not isinstance(options, dict):
        raise SettingsError(f"{chosen}: an object is expected")
    if unknown := options.keys() - _PARSERS.keys() - {"models"}:
        raise SettingsError(f"{chosen}: there is no option {_shown(min(unknown))}")
    return options


def _default_data(environ: Mapping[str, str]) -> Path:
    """Return the app's data folder in its container, and the person's own elsewhere (XDG Base Directory)."""
    if _CONTAINER_DATA.is_dir():
        return _CONTAINER_DATA
    base = environ.get("XDG_DATA_HOME", "")
    # The standard has relative values ignored.
    return (Path(base) if base.startswith("/") else Path.home() / ".local" / "share") / "hearth"


def _is_set(value: Any) -> bool:
    """Tell a value from the empty ones that forms and compose files leave behind."""
    return value is not None and value != ""


def _text(value: Any) -> str:
    """Accept a text."""
    if not isinstance(value, str) or not value:
        raise SettingsError("a text is expected")
    return value


def _token(value: Any) -> str:
    """Accept what can stand in an HTTP header."""
    if not re.fullmatch(r"[!-~]+", _text(value)):
        raise SettingsError("letters, digits and signs without spaces are expected")
    return str(value)


def _path(value: Any) -> Path:
    """Accept a path."""
    return Path(_text(value)).expanduser().absolute()


def _log_level(value: Any) -> str:
    """Accept the name of a log level."""
    level = _text(value).lower()
    if level not in _LOG_LEVELS:
        raise SettingsError(f"{_shown(value)} is not one of {', '.join(_LOG_LEVELS)}")
    return level


def _whole(minimum: int, maximum: int) -> Callable[[Any], int]:
    """Accept a whole number within limits."""

    def parse(value: Any) -> int:
        """Accept it as a number or as digits."""
        is_number = type(value) is int or (isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value.strip()))
        if not is_number or not minimum <= int(value) <= maximum:
            raise SettingsError(f"{_shown(value)} is not a whole number from {minimum} to {maximum}")
        return int(value)

    return parse


def _shown(value: Any) -> str:
    """Return a wrong value on one line and no longer than one."""
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}..."


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "data": _path,
    "host": _text,
    "port": _whole(0, 65535),
    "token": _token,
    "remote_key": _token,
    "context_length": _whole(256, 16 * 1024 * 1024),
    "threads": _whole(1, 1024),
    "max_queue": _whole(0, 1024),
    "max_body": _whole(1024, 1024 * 1024 * 1024),
    "log_level": _log_level,
}
