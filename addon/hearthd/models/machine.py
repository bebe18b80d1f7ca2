"""Describe the machine that models run on, as far as this process may use it.

A container's limits count, not only what the hardware has: https://docs.kernel.org/admin-guide/cgroup-v2.html and
https://docs.kernel.org/admin-guide/cgroup-v1/index.html. Elsewhere than on Linux only the totals are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import os
from pathlib import Path
import platform
import shutil

_ROOT = Path("/")
# A limit above this is none: the first version of cgroups says "no limit" with the largest number of whole pages.
_NO_LIMIT = 2**60


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics processor that llama.cpp can use; memory is in bytes."""

    name: str
    memory_total_bytes: int
    memory_free_bytes: int


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process may use of a machine; memory and disk are in bytes.

    `cpu_count` counts logical processors, `cores` the real ones behind them, both within the process's limits.
    `memory_available_bytes` is what can be had without pushing other programs out.
    """

    machine: str
    cpu_count: int
    cores: int
    memory_total_bytes: int
    memory_available_bytes: int
    disk_free_bytes: int | None = None
    gpus: tuple[Gpu, ...] = ()


def read_machine(folder: Path | None = None, gpus: tuple[Gpu, ...] = (), root: Path = _ROOT) -> Machine:
    """Look at this machine, with the free disk space where `folder` is or would be.

    `gpus` are those that llama.cpp sees; `root` is where the kernel's /proc and /sys lie.
    """
    cpus = _usable_cpus()
    quota = min(_cpu_quotas(root), default=float(len(cpus)))
    allowed = max(1, min(len(cpus), int(quota)))
    total, available = _memory(root)
    return Machine(
        machine=platform.machine(),
        cpu_count=allowed,
        cores=min(allowed, _cores(root, cpus)),
        memory_total_bytes=total,
        memory_available_bytes=available,
        disk_free_bytes=_free_disk(folder),
        gpus=gpus,
    )


def _usable_cpus() -> set[int]:
    """Return the processors that the scheduler may run us on."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.process_cpu_count() or 1))


def _cores(root: Path, cpus: set[int]) -> int:
    """Count the cores behind logical processors; where the kernel does not tell, each is one."""
    siblings = {
        _read(root / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list") or str(cpu) for cpu in cpus
    }
    return len(siblings)


def _cpu_quotas(root: Path) -> Iterator[float]:
    """Yield the processor time per time that each control group around us allows."""
    for group in _groups(root, "cpu"):
        match (_read(group / "cpu.max") or "").split():
            case [allowed, each] if allowed.isdecimal() and int(each):
                yield int(allowed) / int(each)
            case _:
                pass
        quota, period = _read_number(group / "cpu.cfs_quota_us"), _read_number(group / "cpu.cfs_period_us")
        if quota and period:
            yield quota / period


def _memory(root: Path) -> tuple[int, int]:
    """Return the memory that we may have in all, and what is available of it now."""
    sizes = _sizes(root / "proc/meminfo")
    total = sizes.get("MemTotal") or os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    available = sizes.get("MemAvailable", total)
    for group in _groups(root, "memory"):
        limit = _first_number(group / "memory.max", group / "memory.limit_in_bytes")
        used = _first_number(group / "memory.current", group / "memory.usage_in_bytes")
        if limit is None or limit >= _NO_LIMIT or used is None:
            continue
        total = min(total, limit)
        available = min(available, limit - used + _reclaimable(group))
    # Files that are mapped count as available, but the weights that this very process works with are not.
    return total, max(0, available - _sizes(root / "proc/self/status").get("RssFile", 0))


def _sizes(path: Path) -> dict[str, int]:
    """Return the sizes that a kernel file tells in kilobytes, in bytes."""
    told = (line.partition(":") for line in (_read(path) or "").splitlines())
    return {name: int(value.split()[0]) * 1024 for name, _, value in told if value.endswith(" kB")}


def _reclaimable(group: Path) -> int:
    """Return the file cache that a control group gives back when memory runs short."""
    told = dict(line.split() for line in (_read(group / "memory.stat") or "").splitlines() if line.count(" ") == 1)
    return int(told.get("total_inactive_file") or told.get("inactive_file") or 0)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of the control groups that hold us for one controller, from ours outwards."""
    for line in (_read(root / "proc/self/cgroup") or "").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        # Version 2 has one tree and names no controller; version 1 has one for each.
        top = root / "sys/fs/cgroup" / (controller if controllers else "")
        group = top / path.lstrip("/")
        # In a container the path may be the host's, where we see but our own.
        yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(top) and folder.is_dir())


def _free_disk(folder: Path | None) -> int | None:
    """Return the free space where a folder is or would be."""
    if folder is None:
        return None
    there = next((path for path in (folder, *folder.parents) if path.is_dir()), None)
    return shutil.disk_usage(there).free if there else None


def _first_number(*paths: Path) -> int | None:
    """Return the number that the first of these files holds that holds one."""
    return next((number for path in paths if (number := _read_number(path)) is not None), None)


def _read_number(path: Path) -> int | None:
    """Return a file's number; None if there is none, or a word or a sign that stands for no limit."""
    text = _read(path) or ""
    return int(text) if text.isdecimal() else None


def _read(path: Path) -> str | None:
    """Return a kernel file's text; None if it cannot be read."""
    try:
        return path.read_text().strip()
    except OSError:
        return None
