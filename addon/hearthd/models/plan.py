"""Say with which numbers a model is run: the fit chooses them, llama.cpp is given them."""

from dataclasses import dataclass

from hearthd.settings import CacheType


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """How one model is run on one machine.

    `context_length` bounds one request and its reply, `cache_tokens` is the pool that all sequences share, never
    smaller; both are in tokens. `batch` bounds the tokens of one step. `seats` is how many requests run at once,
    `sequences` how many native sequences there are for them and for the prefixes that are kept; a recurrent model holds
    a whole state for each of these.
    """

    context_length: int
    cache_tokens: int
    batch: int = 512
    threads: int = 1
    flash_attention: bool = False
    kv_type: CacheType = "f16"
    gpu_layers: int = 0
    seats: int = 4
    sequences: int = 32
