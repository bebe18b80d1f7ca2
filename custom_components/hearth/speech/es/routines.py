"""Know how people say in Spanish when something is to happen again and again."""

from ..routines import sentences

_DAY = (
    r"(?:cada|todos los|todas las|los) (?P<day>(?P<evening>tardes?|noches?)|(?P<workday>días? laborables?)"
    r"|(?P<weekend>fin(?:es)? de semana)|mañanas?|días?|lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)"
)
_TIME = (
    r"a (?:(?P<noon>mediodía)|(?P<midnight>medianoche)"
    r"|las? (?P<time>\d{1,2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?)(?: horas)?(?: de la (?:mañana|tarde|noche))?)"
)
_SUN = r"(?:(?P<sunset>al atardecer|al anochecer|a la puesta del? sol)|(?P<sunrise>al amanecer|a la salida del sol))"
_THING = (
    r"cuando (?:el |la |los |las )?(?P<name>.+?) "
    r"(?:(?P<open>se abr[ae]|esté abiert[ao])|(?P<closed>se cierr[ae]|esté cerrad[ao])"
    r"|(?P<on>se enciend[ae]|esté encendid[ao])|(?P<off>se apagu?[ae]|esté apagad[ao])"
    r"|(?P<unlocked>se desbloque[ae])|(?P<locked>se bloque[ae])"
    r"|(?P<home>llegu?[ae] a casa)|(?P<away>salg?[ae] de casa))"
)

ROUTINES = sentences(_DAY, _TIME, _SUN, _THING, then="entonces ", please="(?:por favor )?")
