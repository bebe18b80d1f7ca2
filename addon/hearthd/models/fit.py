"""Choose how a model is run on a machine, and say in words whether that goes well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import itertools
from typing import override

from hearthd.models.footprint import Footprint, ModelShape, footprint, read_shape
from hearthd.models.gguf_header import Header
from hearthd.models.machine import Machine
from hearthd.models.plan import ContextPlan
from hearthd.settings import CacheType, Wishes

# A home's prompt takes about 4,000 tokens; a model's own limit may be 128k, whose cache fits into few machines.
_USUAL_CONTEXT = 8192
_SHORTER_CONTEXTS = (6144, 4096)
# Room for texts that are remembered beside the longest that runs. More would slow every step on a processor.
_REMEMBERED = 4096
_SEATS = 4
# Texts remembered: a cheap note for each if their cells are shared, a whole state or window of its own if not.
_SEQUENCES = 32
_EXACT_SEQUENCES = 12
_FEW_SEQUENCES = 6
# Longer steps are no faster on a processor, but take memory and delay whoever comes next.
_CPU_BATCH = 128
_GPU_BATCH = 512
# The library cuts what it keeps into shorter passages. A text is read in one piece, and memory grows with its square.
_LONGEST_EMBEDDED = 512
# Texts of one step cost each other attention, though they do not see each other: longer steps are slower.
_EMBEDDED_BATCH = 128
_EMBEDDED_TEXTS = 64
# Of the memory that is available, this much may be taken; above the second part it is called tight.
MOST = 0.92
COMFORTABLE = 0.75
# Of the usual 4-bit types, with the larger ones that they mix in.
_BYTES_PER_PARAMETER = 0.6
# Every weight in use is read for every token, and a small machine's memory gives 10 to 30 GB/s.
SLOW_BYTES = 4 * 2**30


class Verdict(StrEnum):
    """How well a model fits a machine."""

    GOOD = "good"
    TIGHT = "tight"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model would be run here; if the verdict is no, `plan` and `needs` are those of the most modest try.

    `reason` says why the verdict is what it is, `suggestion` what would help. `choices` tell for each of the plan's
    numbers why it is what it is.
    """

    verdict: Verdict
    reason: str
    suggestion: str | None
    plan: ContextPlan
    needs: Footprint
    choices: Mapping[str, str]


def fit(header: Header, machine: Machine, wishes: Wishes | None = None) -> Fit:
    """Choose the numbers that a model is run with; a wish is met or refused, never changed."""
    shape = read_shape(header)
    chooser = _EmbedderChooser if shape.embeds else _Chooser
    return chooser(shape, machine, wishes or Wishes()).choose()


class _Chooser:
    """The choices for one model on one machine."""

    def __init__(self, shape: ModelShape, machine: Machine, wishes: Wishes) -> None:
        """Look at what is given."""
        self._shape = shape
        self._machine = machine
        self._wishes = wishes
        self._gpu_free = sum(gpu.memory_free_bytes for gpu in machine.gpus)
        self._usual = min(shape.trained_context or _USUAL_CONTEXT, _USUAL_CONTEXT)

    def choose(self) -> Fit:
        """Take the most generous plan that fits."""
        plans = list(self.plans())
        if refusal := self._contradiction():
            return self._fit(Verdict.NO, plans[-1], *refusal)
        chosen = next((plan for plan in plans if self._share(plan) <= MOST), None)
        if chosen is None:
            return self._fit(Verdict.NO, plans[-1], *self._too_large(plans[-1]))
        worries = self._worries(chosen)
        if worries:
            return self._fit(Verdict.TIGHT, chosen, *worries)
        needs = footprint(self._shape, chosen)
        return self._fit(Verdict.GOOD, chosen, f"needs {_size(needs.total)}, and {self._free()}", None)

    def _fit(self, verdict: Verdict, plan: ContextPlan, reason: str, suggestion: str | None) -> Fit:
        """Put the answer together."""
        doubts = "".join(f"; {doubt}" for doubt in self._shape.doubts)
        return Fit(verdict, reason + doubts, suggestion, plan, footprint(self._shape, plan), self._choices(plan))

    def _contradiction(self) -> tuple[str, str] | None:
        """Say which wishes cannot be met by any memory, and what to do."""
        wishes = self._wishes
        if wishes.gpu_layers and not self._machine.gpus:
            return (
                f"{wishes.gpu_layers} layers are to be computed by a GPU, but llama.cpp sees none here",
                "leave gpu_layers out, or install a build of llama.cpp for your GPU",
            )
        if wishes.cache_tokens and wishes.context_length and wishes.cache_tokens < wishes.context_length:
            short = f"cache_tokens {wishes.cache_tokens} is less than context_length {wishes.context_length}"
            return (
                f"{short}: not one full request would find room",
                f"set cache_tokens to {wishes.context_length} or more, or leave it out",
            )
        if wishes.kv_type not in {None, "f16"} and not self._shape.quantises:
            return f"a cache of the type {wishes.kv_type} does not go with this model's heads", "set kv_type to f16"
        return None

    def plans(self) -> Iterator[ContextPlan]:
        """Yield plans from the most generous one to the most modest."""
        for length, roomy, kv_type, sequences in self._memory_choices():
            plan = ContextPlan(
                context_length=length,
                cache_tokens=self._wishes.cache_tokens or length + (_REMEMBERED if roomy else 0),
                batch=self._wishes.batch or _CPU_BATCH,
                threads=self._wishes.threads or self._machine.cores,
                flash_attention=bool(self._wishes.flash_attention),
                kv_type=kv_type,
                gpu_layers=0,
                seats=self._wishes.parallel or _SEATS,
                sequences=sequences,
            )
            yield from self._on_gpu(plan)

    def _memory_choices(self) -> Iterator[tuple[int, bool, CacheType, int]]:
        """Yield context length, whether there is room to remember, cache type and sequences, by what is given up last.

        The context is what a person misses first, so it is shortened last.
        """
        for length in self._lengths():
            for kv_type, roomy, sequences in itertools.product(self._kv_types(), (True, False), self._sequences()):
                yield length, roomy, kv_type, sequences

    def _lengths(self) -> list[int]:
        """Return the context lengths to try, the best first."""
        if self._wishes.context_length:
            return [self._wishes.context_length]
        longest = min(self._usual, self._wishes.cache_tokens or self._usual)
        return [longest, *(length for length in _SHORTER_CONTEXTS if length < longest)]

    def _kv_types(self) -> list[CacheType]:
        """Return the cache types to try, the best first."""
        if self._wishes.kv_type:
            return [self._wishes.kv_type]
        return ["f16", "q8_0"] if self._shape.quantises else ["f16"]

    def _sequences(self) -> list[int]:
        """Return how many texts to hold at most, the best first."""
        seats = self._wishes.parallel or _SEATS
        if self._shape.shares_any_prefix:
            return [max(_SEQUENCES, 2 * seats)]
        return [max(_EXACT_SEQUENCES, 2 * seats), max(_FEW_SEQUENCES, seats + 2)]

    @property
    def _uses_gpu(self) -> bool:
        """Tell whether a GPU is to be used."""
        return bool(self._machine.gpus) and self._wishes.gpu_layers != 0

    def _on_gpu(self, plan: ContextPlan) -> Iterator[ContextPlan]:
        """Yield the plan with as many layers on the GPU as fit or are wished for."""
        if not self._uses_gpu:
            yield plan
            return
        flash = self._wishes.flash_attention is not False
        moved = replace(plan, batch=self._wishes.batch or _GPU_BATCH, flash_attention=flash)
        if self._wishes.gpu_layers is not None:
            yield replace(moved, gpu_layers=self._wishes.gpu_layers)
            return
        every = len(self._shape.layers) + 1
        fitting = (replace(moved, gpu_layers=layers) for layers in range(every, 0, -1))
        yield next((chosen for chosen in fitting if self._gpu_share(chosen) <= MOST), plan)

    def _share(self, plan: ContextPlan) -> float:
        """Return the part of the available memory that a plan takes, of the kind that is shorter."""
        needs = footprint(self._shape, plan)
        return max(needs.on_cpu / max(self._machine.memory_available_bytes, 1), self._gpu_share(plan))

    def _gpu_share(self, plan: ContextPlan) -> float:
        """Return the part of the GPUs' free memory that a plan takes."""
        return footprint(self._shape, plan).on_gpu / max(self._gpu_free, 1)

    def _too_large(self, plan: ContextPlan) -> tuple[str, str]:
        """Say what is missing, and what would fit instead."""
        needs = footprint(self._shape, plan)
        if self._gpu_share(plan) > MOST:
            return self._too_large_for_gpu(plan)
        reason = f"needs about {_size(needs.total)}, and {self._free()}"
        usable = self._machine.memory_available_bytes * MOST + self._gpu_free * MOST
        advice = []
        if shorter := self._shorter():
            advice.append(f"a shorter context ({plan.context_length} -> {shorter})")
        rest = usable - (needs.total - needs.weights)
        if rest > 2**28:
            billions = f"{rest / _BYTES_PER_PARAMETER / 1e9:.1g}"
            advice.append(f"a smaller model (up to {_size(rest)}: about {billions} billion parameters in 4 bits)")
        elif not advice:
            return reason, "free memory, or run the model on another machine and give its address"
        return reason, f"choose {' or '.join(advice)}"

    def _too_large_for_gpu(self, plan: ContextPlan) -> tuple[str, str]:
        """Say that fewer layers must go to the GPU, and how many."""
        fewer = (replace(plan, gpu_layers=layers) for layers in range(plan.gpu_layers, -1, -1))
        most = next(other.gpu_layers for other in fewer if self._gpu_share(other) <= MOST)
        needs = _size(footprint(self._shape, plan).on_gpu)
        reason = f"{plan.gpu_layers} layers need {needs} on the GPU, which has {_size(self._gpu_free)} free"
        return reason, f"set gpu_layers to {most} or leave it out"

    def _shorter(self) -> int | None:
        """Return a context length that would fit where the one that is wished for does not."""
        if not self._wishes.context_length:
            return None
        modest = replace(self._wishes, context_length=None, cache_tokens=None)
        plans = _Chooser(self._shape, self._machine, modest).plans()
        fitting = (plan.context_length for plan in plans if self._share(plan) <= MOST)
        return next((length for length in fitting if length < self._wishes.context_length), None)

    def _worries(self, plan: ContextPlan) -> tuple[str, str | None] | None:
        """Say what speaks against a plan that fits, the gravest first."""
        shape, wishes, needs = self._shape, self._wishes, footprint(self._shape, plan)
        if shape.trained_context and plan.context_length > shape.trained_context:
            beyond = f"{plan.context_length} tokens are more than the {shape.trained_context} it was made for"
            return (
                f"{beyond}, and its answers get worse there",
                f"set context_length to {shape.trained_context} or less",
            )
        numbers = f"needs {_size(needs.total)}, and {self._free()}"
        if plan.context_length < self._usual and not (wishes.context_length or wishes.cache_tokens):
            room = f"there is room for {plan.context_length} tokens, not for the usual {self._usual}"
            return f"{numbers}: {room}, so long conversations are cut", "choose a smaller model, or free memory"
        if needs.on_cpu > COMFORTABLE * self._machine.memory_available_bytes:
            return f"{numbers}: little is left for anything else", "choose a smaller model or a shorter context"
        read = (
            (shape.weights_bytes - shape.idle_bytes) * max(len(shape.layers) - plan.gpu_layers, 0) / len(shape.layers)
        )
        if read > SLOW_BYTES:
            slow = f"every token takes a reading of {_size(read)}, which a processor does a few times a second"
            return f"{numbers}, but {slow}", "choose a smaller model, or a mixture of experts"
        return None

    def _free(self) -> str:
        """Say how much memory there is."""
        free = f"this machine has {_size(self._machine.memory_available_bytes)} free"
        return free + (f" and {_size(self._gpu_free)} on its GPU" if self._uses_gpu else "")

    def _choices(self, plan: ContextPlan) -> dict[str, str]:
        """Say why each of the plan's numbers is what it is."""
        reasons = {
            "context_length": self._why_length(plan),
            "cache_tokens": "one full request"
            + (f", and {_REMEMBERED} to remember" if plan.cache_tokens > plan.context_length else ", no more"),
            "seats": "as many as a home asks at a time",
            "sequences": "those that run, and those remembered"
            + ("" if self._shape.shares_any_prefix else "; each costs memory of its own with this kind of model"),
            "threads": f"one for each of the {self._machine.cores} cores that may be used",
            "batch": "longer steps pay on a GPU" if plan.gpu_layers else "longer steps are no faster on a processor",
            "flash_attention": "faster on a GPU" if plan.flash_attention else "slower on a processor",
            "kv_type": "exact, and there is room for it" if plan.kv_type == "f16" else "memory is short",
            "gpu_layers": self._why_layers(plan),
        }
        wished = {"parallel": "seats"}
        for wish in ("context_length", "cache_tokens", "parallel", "threads", "batch", "flash_attention", "kv_type"):
            if getattr(self._wishes, wish) is not None:
                reasons[wished.get(wish, wish)] = "set by you"
        if self._wishes.gpu_layers is not None:
            reasons["gpu_layers"] = "set by you"
        return reasons

    def _why_length(self, plan: ContextPlan) -> str:
        """Say where the context's length comes from."""
        if plan.context_length < self._usual:
            return "as much as there is memory for"
        if plan.context_length < _USUAL_CONTEXT:
            return "what the model was made for"
        return "enough for a home, and still fast"

    def _why_layers(self, plan: ContextPlan) -> str:
        """Say where the number of layers on the GPU comes from."""
        if not self._machine.gpus:
            return "llama.cpp sees no GPU here"
        if plan.gpu_layers > len(self._shape.layers):
            return "all of them fit on the GPU"
        return f"{plan.gpu_layers} of {len(self._shape.layers)} fit on the GPU"


class _EmbedderChooser(_Chooser):
    """The choices for a model that embeds; of the wishes, those count that are not about conversations."""

    def __init__(self, shape: ModelShape, machine: Machine, wishes: Wishes) -> None:
        """Look at what is given."""
        # So many layers of a large model are all of a small one; none at all is none here too.
        layers = 0 if wishes.gpu_layers == 0 else None
        super().__init__(shape, machine, Wishes(threads=wishes.threads, gpu_layers=layers))
        self._usual = min(shape.trained_context or _LONGEST_EMBEDDED, _LONGEST_EMBEDDED)

    @override
    def plans(self) -> Iterator[ContextPlan]:
        plan = ContextPlan(
            context_length=self._usual,
            cache_tokens=max(self._usual, _EMBEDDED_BATCH),
            batch=_EMBEDDED_BATCH,
            threads=self._wishes.threads or self._machine.cores,
            seats=1,
            sequences=_EMBEDDED_TEXTS,
        )
        for moved in self._on_gpu(plan):
            yield replace(moved, cache_tokens=max(self._usual, moved.batch))

    @override
    def _choices(self, plan: ContextPlan) -> dict[str, str]:
        told = super()._choices(plan) | {
            "context_length": "of a longer text only the beginning is embedded",
            "cache_tokens": "one step",
            "seats": "one after the other, the most urgent first",
            "sequences": "texts that a step may hold",
            "kv_type": "nothing is kept" if not self._shape.is_causal else "exact, and there is room for it",
        }
        if not plan.gpu_layers:
            told["batch"] = "longer steps are slower, and delay whoever is more urgent"
        return told


def _size(count: float) -> str:
    """Return bytes as people read them."""
    gigabytes = count / 1e9
    return f"{gigabytes:.1f} GB" if gigabytes >= 1 else f"{count / 1e6:.0f} MB"
