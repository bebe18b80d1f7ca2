"""What a benchmark reports: figures with their targets, and the machine that they were taken on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
import json
import os
from pathlib import Path
import platform
import statistics
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; the target is the most that it may be, the peer is who else was measured in the same run."""

    name: str
    value: float
    unit: str
    target: float | None = None
    peer: str | None = None
    peer_value: float | None = None

    @property
    def met(self) -> bool | None:
        """Tell whether the figure is within its target; None when it has none."""
        return None if self.target is None else self.value <= self.target


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of all lie, between neighbours where it falls between."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def median_difference(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the median of first minus second: what a pair shares, such as a busy machine, falls out."""
    return statistics.median(first - second for first, second in pairs)


def machine() -> dict[str, Any]:
    """Return what a reader must know of this machine to judge the figures."""
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def as_json(bench: str, figures: Sequence[Figure]) -> str:
    """Return `{"bench", "machine", "figures": [{"name", "value", "unit", "target", "peer", "peer_value", "met"}]}`."""
    told = [{**asdict(_rounded(figure)), "met": figure.met} for figure in figures]
    return json.dumps({"bench": bench, "machine": machine(), "figures": told}, indent=2)


def as_text(bench: str, figures: Sequence[Figure]) -> str:
    """Return the same as a table for a person."""
    here = machine()
    lines = [f"{bench}, on {here['processor']}, {here['cores']} cores, load {here['load']}", ""]
    for figure in map(_rounded, figures):
        target = "" if figure.target is None else f"at most {figure.target:g}"
        peer = "" if figure.peer is None else f"{figure.peer}: {figure.peer_value:g}"
        verdict = {True: "met", False: "NOT MET", None: ""}[figure.met]
        lines.append(f"  {figure.name:<52}{figure.value:>9g} {figure.unit:<4}{target:<14}{verdict:<9}{peer}".rstrip())
    return "\n".join(lines)


def _rounded(figure: Figure) -> Figure:
    peer_value = None if figure.peer_value is None else round(figure.peer_value, 1)
    return Figure(figure.name, round(figure.value, 1), figure.unit, figure.target, figure.peer, peer_value)
