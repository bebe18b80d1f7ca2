"""Test that a machine is described as this process may use it, with made-up kernel files."""

from collections.abc import Mapping
import os
from pathlib import Path

import pytest

from hearthd.models.machine import Gpu, read_machine

GB = 10**9
MEMORY = "MemTotal:       8000000 kB\nMemFree:  1000 kB\nMemAvailable:   6000000 kB\nHugePages_Total:       0\n"
V2_GROUP = "0::/kubepods/pod1\n"
V1_GROUP = "4:memory:/docker/1\n3:cpu,cpuacct:/docker/1\n0::/\n"


def kernel(root: Path, files: Mapping[str, str]) -> Path:
    """Write kernel files."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


# Kernel files beside /proc/meminfo, then processors, cores, total and available memory (1000 bytes).
MACHINES: dict[str, tuple[Mapping[str, str], int, int, int, int]] = {
    "plain": ({}, 4, 4, 8192000, 6144000),
    "two threads a core": (
        {
            f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list": f"{cpu % 2},{cpu % 2 + 2}"
            for cpu in range(4)
        },
        4,
        2,
        8192000,
        6144000,
    ),
    "no limits": (
        {
            "proc/self/cgroup": V2_GROUP,
            "sys/fs/cgroup/kubepods/pod1/cpu.max": "max 100000",
            "sys/fs/cgroup/kubepods/pod1/memory.max": "max",
            "sys/fs/cgroup/kubepods/pod1/memory.current": "5000",
        },
        4,
        4,
        8192000,
        6144000,
    ),
    "limits": (
        {
            "proc/self/cgroup": V2_GROUP,
            "sys/fs/cgroup/kubepods/pod1/cpu.max": "250000 100000",
            "sys/fs/cgroup/kubepods/pod1/memory.max": "4000000000",
            "sys/fs/cgroup/kubepods/pod1/memory.current": "3000000000",
            "sys/fs/cgroup/kubepods/pod1/memory.stat": "anon 1000\ninactive_file 500000000\n",
        },
        2,
        2,
        4000000,
        1500000,
    ),
    "limits further out": (
        {
            "proc/self/cgroup": V2_GROUP,
            "sys/fs/cgroup/kubepods/cpu.max": "50000 100000",
            "sys/fs/cgroup/kubepods/memory.max": "2000000000",
            "sys/fs/cgroup/kubepods/memory.current": "1900000000",
            "sys/fs/cgroup/kubepods/pod1/memory.max": "max",
        },
        1,
        1,
        2000000,
        100000,
    ),
    "the first version": (
        {
            "proc/self/cgroup": V1_GROUP,
            "sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us": "300000",
            "sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": "1000000000",
            "sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes": "600000000",
            "sys/fs/cgroup/memory/docker/1/memory.stat": "total_inactive_file 100000000\ninactive_file 5\n",
        },
        3,
        3,
        1000000,
        500000,
    ),
    "the first version without limits": (
        {
            "proc/self/cgroup": V1_GROUP,
            "sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us": "-1",
            "sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us": "100000",
            "sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes": "9223372036854771712",
            "sys/fs/cgroup/memory/docker/1/memory.usage_in_bytes": "600000000",
        },
        4,
        4,
        8192000,
        6144000,
    ),
    "a path of the host's": (
        {
            "proc/self/cgroup": "0::/system.slice/far/away\n",
            "sys/fs/cgroup/memory.max": "1000000000",
            "sys/fs/cgroup/memory.current": "400000000",
        },
        4,
        4,
        1000000,
        600000,
    ),
    "more used than allowed": (
        {
            "proc/self/cgroup": V2_GROUP,
            "sys/fs/cgroup/kubepods/pod1/memory.max": "1000000000",
            "sys/fs/cgroup/kubepods/pod1/memory.current": "1200000000",
        },
        4,
        4,
        1000000,
        0,
    ),
}


@pytest.mark.parametrize(("files", "cpus", "cores", "total", "available"), MACHINES.values(), ids=MACHINES)
def test_limits_count(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: Mapping[str, str],
    cpus: int,
    cores: int,
    total: int,
    available: int,
) -> None:
    """What a container may use counts, whichever version of control groups says so, ours or those around us."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2, 3})
    machine = read_machine(root=kernel(tmp_path, {"proc/meminfo": MEMORY, **files}))
    assert (machine.cpu_count, machine.cores) == (cpus, cores)
    assert (machine.memory_total_bytes, machine.memory_available_bytes) == (total * 1000, available * 1000)


def test_affinity_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is bound to some processors has no others."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {2})
    machine = read_machine(root=kernel(tmp_path, {"proc/meminfo": MEMORY}))
    assert (machine.cpu_count, machine.cores) == (1, 1)


def test_weights_that_this_process_uses_are_not_free(tmp_path: Path) -> None:
    """The kernel calls mapped files available; those of a loaded model are not."""
    files = {"proc/meminfo": MEMORY, "proc/self/status": "Name:\thearthd\nRssAnon:\t 1 kB\nRssFile:\t 2000000 kB\n"}
    assert read_machine(root=kernel(tmp_path, files)).memory_available_bytes == 4096000 * 1000


def test_this_machine_is_described(tmp_path: Path) -> None:
    """Real files are read too, and a folder that is not there yet has the space of the one that it will be in."""
    gpu = Gpu("a GPU", 8 * GB, 7 * GB)
    machine = read_machine(tmp_path / "data" / "models", (gpu,))
    assert 1 <= machine.cores <= machine.cpu_count
    assert 0 < machine.memory_available_bytes <= machine.memory_total_bytes
    assert machine.disk_free_bytes is not None
    assert machine.disk_free_bytes > 0
    assert machine.gpus == (gpu,)
    assert machine.machine


def test_a_machine_without_kernel_files_has_totals(tmp_path: Path) -> None:
    """Elsewhere than on Linux all memory counts as available."""
    machine = read_machine(root=tmp_path)
    assert machine.memory_available_bytes == machine.memory_total_bytes > 0
    assert machine.disk_free_bytes is None
