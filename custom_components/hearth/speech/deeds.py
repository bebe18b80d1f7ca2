"""Know how people ask what was done, and say what it was."""

from datetime import date

from . import heard, knows, say, spoken_day


def asked_what_was_done(language: str, text: str) -> tuple[str, str | None] | None:
    """Return the day, as `named_day` calls it or "morning", and the area of a question for what was done, or None."""
    parts = heard(language, "what_was_done", text)
    if parts is None:
        return None
    when = next((part for part in parts if part != "area"), "today")
    return when, parts.get("area")


def deed_text(
    language: str, *, time: str, who: str | None, action: str, words: str | None, result: str, times: int
) -> str:
    """Return something that was done as it is said; `who` is None for whoever is told, "" for nobody known."""
    why = say(language, "deed_why", words=words) if words else ""
    if times > 1:
        result = say(language, "deed_times", result=result, count=str(times))
    by = say(language, "deed_you") if who is None else who or say(language, "deed_somebody")
    return say(language, "deed", time=time, who=by, action=action, why=why, result=result.rstrip("."))


def result_text(language: str, outcome: str, reason: str) -> str:
    """Return what came of something; of what was refused also why."""
    if outcome != "denied":
        return _came_of(language, outcome)
    return say(language, "deed_denied", reason=say(language, f"because_{reason}", rule="?"))


def logged(language: str, outcome: str, action: str) -> str:
    """Return what stands in the logbook, behind Hearth's name, of something that is asked of it or came of that."""
    if knows(key := f"log_{outcome}"):
        return say(language, key, action=action)
    return say(language, "log", action=action, result=_came_of(language, outcome))


def nothing_done(language: str, day: date, today: date, area: str | None) -> str:
    """Return what to say of a day on which nothing was done, or nothing in an area."""
    when = spoken_day(language, day, today)
    return say(language, "deed_nothing" if area is None else "deed_nothing_there", when=when, area=area or "")


def many_done(language: str) -> str:
    """Return what to say before the last deeds of many."""
    return say(language, "deed_more")


def _came_of(language: str, outcome: str) -> str:
    return say(language, key if knows(key := f"deed_{outcome}") else "deed_failed")
