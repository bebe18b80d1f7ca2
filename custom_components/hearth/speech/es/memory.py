"""Say in Spanish what is remembered and forgotten."""

TEXTS = {
    "fact_by": "{text} Me lo dijo {name} el {date}.",
    "fact_noted": "{text} Lo anoté el {date}.",
    "fact_yours": "{text} Me lo dijiste el {date}.",
    "forgot": "Olvidado: {facts}",
    "know": "Esto es lo que sé: {facts}",
    "know_nothing": "Todavía no sé nada de ti.",
    "known": "Ya lo sabía.",
    "memory_ambiguous": "Recuerdo varias cosas parecidas. Dilo con más precisión.",
    "memory_changed": "Eso ha cambiado entretanto, así que lo dejo como está.",
    "memory_empty": "No he oído qué debo recordar.",
    "memory_full": "Ya no cabe. Déjame olvidar algo antes.",
    "memory_guest": "No recuerdo nada de los invitados.",
    "memory_too_long": "Es demasiado largo para recordarlo. Dilo más corto.",
    "memory_unavailable": "Ahora mismo no puedo acceder a mi memoria.",
    "memory_unknown": "No recuerdo nada parecido.",
    "not_kept": "Hablamos en confianza, así que no guardo nada.",
    "off_record": "De acuerdo: de esta conversación no se guarda nada.",
    "remembered": "Lo recordaré.",
    "replaced": "Lo recordaré. Hasta ahora era: {facts}",
}
