"""Know how people say in German when something is to happen again and again."""

from ..routines import sentences

_DAY = (
    r"(?:täglich|(?:jeden|jede|jedes|am|an) (?P<day>(?P<evening>abend|nacht|nachmittag)|(?P<workday>werktag(?:en)?)"
    r"|(?P<weekend>wochenende)|tag|morgen|\w+tag|mittwoch|sonnabend))"
)
_TIME = (
    r"um (?:(?P<noon>zwölf uhr mittags)|(?P<midnight>mitternacht)"
    r"|(?P<time>\d{1,2}(?:[:.]\d{2})?(?: uhr(?: \d{2})?)?))"
)
_SUN = r"(?:bei|zum|zu) (?:(?P<sunset>sonnenuntergang)|(?P<sunrise>sonnenaufgang))"
_THING = (
    r"(?:immer )?(?:wenn|sobald) (?:der |die |das )?(?P<name>.+?) "
    r"(?:(?P<open>auf ?geht|geöffnet wird|(?:sich )?öffnet)"
    r"|(?P<closed>zu ?geht|geschlossen wird|(?:sich )?schließt)"
    r"|(?P<on>an ?geht|(?:ein|an)geschaltet wird)|(?P<off>aus ?geht|ausgeschaltet wird)"
    r"|(?P<unlocked>auf ?geschlossen wird|entriegelt wird)|(?P<locked>ab ?geschlossen wird|verriegelt wird)"
    r"|(?P<home>nach hause kommt|heimkommt)|(?P<away>das haus verlässt|weggeht))"
)

ROUTINES = sentences(_DAY, _TIME, _SUN, _THING, then="dann ", please="(?:bitte )?")
