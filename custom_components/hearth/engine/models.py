"""Define what crosses the wire about the models themselves: which there are, and which one plays which role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .fields import Fields


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """Which model plays a role and which could; `error` is the code of what is wrong with it."""

    model: str | None
    state: str
    choices: tuple[str, ...]
    changeable: bool
    fallback: tuple[str, ...]
    error: str | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one role of `/v1/roles`; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            model=fields.optional_text("model"),
            state=fields.text("state"),
            choices=fields.texts("choices"),
            changeable=fields.flag("changeable"),
            fallback=fields.texts("fallback"),
            error=fields.optional_text("error"),
        )


def roles_from_wire(body: Any) -> Mapping[str, RoleChoice]:
    """Read the body of `/v1/roles`; raises EngineProtocolError."""
    return {role: RoleChoice.from_wire(choice) for role, choice in Fields(body).mapping("roles").items()}


@dataclass(frozen=True, slots=True)
class Installed:
    """A model's file on the engine's machine; revisions are the hub's commit ids, None for what is not from there."""

    size_bytes: int
    revision: str | None
    latest_revision: str | None
    source: str
    roles: tuple[str, ...]

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read what a model of the catalogue says of its file; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            size_bytes=fields.whole("size_bytes"),
            revision=fields.optional_text("revision"),
            latest_revision=fields.optional_text("latest_revision"),
            source=fields.text("source"),
            roles=fields.texts("roles"),
        )


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that the engine knows of; `repo` is on the hub, `fit` whether it runs well here: good, tight or no."""

    id: str
    name: str
    repo: str | None
    licence: str | None
    notes: str | None
    fit: str | None
    installed: Installed | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one model of `/v1/catalog`; raises EngineProtocolError."""
        fields = Fields(body)
        installed = fields.optional_mapping("installed")
        fit = fields.optional_mapping("fit")
        return cls(
            id=fields.text("id"),
            name=fields.text("name"),
            repo=fields.optional_text("repo"),
            licence=fields.optional_text("licence"),
            notes=fields.optional_text("notes"),
            fit=None if fit is None else Fields(fit).text("verdict"),
            installed=None if installed is None else Installed.from_wire(installed),
        )


def catalog_from_wire(body: Any) -> tuple[CatalogModel, ...]:
    """Read the body of `/v1/catalog`; raises EngineProtocolError."""
    return tuple(CatalogModel.from_wire(model) for model in Fields(body).items("models"))


@dataclass(frozen=True, slots=True)
class PullSource:
    """What to fetch: a model of the catalogue by its `id`, or a `file` of a hub `repo`, at its newest revision."""

    id: str | None = None
    repo: str | None = None
    file: str | None = None

    def as_wire(self) -> dict[str, str]:
        """Return the request body."""
        named = {"id": self.id, "repo": self.repo, "file": self.file}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a model's way from the hub is; `status` is checking, downloading, verifying or done."""

    model: str
    status: str
    done_bytes: int
    total_bytes: int | None

    @classmethod
    def from_wire(cls, body: Any) -> Self:
        """Read one event of a pull; raises EngineProtocolError."""
        fields = Fields(body)
        return cls(
            model=fields.text("id"),
            status=fields.text("status"),
            done_bytes=fields.optional_whole("done_bytes") or 0,
            total_bytes=fields.optional_whole("total_bytes"),
        )
