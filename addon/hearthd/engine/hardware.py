"""Describe the machine that models run on."""

from dataclasses import dataclass
import os
import platform


@dataclass(frozen=True, slots=True)
class Hardware:
    """A machine; `cpu_count` counts those that this process may use, memory is in bytes."""

    machine: str
    cpu_count: int
    memory_total_bytes: int


def read_hardware() -> Hardware:
    """Look at the machine that we run on."""
    pages, page_size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return Hardware(platform.machine(), os.process_cpu_count() or 1, pages * page_size)
