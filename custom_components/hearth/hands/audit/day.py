"""Tell from the audit what was done, for whom, why and what came of it, as far as whoever asks may know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...access import HOUSEHOLD_OWNER, Kind as Who, View
from ...access.principal import person_by_user
from ...const import DOMAIN
from ...context.entity import area_of
from ...speech import join
from ...speech.deeds import deed_text, many_done, result_text
from ..phrases import name_of, phrase
from .rows import Kind

WHAT_WAS_DONE: Final = "what_was_done"
_ASKER: Final = ("user_id", "device_id", "words")
# Beyond these nobody listens any more.
_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was asked of the home: how often, last when, by whom and in which words, and what came of it.

    `who` is None for the asker themselves and "" for somebody unknown; `words` are left out where they are another's.
    """

    at: datetime
    action: str
    who: str | None
    words: str | None
    outcome: str
    reason: str
    times: int = 1

    def told(self, language: str) -> str:
        """Return the deed as it is said."""
        return deed_text(
            language,
            time=f"{dt_util.as_local(self.at):%-H:%M}",
            who=self.who,
            action=self.action,
            words=self.words,
            result=result_text(language, self.outcome, self.reason),
            times=self.times,
        )

    def as_dict(self, language: str) -> dict[str, Any]:
        """Return what a model is told of the deed."""
        return {
            "last": dt_util.as_local(self.at).isoformat(timespec="minutes"),
            "action": self.action,
            "asked_by": "the user" if self.who is None else self.who or "unknown",
            "words": self.words,
            "result": result_text(language, self.outcome, self.reason),
            "times": self.times,
        }


def deeds(
    hass: HomeAssistant, rows: Sequence[Mapping[str, Any]], view: View, language: str, area: str | None = None
) -> list[Deed]:
    """Return what calls came to that did, or wanted to do, something that the asker may see; oldest first.

    With `area`, only what concerns something that stands there. What was done again and again is one deed.
    """
    calls = {row["id"]: row for row in rows if row["kind"] == Kind.CALL}
    outcomes = {row["call"]: row for row in rows if row["kind"] == Kind.OUTCOME}
    resumed = {row.get("approved_from") for row in calls.values()}
    found: dict[tuple[str, str | None, str], Deed] = {}
    for row in calls.values():
        if not (row.get("effects") or row.get("unknown")) or row["id"] in resumed:
            continue
        if not _may_know(hass, view, row) or (area is not None and not _is_in(hass, row, area)):
            continue
        outcome = str(outcomes.get(row["id"], row).get("outcome") or "failed")
        # Who says yes, or no, has asked for nothing by that word.
        asked = calls.get(row.get("approved_from") or 0, row)
        deed = _deed(hass, view, {**row, **{key: asked.get(key) for key in _ASKER}}, language, outcome)
        key = (deed.action, deed.who, outcome)
        times = found.pop(key).times + 1 if key in found else 1
        found[key] = replace(deed, times=times)
    return list(found.values())


def told(language: str, found: Sequence[Deed]) -> str:
    """Return deeds as they are said, the last ones where there are too many."""
    left_out = [many_done(language)] if len(found) > _MOST else []
    return " ".join([*left_out, *(deed.told(language) for deed in found[-_MOST:])])


def _deed(hass: HomeAssistant, view: View, row: Mapping[str, Any], language: str, outcome: str) -> Deed:
    by_action: dict[str, list[str]] = {}
    for effect in row.get("effects") or ():
        names = by_action.setdefault(_worded(row, str(effect["action"])), [])
        if effect.get("entity_id"):
            names.append(name_of(hass, effect["entity_id"]))
        elif str(effect["action"]).startswith(f"{DOMAIN}.") and (text := (effect.get("data") or {}).get("text")):
            names.append(str(text))
    actions = [phrase(language, action, list(dict.fromkeys(names))) for action, names in by_action.items()]
    is_own = _is_own(hass, view, row)
    return Deed(
        at=datetime.fromisoformat(row["at"]),
        action=join(language, list(dict.fromkeys(actions)) or [str(row.get("tool"))]),
        who=None if is_own else _name(hass, view, row),
        words=row.get("words") or None if is_own or _is_households(view, row) else None,
        outcome=outcome,
        reason=str(row.get("reason")),
    )


def _worded(row: Mapping[str, Any], action: str) -> str:
    """Return an action under the name that its words go by: only what asks is an unusual temperature."""
    mild = action == "climate.set_temperature" and row.get("risk") == "reversible"
    return "thermostat.set_temperature" if mild else action


def _may_know(hass: HomeAssistant, view: View, row: Mapping[str, Any]) -> bool:
    """Tell whether an asker may know of a call: of entities what they see, of anything else their own."""
    entity_ids = [effect["entity_id"] for effect in row.get("effects") or () if effect.get("entity_id")]
    if entity_ids:
        return all(map(view.sees_entity, entity_ids))
    return _is_own(hass, view, row) or _is_households(view, row)


def _is_own(hass: HomeAssistant, view: View, row: Mapping[str, Any]) -> bool:
    """Tell whether somebody who is known asked for it themselves."""
    principal, user_id = view.asker.principal, row.get("user_id")
    return principal.kind is Who.PERSON and user_id is not None and person_by_user(hass, user_id) == principal


def _is_households(view: View, row: Mapping[str, Any]) -> bool:
    """Tell whether a voice of the household asked, and whoever wants to know lives there."""
    return row.get("user_id") is None and HOUSEHOLD_OWNER in view.asker.principal.owners


def _name(hass: HomeAssistant, view: View, row: Mapping[str, Any]) -> str:
    """Return who asked, for those who live here."""
    if row.get("user_id") is None or HOUSEHOLD_OWNER not in view.asker.principal.owners:
        return ""
    person = person_by_user(hass, row["user_id"])
    return name_of(hass, person.person_id) if person and person.person_id else ""


def _is_in(hass: HomeAssistant, row: Mapping[str, Any], area: str) -> bool:
    wanted = area.casefold()
    entity_ids = [effect["entity_id"] for effect in row.get("effects") or () if effect.get("entity_id")]
    return any((area_of(hass, entity_id) or "").casefold() == wanted for entity_id in entity_ids)
