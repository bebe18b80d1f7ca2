"""Tell in Spanish what was done."""

TEXTS = {
    "deed": "A las {time}, {who}: {action}{why}; {result}.",
    "deed_times": "{result}, {count} veces, esta fue la última",
    "deed_you": "tú",
    "deed_somebody": "alguien",
    "deed_why": ", por las palabras «{words}»",
    "deed_nothing": "No he hecho nada {when}, y nadie me lo ha pedido.",
    "deed_nothing_there": "No he hecho nada {when}: {area}.",
    "deed_more": "Estas son las últimas de muchas.",
    "log_begun": "hace: {action}",
    "log_asked": "pregunta: {action}",
    "log_denied": "ha rechazado: {action}",
    "log": "{action}: {result}",
    "deed_done": "hecho",
    "deed_started": "en marcha",
    "deed_unchanged": "no reaccionó",
    "deed_asked": "aún espera un sí",
    "deed_denied": "rechazado. {reason}",
    "deed_declined": "la respuesta fue no",
    "deed_lapsed": "nadie respondió",
    "deed_failed": "no funcionó",
}
