"""Decide which running requests get tokens in the next step of the model."""

from dataclasses import dataclass, field

from hearthd.engine.backend import Priority
from hearthd.engine.kernel.waiting import URGENCY

# Prompt tokens per second until some were measured: a 0.5B model on two cores.
_FIRST_SPEED = 160.0
# A shorter chunk says little about the speed of a long one, and is hardly faster than this one.
_SHORTEST_QUANTUM = 32
# How much the latest step tells about the next one.
_WEIGHT = 0.25


@dataclass(slots=True, eq=False)
class Entry:
    """A request as the scheduler knows it, from its arrival on; waiting and running ones look alike.

    `to_prefill` counts the prompt tokens that are still to be decoded, the last one included; at 0 the request
    decodes, and `draft` says how many drafted tokens its next step would verify. `arrived`, `deadline` and
    `served` (when it last got tokens) are seconds of one monotonic clock.
    """

    priority: Priority
    arrived: float
    to_prefill: int
    draft: int = 0
    deadline: float | None = None
    served: float = field(init=False)

    def __post_init__(self) -> None:
        """Count the time without service from the arrival."""
        self.served = self.arrived


@dataclass(frozen=True, slots=True)
class Share:
    """What an entry gets in one step: `tokens` of its prompt, or, when it decodes, 1 and its drafted ones."""

    entry: Entry
    tokens: int


class Scheduler:
    """Share the steps of one model among the requests that run.

    Pure: the clock is passed in, nothing is locked. The caller asks `step`, computes one batch with exactly those
    shares and reports it with `done`. The rules:

    - Only the most urgent class that runs gets tokens. Everyone in it who decodes gets a token first, then one of
      its prompts gets a chunk, whichever was served least recently.
    - A chunk is at most `quantum` tokens, which take about `target_s`, so that an arriving voice request never
      waits longer than that for less urgent work. A voice prompt may fill the whole batch while no voice request
      decodes.
    - Who has gone without service for `ageing_s` joins the more urgent with one quantum, and keeps its seat until
      then; there is one such exception in every `ageing_s`, the longest unserved first. So nobody starves, and the
      urgent are delayed by one quantum.
    """

    def __init__(self, *, seats: int, batch: int, ageing_s: float = 30.0, target_s: float = 0.25) -> None:
        """Let `seats` requests run at the same time, with at most `batch` tokens in a step (no less than seats)."""
        self._seats = seats
        self._batch = batch
        self._ageing_s = ageing_s
        self._target_s = target_s
        self._running: list[Entry] = []
        self._speed = _FIRST_SPEED
        self._overdue: Entry | None = None
        self._exception = float("-inf")

    @property
    def running(self) -> tuple[Entry, ...]:
        """Return the entries that hold a seat, in order of urgency and arrival."""
        return tuple(sorted(self._running, key=_turn))

    @property
    def quantum(self) -> int:
        """Return how many tokens of a prompt are decoded in about `target_s`, as measured lately."""
        return min(max(int(self._speed * self._target_s), _SHORTEST_QUANTUM), self._batch)

    @property
    def decoding(self) -> int:
        """Return how many entries of the most urgent class decode: the sequences of the next step."""
        return sum(not entry.to_prefill for entry in self._most_urgent())

    def admits(self, priority: Priority) -> bool:
        """Return whether a request of a priority finds a free seat.

        The background holds at most half of the seats (but one, if there is only one). No seat is kept free for voice:
        who is less urgent pauses anyway while it runs, and gives its seat up if all are taken.
        """
        if priority is not Priority.BACKGROUND:
            return len(self._running) < self._seats
        background = sum(entry.priority is Priority.BACKGROUND for entry in self._running)
        return len(self._running) < self._seats and background < max(1, self._seats // 2)

    def add(self, entry: Entry) -> None:
        """Give an entry a seat; the caller has asked `admits`."""
        self._running.append(entry)

    def remove(self, entry: Entry) -> None:
        """Free the seat of an entry that has ended or was preempted; nothing happens if it holds none."""
        if entry in self._running:
            self._running.remove(entry)

    def step(self, now: float) -> tuple[Share, ...]:
        """Return who gets how many tokens in the next step; empty if nothing runs.

        Sums up to at most `batch` tokens. A step that is not computed may be asked for again.
        """
        self._overdue = self._longest_unserved(now)
        urgent = self._most_urgent()
        decoders = [entry for entry in urgent if not entry.to_prefill]
        prompts = [entry for entry in urgent if entry.to_prefill]
        room = self._batch - len(decoders)
        shares = []
        for entry in decoders:
            draft = min(entry.draft, room)
            room -= draft
            shares.append(Share(entry, 1 + draft))
        if room and self._overdue is not None and self._overdue not in urgent:
            # Half of a batch at most, or an urgent prompt would stand still in this step.
            tokens = min(self._overdue.to_prefill or 1, self.quantum, max(1, self._batch // 2), room)
            room -= tokens
            shares.append(Share(self._overdue, tokens))
        if room and prompts:
            entry = min(prompts, key=lambda entry: (entry.served, entry.arrived))
            is_alone = entry.priority is Priority.VOICE and not decoders
            shares.append(Share(entry, min(entry.to_prefill, room if is_alone else self.quantum, room)))
        return tuple(shares)

    def done(self, shares: tuple[Share, ...], now: float, seconds: float) -> None:
        """Note that these shares were computed by `now`, in so many seconds: moves prompts on, restarts clocks."""
        prefilled = sum(share.tokens for share in shares if share.entry.to_prefill)
        if prefilled >= _SHORTEST_QUANTUM and seconds > 0:
            self._speed += (prefilled / seconds - self._speed) * _WEIGHT
        if any(share.entry is self._overdue for share in shares):
            self._exception = now
        for share in shares:
            share.entry.to_prefill = max(0, share.entry.to_prefill - share.tokens)
            share.entry.served = now

    def preempt_for(self, asker: Entry, now: float) -> Entry | None:
        """Return who must give up its seat and cells for an entry, or None if nobody may be asked to.

        It is the least urgent one, of these the one that arrived last. An asker that runs and needs more cells
        may displace who arrived later in its own class, too; None tells it to give way itself. One that waits
        displaces only who is less urgent, and not the one whose turn it is after `ageing_s` without service.
        Changes nothing; `remove` the victim.
        """
        spared = asker if asker in self._running else self._longest_unserved(now)
        others = [entry for entry in self._running if entry is not spared]
        victim = max(others, key=_turn, default=None)
        if victim is None:
            return None
        # One that waits is behind everybody of its own class.
        place = _turn(asker) if asker in self._running else (URGENCY[asker.priority], float("inf"))
        return victim if _turn(victim) > place else None

    def expired(self, now: float) -> tuple[Entry, ...]:
        """Return the running entries whose deadline has come; `remove` them."""
        return tuple(entry for entry in self._running if entry.deadline is not None and entry.deadline <= now)

    def next_deadline(self) -> float | None:
        """Return when the next running entry expires, or None if none does."""
        return min((entry.deadline for entry in self._running if entry.deadline is not None), default=None)

    def _most_urgent(self) -> list[Entry]:
        """Return the entries of the most urgent class that runs, in order of arrival."""
        ordered = self.running
        return [entry for entry in ordered if entry.priority is ordered[0].priority]

    def _longest_unserved(self, now: float) -> Entry | None:
        """Return who is to be served out of turn, if it is time for that."""
        if now - self._exception < self._ageing_s:
            return None
        starving = [entry for entry in self._running if now - entry.served >= self._ageing_s]
        return min(starving, key=lambda entry: (entry.served, entry.arrived), default=None)


def _turn(entry: Entry) -> tuple[int, float]:
    """Return an entry's place in the order of urgency, then of arrival."""
    return URGENCY[entry.priority], entry.arrived
