"""Look up how something was, and when it last was so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, llm, translation
from homeassistant.util import dt as dt_util
import probatio

from ...access import Source
from ..entity import WORDS, area_of, describe, label, state_word, word_key
from ..past import Change, async_changes
from ..times import duration, iso
from ..viewer import Viewer
from ..vocabulary import fold
from .answers import answer, bounded, period, refusal
from .lookup import NotFound
from .lookup_tool import NamedLookupTool

_DEFAULT_DAYS = 10
_MOST_ENTITIES, _MOST_CHANGES = 6, 20
_MISSING = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})
# Of an area, these are what people ask about the past of.
_TOLD_OF_AREAS = frozenset({"binary_sensor", "climate", "cover", "light", "lock", "media_player", "switch"})
_STEM = 4


class History(NamedLookupTool):
    """Tell how the things of the home were in a period."""

    name = "hearth__history"
    title = "History"
    description = (
        "How a thing of the home, or those of an area, were in a period: each change with its exact time, and of a "
        "wanted state when it last began, how often it did and for how long in all. For 'when was the back door last "
        "opened?' give name 'back door' and wanted_state 'open'. Without 'start', the last ten days."
    )
    parameters = probatio.Schema(
        {
            probatio.Optional("name", description="Name of a thing"): cv.string,
            probatio.Optional("area", description="Name of an area, instead of a name"): cv.string,
            probatio.Optional("start", description="First day or time, as 2026-11-21 or 2026-11-21T18:30"): cv.string,
            probatio.Optional("end", description="Last day (included) or time; now without it"): cv.string,
            probatio.Optional("wanted_state", description="Such as open, on, unlocked, home"): cv.string,
        }
    )
    sources = frozenset({Source.ENERGY})

    @override
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        now = dt_util.now()
        start, end = period(args, now - timedelta(days=_DEFAULT_DAYS), _DEFAULT_DAYS + 1)
        states, cut = bounded(self._named(viewer, args), _MOST_ENTITIES)
        try:
            told = [
                await _async_told(
                    viewer.hass, state, start, min(end, now), args.get("wanted_state"), llm_context.language
                )
                for state in states
            ]
        except HomeAssistantError as err:
            return refusal(str(err))
        return answer(start=iso(start), end=iso(min(end, now)), things=told, not_shown=cut)

    def _named(self, viewer: Viewer, args: dict[str, Any]) -> list[State]:
        if args.get("name"):
            return self.find(viewer, args["name"], _has_history, "thing with a history")
        if not (area := args.get("area")):
            raise probatio.Invalid("give a 'name' or an 'area'")
        states = [
            state
            for state in viewer.states(*_TOLD_OF_AREAS)
            if fold(area_of(viewer.hass, state.entity_id) or "") == fold(area)
        ]
        if not states:
            raise NotFound(f"There is nothing with a history in an area called '{area[:60]}'.")
        return states


async def _async_told(
    hass: HomeAssistant, state: State, start: datetime, end: datetime, wanted: str | None, language: str | None
) -> dict[str, Any]:
    changes = await async_changes(hass, state.entity_id, start, end)
    told = {"name": label(hass, state), "kind": state.domain, "now": describe(hass, state)}
    if state.attributes.get(ATTR_UNIT_OF_MEASUREMENT):
        return {**told, **_extremes(state, changes)}
    if wanted:
        words = await _async_words(hass, state, {change.state for change in changes} | {state.state}, language)
        values = _meant(wanted, words)
        return {**told, "wanted_state": wanted, **_times(changes, values, start, end)}
    newest = [change for change in reversed(changes) if change.at > start]
    shown, cut = bounded(newest, _MOST_CHANGES)
    rows = [{"state": state_word(hass, state, change.state), "since": iso(change.at)} for change in shown]
    return {**told, "changes": rows, **({"not_shown": cut} if cut else {})}


def _extremes(state: State, changes: Sequence[Change]) -> dict[str, Any]:
    """Return between which values something that is measured was."""
    values = [(value, change.at) for change in changes if (value := _number(change.state)) is not None]
    if not values:
        return {"measured": 0}
    (low, low_at), (high, high_at) = min(values), max(values)
    return {
        "unit": state.attributes[ATTR_UNIT_OF_MEASUREMENT],
        "measured": len(values),
        "lowest": {"value": low, "at": iso(low_at)},
        "highest": {"value": high, "at": iso(high_at)},
        "hint": "for means and sums call hearth__statistics",
    }


def _times(changes: Sequence[Change], values: frozenset[str], start: datetime, end: datetime) -> dict[str, Any]:
    """Return when a state last began, how often it did and how long it was, in all."""
    began = [change.at for change in changes if change.state in values and change.at > start]
    seconds = sum(
        ((later.at if later else end) - change.at).total_seconds()
        for change, later in zip(changes, [*changes[1:], None], strict=True)
        if change.state in values
    )
    first = changes[0] if changes else None
    was_before = first is not None and first.state in values and first.at <= start
    last = began[-1] if began else None
    return {
        "times": len(began),
        "last": iso(last) if last else None,
        "in_all": duration(seconds),
        **({"was_so_at_start": True} if was_before else {}),
    }


async def _async_words(
    hass: HomeAssistant, state: State, values: set[str], language: str | None
) -> Mapping[str, frozenset[str]]:
    """Return the words by which each value of an entity is known, in English and in the asker's language."""
    spoken = language or hass.config.language
    texts = await translation.async_get_translations(hass, spoken, WORDS, {state.domain})
    return {
        value: frozenset(fold(f"{value} {state_word(hass, state, value)} {texts.get(word_key(state, value), '')}"))
        for value in values - _MISSING
    }


def _meant(wanted: str, words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the values that a wanted state means: by a whole word, or else by how one begins ("opened")."""
    tokens = fold(wanted)
    exactly = frozenset(value for value, names in words.items() if not names.isdisjoint(tokens))
    return exactly or frozenset(
        value
        for value, names in words.items()
        if any(name[:_STEM] == token[:_STEM] for name in names for token in tokens if len(token) >= _STEM)
    )


def _has_history(state: State) -> bool:
    return state.domain not in ("calendar", "todo", "weather", "zone")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
