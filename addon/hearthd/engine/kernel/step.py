"""Compute one step of the model for several jobs, and read what it says to each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import logging
import time

from hearthd.engine.generation import Reply
from hearthd.engine.kernel.job import Job
from hearthd.engine.kernel.pool import Pool
from hearthd.engine.kernel.waiting import URGENCY
from hearthd.engine.llama.context import Context, Outcome
from hearthd.engine.llama.processor import PATIENCE_S
from hearthd.engine.metrics import ModelMetrics

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Portion:
    """What a job gets of one step: the next `tokens` of its own, and `draft` behind the last of them."""

    job: Job
    tokens: int
    draft: tuple[int, ...] = ()
    is_prompt: bool = field(init=False)
    row: int = -1
    is_broken: bool = False

    def __post_init__(self) -> None:
        """Note what it is before it has been computed."""
        self.is_prompt = self.job.to_prefill > 0

    @property
    def width(self) -> int:
        """Return how many tokens it puts into the batch."""
        return self.tokens + len(self.draft)


class Steps:
    """Compute steps with one context; only the thread that owns it may."""

    def __init__(self, context: Context, pool: Pool, metrics: ModelMetrics) -> None:
        """Work on the sequences of a pool."""
        self._context = context
        self._pool = pool
        self._metrics = metrics

    def run(self, portions: Sequence[Portion]) -> list[Portion]:
        """Compute a step; return the portions that were computed, or are broken for good.

        An interrupted step leaves everything as it was. Where llama.cpp fails, each job is tried by itself, so that
        one cannot take the others down.
        """
        self._fill(portions)
        urgency = min(URGENCY[portion.job.priority] for portion in portions)
        is_long = any(portion.is_prompt for portion in portions)
        outcome = self._context.decode(urgency, patience=PATIENCE_S, is_long=is_long)
        if outcome is Outcome.DONE:
            for portion in portions:
                self._take(portion)
            return list(portions)
        for portion in portions:
            self._check(portion)
        sound = [portion for portion in portions if not portion.is_broken]
        broken = [portion for portion in portions if portion.is_broken]
        if outcome is Outcome.INTERRUPTED:
            return broken
        _LOGGER.warning("llama.cpp could not compute a step of %d jobs: %s", len(portions), outcome.value)
        if len(portions) == 1:
            portions[0].is_broken = True
            return [portions[0]]
        return [*broken, *(done for portion in sound for done in self.run([portion]))]

    def _fill(self, portions: Sequence[Portion]) -> None:
        """Write the batch."""
        batch = self._context.batch
        batch.clear()
        for portion in portions:
            job = portion.job
            tokens = job.tokens[job.held : job.held + portion.tokens]
            tokens.extend(portion.draft)
            reads = job.reply is not None and portion.tokens == job.pending
            portion.row = batch.add(job.sequence, job.held, tokens, outputs=1 + len(portion.draft) if reads else 0)

    def _take(self, portion: Portion) -> None:
        """Note that a portion has been computed, and let its reply read what was said."""
        job = portion.job
        is_complete = portion.tokens == job.pending
        self._pool.grow(job, portion.width)
        if portion.is_prompt:
            self._metrics.tokens_prefilled.inc(portion.tokens)
        if job.reply is None or not is_complete:
            return
        try:
            self._read(job, job.reply, portion)
        except Exception:
            _LOGGER.exception("A reply could not be read")
            portion.is_broken = True

    def _read(self, job: Job, reply: Reply, portion: Portion) -> None:
        """Draw a token from each row as long as they are those that were guessed."""
        draft = portion.draft
        right = len(job.tokens)
        drawn = reply.drawn
        for offset in range(len(draft) + 1):
            following = reply.draw(portion.row + offset, self._pool.room(job))
            job.tokens.extend(following)
            if job.drafter is not None:
                job.drafter.extend(following)
            if offset == len(draft) or tuple(following) != draft[offset : offset + 1]:
                break
            right += 1
        if job.course.first_token is None:
            job.course.first_token = time.monotonic()
        self._metrics.tokens_decoded.inc(reply.drawn - drawn)
        if draft:
            wrong = job.held - right
            self._pool.shrink(job, wrong)
            job.course.drafted += len(draft)
            job.course.accepted += len(draft) - wrong
            self._metrics.tokens_drafted.inc(len(draft))
            self._metrics.tokens_accepted.inc(len(draft) - wrong)

    def _check(self, portion: Portion) -> None:
        """See that a sequence holds what it did before a step that failed."""
        job = portion.job
        length = self._context.length(job.sequence)
        if length > job.held:
            portion.is_broken = not self._context.trim(job.sequence, job.held)
        else:
            portion.is_broken = length < job.held
