"""Know what people say to Hearth in German."""

from .routines import ROUTINES

WORDS = {
    "no": frozenset(
        {
            "abbrechen",
            "bitte nicht",
            "lass es",
            "lieber nicht",
            "nee",
            "nein",
            "nein danke",
            "nein lass es",
            "nein tu es nicht",
            "nicht jetzt",
            "tu es nicht",
        }
    ),
    "not_today": frozenset(
        {
            "heute bitte nicht",
            "heute mal nicht",
            "heute nicht",
            "nicht heute",
        }
    ),
    "resume": frozenset(
        {
            "fortsetzen",
            "hearth an",
            "mach weiter",
            "schalte dich ein",
            "weiter",
            "weiter geht's",
            "weitermachen",
        }
    ),
    "stop": frozenset({"aufhören", "halt", "hör auf", "ruhe", "sei still", "stop", "stopp", "stopp alles"}),
    "yes": frozenset(
        {
            "bitte",
            "einverstanden",
            "gerne",
            "in ordnung",
            "ja",
            "ja bitte",
            "ja gerne",
            "ja klar",
            "ja mach das",
            "ja tu es",
            "jawohl",
            "klar",
            "mach das",
            "na klar",
            "tu es",
        }
    ),
}

_WHEN = (
    r"(?:(?P<morning>heute morgen|heute früh)|(?P<today>heute)|(?P<yesterday>gestern)|(?P<this_week>diese woche)"
    r"|(?P<last_week>letzte woche)|bisher)"
)

PATTERNS = {
    "about": (
        r".*\b(?:notiz|notizen|dokumente?n?|unterlagen|e-?mails?)\b.*?\b(?:über|zu|zum|zur|von|vom) (?P<text>.+)",
    ),
    "about_me": (
        r"was (?:weißt|weisst) du (?:alles )?(?:über (?:mich|uns|dieses zuhause))",
        r"was hast du dir (?:alles )?(?:über (?:mich|uns) )?gemerkt",
        r"was hast du (?:alles )?über (?:mich|uns) (?:gelernt|notiert)",
    ),
    "forget": (
        r"(?:bitte )?vergiss(?: bitte)?,? dass (?P<text>.+)",
        r"(?:bitte )?vergiss(?: bitte)? (?P<text>(?:was|den|die|das|meine?n?) .+)",
    ),
    "forget_last": (r"(?:bitte )?vergiss das(?: wieder| bitte)?",),
    "help": (
        r"(?:hilfe|hilf mir|was kannst du(?: (?:alles|für mich tun|tun))?|was kann ich (?:dich )?(?:fragen|sagen))",
    ),
    "incognito": (
        r"(?:das (?:ist|bleibt) |bitte )?(?:inkognito|vertraulich|unter uns)(?: bitte)?",
        r"(?:bitte )?merk dir (?:bitte )?(?:nichts|dieses gespräch nicht)(?: davon)?",
    ),
    "not_today": (
        r"heute (?:bitte |mal )?nicht[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? (?:bitte )?(?:heute (?:bitte |mal )?nicht|nicht heute)",
    ),
    "remember": (
        r"(?:bitte )?(?:merk|merke) dir(?: bitte)?,? dass (?P<text>.+)",
        r"(?:bitte )?(?:merk|merke) dir(?: bitte)?(?:: ?|,? )(?P<text>(?!dass|nichts|dieses|das$).+)",
        r"(?:bitte )?(?:denk|denke) daran,? dass (?P<text>.+)",
        r"(?:bitte )?vergiss nicht,? dass (?P<text>.+)",
    ),
    "resume_all": (
        r"(?:bitte )?(?:alles (?:bitte )?(?:wieder )?fortsetzen|mach mit allem weiter|setze? alles fort)(?: bitte)?",
    ),
    "resume_one": (
        r"(?:bitte )?(?P<text>.+?) (?:bitte )?(?:wieder )?(?:fortsetzen|weitermachen|weiterlaufen lassen)(?: bitte)?",
        r"(?:bitte )?setze? (?P<text>.+?) (?:bitte )?(?:wieder )?fort(?: bitte)?",
        r"(?:bitte )?mache? (?:bitte )?mit (?P<text>.+?) (?:bitte )?weiter(?: bitte)?",
        r"(?:bitte )?lasse? (?P<text>.+?) (?:bitte )?(?:doch |wieder )?(?:weiterlaufen|laufen)(?: bitte)?",
    ),
    "room_off": (
        r"(?:bitte )?(?:schalte?|mache?) alles (?:im|in der|in|auf dem|auf der) (?P<area>.+?) (?:aus|ab)(?: bitte)?",
        r"(?:bitte )?alles (?:im|in der|in|auf dem|auf der) (?P<area>.+?) (?:aus|ausschalten|ausmachen)(?: bitte)?",
    ),
    "routine": ROUTINES,
    "undo": (r"(?:bitte )?(?:mach (?:das|die letzte änderung) rückgängig|nimm das zurück|rückgängig)(?: bitte)?",),
    "undo_anyway": (r"(?:bitte )?mach (?:es|das) trotzdem rückgängig(?: bitte)?",),
    "what_was_done": (
        rf"was hast du(?: {_WHEN})?(?: (?:in der|im|in) (?P<area>.+?))? (?:gemacht|getan|geändert)(?:,? und warum)?",
        rf"was wurde(?: {_WHEN})?(?: (?:in der|im|in) (?P<area>.+?))? (?:gemacht|getan|geändert)(?:,? und warum)?",
        rf"warum hast du das(?: {_WHEN})? (?:gemacht|getan)",
    ),
}
STATES = {
    "open": r"geöffnet|aufgemacht|offen|auf",
    "closed": r"geschlossen|zugemacht|zu",
    "on": r"eingeschaltet|angeschaltet|angemacht|an",
    "off": r"ausgeschaltet|abgeschaltet|ausgemacht|aus",
    "locked": r"abgeschlossen|abgesperrt|zugesperrt|verriegelt",
    "unlocked": r"aufgeschlossen|aufgesperrt|entriegelt",
    "home": r"zu ?hause|daheim",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_LAST = r"(?:zuletzt|das letzte mal|zum letzten mal)"
_DAY = r"(?:heute|(?:über)?morgen|(?:am|diesen|nächsten) \w+|(?:diese|nächste|kommende) woche)\b"

QUESTIONS = {
    "past": (
        rf"^wann (?:hat|habe|haben) (?:{_LAST} )?(?:jemand|wer|ich|wir|man) (?:{_LAST} )?(?P<name>.+?) {_STATE}$",
        rf"^wann (?:wurden?|war(?:en)?|ist|sind) {_LAST} (?P<name>.+?) {_STATE}$",
        rf"^wann (?:wurden?|war(?:en)?|ist|sind|ging) (?P<name>.+?) {_LAST} {_STATE}(?: worden| gewesen)?$",
    ),
    "amount": (
        (
            r"\bwie ?viel (?:strom|energie|gas|wasser|kwh|kilowattstunden)\b"
            r".*?\b(?:hat|haben|verbrauchte|verbraucht|brauchte|braucht) (?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>nächste[rsn]?) (?:[\w-]*termin|treffen|besprechung|veranstaltung)\b",
        r"\bwas (?:steht|kommt) als (?P<next>nächstes)\b",
        r"^wann (?:ist|habe|haben|hat|beginnt)\b.*\b(?:[\w-]*termin|treffen|besprechung|\w+stunde|\w+abend)\b",
    ),
    "calendar": (
        (
            r"\b(?:was|welche|habe|hab|haben|steht|stehen|gibt|wann|zeig|sag|lies)\b.*"
            r"(?:\bkalender\b|\btermine?\b|\bterminkalender\b|\bgeplant\b|\bagenda\b|\bvor$)"
        ),
        r"\bwas (?:steht|liegt)\b.*\ban$",
        rf"\bwas ist {_DAY}.*\blos$",
        r"\b(?:bin ich|sind wir|habe ich|haben wir)\b.*\b(?:frei|zeit|verplant)$",
    ),
    "notifications": (
        r"\b(?:was|welche|habe|hab|gibt|gab|zeig|lies|sag)\b.*\b(?:benachrichtigung|benachrichtigungen|meldungen)\b",
        r"\b(?:habe ich (?:etwas|was)|was habe ich) verpasst\b",
        r"\b(?:neue|ungelesene) nachrichten\b",
    ),
    "list": (
        r"\b(?:was|steht|zeig|lies|sag)\b.*\b(?:[\w-]*liste|aufgaben)\b",
        r"\bwas (?:muss|müssen|soll|sollen|brauche|brauchen)\b.*\b(?:kaufen|einkaufen|besorgen|erledigen|tun|machen)$",
        r"\bwas ist\b.*\bzu (?:tun|erledigen|kaufen)$",
    ),
    "weather": (
        (
            r"\b(?:was|wie|wird|regnet|schneit|gibt|brauche|scheint)\b.*"
            r"\b(?:wetter|regen|regnen|regnet|schnee|schneien|sonnig|sonne|regenschirm|schirm|vorhersage|frieren)\b"
        ),
        r"\b(?:regnet|schneit) es\b",
        r"\bwie (?:warm|kalt|heiß) wird\b|\bwird es\b.*\b(?:warm|kalt|heiß|windig|stürmisch|schön)$",
        r"\bbrauche ich\b.*\b(?:jacke|mantel)\b",
    ),
}
