"""Know how people say in Dutch when something is to happen again and again."""

from ..routines import sentences

_DAY = (
    r"(?:dagelijks|(?:elke|iedere|op|in het) (?P<day>(?P<evening>avond|nacht|middag)"
    r"|(?P<workday>werkdag(?:en)?|doordeweekse dag)|(?P<weekend>weekend)|dag|ochtend|\w+dag))"
)
_TIME = (
    r"om (?:(?P<noon>twaalf uur 's middags)|(?P<midnight>middernacht)"
    r"|(?P<time>\d{1,2}(?:[:.]\d{2})?)(?: uur)?)"
)
_SUN = r"bij (?:(?P<sunset>zonsondergang)|(?P<sunrise>zonsopkomst|zonsopgang))"
_THING = (
    r"(?:als|wanneer|zodra) (?:de |het )?(?P<name>.+?) "
    r"(?:(?P<open>open ?gaat|opent|geopend wordt)|(?P<closed>dicht ?gaat|sluit|gesloten wordt)"
    r"|(?P<on>aan ?gaat|aangezet wordt)|(?P<off>uit ?gaat|uitgezet wordt)"
    r"|(?P<unlocked>van het slot gaat|ontgrendeld wordt)|(?P<locked>op slot gaat|vergrendeld wordt)"
    r"|(?P<home>thuis ?komt)|(?P<away>weg ?gaat|vertrekt))"
)

ROUTINES = sentences(_DAY, _TIME, _SUN, _THING, then="dan ", please="(?:alsjeblieft )?")
