"""Describe the models that can be had and those that are there, as clients and the command line show them."""

from dataclasses import asdict, fields
from typing import Any

from hearthd.errors import ApiError
from hearthd.models.catalogue import CatalogueEntry
from hearthd.models.expected_fit import expect_fit
from hearthd.models.fit import Verdict, fit
from hearthd.models.gguf_header import known_header
from hearthd.models.machine import Machine, read_machine
from hearthd.models.store import Installed, ModelStore
from hearthd.settings import Wishes


def describe_models(store: ModelStore, wishes: Wishes) -> list[dict[str, Any]]:
    """Return the catalogue's models, then the one that ships with us and those installed by hand; this reads files."""
    installed = store.installed()
    machine = read_machine()
    ids = [*store.catalogue, *(model_id for model_id in installed if model_id not in store.catalogue)]
    return [_describe(model_id, store.entry(model_id), installed.get(model_id), machine, wishes) for model_id in ids]


def _describe(
    model_id: str, entry: CatalogueEntry | None, installed: Installed | None, machine: Machine, wishes: Wishes
) -> dict[str, Any]:
    """Describe one model."""
    known = asdict(entry) if entry else _nothing_known(model_id, installed)
    return known | {
        "installed": _describe_file(installed) if installed else None,
        "fit": _describe_fit(entry, installed, machine, wishes),
    }


def _nothing_known(model_id: str, installed: Installed | None) -> dict[str, Any]:
    """Describe a model that the catalogue does not have."""
    pin = installed.pin if installed else None
    return dict.fromkeys(field.name for field in fields(CatalogueEntry)) | {
        "id": model_id,
        "name": model_id,
        "repo": pin.repo if pin else None,
        "file": pin.file if pin else None,
        "roles": [],
    }


def _describe_file(model: Installed) -> dict[str, Any]:
    """Describe what lies on the disk; what nobody told us of is like a file of one's own."""
    pin = model.pin
    return {
        "size_bytes": model.size_bytes,
        "sha256": pin.sha256 if pin else None,
        "revision": pin.revision if pin else None,
        "latest_revision": pin.latest_revision if pin else None,
        "pulled_at": pin.pulled_at if pin else None,
        "source": model.source,
    }


def _describe_fit(
    entry: CatalogueEntry | None, installed: Installed | None, machine: Machine, wishes: Wishes
) -> dict[str, Any]:
    """Say whether a model runs well here: from its file if that is there, else by a guess."""
    if installed is None:
        return asdict(expect_fit(entry, machine)) if entry else {}
    try:
        found = fit(known_header(installed.path), machine, wishes)
    except ApiError as err:
        return {"verdict": Verdict.NO, "reason": err.message, "suggestion": None, "needs_bytes": None}
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "suggestion": found.suggestion,
        "needs_bytes": found.needs.total,
    }
