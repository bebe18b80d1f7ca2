"""Hold what a model claims to have done against what the calls of its turn did."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, llm

from ..context.entity import area_of, names_of
from ..hands import CallRecord, Effect, Outcome
from ..hands.audit.day import WHAT_WAS_DONE
from ..hands.phrases import name_of
from ..speech import join, say
from ..speech.claiming import Claim, bare_words, is_bare_thing
from ..speech.deed_kinds import Deed
from ..speech.deeds import result_text
from .turn import DID_SOMETHING

# The things that people name when they say what was done to them.
_NAMED: Final = frozenset(
    {
        "alarm_control_panel",
        "climate",
        "cover",
        "fan",
        "humidifier",
        "lawn_mower",
        "light",
        "lock",
        "media_player",
        "siren",
        "switch",
        "vacuum",
        "valve",
        "water_heater",
    }
)
# What is done with these is words.
_WRITES: Final = frozenset(
    {"assist_satellite", "calendar", "notify", "persistent_notification", "shopping_list", "todo", "tts"}
)
# Beyond these nobody listens any more.
_MOST_NAMES: Final = 5

_ANY: Final = frozenset(Deed)
_BEGINS: Final = frozenset({Deed.ON, Deed.START})
_ENDS: Final = frozenset({Deed.OFF, Deed.STOP})
_RUNS: Final = _BEGINS | _ENDS
_PLAYS: Final = _BEGINS | {Deed.OPEN}
_WAY: Final = frozenset({Deed.OPEN, Deed.CLOSE, Deed.LOCK, Deed.UNLOCK, Deed.ARM, Deed.DISARM})
_LISTED: Final = frozenset({Deed.ADD, Deed.REMOVE})
# What people may call an action: for one of everything, "*". What stands nowhere may be called anything.
_CALLED: Final[Mapping[str, Mapping[str, frozenset[Deed]]]] = {
    "alarm_control_panel": {
        **dict.fromkeys(
            (
                "alarm_arm_away",
                "alarm_arm_custom_bypass",
                "alarm_arm_home",
                "alarm_arm_night",
                "alarm_arm_vacation",
            ),
            frozenset({Deed.ARM, Deed.ON, Deed.START}),
        ),
        "alarm_disarm": frozenset({Deed.DISARM, *_ENDS, Deed.REMOVE}),
        "alarm_trigger": _BEGINS,
    },
    "assist_satellite": {"announce": frozenset({Deed.SEND, Deed.ADD, *_BEGINS})},
    "automation": {"turn_on": _BEGINS, "turn_off": _ENDS, "trigger": _BEGINS},
    "calendar": {"create_event": frozenset({Deed.ADD, Deed.SEND})},
    "climate": {"turn_on": _BEGINS, "turn_off": _ENDS, "*": _RUNS},
    "cover": {
        "open_cover": frozenset({Deed.OPEN, *_BEGINS}),
        "close_cover": frozenset({Deed.CLOSE, *_ENDS}),
        "stop_cover": _ENDS,
        "*": frozenset({Deed.OPEN, Deed.CLOSE, *_RUNS}),
    },
    "fan": {"turn_on": _BEGINS, "turn_off": _ENDS, "*": _RUNS},
    "humidifier": {"turn_on": _BEGINS, "turn_off": _ENDS, "*": _RUNS},
    # A machine is sent to its work, and home again.
    "lawn_mower": {"start_mowing": _BEGINS | {Deed.SEND}, "*": _ENDS | {Deed.SEND}},
    "light": {"turn_on": frozenset({Deed.ON}), "turn_off": frozenset({Deed.OFF}), "*": frozenset({Deed.ON, Deed.OFF})},
    # Who lets somebody in says that the door was opened.
    "lock": {
        "lock": frozenset({Deed.LOCK, Deed.CLOSE}),
        "unlock": frozenset({Deed.UNLOCK, Deed.OPEN}),
        "open": frozenset({Deed.UNLOCK, Deed.OPEN}),
    },
    "media_player": {
        "turn_on": _PLAYS,
        "media_play": _PLAYS,
        "media_pause": _ENDS,
        "media_stop": _ENDS,
        "turn_off": _ENDS | {Deed.CLOSE},
        "play_media": _PLAYS | {Deed.SEND},
        "select_source": _PLAYS,
        "*": _RUNS,
    },
    "notify": {"*": frozenset({Deed.SEND})},
    "persistent_notification": {"create": frozenset({Deed.SEND, Deed.ADD}), "dismiss": frozenset({Deed.REMOVE})},
    "scene": {"turn_on": _BEGINS},
    "script": {"turn_off": _ENDS, "*": _BEGINS},
    # German says the same of a task that is done and of a door that is locked.
    "shopping_list": {"add_item": frozenset({Deed.ADD}), "*": _LISTED | {Deed.LOCK}},
    "siren": {"turn_on": _BEGINS, "turn_off": _ENDS | {Deed.REMOVE, Deed.DISARM}},
    "switch": {"turn_on": _BEGINS | _WAY, "turn_off": _ENDS | _WAY},
    "timer": {
        "start": _BEGINS | {Deed.ADD},
        "pause": _ENDS,
        "cancel": _ENDS | {Deed.REMOVE},
        "finish": _ENDS | {Deed.REMOVE},
        "*": _RUNS | _LISTED,
    },
    "todo": {"add_item": frozenset({Deed.ADD}), "*": _LISTED | {Deed.LOCK}},
    "tts": {"*": frozenset({Deed.SEND, *_BEGINS})},
    "vacuum": {
        **dict.fromkeys(("start", "clean_area", "clean_spot"), _BEGINS | {Deed.SEND}),
        "*": _ENDS | {Deed.SEND},
    },
    "valve": {
        "open_valve": frozenset({Deed.OPEN, *_BEGINS}),
        "close_valve": frozenset({Deed.CLOSE, *_ENDS}),
        "*": frozenset({Deed.OPEN, Deed.CLOSE, *_RUNS}),
    },
    "water_heater": {"turn_on": _BEGINS, "turn_off": _ENDS, "*": _RUNS},
}
# What a scene sets.
_SET_TO: Final[Mapping[str, frozenset[Deed]]] = {
    "on": _BEGINS,
    "off": _ENDS,
    "open": frozenset({Deed.OPEN}),
    "closed": frozenset({Deed.CLOSE}),
    "locked": frozenset({Deed.LOCK, Deed.CLOSE}),
    "unlocked": frozenset({Deed.UNLOCK, Deed.OPEN}),
}


@dataclass(frozen=True, slots=True)
class _Act:
    """One thing that a call did."""

    call: CallRecord
    effect: Effect


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the calls of a turn have done by now, and what may be said of it in a language."""

    hass: HomeAssistant
    language: str
    calls: Sequence[CallRecord]

    @callback
    def backs(self, claim: Claim) -> bool:
        """Tell whether a claim may be true: a call did a deed of its kind, to what it names."""
        if any(call.outcome in DID_SOMETHING and call.resolution.unknown for call in self.calls):
            # What nobody can look into may have done anything.
            return True
        acts = [act for act in self._acts() if not claim.deeds or claim.deeds & _called(act.effect)]
        told = list(self._told())
        if not acts and not told:
            return False
        named = list(self._named(claim.words))
        if acts and all(any(self._concerns(act, name, claim) for act in acts) for name in named):
            return True
        return any(all(f" {name} " in text for name in named) for text in told)

    @callback
    def truth(self) -> str:
        """Return what to say in the place of a claim that is not true."""
        acts = list(self._acts())
        if not acts:
            return say(self.language, "changed_nothing")
        entity_ids = [
            act.effect.entity_id for act in acts if act.effect in (act.call.resolution.chosen or (act.effect,))
        ]
        names = list(dict.fromkeys(name_of(self.hass, entity_id) for entity_id in entity_ids if entity_id is not None))
        if None in entity_ids or not 0 < len(names) <= _MOST_NAMES:
            return say(self.language, "nothing_else")
        return say(self.language, "changed_only", names=join(self.language, names))

    def _acts(self) -> Iterator[_Act]:
        for call in self.calls:
            for effect in call.resolution.effects:
                if _happened(call, effect):
                    yield _Act(call, effect)

    def _told(self) -> Iterator[str]:
        """Yield what the record told of that was done: a model may say it again."""
        done = {result_text(self.language, outcome, "") for outcome in DID_SOMETHING}
        for call in self.calls:
            if call.name.endswith(WHAT_WAS_DONE) and isinstance(call.result, llm.ToolResult):
                deeds = call.result.data.get("deeds")
                rows = [row for row in deeds if isinstance(row, dict)] if isinstance(deeds, list) else []
                yield from (_plain(str(row.get("action"))) for row in rows if row.get("result") in done)

    def _named(self, words: str) -> Iterator[str]:
        """Yield the names of things and areas that stand in words, the longest where one is in another."""
        said = _plain(words)
        for name in sorted(self._names(), key=len, reverse=True):
            if f" {name} " in said:
                yield name
                said = said.replace(f" {name} ", " , ")

    def _names(self) -> set[str]:
        things = {
            plain
            for state in self.hass.states.async_all(_NAMED)
            for name in names_of(self.hass, state)
            if not is_bare_thing(self.language, plain := _plain(name).strip())
        }
        # Whatever is done is done at home.
        home = _plain(self.hass.config.location_name).strip()
        return {name for name in things | self._area_names() if name and name != home}

    def _area_names(self) -> set[str]:
        areas = ar.async_get(self.hass).async_list_areas()
        return {_plain(name).strip() for area in areas for name in (area.name, *area.aliases)}

    def _concerns(self, act: _Act, name: str, claim: Claim) -> bool:
        """Tell whether something was done to what goes by a name; what stands nowhere may stand in any area.

        What is written down or said may be about anything.
        """
        entity_id, texts = act.effect.entity_id, list(_texts(act.call.args))
        if entity_id is None or act.effect.domain in _WRITES:
            return bool(claim.deeds) or _stands_in(name, texts)
        area, state = area_of(self.hass, entity_id), self.hass.states.get(entity_id)
        if area is None and name in self._area_names():
            return True
        texts += [entity_id, *(self._names_of_area(area) if area else ())]
        texts += names_of(self.hass, state) if state is not None else []
        return _stands_in(name, texts)

    def _names_of_area(self, name: str) -> Iterator[str]:
        area = ar.async_get(self.hass).async_get_area_by_name(name)
        return iter((area.name, *area.aliases) if area else ())


def _happened(call: CallRecord, effect: Effect) -> bool:
    """Tell whether an effect came about; of a call that did not work everywhere, where it shows."""
    if call.outcome in DID_SOMETHING:
        return True
    entity_id = effect.entity_id
    if call.outcome is not Outcome.UNCHANGED or entity_id is None or entity_id in call.unchanged:
        return False
    return call.before.get(entity_id) != call.after.get(entity_id)


def _called(effect: Effect) -> frozenset[Deed]:
    """Return the kinds of deed that an effect may be called."""
    if effect.service == "apply":
        return _SET_TO.get(str(effect.data.get("state")), _ANY)
    services = _CALLED.get(effect.domain, {})
    return services.get(effect.service, services.get("*", _ANY))


def _stands_in(name: str, texts: Iterable[str]) -> bool:
    return any(f" {name} " in _plain(text) for text in texts)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a call's arguments."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _plain(text: str) -> str:
    """Return the words of a text, with a space before and behind each."""
    return f" {' '.join(re.findall(r'\w+', bare_words(text.replace('_', ' '))))} "
