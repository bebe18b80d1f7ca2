"""Make what an action returns short enough for a model to read."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from homeassistant.helpers import llm

from ...context import estimate_tokens, fence
from ..effects import canonical_json

# A response may be a year of prices or the whole of a media library.
MOST_TOKENS: Final = 600
# How many items of a list and characters of a text are kept, from generous to sparing.
_STEPS: Final = ((50, 1000), (20, 400), (10, 200), (5, 100), (2, 50))
# What these return are numbers, times and words of Home Assistant's own.
_OF_THE_HOME: Final = frozenset({"recorder", "schedule", "weather"})

_SHORTENED: Final = "Shortened: not everything is shown."


def is_outside(domain: str) -> bool:
    """Tell whether what actions of an integration return may hold words that were written outside the home."""
    return domain not in _OF_THE_HOME


def summarise(domain: str, response: Mapping[str, Any] | None) -> llm.ToolResult:
    """Return what a model is told of the response to an action, None for one that gives none."""
    if not response:
        return llm.ToolResult(data={"result": "ok"})
    shown, is_short = shorten(response)
    told = {"note": _SHORTENED} if is_short else {}
    return llm.ToolResult(data={**told, "result": fence(canonical_json(shown)) if is_outside(domain) else shown})


def shorten(value: Any, most_tokens: int = MOST_TOKENS) -> tuple[Any, bool]:
    """Return a value cut down until it costs no more than so many tokens, and whether anything is missing."""
    whole = _cut(value, None, None)
    cut = whole
    for items, characters in _STEPS:
        if estimate_tokens(canonical_json(cut := _cut(value, items, characters))) <= most_tokens:
            return cut, cut != whole
    # Even the beginning of a deep structure may be long; a token is about a character at least.
    return canonical_json(cut)[: most_tokens // 2], True


def _cut(value: Any, items: int | None, characters: int | None) -> Any:
    """Return a value with so many items of each list or object and so many characters of each text, all for None."""
    match value:
        case Mapping():
            kept = {str(key): _cut(inner, items, characters) for key, inner in islice(value.items(), items)}
            return {key: inner for key, inner in kept.items() if inner is not None}
        case list() | tuple() | set():
            kept_items = [_cut(inner, items, characters) for inner in islice(value, items)]
            missing = len(value) - len(kept_items)
            return [*kept_items, f"{missing} more"] if missing else kept_items
        case str():
            return value if characters is None or len(value) <= characters else f"{value[:characters]}…"
        case float():
            return round(value, 2)
        case int() | None:
            return value
        case _:
            return _cut(str(value), items, characters)
