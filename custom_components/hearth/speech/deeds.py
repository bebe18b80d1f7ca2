"""Know in every language how people ask what was done, and say what it was."""

from collections.abc import Mapping
from datetime import date
from functools import cache
import re
from typing import Final

from . import bare, named_day, plain, say, spoken_day

_EN_WHEN = r"(?P<when>today|yesterday|this morning|this week|last week|so far)"
_DE_WHEN = r"(?P<when>heute morgen|heute früh|heute|gestern|diese woche|letzte woche|bisher)"
_ES_WHEN = r"(?P<when>hoy|ayer|esta mañana|esta semana|la semana pasada|hasta ahora)"
_FR_WHEN = r"(?P<when>aujourd'hui|hier|ce matin|cette semaine|la semaine dernière|jusqu'ici)"
_NL_WHEN = r"(?P<when>vandaag|gisteren|vanochtend|deze week|vorige week|tot nu toe)"

_QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        (
            r"what (?:did you do|have you done|did you change|have you changed|was done)(?: in the (?P<area>.+?))?"
            rf"(?: {_EN_WHEN})?(?:,? and why)?"
        ),
        rf"what (?:did you do|have you done)(?: {_EN_WHEN})?(?: in the (?P<area>.+?))?(?:,? and why)?",
        rf"why did you do (?:that|this)(?: {_EN_WHEN})?",
    ),
    "de": (
        rf"was hast du(?: {_DE_WHEN})?(?: (?:in der|im|in) (?P<area>.+?))? (?:gemacht|getan|geändert)(?:,? und warum)?",
        rf"was wurde(?: {_DE_WHEN})?(?: (?:in der|im|in) (?P<area>.+?))? (?:gemacht|getan|geändert)(?:,? und warum)?",
        rf"warum hast du das(?: {_DE_WHEN})? (?:gemacht|getan)",
    ),
    "es": (
        rf"¿?qué (?:has hecho|hiciste|has cambiado)(?: en (?:la |el )?(?P<area>.+?))?(?: {_ES_WHEN})?(?:,? y por qué)?",
        rf"¿?qué (?:has hecho|hiciste)(?: {_ES_WHEN})?(?: en (?:la |el )?(?P<area>.+?))?(?:,? y por qué)?",
        rf"¿?por qué (?:has hecho|hiciste) eso(?: {_ES_WHEN})?",
    ),
    "fr": (
        (
            r"qu'(?:est-ce que (?:tu as|vous avez)|as-tu|avez-vous) (?:fait|changé)"
            rf"(?: dans (?:la |le |l')?(?P<area>.+?))?(?: {_FR_WHEN})?(?:,? et pourquoi)?"
        ),
        rf"pourquoi as-tu fait (?:ça|cela)(?: {_FR_WHEN})?",
    ),
    "nl": (
        rf"wat heb je(?: {_NL_WHEN})?(?: in de (?P<area>.+?))? (?:gedaan|veranderd)(?:,? en waarom)?",
        rf"wat is er(?: {_NL_WHEN})?(?: in de (?P<area>.+?))? (?:gedaan|veranderd)(?:,? en waarom)?",
        rf"waarom heb je dat(?: {_NL_WHEN})? gedaan",
    ),
}
_MORNING: Final = frozenset({"this morning", "heute morgen", "heute früh", "esta mañana", "ce matin", "vanochtend"})

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "deed": "At {time}, {who}: {action}{why}; {result}.",
        "times": "{result}, {count} times, this was the last",
        "you": "you",
        "somebody": "somebody",
        "why": ", because of the words “{words}”",
        "nothing": "I did nothing {when}, and nobody asked me to.",
        "nothing_there": "I did nothing {when} in {area}.",
        "more": "These are the last ones of many.",
        "log_begun": "does: {action}",
        "log_asked": "asks: {action}",
        "log_denied": "refused: {action}",
        "log": "{action}: {result}",
        "done": "done",
        "started": "begun",
        "unchanged": "it did not react",
        "asked": "still waiting for a yes",
        "denied": "refused. {reason}",
        "declined": "the answer was no",
        "lapsed": "nobody answered",
        "failed": "it did not work",
    },
    "de": {
        "deed": "Um {time} Uhr, {who}: {action}{why}; {result}.",
        "times": "{result}, {count} Mal, dies war das letzte",
        "you": "du",
        "somebody": "jemand",
        "why": ", wegen der Worte „{words}“",
        "nothing": "Ich habe {when} nichts getan, und niemand wollte etwas.",
        "nothing_there": "Ich habe {when} nichts getan: {area}.",
        "more": "Das sind die letzten von vielen.",
        "log_begun": "macht: {action}",
        "log_asked": "fragt: {action}",
        "log_denied": "hat abgelehnt: {action}",
        "log": "{action}: {result}",
        "done": "getan",
        "started": "begonnen",
        "unchanged": "es hat nicht reagiert",
        "asked": "wartet noch auf ein Ja",
        "denied": "abgelehnt. {reason}",
        "declined": "die Antwort war Nein",
        "lapsed": "niemand hat geantwortet",
        "failed": "es hat nicht geklappt",
    },
    "es": {
        "deed": "A las {time}, {who}: {action}{why}; {result}.",
        "times": "{result}, {count} veces, esta fue la última",
        "you": "tú",
        "somebody": "alguien",
        "why": ", por las palabras «{words}»",
        "nothing": "No he hecho nada {when}, y nadie me lo ha pedido.",
        "nothing_there": "No he hecho nada {when}: {area}.",
        "more": "Estas son las últimas de muchas.",
        "log_begun": "hace: {action}",
        "log_asked": "pregunta: {action}",
        "log_denied": "ha rechazado: {action}",
        "log": "{action}: {result}",
        "done": "hecho",
        "started": "en marcha",
        "unchanged": "no reaccionó",
        "asked": "aún espera un sí",
        "denied": "rechazado. {reason}",
        "declined": "la respuesta fue no",
        "lapsed": "nadie respondió",
        "failed": "no funcionó",
    },
    "fr": {
        "deed": "À {time}, {who} : {action}{why}; {result}.",
        "times": "{result}, {count} fois, c'était la dernière",
        "you": "vous",
        "somebody": "quelqu'un",
        "why": ", à cause des mots « {words} »",
        "nothing": "Je n'ai rien fait {when}, et personne ne m'a rien demandé.",
        "nothing_there": "Je n'ai rien fait {when} : {area}.",
        "more": "Ce sont les dernières d'une longue série.",
        "log_begun": "fait : {action}",
        "log_asked": "demande : {action}",
        "log_denied": "a refusé : {action}",
        "log": "{action} : {result}",
        "done": "fait",
        "started": "en cours",
        "unchanged": "aucune réaction",
        "asked": "attend encore un oui",
        "denied": "refusé. {reason}",
        "declined": "la réponse était non",
        "lapsed": "personne n'a répondu",
        "failed": "cela n'a pas marché",
    },
    "nl": {
        "deed": "Om {time}, {who}: {action}{why}; {result}.",
        "times": "{result}, {count} keer, dit was de laatste",
        "you": "jij",
        "somebody": "iemand",
        "why": ", vanwege de woorden “{words}”",
        "nothing": "Ik heb {when} niets gedaan, en niemand heeft iets gevraagd.",
        "nothing_there": "Ik heb {when} niets gedaan: {area}.",
        "more": "Dit zijn de laatste van vele.",
        "log_begun": "doet: {action}",
        "log_asked": "vraagt: {action}",
        "log_denied": "heeft geweigerd: {action}",
        "log": "{action}: {result}",
        "done": "gedaan",
        "started": "begonnen",
        "unchanged": "het reageerde niet",
        "asked": "wacht nog op een ja",
        "denied": "geweigerd. {reason}",
        "declined": "het antwoord was nee",
        "lapsed": "niemand heeft geantwoord",
        "failed": "het lukte niet",
    },
}


def asked_what_was_done(language: str, text: str) -> tuple[str | int, str | None] | None:
    """Return the day, as `named_day` calls it or "morning", and the area of a question for what was done, or None."""
    said = plain(text)
    for one in dict.fromkeys((_known(language), "en")):
        for pattern in _QUESTIONS[one]:
            if match := _compiled(pattern).fullmatch(bare(said)):
                parts = match.groupdict()
                area = said[slice(*match.span("area"))] if parts.get("area") else None
                when = said[slice(*match.span("when"))] if parts.get("when") else ""
                return "morning" if when.casefold() in _MORNING else named_day(one, when) or "today", area
    return None


def deed_text(
    language: str, *, time: str, who: str | None, action: str, words: str | None, result: str, times: int
) -> str:
    """Return something that was done as it is said; `who` is None for whoever is told, "" for nobody known."""
    texts = _TEXTS[_known(language)]
    why = texts["why"].format(words=words) if words else ""
    if times > 1:
        result = texts["times"].format(result=result, count=times)
    by = texts["you"] if who is None else who or texts["somebody"]
    return texts["deed"].format(time=time, who=by, action=action, why=why, result=result.rstrip("."))


def result_text(language: str, outcome: str, reason: str) -> str:
    """Return what came of something; of what was refused also why."""
    texts = _TEXTS[_known(language)]
    if outcome != "denied":
        return texts.get(outcome, texts["failed"])
    return texts["denied"].format(reason=say(language, f"because_{reason}", rule="?"))


def logged(language: str, outcome: str, action: str) -> str:
    """Return what stands in the logbook, behind Hearth's name, of something that is asked of it or came of that."""
    texts = _TEXTS[_known(language)]
    if (text := texts.get(f"log_{outcome}")) is not None:
        return text.format(action=action)
    return texts["log"].format(action=action, result=texts.get(outcome, texts["failed"]))


def nothing_done(language: str, day: date, today: date, area: str | None) -> str:
    """Return what to say of a day on which nothing was done, or nothing in an area."""
    when = spoken_day(language, day, today)
    key = "nothing" if area is None else "nothing_there"
    return _TEXTS[_known(language)][key].format(when=when, area=area)


def many_done(language: str) -> str:
    """Return what to say before the last deeds of many."""
    return _TEXTS[_known(language)]["more"]


def _known(language: str) -> str:
    short = language.split("-", maxsplit=1)[0].lower()
    return short if short in _TEXTS else "en"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(bare(pattern), re.IGNORECASE)
