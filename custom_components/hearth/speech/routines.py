"""Know how people say when something is to happen again and again, in every language.

A sentence names a time of day, the sun or what a thing does, and a command, whose `rest` may stand behind the time.
"""

_EN_DAY = (
    r"(?:every|each|on) (?P<day>(?P<evening>evening|night|afternoon)"
    r"|(?P<workday>weekday|work ?day)|(?P<weekend>weekend)|morning|day|\w+day)s?"
)
_EN_TIME = (
    r"at (?:(?P<noon>noon)|(?P<midnight>midnight)"
    r"|(?P<time>\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)(?: o'clock)?)"
)
_EN_SUN = r"at (?:(?P<sunset>sunset|sundown|dusk)|(?P<sunrise>sunrise|dawn))"
_EN_THING = (
    r"(?:when(?:ever)?|every time|as soon as) (?:the |my |our )?(?P<name>.+?) "
    r"(?:is |gets |has |goes |turns |switches |comes |becomes )?(?:turned |switched |been )?"
    r"(?:(?P<open>open(?:s|ed)?)|(?P<closed>close[sd]?|shut)|(?P<on>on)|(?P<off>off)"
    r"|(?P<unlocked>unlock(?:s|ed)?)|(?P<locked>lock(?:s|ed)?)"
    r"|(?P<home>home|arrives(?: home)?)|(?P<away>leaves(?: home)?))"
)

_DE_DAY = (
    r"(?:täglich|(?:jeden|jede|jedes|am|an) (?P<day>(?P<evening>abend|nacht|nachmittag)|(?P<workday>werktag(?:en)?)"
    r"|(?P<weekend>wochenende)|tag|morgen|\w+tag|mittwoch|sonnabend))"
)
_DE_TIME = (
    r"um (?:(?P<noon>zwölf uhr mittags)|(?P<midnight>mitternacht)"
    r"|(?P<time>\d{1,2}(?:[:.]\d{2})?(?: uhr(?: \d{2})?)?))"
)
_DE_SUN = r"(?:bei|zum|zu) (?:(?P<sunset>sonnenuntergang)|(?P<sunrise>sonnenaufgang))"
_DE_THING = (
    r"(?:immer )?(?:wenn|sobald) (?:der |die |das )?(?P<name>.+?) "
    r"(?:(?P<open>auf ?geht|geöffnet wird|(?:sich )?öffnet)"
    r"|(?P<closed>zu ?geht|geschlossen wird|(?:sich )?schließt)"
    r"|(?P<on>an ?geht|(?:ein|an)geschaltet wird)|(?P<off>aus ?geht|ausgeschaltet wird)"
    r"|(?P<unlocked>auf ?geschlossen wird|entriegelt wird)|(?P<locked>ab ?geschlossen wird|verriegelt wird)"
    r"|(?P<home>nach hause kommt|heimkommt)|(?P<away>das haus verlässt|weggeht))"
)

_ES_DAY = (
    r"(?:cada|todos los|todas las|los) (?P<day>(?P<evening>tardes?|noches?)|(?P<workday>días? laborables?)"
    r"|(?P<weekend>fin(?:es)? de semana)|mañanas?|días?|lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)"
)
_ES_TIME = (
    r"a (?:(?P<noon>mediodía)|(?P<midnight>medianoche)"
    r"|las? (?P<time>\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)(?: horas)?(?: de la (?:mañana|tarde|noche))?)"
)
_ES_SUN = r"(?:(?P<sunset>al atardecer|al anochecer|a la puesta del? sol)|(?P<sunrise>al amanecer|a la salida del sol))"
_ES_THING = (
    r"cuando (?:el |la |los |las )?(?P<name>.+?) "
    r"(?:(?P<open>se abr[ae]|esté abiert[ao])|(?P<closed>se cierr[ae]|esté cerrad[ao])"
    r"|(?P<on>se enciend[ae]|esté encendid[ao])|(?P<off>se apagu?[ae]|esté apagad[ao])"
    r"|(?P<unlocked>se desbloque[ae])|(?P<locked>se bloque[ae])"
    r"|(?P<home>llegu?[ae] a casa)|(?P<away>salg?[ae] de casa))"
)

_FR_DAY = (
    r"(?:chaque|tous les|toutes les|le) (?P<day>(?P<evening>soirs?|nuits?|après-midis?)|(?P<workday>jours? de semaine)"
    r"|(?P<weekend>week-ends?)|matins?|jours?|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?)"
)
_FR_TIME = (
    r"à (?:(?P<noon>midi)|(?P<midnight>minuit)"
    r"|(?P<time>\d{1,2} ?(?:h(?:eures?)?|:)? ?(?:\d{2})?)(?: du (?:matin|soir))?)"
)
_FR_SUN = r"(?:au (?P<sunset>coucher du soleil)|au (?P<sunrise>lever du soleil))"
_FR_THING = (
    r"(?:quand|lorsque|dès que) (?:le |la |les |l')?(?P<name>.+?) "
    r"(?:(?P<open>s'ouvre|est ouverte?)|(?P<closed>se ferme|est fermée?)"
    r"|(?P<on>s'allume|est allumée?)|(?P<off>s'éteint|est éteinte?)"
    r"|(?P<unlocked>se déverrouille|est déverrouillée?)|(?P<locked>se verrouille|est verrouillée?)"
    r"|(?P<home>rentre(?: à la maison)?)|(?P<away>part|sort de la maison))"
)

_NL_DAY = (
    r"(?:dagelijks|(?:elke|iedere|op|in het) (?P<day>(?P<evening>avond|nacht|middag)"
    r"|(?P<workday>werkdag(?:en)?|doordeweekse dag)|(?P<weekend>weekend)|dag|ochtend|\w+dag))"
)
_NL_TIME = (
    r"om (?:(?P<noon>twaalf uur 's middags)|(?P<midnight>middernacht)"
    r"|(?P<time>\d{1,2}(?:[:.]\d{2})?)(?: uur)?)"
)
_NL_SUN = r"bij (?:(?P<sunset>zonsondergang)|(?P<sunrise>zonsopkomst|zonsopgang))"
_NL_THING = (
    r"(?:als|wanneer|zodra) (?:de |het )?(?P<name>.+?) "
    r"(?:(?P<open>open ?gaat|opent|geopend wordt)|(?P<closed>dicht ?gaat|sluit|gesloten wordt)"
    r"|(?P<on>aan ?gaat|aangezet wordt)|(?P<off>uit ?gaat|uitgezet wordt)"
    r"|(?P<unlocked>van het slot gaat|ontgrendeld wordt)|(?P<locked>op slot gaat|vergrendeld wordt)"
    r"|(?P<home>thuis ?komt)|(?P<away>weg ?gaat|vertrekt))"
)


def _sentences(day: str, time: str, sun: str, thing: str, *, then: str = "", please: str = "") -> tuple[str, ...]:
    """Return the sentences of a language: the moment first, last, or in the middle of the command."""
    moments = (rf"{day},? {time}", rf"{time},? {day}", rf"(?:{day},? )?{sun}", rf"{sun},? {day}")
    first = tuple(rf"{please}{moment},? (?:{then})?(?P<command>.+)" for moment in (*moments, thing))
    last = tuple(rf"{please}(?P<command>.+?),? {moment}" for moment in (*moments, thing))
    middle = tuple(rf"{please}(?P<command>\S+) {moment},? (?P<rest>.+)" for moment in moments)
    return first + last + middle


ROUTINES = {
    "de": _sentences(_DE_DAY, _DE_TIME, _DE_SUN, _DE_THING, then="dann ", please="(?:bitte )?"),
    "en": _sentences(_EN_DAY, _EN_TIME, _EN_SUN, _EN_THING, then="then ", please="(?:please )?"),
    "es": _sentences(_ES_DAY, _ES_TIME, _ES_SUN, _ES_THING, then="entonces ", please="(?:por favor )?"),
    "fr": _sentences(_FR_DAY, _FR_TIME, _FR_SUN, _FR_THING, then="alors ", please="(?:s'il te plaît )?"),
    "nl": _sentences(_NL_DAY, _NL_TIME, _NL_SUN, _NL_THING, then="dan ", please="(?:alsjeblieft )?"),
}
