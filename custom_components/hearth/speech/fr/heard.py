"""Know what people say to Hearth in French."""

from .routines import ROUTINES

WORDS = {
    "no": frozenset(
        {
            "annule",
            "laisse tomber",
            "n'y touche pas",
            "ne fais rien",
            "ne le fais pas",
            "non",
            "non laisse tomber",
            "non merci",
            "non ne fais rien",
            "non ne le fais pas",
            "pas maintenant",
            "surtout pas",
        }
    ),
    "not_today": frozenset(
        {
            "pas aujourd'hui",
            "pas aujourd'hui merci",
            "pas pour aujourd'hui",
        }
    ),
    "resume": frozenset(
        {
            "allume toi",
            "continue",
            "reprendre",
            "reprends",
            "tu peux reprendre",
            "vas y reprends",
        }
    ),
    "stop": frozenset(
        {
            "arrête",
            "arrête tout",
            "arrête toi",
            "arrêtez",
            "ça suffit",
            "chut",
            "silence",
            "stop",
            "tais toi",
        }
    ),
    "yes": frozenset(
        {
            "bien sûr",
            "d'accord",
            "fais le",
            "je confirme",
            "oui",
            "oui bien sûr",
            "oui d'accord",
            "oui fais le",
            "oui merci",
            "oui s'il te plaît",
            "oui vas y",
            "ouais",
            "vas y",
            "volontiers",
        }
    ),
}

_WHEN = (
    r"(?:(?P<today>aujourd'hui)|(?P<yesterday>hier)|(?P<morning>ce matin)|(?P<this_week>cette semaine)"
    r"|(?P<last_week>la semaine dernière)|jusqu'ici)"
)

PATTERNS = {
    "about": (r".*\b(?:notes?|documents?|e-?mails?)\b.*?\b(?:sur|de|du) (?P<text>.+)",),
    "about_me": (
        r"(?:que|qu'est-ce que tu|tu) sais(?:-tu)? (?:de|sur|à propos de) (?:moi|nous|cette maison)",
        (
            r"(?:de quoi te souviens-tu|(?:qu'as-tu|qu'est-ce que tu as) (?:retenu|noté|appris))"
            r"(?: (?:de|sur|à propos de) (?:moi|nous))?"
        ),
    ),
    "forget": (
        r"(?:s'il te plaît )?oublie qu(?:e |')(?P<text>.+)",
        r"(?:s'il te plaît )?oublie (?P<text>(?:(?:ce que|le|la|les|mon|ma|mes|notre|nos) |l').+)",
    ),
    "forget_last": (r"(?:s'il te plaît )?oublie[ -](?:ça|cela|le)(?: s'il te plaît)?",),
    "help": (r"(?:aide|aide-moi|que (?:sais|peux)-tu faire(?: pour moi)?|que puis-je te (?:demander|dire))",),
    "incognito": (
        r"(?:ceci est |c'est |que ça reste )?(?:entre nous|confidentiel|incognito|en incognito)(?: s'il te plaît)?",
        r"ne (?:garde|retiens|note) (?:rien|pas (?:ça|cela|cette conversation))(?: de ça)?",
    ),
    "not_today": (
        r"pas aujourd'hui[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? pas aujourd'hui(?: s'il te plaît)?",
    ),
    "remember": (
        r"(?:s'il te plaît )?(?:souviens-toi|rappelle-toi|retiens|note|mémorise|n'oublie pas) qu(?:e |')(?P<text>.+)",
        r"(?:s'il te plaît )?(?:souviens-toi|rappelle-toi|retiens|note|mémorise) ?: ?(?P<text>.+)",
    ),
    "resume_all": (r"(?:s'il te plaît )?(?:reprends|reprenez|relance|relancez) tout(?: s'il te plaît)?",),
    "resume_one": (
        (
            r"(?:s'il te plaît )?(?:reprends|reprenez|relance|relancez|réactive|réactivez|continue avec) "
            r"(?P<text>.+?)(?: s'il te plaît)?"
        ),
    ),
    "room_off": (
        (
            r"(?:s'il te plaît )?(?:éteins|éteignez|coupe) tout "
            r"(?:dans |de |à )(?:le |la |les |l')?(?P<area>.+?)(?: s'il te plaît)?"
        ),
    ),
    "routine": ROUTINES,
    "undo": (r"(?:s'il te plaît )?(?:annule (?:ça|cela|la dernière modification)|défais ça)(?: s'il te plaît)?",),
    "undo_anyway": (r"(?:s'il te plaît )?annule(?: ça| cela)? quand même(?: s'il te plaît)?",),
    "what_was_done": (
        (
            r"qu'(?:est-ce que (?:tu as|vous avez)|as-tu|avez-vous) (?:fait|changé)"
            rf"(?: dans (?:la |le |l')?(?P<area>.+?))?(?: {_WHEN})?(?:,? et pourquoi)?"
        ),
        rf"pourquoi as-tu fait (?:ça|cela)(?: {_WHEN})?",
    ),
}
STATES = {
    "open": r"ouvert(?:e|es|s)?",
    "closed": r"fermé(?:e|es|s)?",
    "on": r"allumé(?:e|es|s)?|en marche",
    "off": r"éteint(?:e|es|s)?",
    "locked": r"verrouillé(?:e|es|s)?",
    "unlocked": r"déverrouillé(?:e|es|s)?",
    "home": r"à la maison|rentré(?:e|es|s)?",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_LAST = r"(?:pour )?la dernière fois"
_DAY = (
    r"(?:(?:pour )?(?:aujourd'hui|(?:après-)?demain|ce (?:soir|week-?end)|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche)|cette semaine|la semaine prochaine)\b"
)

QUESTIONS = {
    "past": (
        (
            r"^quand (?:est-ce que )?(?:a-t-on|ai-je|avons-nous|on a|j'ai|quelqu'un a(?:-t-il)?) "
            rf"{_STATE} (?P<name>.+?) {_LAST}$"
        ),
        (
            r"^quand (?:est-ce que )?(?P<name>.+?) (?:s'|a|ont|est|était|étaient|sont)?"
            rf"(?:-?(?:t-)?(?:est-)?(?:elles?|ils?))? ?(?:été |a été )?{_STATE} {_LAST}$"
        ),
        rf"\bdernière fois que (?P<name>.+?) (?:a été|ont été|était|étaient|est|s'est) {_STATE}$",
        rf"\bdernière fois qu'on a {_STATE} (?P<name>.+)",
    ),
    "amount": (
        (
            r"\bcombien (?:d'|de )(?:énergie|électricité|courant|gaz|eau|kwh) "
            r"(?:(?:a|ont) (?:consommé|utilisé)e? |est-ce que |consomme |utilise )?(?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>prochaine?) (?:rendez-vous|événement|réunion)\b",
        r"^(?:c'est )?quand (?:est|ai-je|avons-nous|est-ce que|a lieu)\b.*\b(?:rendez-vous|réunion|cours|leçon)\b",
    ),
    "calendar": (
        (
            r"\b(?:que|quoi|quels?|quelles?|qu'est-ce|qu'y|qu'ai-je|ai-je|avons-nous|j'ai|on a|quand|montre|dis|lis)\b"
            r".*\b(?:agenda|calendrier|rendez-vous|événements?|réunions?|planning|prévue?s?|programme)\b"
        ),
        rf"\bqu'est-ce (?:qu'il y a|que j'ai|qu'on a|que nous avons|que je fais|qu'on fait) {_DAY}",
        r"\b(?:suis-je|sommes-nous|je suis|on est)\b.*\b(?:libres?|occupée?s?|prise?s?)\b",
    ),
    "notifications": (
        (
            r"\b(?:que|quelles?|qu'est-ce|qu'ai-je|ai-je|j'ai|y a-t-il|il y a|montre|lis|dis)\b.*"
            r"\b(?:notifications?|alertes?|nouveaux messages|messages non lus)\b"
        ),
        r"\b(?:ai-je|j'ai|qu'est-ce que j'ai|qu'ai-je) (?:raté|manqué)\b",
    ),
    "list": (
        r"\b(?:que|quoi|qu'est-ce|qu'y|montre|lis|dis)\b.*\b(?:liste(?: d(?:e |es |'))?\w*|tâches)\b",
        r"\b(?:que dois-je|que devons-nous|que faut-il|qu'est-ce qu'il faut)\b.*\b(?:acheter|faire)\b",
        r"\bqu'est-ce (?:que je dois|qu'on doit|que nous devons|qu'il reste à)\b.*\b(?:acheter|faire)\b",
    ),
    "weather": (
        (
            r"\b(?:quel|quelle|quels|quelles|comment|va-t-il|est-ce|fera-t-il|faut-il)\b.*"
            r"\b(?:temps|météo|pleuvoir|pluie|neiger|neige|soleil|parapluie|prévisions|geler|orage)\b"
        ),
        r"\b(?:fera-t-il|va-t-il faire|il fera|il va faire)\b.*\b(?:froid|chaud|beau|soleil|du vent)\b",
        r"\b(?:ai-je besoin|j'ai besoin|faut-il)\b.*\b(?:parapluie|manteau|veste)\b",
        r"\b(?:pleuvra|pleut|neigera|neige-t-il)\b",
    ),
}
