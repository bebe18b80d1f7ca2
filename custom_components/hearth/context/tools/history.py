"""Look up how something was, and when it last was so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, MATCH_ALL, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, llm, translation
from homeassistant.util import dt as dt_util
import probatio

from ...access import RULES, Source, source_of_entity, tells_of_outside
from ..entity import WORDS, area_of, describe, label, names_of, state_word, word_key
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
_MOST_STATES = 20
_STEM = 4
_OPTIONS = "options"
_NO_HISTORY = frozenset({"weather", "zone"})


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
        past = _Past(viewer.hass, start, min(end, now), args.get("wanted_state"), _language(viewer, llm_context))
        named = self._named(viewer, args)
        states, cut = bounded(named, _MOST_ENTITIES)
        try:
            told = [await past.async_told(state) for state in states]
            if args.get("name") and past.wanted and not any(map(_was_so, told)):
                # Of a door with a lock and a contact, one of the two opens.
                alike = [await past.async_told(state) for state in self._alike(viewer, named)[:_MOST_ENTITIES]]
                told = [one for one in alike if _was_so(one)] or told
        except HomeAssistantError as err:
            return refusal(str(err))
        return answer(start=iso(start), end=iso(past.end), things=told, not_shown=cut)

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

    def _alike(self, viewer: Viewer, named: Sequence[State]) -> list[State]:
        """Return the other things whose name holds every word of the name of one of those that were meant."""
        hass = viewer.hass
        wholes = [set(fold(name)) for state in named for name in names_of(hass, state)]
        known = {state.entity_id for state in named}
        return [
            state
            for state in hass.states.async_all()
            if state.entity_id not in known and _has_history(state) and viewer.sees(state.entity_id)
            if any(whole and whole.issubset(fold(name)) for name in names_of(hass, state) for whole in wholes)
        ]


@dataclass(frozen=True, slots=True)
class _Past:
    """A period, and the state that is asked for in it, in the asker's language; None for none."""

    hass: HomeAssistant
    start: datetime
    end: datetime
    wanted: str | None
    language: str

    async def async_told(self, state: State) -> dict[str, Any]:
        """Return how a thing was; raises HomeAssistantError."""
        changes = await async_changes(self.hass, state.entity_id, self.start, self.end)
        # The recorder writes some seconds late.
        if self.start < state.last_changed <= self.end and (not changes or changes[-1].state != state.state):
            changes.append(Change(state.state, state.last_changed))
        # What a player plays was written outside the home, and no part of how it was.
        now = state_word(self.hass, state) if tells_of_outside(state) else describe(self.hass, state)
        told = {"name": label(self.hass, state), "kind": state.domain, "now": now}
        if state.attributes.get(ATTR_UNIT_OF_MEASUREMENT):
            return {**told, **_extremes(state, changes)}
        if self.wanted:
            return {**told, **await self._async_when_so(state, self.wanted, changes)}
        newest = [change for change in reversed(changes) if change.at > self.start]
        shown, cut = bounded(newest, _MOST_CHANGES)
        rows = [{"state": state_word(self.hass, state, change.state), "since": iso(change.at)} for change in shown]
        return {**told, "changes": rows, **({"not_shown": cut} if cut else {})}

    async def _async_when_so(self, state: State, wanted: str, changes: Sequence[Change]) -> dict[str, Any]:
        """Return when a thing was in the wanted state, or which states it has if it can't be so."""
        texts = await translation.async_get_translations(self.hass, self.language, WORDS, {state.domain})
        # A garage door has the states of every cover, a door contact those of its class.
        prefixes = (f"component.{state.domain}.{WORDS}._.state.", word_key(state, ""))
        said = {
            key.removeprefix(prefix): text
            for prefix in prefixes
            for key, text in texts.items()
            if key.startswith(prefix)
        }
        values = {state.state, *(change.state for change in changes), *said, *state.attributes.get(_OPTIONS, ())}
        words = {value: f"{value} {state_word(self.hass, state, value)} {said.get(value, '')}" for value in values}
        if meant := _meant(wanted, {value: frozenset(fold(text)) for value, text in words.items()}):
            return {"wanted_state": wanted, **_times(changes, meant, self.start, self.end)}
        has = sorted({state_word(self.hass, state, value) for value in values - _MISSING})
        return {"wanted_state": wanted, "problem": "It is never in such a state.", "states": has[:_MOST_STATES]}


def _language(viewer: Viewer, llm_context: llm.LLMContext) -> str:
    """Return the asker's language, the home's for a client that speaks any."""
    language = llm_context.language
    return language if language and language != MATCH_ALL else viewer.hass.config.language


def _was_so(told: Mapping[str, Any]) -> bool:
    return bool(told.get("times") or told.get("was_so_at_start"))


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
    # Where nothing is recorded, nothing began that could end.
    ends = [*(change.at for change in changes[1:]), end][: len(changes)]
    lengths = [until - change.at for change, until in zip(changes, ends, strict=True) if change.state in values]
    first = changes[0] if changes else None
    was_before = first is not None and first.state in values and first.at <= start
    last = began[-1] if began else None
    return {
        "times": len(began),
        "last": iso(last) if last else None,
        "in_all": duration(sum(lengths, timedelta()).total_seconds()),
        **({"was_so_at_start": True} if was_before else {}),
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
    """Tell whether a thing is the home's own to tell of: of what was written outside it, other tools tell."""
    is_text = state.domain in ("input_text", "sensor", "text") and tells_of_outside(state)
    return not is_text and not RULES[source_of_entity(state.entity_id)].untrusted and state.domain not in _NO_HISTORY


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
