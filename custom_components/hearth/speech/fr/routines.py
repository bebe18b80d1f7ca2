"""Know how people say in French when something is to happen again and again."""

from ..routines import sentences

_DAY = (
    r"(?:chaque|tous les|toutes les|le) (?P<day>(?P<evening>soirs?|nuits?|après-midis?)|(?P<workday>jours? de semaine)"
    r"|(?P<weekend>week-ends?)|matins?|jours?|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?)"
)
_TIME = (
    r"à (?:(?P<noon>midi)|(?P<midnight>minuit)"
    r"|(?P<time>\d{1,2} ?(?:h(?:eures?)?|:)? ?(?:\d{2})?)(?: du (?:matin|soir))?)"
)
_SUN = r"(?:au (?P<sunset>coucher du soleil)|au (?P<sunrise>lever du soleil))"
_THING = (
    r"(?:quand|lorsque|dès que) (?:le |la |les |l')?(?P<name>.+?) "
    r"(?:(?P<open>s'ouvre|est ouverte?)|(?P<closed>se ferme|est fermée?)"
    r"|(?P<on>s'allume|est allumée?)|(?P<off>s'éteint|est éteinte?)"
    r"|(?P<unlocked>se déverrouille|est déverrouillée?)|(?P<locked>se verrouille|est verrouillée?)"
    r"|(?P<home>rentre(?: à la maison)?)|(?P<away>part|sort de la maison))"
)

ROUTINES = sentences(_DAY, _TIME, _SUN, _THING, then="alors ", please="(?:s'il te plaît )?")
