"""Know what people say to Hearth in Dutch."""

from .routines import ROUTINES

WORDS = {
    "no": frozenset(
        {
            "annuleer",
            "doe het niet",
            "doe maar niet",
            "hoeft niet",
            "laat maar",
            "liever niet",
            "nee",
            "nee bedankt",
            "nee dank je",
            "nee doe maar niet",
            "nee laat maar",
            "niet doen",
            "niet nu",
        }
    ),
    "not_today": frozenset(
        {
            "niet vandaag",
            "vandaag even niet",
            "vandaag niet",
        }
    ),
    "resume": frozenset(
        {
            "ga door",
            "ga maar verder",
            "ga verder",
            "hervat",
            "hervatten",
            "zet jezelf aan",
        }
    ),
    "stop": frozenset({"hou op", "ophouden", "stil", "stop", "stop alles", "stop ermee", "stop maar", "wees stil"}),
    "yes": frozenset(
        {
            "akkoord",
            "doe het",
            "doe maar",
            "goed",
            "graag",
            "is goed",
            "ja",
            "ja alsjeblieft",
            "ja doe het",
            "ja doe maar",
            "ja graag",
            "ja hoor",
            "natuurlijk",
            "prima",
            "zeker",
        }
    ),
}

_WHEN = (
    r"(?:(?P<today>vandaag)|(?P<yesterday>gisteren)|(?P<morning>vanochtend)|(?P<this_week>deze week)"
    r"|(?P<last_week>vorige week)|tot nu toe)"
)

PATTERNS = {
    "about": (r".*\b(?:notities?|documenten|e-?mails?)\b.*?\b(?:over|van) (?P<text>.+)",),
    "about_me": (
        r"wat weet je (?:allemaal )?(?:over|van) (?:mij|me|ons|dit huis)",
        r"wat heb je (?:allemaal )?(?:over (?:mij|me|ons) )?(?:onthouden|genoteerd|geleerd)",
    ),
    "forget": (
        r"(?:alsjeblieft )?vergeet dat (?P<text>\S+ .+)",
        r"(?:alsjeblieft )?vergeet (?P<text>(?:wat|de|het|mijn|onze|ons) .+)",
    ),
    "forget_last": (r"(?:alsjeblieft )?vergeet dat(?: weer| maar| alsjeblieft)?",),
    "help": (r"(?:help|help me|wat kun je(?: (?:allemaal|voor me doen|doen))?|wat kan ik (?:je )?(?:vragen|zeggen))",),
    "incognito": (
        r"(?:dit is |dit blijft )?(?:incognito|vertrouwelijk|onder ons|in vertrouwen)(?: alsjeblieft)?",
        r"(?:bewaar|onthoud) (?:niets|dit niet|dit gesprek niet)(?: hiervan)?",
    ),
    "not_today": (
        r"vandaag (?:even |maar )?niet[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? (?:vandaag (?:even |maar )?niet|niet vandaag)",
    ),
    "remember": (
        r"(?:alsjeblieft )?(?:onthoud|vergeet niet|noteer)(?: alsjeblieft)? dat (?P<text>.+)",
        r"(?:alsjeblieft )?(?:onthoud|noteer)(?: alsjeblieft)?: ?(?P<text>.+)",
    ),
    "resume_all": (r"(?:alsjeblieft )?(?:hervat alles|alles hervatten|ga met alles verder)(?: alsjeblieft)?",),
    "resume_one": (
        r"(?:alsjeblieft )?(?:hervat|ga verder met|ga door met) (?P<text>.+?)(?: alsjeblieft)?",
        r"(?:alsjeblieft )?(?P<text>.+?) (?:weer )?hervatten(?: alsjeblieft)?",
    ),
    "room_off": (
        r"(?:alsjeblieft )?(?:zet|doe|schakel) alles (?:in |op )(?:de |het )?(?P<area>.+?) uit(?: alsjeblieft)?",
        r"(?:alsjeblieft )?(?:zet |doe |schakel )?alles uit (?:in |op )(?:de |het )?(?P<area>.+?)(?: alsjeblieft)?",
    ),
    "routine": ROUTINES,
    "undo": (r"(?:alsjeblieft )?(?:maak (?:dat|de laatste wijziging) ongedaan|draai dat terug)(?: alsjeblieft)?",),
    "undo_anyway": (r"(?:alsjeblieft )?maak (?:het|dat) toch ongedaan(?: alsjeblieft)?",),
    "what_was_done": (
        rf"wat heb je(?: {_WHEN})?(?: in de (?P<area>.+?))? (?:gedaan|veranderd)(?:,? en waarom)?",
        rf"wat is er(?: {_WHEN})?(?: in de (?P<area>.+?))? (?:gedaan|veranderd)(?:,? en waarom)?",
        rf"waarom heb je dat(?: {_WHEN})? gedaan",
    ),
}
STATES = {
    "open": r"geopend|opengedaan|opengegaan|open",
    "closed": r"gesloten|dichtgedaan|dichtgegaan|dicht",
    "on": r"aangezet|aangedaan|ingeschakeld|aan",
    "off": r"uitgezet|uitgedaan|uitgeschakeld|uit",
    "locked": r"op slot(?: gedaan)?|vergrendeld",
    "unlocked": r"van het slot(?: gedaan| gehaald)?|ontgrendeld",
    "home": r"thuis(?:gekomen)?",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_LAST = r"(?:(?:voor )?het laatst|voor de laatste keer|de laatste keer)"
_DAY = r"(?:vandaag|vanavond|(?:over)?morgen|(?:op |dit |komend )?(?:\w+dag|weekend)|(?:deze|volgende) week)\b"

QUESTIONS = {
    "past": (
        rf"^wanneer (?:heeft|heb|hebben) (?:iemand|ik|we|wij) (?:{_LAST} )?(?P<name>.+?) (?:{_LAST} )?{_STATE}$",
        rf"^wanneer (?:is|zijn|was|waren|werd|werden|ging) {_LAST} (?P<name>.+?) {_STATE}$",
        rf"^wanneer (?:is|zijn|was|waren|werd|werden|ging) (?P<name>.+?) {_LAST} {_STATE}(?: geweest)?$",
    ),
    "amount": (
        (
            r"\bhoeveel (?:stroom|energie|elektriciteit|gas|water|kwh)\b"
            r".*?\b(?:heeft|hebben|verbruikte|verbruikt|gebruikte|gebruikt) (?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>(?:eerst)?volgende) (?:\w*afspraak|vergadering|evenement)\b",
        r"^wanneer (?:is|heb|hebben|begint)\b.*\b(?:\w*afspraak|vergadering|\w*les|\w+avond)\b",
    ),
    "calendar": (
        (
            r"\b(?:wat|welke|heb|hebben|staat|staan|zijn|wanneer|toon|laat|zeg|lees)\b.*"
            r"\b(?:agenda|kalender|afspraak|afspraken|vergaderingen|gepland|planning|plannen|op het programma)\b"
        ),
        rf"\bwat (?:heb ik|hebben we|hebben wij|doe ik|doen we|gaan we) {_DAY}",
        r"\b(?:ben ik|zijn we|zijn wij|heb ik|hebben we|hebben wij)\b.*\b(?:vrij|tijd|bezet)$",
    ),
    "notifications": (
        r"\b(?:wat|welke|heb|zijn|waren|toon|laat|lees|zeg)\b.*\b(?:melding|meldingen|notificaties)\b",
        r"\bheb ik (?:iets )?gemist\b",
        r"\b(?:nieuwe|ongelezen) berichten\b",
    ),
    "list": (
        r"\b(?:wat|staat|toon|laat|lees|zeg)\b.*\b(?:[\w-]*lijstje|[\w-]*lijst|taken)\b",
        r"\bwat (?:moet|moeten)\b.*\b(?:kopen|halen|doen)$",
        r"\bwat is er nog te doen$",
    ),
    "weather": (
        (
            r"\b(?:wat|hoe|gaat|wordt|heb|is|regent|sneeuwt)\b.*"
            r"\b(?:weer|weerbericht|regenen|regen|sneeuwen|sneeuw|zonnig|paraplu|verwachting|vriezen|onweren)\b"
        ),
        r"\b(?:regent|sneeuwt) het\b",
        r"\bhoe (?:warm|koud) wordt\b|\bwordt het\b.*\b(?:warm|koud|mooi|winderig)\b",
        r"\bheb ik\b.*\bjas nodig\b",
    ),
}
