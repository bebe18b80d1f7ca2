"""Write bounded numbers as GBNF expressions, digit by digit."""

from collections.abc import Callable
from math import ceil, floor

_MAX_DIGITS = 15
_FRACTION = f'("." [0-9]{{1,{_MAX_DIGITS}}})?'


def integer_range(low: float | None, high: float | None) -> str | None:
    """Return an expression for the integers from `low` to `high`; None if there is nothing to bound or to admit."""
    return _signed(low, high, _whole, smallest_below_zero=1)


def decimal_range(low: float | None, high: float | None) -> str | None:
    """Return an expression for decimals from `low`, rounded up, to `high`, rounded down; None as above."""
    return _signed(low, high, _decimal, smallest_below_zero=0)


def _signed(
    low: float | None, high: float | None, unsigned: Callable[[int, int | None], list[str]], smallest_below_zero: int
) -> str | None:
    """Join what is at or above zero with what is below."""
    least, most = _whole_bound(low, ceil), _whole_bound(high, floor)
    if least is None and most is None:
        return None
    choices: list[str] = []
    if most is None or most >= 0:
        choices += unsigned(max(least or 0, 0), most)
    if least is None or least < 0:
        nearest = smallest_below_zero if most is None or most >= 0 else -most
        below = unsigned(nearest, None if least is None else -least)
        choices += [f'"-" ({" | ".join(below)})'] if below else []
    return " | ".join(choices) or None


def _whole_bound(bound: float | None, rounded: Callable[[float], int]) -> int | None:
    """Return a bound as a whole number, or None where it is too far away to matter."""
    return None if bound is None or abs(bound) >= 10**_MAX_DIGITS else rounded(bound)


def _decimal(low: int, high: int | None) -> list[str]:
    """Return expressions for non-negative decimals."""
    if high is None:
        return [f"({' | '.join(_whole(low, None))}) {_FRACTION}"]
    below = _whole(low, high - 1)
    inner = [f"({' | '.join(below)}) {_FRACTION}"] if below else []
    return [*inner, f'"{high}" (".0")?'] if low <= high else []


def _whole(low: int, high: int | None) -> list[str]:
    """Return expressions for non-negative whole numbers, one for each count of digits."""
    if high is None:
        digits = len(str(low))
        longer = [f"[1-9] [0-9]{{{digits},{_MAX_DIGITS - 1}}}"] if digits < _MAX_DIGITS else []
        return [*_whole(low, 10**digits - 1), *longer]
    choices: list[str] = []
    for digits in range(len(str(low)), len(str(high)) + 1):
        first, last = max(low, 10 ** (digits - 1) if digits > 1 else 0), min(high, 10**digits - 1)
        choices += [_same_length(str(first), str(last))] if first <= last else []
    return choices


def _same_length(low: str, high: str) -> str:
    """Return an expression for the numbers between two that have as many digits."""
    rest = len(low) - 1
    if low == high:
        return f'"{low}"'
    if not rest:
        return f"[{low}-{high}]"
    if low[0] == high[0]:
        return f'"{low[0]}" ({_same_length(low[1:], high[1:])})'
    first, last = int(low[0]), int(high[0])
    choices: list[str] = []
    if set(low[1:]) != {"0"}:
        choices.append(f'"{first}" ({_same_length(low[1:], "9" * rest)})')
        first += 1
    if set(high[1:]) != {"9"}:
        choices.append(f'"{last}" ({_same_length("0" * rest, high[1:])})')
        last -= 1
    if first <= last:
        choices.append(f"[{first}-{last}] [0-9]{{{rest}}}")
    return " | ".join(choices)
