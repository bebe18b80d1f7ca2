"""Guess the next tokens from a request's own earlier ones, and only as far as verifying them pays.

Prompt lookup decoding: a reply that repeats its prompt (a name, an entity id, a quoted passage) continues like the
prompt does behind the same few tokens. The guesses are verified in one step with the next token.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

_LONGEST_DRAFT = 8
# How much the latest observation tells about the next one.
_WEIGHT = 0.125
# How long a step takes by its number of tokens, as multiples of a single token's, until it was measured: a 0.5B
# model on two cores. A faster machine has a flatter curve.
_FIRST_COSTS = {1: 1.0, 2: 1.4, 4: 1.8, 8: 2.6, 16: 4.1, 32: 7.5}
# How often the token that followed the same 3 or 2 tokens before is right, until the request has shown it.
_FIRST_RATES = {3: 0.6, 2: 0.3}


class StepCosts:
    """How long a decode step takes, by its number of tokens; learned while the model runs, one for all requests."""

    def __init__(self) -> None:
        """Know nothing but how the costs of a common machine relate."""
        self._seconds: dict[int, float] = {}

    def observe(self, tokens: int, seconds: float) -> None:
        """Note a step that decoded so many tokens, of any number of sequences, and no prompt."""
        known = self._seconds.setdefault(tokens, seconds)
        self._seconds[tokens] = known + (seconds - known) * _WEIGHT

    def relative(self, tokens: int) -> float:
        """Return how much longer a step of so many tokens takes than one of a single token."""
        return self._estimate(tokens) / self._estimate(1)

    def _estimate(self, tokens: int) -> float:
        """Return what a step was measured to take, or what those of other sizes let expect."""
        if not self._seconds:
            return _on_line(_FIRST_COSTS, tokens)
        if min(self._seconds) <= tokens <= max(self._seconds):
            return _on_line(self._seconds, tokens)
        nearest = min(self._seconds, key=lambda measured: abs(measured - tokens))
        return self._seconds[nearest] * _on_line(_FIRST_COSTS, tokens) / _on_line(_FIRST_COSTS, nearest)


class Drafter:
    """Draft the next tokens of one request.

    It learns how often its guesses are right from every token, drafted or not, because a guess that was not sent
    is judged for free. Not for models that cannot forget a part of what they saw: a wrong draft has to be removed.
    """

    def __init__(self, prompt: Sequence[int], costs: StepCosts) -> None:
        """Index a prompt."""
        self._costs = costs
        self._tokens = list(prompt)
        # Where the tokens went on that followed the latest occurrence of a few tokens.
        self._after: dict[tuple[int, ...], int] = {}
        self._rates = dict(_FIRST_RATES)
        for size in _FIRST_RATES:
            few = zip(*(self._tokens[start:] for start in range(size)), strict=False)
            self._after |= zip(few, range(size, len(self._tokens)), strict=False)

    def extend(self, tokens: Sequence[int]) -> None:
        """Take in the tokens that were generated since, in order: the accepted drafted ones and the sampled one."""
        for token in tokens:
            if (found := self._find()) is not None:
                size, position = found
                self._rates[size] += ((self._tokens[position] == token) - self._rates[size]) * _WEIGHT
            self._append(token)

    def draft(self, decoding: int = 1) -> tuple[int, ...]:
        """Return the next tokens to verify, at most 8, while so many sequences, this one included, decode at once.

        Empty whenever the tokens expected for the time of the longer step are not more than without a draft.
        """
        found = self._find()
        if found is None:
            return ()
        size, position = found
        decoding = max(decoding, 1)
        guess = tuple(self._tokens[position : position + _LONGEST_DRAFT])
        gains = [self._gain(self._rates[size], length, decoding) for length in range(1, len(guess) + 1)]
        best = max(gains)
        return guess[: gains.index(best) + 1] if best > 1 else ()

    def _gain(self, rate: float, length: int, decoding: int) -> float:
        """Return by how much a draft speeds up a step, in tokens per second of all its sequences.

        With a chance of `rate` for each token behind a right one, a draft of k yields the sum of rate ** i for i
        from 1 to k (Leviathan et al. 2023, "Fast Inference from Transformers via Speculative Decoding").
        """
        expected = sum(rate**count for count in range(1, length + 1))
        dearer = self._costs.relative(decoding + length) / self._costs.relative(decoding)
        return (decoding + expected) / decoding / dearer

    def _find(self) -> tuple[int, int] | None:
        """Return how many of the last tokens were found before, and where they went on."""
        for size in _FIRST_RATES:
            position = self._after.get(tuple(self._tokens[-size:]))
            if position is not None:
                return size, position
        return None

    def _append(self, token: int) -> None:
        """Index what stands before a token, and add it."""
        for size in _FIRST_RATES:
            if len(self._tokens) >= size:
                self._after[tuple(self._tokens[-size:])] = len(self._tokens)
        self._tokens.append(token)


def _on_line(points: Mapping[int, float], position: int) -> float:
    """Return a value on the straight lines between some points, or on the last one's way on."""
    if position in points:
        return points[position]
    known = sorted(points)
    right = min(bisect_right(known, position), len(known) - 1)
    low, high = known[right - 1], known[right]
    return points[low] + (points[high] - points[low]) / (high - low) * (position - low)
