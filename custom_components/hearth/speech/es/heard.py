"""Know what people say to Hearth in Spanish."""

from .routines import ROUTINES

WORDS = {
    "no": frozenset(
        {
            "ahora no",
            "cancela",
            "cancélalo",
            "déjalo",
            "mejor no",
            "no",
            "no déjalo",
            "no gracias",
            "no hace falta",
            "no lo hagas",
            "no por favor",
        }
    ),
    "not_today": frozenset(
        {
            "hoy no",
            "hoy no por favor",
        }
    ),
    "resume": frozenset(
        {
            "actívate",
            "continúa",
            "enciéndete",
            "puedes seguir",
            "reanuda",
            "reanudar",
            "sigue",
        }
    ),
    "stop": frozenset(
        {
            "alto",
            "basta",
            "calla",
            "cállate",
            "detén todo",
            "detente",
            "para",
            "para todo",
            "para ya",
            "páralo todo",
            "silencio",
            "stop",
        }
    ),
    "yes": frozenset(
        {
            "adelante",
            "claro",
            "claro que sí",
            "confirmo",
            "de acuerdo",
            "hazlo",
            "por supuesto",
            "sí",
            "sí adelante",
            "sí claro",
            "sí gracias",
            "sí hazlo",
            "sí por favor",
            "vale",
        }
    ),
}

_WHEN = (
    r"(?:(?P<today>hoy)|(?P<yesterday>ayer)|(?P<morning>esta mañana)|(?P<this_week>esta semana)"
    r"|(?P<last_week>la semana pasada)|hasta ahora)"
)

PATTERNS = {
    "about": (r".*\b(?:notas?|documentos?|correos?)\b.*?\b(?:sobre|de|del) (?P<text>.+)",),
    "about_me": (
        r"qué sabes (?:de|sobre|acerca de) (?:mí|nosotros|esta casa)",
        r"qué (?:recuerdas|has (?:apuntado|anotado|aprendido))(?: (?:de|sobre|acerca de) (?:mí|nosotros))?",
    ),
    "forget": (
        r"(?:por favor )?olvida que (?P<text>.+)",
        r"(?:por favor )?olvida (?P<text>(?:lo que|el|la|los|las|mi|mis|nuestr[oa]s?) .+)",
    ),
    "forget_last": (r"(?:por favor )?(?:olvida eso|olvida esto|olvídalo)(?: por favor)?",),
    "help": (r"(?:ayuda|ayúdame|qué (?:sabes|puedes) hacer(?: por mí)?|qué te puedo (?:preguntar|pedir|decir))",),
    "incognito": (
        (
            r"(?:esto es |que quede )?"
            r"(?:en confianza|confidencial|de incógnito|en incógnito|incógnito|entre nosotros)(?: por favor)?"
        ),
        r"no (?:guardes|recuerdes|apuntes) (?:esto|esta conversación|nada)(?: de esto)?",
    ),
    "not_today": (
        r"hoy no[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? hoy no(?: por favor)?",
    ),
    "remember": (
        r"(?:por favor )?(?:recuerda|apunta|anota|ten en cuenta|no olvides|acuérdate de) que (?P<text>.+)",
        r"(?:por favor )?(?:recuerda|apunta|anota): ?(?P<text>.+)",
    ),
    "resume_all": (r"(?:por favor )?(?:reanuda|reanudar) (?:todo|todas(?: las automatizaciones)?)(?: por favor)?",),
    "resume_one": (
        r"(?:por favor )?(?:reanuda|reanudar|reactiva|sigue con|continúa con) (?P<text>.+?)(?: por favor)?",
    ),
    "room_off": (r"(?:por favor )?apaga todo (?:en |de(?=l ))?(?:el |l |la |los |las )?(?P<area>.+?)(?: por favor)?",),
    "routine": ROUTINES,
    "undo": (r"(?:por favor )?(?:deshaz (?:eso|esto|el último cambio)|deshazlo|deshacer)(?: por favor)?",),
    "undo_anyway": (r"(?:por favor )?deshaz(?:lo| eso) de todos modos(?: por favor)?",),
    "what_was_done": (
        rf"¿?qué (?:has hecho|hiciste|has cambiado)(?: en (?:la |el )?(?P<area>.+?))?(?: {_WHEN})?(?:,? y por qué)?",
        rf"¿?qué (?:has hecho|hiciste)(?: {_WHEN})?(?: en (?:la |el )?(?P<area>.+?))?(?:,? y por qué)?",
        rf"¿?por qué (?:has hecho|hiciste) eso(?: {_WHEN})?",
    ),
}
STATES = {
    "open": r"abri(?:ó|eron|mos|ste)|abrí|abiert[oa]s?",
    "closed": r"cerr(?:ó|aron|amos|aste)|cerré|cerrad[oa]s?",
    "on": r"encendi(?:ó|eron|mos|ste)|encendí|encendid[oa]s?",
    "off": r"apag(?:ó|aron|amos|aste)|apagué|apagad[oa]s?",
    "locked": r"bloque(?:ó|aron)|bloquead[oa]s?",
    "unlocked": r"desbloque(?:ó|aron)|desbloquead[oa]s?",
    "home": r"(?:a|en) casa",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_DAY = (
    r"(?:(?:para |el |este )*(?:hoy|(?:pasado )?mañana|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|fin de semana)|(?:la |esta )(?:próxima )?semana|esta (?:tarde|noche))\b"
)

QUESTIONS = {
    "past": (
        (
            r"^cuándo (?=.*última vez)(?:fue la última vez que )?(?:por última vez )?(?:se |estuvo |estuvieron )?"
            rf"{_STATE} (?:por última vez )?(?P<name>.+?)(?: por última vez)?$"
        ),
        (
            r"^cuándo (?=.*última vez)(?:fue la última vez que )?(?:(?:estuvo|estuvieron|llegó|vino) )?(?P<name>.+?) "
            rf"(?:(?:se|estuvo|estuvieron|llegó|vino) )?(?:por última vez )?{_STATE}(?: por última vez)?$"
        ),
    ),
    "amount": (
        (
            r"\bcuánt[oa]s? (?:energía|electricidad|luz|corriente|gas|agua|kwh)\b"
            r".*?\b(?:ha|han|consumió|consumieron|gastó|gastaron|usó|consume|gasta) (?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>próxim[oa]) (?:cita|evento|reunión|compromiso)\b",
        r"^cuándo (?:es|son|tengo|tenemos|empieza)\b.*\b(?:cita|evento|reunión|clase|lección)\b",
    ),
    "calendar": (
        (
            r"\b(?:qué|cuál|cuáles|tengo|tenemos|hay|cuándo|muestra|muéstrame|dime|lee)\b.*"
            r"\b(?:calendario|agenda|citas?|eventos?|reunión|reuniones|compromisos?|planes|planeado|previsto)\b"
        ),
        rf"\bqué (?:tengo|tenemos|hay|hago|hacemos|voy a hacer|vamos a hacer)(?: que hacer)? {_DAY}",
        r"\b(?:estoy|estamos|tengo|tenemos)\b.*\b(?:libres?|ocupad[oa]s?|tiempo libre)\b",
    ),
    "notifications": (
        (
            r"\b(?:qué|tengo|hay|he|ha|muestra|muéstrame|lee|dime)\b.*"
            r"\b(?:notificación|notificaciones|avisos?|alertas?|mensajes nuevos)\b"
        ),
        r"\b(?:me he perdido|me perdí)\b",
    ),
    "list": (
        r"\b(?:qué|hay|muestra|muéstrame|lee|dime)\b.*\b(?:lista(?: de (?:la )?\w+)?|tareas|pendientes?)\b",
        (
            r"\bqué (?:tengo|tenemos|hay|hace falta|falta|debo|debemos|necesito|necesitamos)\b"
            r".*\b(?:comprar|hacer)$"
        ),
    ),
    "weather": (
        (
            r"\b(?:qué|cómo|va|hará|habrá|necesito|hace)\b.*"
            r"\b(?:tiempo|llover|lluvia|nevar|nieve|sol|paraguas|pronóstico|previsión|helar|tormenta)\b"
        ),
        r"\b(?:va a hacer|hará|habrá)\b.*\b(?:calor|frío|viento|sol)\b",
        r"\bnecesito (?:un |una )?(?:abrigo|chaqueta)\b",
        r"\b(?:lloverá|llueve|nevará|nieva)\b",
    ),
}
