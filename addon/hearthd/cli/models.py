"""List, fetch, add, remove and choose models, without an engine or beside one."""

import argparse
from collections.abc import Callable
import threading
from typing import Any

from hearthd.assignments import assigned_models, write_assignment
from hearthd.cli.output import RESTART, refuse, say
from hearthd.cli.progress import ProgressLine, as_size
from hearthd.errors import ApiError
from hearthd.models.gguf_header import known_header
from hearthd.models.kind import check_kind
from hearthd.models.listing import describe_models
from hearthd.models.store import open_store
from hearthd.settings import InstalledRef, LocalRef, ModelRef, Role, Settings, SettingsError, parse_ref

_FAILED = 1
_INTERRUPTED = 130


def list_models(settings: Settings) -> int:
    """Print what plays each role, then the models."""
    roles = assigned_models(settings)
    for role in Role:
        ref = roles.get(role)
        say(f"{role:10} {f'{ref.kind:9} {ref}' if ref else '-'}")
    say("")
    rows = [_row(model) for model in describe_models(open_store(settings), settings.wishes)]
    titles = ("ID", "INSTALLED", "FITS", "CONTEXT", "LICENCE", "NAME")
    widths = [max(len(row[column]) for row in [titles, *rows]) for column in range(len(titles))]
    for row in (titles, *rows):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def pull_model(given: argparse.Namespace, settings: Settings) -> int:
    """Fetch a model and show how far that is."""
    store = open_store(settings)
    line = ProgressLine()
    try:
        if given.file is None:
            wanted = store.wanted(given.name, given.revision)
        else:
            wanted = store.wanted_file(given.name, given.file, given.revision)
        store.pull(wanted, line, threading.Event())
    except KeyboardInterrupt:
        line.close()
        return refuse("stopped; pull again to go on where it was", status=_INTERRUPTED)
    except ApiError as err:
        line.close()
        return refuse(err.message, status=_FAILED)
    entry = store.catalogue.get(wanted.id)
    role = entry.roles[0] if entry else Role.FAST
    say(f"{wanted.id} is installed. To use it: hearthd models use {role} {wanted.id}")
    return 0


def add_model(given: argparse.Namespace, settings: Settings) -> int:
    """Make a file known."""
    return _done(lambda: f"{open_store(settings).add(given.path.expanduser().absolute(), given.id)} is installed.")


def remove_model(given: argparse.Namespace, settings: Settings) -> int:
    """Delete a model that no role uses."""
    store = open_store(settings)

    def remove() -> str:
        refs: set[ModelRef] = {InstalledRef(given.name), LocalRef(store.file_of(given.name))}
        if roles := [role for role, ref in assigned_models(settings).items() if ref in refs]:
            raise SettingsError(f"{given.name} plays the role {', '.join(roles)}; give that another model first")
        store.remove(given.name)
        return f"{given.name} is removed."

    return _done(remove)


def use_model(given: argparse.Namespace, settings: Settings) -> int:
    """Choose the model of a role."""

    def use() -> str:
        if given.role not in Role:
            raise SettingsError(f"{given.role!r} is no role; there are {', '.join(Role)}")
        role = Role(given.role)
        if role in settings.fixed_roles:
            raise SettingsError(f"the model of the role {role} is set by a flag or in the environment; change it there")
        ref = None if given.name == "none" else parse_ref(given.name, role)
        if isinstance(ref, InstalledRef):
            check_kind(known_header(open_store(settings).path(ref.model_id)), role)
        write_assignment(settings.data, role, None if ref is None else str(ref))
        return f"{role}: {ref or 'none'}\n{RESTART}"

    return _done(use)


def _row(model: dict[str, Any]) -> tuple[str, ...]:
    """Return the cells of one model."""
    installed, fits = model["installed"], model["fit"]
    is_newer = installed and installed["latest_revision"] != installed["revision"]
    size = f"{as_size(installed['size_bytes'])}{' (newer there)' if is_newer else ''}" if installed else "-"
    context = f"{model['context_length']:,}" if model["context_length"] else "-"
    return model["id"], size, fits["verdict"], context, model["licence"] or "-", model["name"]


def _done(act: Callable[[], str]) -> int:
    """Do something and say what it came to."""
    try:
        say(act())
    except ApiError as err:
        return refuse(err.message, status=_FAILED)
    return 0
