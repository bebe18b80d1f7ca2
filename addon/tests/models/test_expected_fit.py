"""Test what is guessed of a model whose file is still on the hub."""

import pytest

from hearthd.models.catalogue import CatalogueEntry, read_catalogue
from hearthd.models.expected_fit import expect_fit
from hearthd.models.fit import Verdict
from hearthd.models.machine import Gpu, Machine

GIGABYTE = 10**9


def machine(gigabytes: float, gpu_gigabytes: float = 0) -> Machine:
    """Return a machine with so much free memory."""
    gpus = (Gpu("GPU", int(gpu_gigabytes * GIGABYTE), int(gpu_gigabytes * GIGABYTE)),) if gpu_gigabytes else ()
    return Machine("x86_64", 4, 4, int(gigabytes * GIGABYTE), int(gigabytes * GIGABYTE), gpus=gpus)


CASES: dict[str, tuple[str, Machine, Verdict]] = {
    "small on small": ("qwen3-0.6b", machine(3), Verdict.GOOD),
    "usual on usual": ("qwen3-4b", machine(6), Verdict.GOOD),
    "usual on small": ("qwen3-4b", machine(3), Verdict.NO),
    "usual on just enough": ("qwen3-4b", machine(4), Verdict.TIGHT),
    "large and slow": ("qwen3.5-9b", machine(30), Verdict.TIGHT),
    "large with a GPU": ("qwen3.5-9b", machine(30, 12), Verdict.GOOD),
    "large with few active": ("gpt-oss-20b", machine(30), Verdict.GOOD),
    "largest on usual": ("qwen3.6-35b-a3b", machine(14), Verdict.NO),
    "embedding": ("nomic-embed-text-1.5", machine(2), Verdict.GOOD),
}


@pytest.mark.parametrize(("model_id", "here", "verdict"), CASES.values(), ids=CASES)
def test_verdict(model_id: str, here: Machine, verdict: Verdict) -> None:
    """It is what one would tell a friend; what is not good comes with advice."""
    expected = expect_fit(read_catalogue()[model_id], here)
    assert expected.verdict is verdict
    assert (expected.suggestion is None) == (verdict is Verdict.GOOD)
    assert expected.reason.startswith("needs about ")


@pytest.mark.parametrize("entry", read_catalogue().values(), ids=read_catalogue())
def test_every_entry_can_be_judged(entry: CatalogueEntry) -> None:
    """The kind of quantisation is told by each file's name."""
    assert entry.parameters / 2 < expect_fit(entry, machine(64)).needs_bytes < entry.parameters * 1.2 + GIGABYTE
