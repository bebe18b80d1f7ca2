"""Guess whether a model of the catalogue would run well here while its file is still on the hub."""

from dataclasses import dataclass

from hearthd.models.catalogue import CatalogueEntry
from hearthd.models.fit import COMFORTABLE, MOST, SLOW_BYTES, Verdict
from hearthd.models.machine import Machine

# Bits per weight over a whole file: https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md
_BITS = {"Q8_0": 8.5, "Q4_K_M": 4.9, "MXFP4": 4.3}
# For a home's conversations and for computing; the header tells it exactly once the file is here.
_BESIDE_BYTES = 10**9


@dataclass(frozen=True, slots=True)
class ExpectedFit:
    """What is likely, in the words of `Fit`; `needs_bytes` is a guess."""

    verdict: Verdict
    reason: str
    suggestion: str | None
    needs_bytes: int


def expect_fit(entry: CatalogueEntry, machine: Machine) -> ExpectedFit:
    """Guess from the number of parameters and the kind of quantisation that the file's name tells."""
    bytes_per_parameter = next(bits for name, bits in _BITS.items() if name in entry.file) / 8
    needs = int(entry.parameters * bytes_per_parameter) + _BESIDE_BYTES
    free = machine.memory_available_bytes + sum(gpu.memory_free_bytes for gpu in machine.gpus)
    read = (entry.active_parameters or entry.parameters) * bytes_per_parameter
    words = (
        f"needs about {needs / 1e9:.1f} GB by its number of parameters, and this machine has {free / 1e9:.1f} GB free"
    )
    if needs > MOST * free:
        return ExpectedFit(Verdict.NO, words, "choose a smaller model", needs)
    if needs > COMFORTABLE * free:
        return ExpectedFit(Verdict.TIGHT, f"{words}: little is left for anything else", "choose a smaller model", needs)
    if read > SLOW_BYTES and not machine.gpus:
        slow = f"every token takes a reading of {read / 1e9:.1f} GB, which a processor does a few times a second"
        return ExpectedFit(
            Verdict.TIGHT, f"{words}, but {slow}", "choose a smaller model, or a mixture of experts", needs
        )
    return ExpectedFit(Verdict.GOOD, words, None, needs)
