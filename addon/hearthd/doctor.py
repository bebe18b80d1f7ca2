"""Examine an engine before or beside its run: what is there, what is wrong, and what to do about it.

Nothing is changed and nothing is loaded; the hub is asked only on demand.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
import errno
import os
from pathlib import Path
import sqlite3

import httpx

from hearthd.assignments import assigned_models
from hearthd.engine.local_models import LocalModels
from hearthd.engine.metrics import Metrics
from hearthd.engine.opening import open_backend
from hearthd.errors import ApiError, ErrorCode
from hearthd.library.parts import Peek, peek
from hearthd.models.fit import MOST, Fit, Verdict, fit
from hearthd.models.gguf_header import read_header
from hearthd.models.machine import Machine, read_machine
from hearthd.models.store import ModelStore, open_store
from hearthd.probe import NoEngineError, ask_engine
from hearthd.settings import InstalledRef, LocalRef, ModelRef, RemoteRef, Role, Settings, SettingsError

_GB = 1e9
_LITTLE_DISK = 2 * 10**9
_SERVER_SECONDS = 15.0
_PRIVATE_MODE = 0o077


class Status(StrEnum):
    """How grave a finding is; only what is broken makes the examination fail."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `remedy` says what to do about it."""

    area: str
    status: Status
    words: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class LlamaCpp:
    """The native library: its version and the instruction sets and the like that it uses here."""

    version: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found; `fits` says how each role's model on this machine would be run."""

    machine: Machine
    llama_cpp: LlamaCpp | None
    models: Mapping[str, str]
    fits: Mapping[str, Fit] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def is_well(self) -> bool:
        """Tell whether nothing is broken."""
        return all(finding.status is not Status.BROKEN for finding in self.findings)


def examine(settings: Settings, *, ask_hub: bool = False) -> Diagnosis:
    """Look at everything that an engine with these settings would need."""
    llama_cpp, machine, found = _look_at_machine(settings)
    runs = _engine_runs(settings)
    store = open_store(settings)
    models, damaged = _models(settings)
    examined = {role: _examine_model(ref, role, settings, store, machine, runs=runs) for role, ref in models.items()}
    fits = {role: chosen for role, (_, chosen) in examined.items() if chosen is not None}
    found += damaged
    for role, (finding, _) in examined.items():
        found.append(replace(finding, area=f"role {role}"))
    if not models.keys() - {Role.EMBEDDING}:
        found.append(
            Finding(
                "roles",
                Status.NOTE,
                "no role has a model: Hearth controls the home, but does not converse",
                "choose one: hearthd models list, hearthd models pull ID, hearthd models use fast ID",
            )
        )
    found += _examine_fallbacks(settings, store, machine, runs=runs)
    found += _together(models, fits, machine)
    found += [_examine_data(settings.data), _examine_disk(settings, machine), _examine_port(settings, runs=runs)]
    found += _examine_library(settings)
    if ask_hub:
        found.append(_ask_hub(store, settings))
    return Diagnosis(
        machine,
        llama_cpp,
        {role.value: str(ref) for role, ref in models.items()},
        {role.value: chosen for role, chosen in fits.items()},
        tuple(found),
    )


def _look_at_machine(settings: Settings) -> tuple[LlamaCpp | None, Machine, list[Finding]]:
    """Describe the machine and the native library."""
    try:
        from hearthd.engine.llama import devices  # noqa: PLC0415 - it may be what is broken

        native = LlamaCpp(devices.build_version(), devices.build_features())
        machine = read_machine(settings.data, devices.find_gpus())
    except (ImportError, OSError, AttributeError) as err:
        machine = read_machine(settings.data)
        broken = f"cannot be used on this machine ({type(err).__name__}), so no model can run here"
        remedy = "install hearthd again, or use a model of another server"
        return None, machine, [_describe(machine), Finding("llama.cpp", Status.BROKEN, broken, remedy)]
    gpus = ", ".join(f"{gpu.name} with {_gb(gpu.memory_free_bytes)} free" for gpu in machine.gpus) or "no GPU"
    words = f"{native.version}, {gpus}; uses {', '.join(native.features) or 'no special instructions'}"
    return native, machine, [_describe(machine), Finding("llama.cpp", Status.OK, words)]


def _describe(machine: Machine) -> Finding:
    """Say what the machine has."""
    cores = f"{machine.cores} core{'s' if machine.cores > 1 else ''}"
    memory = f"{_gb(machine.memory_available_bytes)} of {_gb(machine.memory_total_bytes)} memory free"
    return Finding("machine", Status.OK, f"{machine.machine}, {cores}, {memory}")


def _models(settings: Settings) -> tuple[Mapping[Role, ModelRef], list[Finding]]:
    """Return which model plays which role."""
    try:
        return assigned_models(settings), []
    except SettingsError as err:
        return settings.models, [Finding("roles", Status.BROKEN, str(err), f"delete {settings.data / 'roles.json'}")]


def _examine_model(
    ref: ModelRef, role: Role, settings: Settings, store: ModelStore, machine: Machine, *, runs: bool
) -> tuple[Finding, Fit | None]:
    """Look at one model, and at how it would be run if that is here."""
    local = LocalModels(settings, store)
    try:
        local.check_kind(ref, role)
        if isinstance(ref, LocalRef | InstalledRef):
            chosen = fit(read_header(local.path(ref)), machine, settings.wishes)
            return _judge(ref, chosen, runs=runs), chosen
        asyncio.run(_start(ref, settings, local))
    except ApiError as err:
        remedy = f"give the role {role} another model" if err.code is ErrorCode.UNSUPPORTED else _remedy(ref)
        return Finding("", Status.BROKEN, f"{ref}: {err.message}", remedy), None
    answers = "answers" if isinstance(ref, RemoteRef) else "can be played"
    return Finding("", Status.OK, f"{ref} {answers}"), None


async def _start(ref: ModelRef, settings: Settings, local: LocalModels) -> None:
    """Have a server asked or a script read, without anything being generated."""
    backend = open_backend(ref, Metrics().of(ref.model_id), settings=settings, local=local)
    try:
        async with asyncio.timeout(_SERVER_SECONDS):
            await backend.start()
    finally:
        await backend.close()


def _judge(ref: ModelRef, chosen: Fit, *, runs: bool) -> Finding:
    """Say whether a model fits; one that an engine holds in memory right now is not there to be had twice."""
    words = f"{ref}: {chosen.reason}"
    if chosen.verdict is Verdict.NO and runs:
        busy = f"{words}; an engine runs here and holds a part of the memory"
        return Finding("", Status.NOTE, busy, "stop the engine and ask again to know for sure")
    status = {Verdict.GOOD: Status.OK, Verdict.TIGHT: Status.NOTE, Verdict.NO: Status.BROKEN}[chosen.verdict]
    return Finding("", status, words, chosen.suggestion)


def _remedy(ref: ModelRef) -> str:
    """Say what to do about a model that cannot be used."""
    match ref:
        case InstalledRef(model_id):
            return f"get it again: hearthd models pull {model_id}"
        case LocalRef(path):
            return f"put a whole GGUF file to {path}, or choose another model"
        case RemoteRef(url, _):
            return f"see that the server at {url} runs, lets this machine in and has the model"
        case _:
            return "correct the script"


def _examine_fallbacks(settings: Settings, store: ModelStore, machine: Machine, *, runs: bool) -> Iterator[Finding]:
    """Look at the models that stand in for others."""
    for role, refs in settings.fallbacks.items():
        for ref in refs:
            finding, _ = _examine_model(ref, role, settings, store, machine, runs=runs)
            yield replace(finding, area=f"fallback of {role}")


def _together(models: Mapping[Role, ModelRef], fits: Mapping[Role, Fit], machine: Machine) -> Iterator[Finding]:
    """Say if models that fit alone do not fit beside each other."""
    each = {models[role]: chosen for role, chosen in fits.items() if chosen.verdict is not Verdict.NO}
    needs = sum(chosen.needs.on_cpu for chosen in each.values())
    if len(each) > 1 and needs > MOST * machine.memory_available_bytes:
        free = _gb(machine.memory_available_bytes)
        words = f"the models of all roles need {_gb(needs)}, and {free} are free: they would crowd each other out"
        yield Finding("together", Status.NOTE, words, "give two roles the same model, or choose a smaller one")


def _examine_data(folder: Path) -> Finding:
    """See that the data folder can be written to and keeps its secret."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        what = "is no folder" if not there.is_dir() else "cannot be written to"
        owner = f"make it a folder that the user {os.getuid()} may write to, or give another one with --data"
        return Finding("data folder", Status.BROKEN, f"{there} {what}", owner)
    if there != folder:
        return Finding("data folder", Status.OK, f"{folder} will be made at the first start")
    token = folder / "token"
    if token.exists() and token.stat().st_mode & _PRIVATE_MODE:
        open_to_all = f"{token} can be read by other users of this machine"
        return Finding("data folder", Status.NOTE, open_to_all, f"chmod 600 {token}")
    return Finding("data folder", Status.OK, f"{folder} can be written to")


def _examine_disk(settings: Settings, machine: Machine) -> Finding:
    """See that there is room for models and for what they have read."""
    free = machine.disk_free_bytes or 0
    if free < _LITTLE_DISK:
        remedy = "delete models that no role uses (hearthd models remove ID), or set a smaller prefix_disk_mb"
        return Finding("disk", Status.NOTE, f"only {_gb(free)} free where {settings.data} is", remedy)
    return Finding("disk", Status.OK, f"{_gb(free)} free where {settings.data} is")


def _examine_port(settings: Settings, *, runs: bool) -> Finding:
    """See whether the engine's address can be had, or who has it."""
    from hearthd.api.server import listen  # noqa: PLC0415 - the web framework takes a while to import

    place = f"{settings.host} port {settings.port}"
    if runs:
        return Finding("port", Status.OK, f"an engine answers at {place}")
    try:
        listen(settings.host, settings.port).close()
    except (OSError, OverflowError) as err:
        if isinstance(err, OSError) and err.errno == errno.EADDRINUSE:
            remedy = "stop that program, or choose another port with --port"
            return Finding("port", Status.BROKEN, f"another program, which is no engine, holds {place}", remedy)
        reason = os.strerror(err.errno) if isinstance(err, OSError) and err.errno else str(err)
        return Finding("port", Status.BROKEN, f"{place} cannot be used: {reason}", "choose another --host or --port")
    return Finding("port", Status.OK, f"{place} is free; no engine runs there")


def _examine_library(settings: Settings) -> Iterator[Finding]:
    """See how much the library holds, and whether what it is kept in can be used."""
    try:
        seen = peek(settings.data / "library")
    except sqlite3.DatabaseError as err:
        remedy = "start the engine: it sets the file aside and saves what can be saved"
        yield Finding("library", Status.BROKEN, f"its file cannot be read ({err})", remedy)
    else:
        yield _judge_library(seen)
    if settings.chroma_url is not None:
        try:
            httpx.get(f"{settings.chroma_url}/api/v2/heartbeat", timeout=_SERVER_SECONDS).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            words = f"no Chroma answers at {settings.chroma_url} ({type(err).__name__})"
            yield Finding(
                "chroma", Status.BROKEN, words, "start it, or leave chroma_url out: words alone find meanwhile"
            )
        else:
            yield Finding("chroma", Status.OK, f"{settings.chroma_url} answers")


def _judge_library(seen: Peek | None) -> Finding:
    """Say how much the library holds."""
    if seen is None:
        return Finding("library", Status.OK, "empty: nothing was given to it yet")
    if seen.problem:
        remedy = "give it everything again, which Home Assistant does by itself, then: hearthd library rebuild"
        return Finding("library", Status.NOTE, seen.problem, remedy)
    words = f"{seen.items:,} items in {seen.chunks:,} passages"
    return Finding("library", Status.OK, f"{words}, {seen.pending:,} without a vector yet" if seen.pending else words)


def _engine_runs(settings: Settings) -> bool:
    """Tell whether an engine answers at the address; one elsewhere is not known of."""
    try:
        ask_engine(settings)
    except NoEngineError:
        return False
    return True


def _ask_hub(store: ModelStore, settings: Settings) -> Finding:
    """Ask the hub about the first model of the catalogue."""
    entry = next(iter(store.catalogue.values()))
    try:
        store.hub.locate(entry.repo, entry.file)
    except ApiError as err:
        remedy = "see that this machine reaches the internet, or set hub_url to a mirror"
        return Finding("hub", Status.BROKEN, f"{settings.hub_url}: {err.message}", remedy)
    return Finding("hub", Status.OK, f"{settings.hub_url} answers")


def _gb(count: float) -> str:
    """Return bytes as people read them."""
    return f"{count / _GB:.1f} GB"
