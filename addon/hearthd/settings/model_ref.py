"""Name a model: a file, one of the store's, one of another server, or a script that plays one."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
import re
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from hearthd.settings.values import SettingsError, shown

_INSTALLED_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"


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


@dataclass(frozen=True, slots=True)
class InstalledRef:
    """A model of the engine's own store, which knows where its file is."""

    model_id: str
    kind: ClassVar[Literal["local"]] = "local"

    def __str__(self) -> str:
        """Return the reference as it would be given in a setting."""
        return f"installed:{self.model_id}"


type ModelRef = LocalRef | RemoteRef | ScriptedRef | InstalledRef

# Ships with hearthd, and plays the role `embedding` unless another model was chosen for it.
BUILTIN_EMBEDDER = InstalledRef("all-minilm-l6-v2")


def parse_ref(text: str, role: Role = Role.FAST) -> ModelRef:
    """Read a model reference: `path.gguf`, `http(s)://host[:port]/v1#model`, `scripted:path.json` or an installed id.

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
    if re.fullmatch(_INSTALLED_ID, text.removeprefix("installed:")):
        return InstalledRef(text.removeprefix("installed:"))
    raise SettingsError(
        f"{shown(text)} is no model; give path.gguf, the id of an installed one, "
        "http(s)://host[:port]/v1#model or scripted:path.json"
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
        raise SettingsError(f"{shown(text)} names no host")
    if not parts.fragment:
        raise SettingsError(f"{shown(text)} names no model; add it after a #, as in http://host:8080/v1#model")
    return RemoteRef(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}", parts.fragment)
