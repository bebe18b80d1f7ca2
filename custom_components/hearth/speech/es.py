"""Say it in Spanish."""

TEXTS = {
    "abilities": (
        "Manejo lo que hay en esta casa y digo cómo está. Pregúntame qué hay en la agenda, qué queda por hacer, qué "
        "tiempo hará, qué ha llegado, cuándo estuvo algo abierto o encendido por última vez o qué dicen tus notas. "
        "Recuerdo lo que me pidas. Para todo lo demás necesito un modelo de lenguaje."
    ),
    "all_day": "{summary} todo el día",
    "amount": "{name}: {amount} {when}.",
    "and": "y",
    "approval_by_itself": "A eso solo puede decir que sí una persona.",
    "approval_gone": "Eso ya está resuelto, o es demasiado tarde.",
    "approval_needs_person": (
        "No puedo aceptarlo de una voz que no conozco. Responde en la aplicación, donde has iniciado sesión."
    ),
    "approval_needs_pin": "Para eso necesito tu PIN. ¿Cuál es?",
    "approval_not_named": "Hay varias aprobaciones pendientes. Di a cuál te refieres.",
    "approval_not_yours": "Eso no te corresponde a ti decidirlo.",
    "ask": "Necesito tu permiso para esto: {actions}. ¿Lo hago?",
    "ask_elsewhere": "Para eso tengo que saber quién habla, así que he preguntado en el móvil: {actions}.",
    "ask_on_phone": "¿Puedo hacer esto?: {actions}.",
    "ask_pin": "Para eso necesito tu PIN: {actions}. ¿Cuál es?",
    "ask_private": "Necesito tu aprobación para algo que has pedido.",
    "at_time": "{summary} a las {time}",
    "audit_unavailable": "Ahora mismo no puedo anotar lo que hago, así que no hago nada.",
    "automation": "{when}: {what}",
    "automation_installed": "«{name}» está en marcha. Di «deshaz eso» y desaparece.",
    "automation_removed": "«{name}» ya no está.",
    "because_approved": "Alguien ha dicho que sí justamente a esto.",
    "because_bad_arguments": "No está claro a qué se refiere exactamente.",
    "because_bad_rule": (
        "No entiendo tu regla «{rule}», así que no hago nada hasta que se corrija en las opciones de Hearth."
    ),
    "because_busy": "En este momento otra cosa está moviendo el mismo aparato.",
    "because_critical": (
        "Deja entrar a alguien o puede causar daños, así que tiene que aceptarlo una persona que yo conozca."
    ),
    "because_declined_before": "Ya han dicho que no a esto, y hoy no vuelvo a preguntar.",
    "because_error": "Algo falló mientras lo decidía, así que no hago nada.",
    "because_halted": "En este momento estoy desactivado.",
    "because_needs_person": (
        "Solo puede aceptarlo una persona que yo conozca, y no puedo contactar con ninguna. Pídemelo con tu "
        "sesión iniciada, o configura un PIN o un teléfono en las opciones de Hearth."
    ),
    "because_nobody_to_ask": (
        "Necesita el sí de alguien, y aquí no puedo preguntar a nadie. Pídemelo tú mismo o elige en las "
        "opciones de Hearth un teléfono para las aprobaciones."
    ),
    "because_not_permitted": "Las opciones de Hearth no permiten esa acción.",
    "because_not_to_be_seen": "Se trata de algo que no se puede ver desde aquí.",
    "because_preset": "La cautela elegida para esta casa lo excluye.",
    "because_reads": "Solo informa y no cambia nada.",
    "because_reversible": "Es fácil de deshacer.",
    "because_rule": "Así lo dice tu regla «{rule}».",
    "because_sensitive": "A alguien podría molestarle, así que pregunto antes.",
    "because_tainted": "En la conversación hay texto de fuera que podría estar detrás.",
    "because_too_often": "Ha sido demasiado en poco tiempo. Espera un momento.",
    "because_unknown": "No veo todo lo que haría, así que tiene que aceptarlo una persona que yo conozca.",
    "because_unknown_tool": "No existe esa herramienta.",
    "button_no": "Rechazar",
    "button_not_today": "Hoy no",
    "button_yes": "Aprobar",
    "chance_of_rain": "probabilidad de lluvia {chance} %",
    "changed_nothing": "Para que quede claro: no he cambiado nada.",
    "coming_weeks": "en las próximas semanas",
    "compacted": "Nuestra conversación se ha hecho larga: de su comienzo solo guardo un resumen.",
    "context_overflow": "Esta conversación se ha hecho demasiado larga para mi modelo de lenguaje. Empieza otra.",
    "day_after_tomorrow": "pasado mañana",
    "declined": "De acuerdo, no lo hago.",
    "degrees": "de {low} a {high} grados",
    "denied": "Eso no lo hago. {why}",
    "done": "Hecho.",
    "draft": "El mensaje dice: «{text}»",
    "empty_reply": "No tengo respuesta para eso.",
    "engine_busy": "Estoy con otra cosa. Vuelve a preguntarme dentro de un momento.",
    "engine_failed": "Mi modelo de lenguaje ha tenido un problema. La casa se puede seguir controlando.",
    "engine_protocol": "La aplicación de Hearth y su integración no encajan. Actualiza las dos.",
    "engine_unreachable": "No consigo llegar a mi modelo de lenguaje. La casa se puede seguir controlando.",
    "everything": "todo",
    "fact_by": "{text} Me lo dijo {name} el {date}.",
    "fact_noted": "{text} Lo anoté el {date}.",
    "fact_yours": "{text} Me lo dijiste el {date}.",
    "failed": "Lo siento, no ha funcionado.",
    "forgot": "Olvidado: {facts}",
    "halted": "Estoy apagado, así que no hago nada. Di «reanudar» o vuelve a encender Hearth.",
    "invalid_api_key": "Mi modelo de lenguaje ya no acepta mi token. Vuelve a conectar Hearth en los ajustes.",
    "know": "Esto es lo que sé: {facts}",
    "know_nothing": "Todavía no sé nada de ti.",
    "known": "Ya lo sabía.",
    "lapsed": "Ha pasado demasiado tiempo, así que lo dejo. Vuelve a pedírmelo.",
    "last_month": "el mes pasado",
    "last_time": "{name}: la última vez fue {when} a las {time}.",
    "last_time_none": "{name}: no en los últimos {days} días.",
    "last_week": "la semana pasada",
    "let_go": "Nuestra conversación se ha hecho larga: he tenido que soltar su comienzo.",
    "list_empty": "No hay nada en {name}.",
    "list_items": "{name}: {items}.",
    "may_not_resume": "Me han apagado. Solo alguien que viva aquí puede volver a encenderme.",
    "memory_ambiguous": "Recuerdo varias cosas parecidas. Dilo con más precisión.",
    "memory_changed": "Eso ha cambiado entretanto, así que lo dejo como está.",
    "memory_empty": "No he oído qué debo recordar.",
    "memory_full": "Ya no cabe. Déjame olvidar algo antes.",
    "memory_guest": "No recuerdo nada de los invitados.",
    "memory_too_long": "Es demasiado largo para recordarlo. Dilo más corto.",
    "memory_unavailable": "Ahora mismo no puedo acceder a mi memoria.",
    "memory_unknown": "No recuerdo nada parecido.",
    "model_failed": "No se ha podido cargar mi modelo de lenguaje. La casa se puede seguir controlando.",
    "model_loading": "Mi modelo de lenguaje todavía se está cargando. Vuelve a preguntarme dentro de un momento.",
    "model_missing": (
        "No he encontrado en tu casa nada que encaje. Para todo lo demás necesito un modelo de lenguaje, y todavía no "
        "hay ninguno instalado. Puedes añadir uno en la aplicación de Hearth."
    ),
    "next_week": "la semana que viene",
    "no_events": "No hay nada en el calendario {when}.",
    "no_forecast": "No tengo previsión para eso.",
    "no_notifications": "No hay notificaciones.",
    "not_allowed": "Aquí no puedo decirte eso.",
    "not_kept": "Hablamos en confianza, así que no guardo nada.",
    "nothing_found": "No he encontrado en tu casa nada que encaje.",
    "notifications": "Notificaciones: {items}.",
    "of_date": " del {date}",
    "off_record": "De acuerdo: de esta conversación no se guarda nada.",
    "on_date": "el {date}",
    "on_day": "{day}: {told}.",
    "on_weekday": "el {weekday}",
    "only_days": "solo estos días: {days}",
    "only_other": "solo bajo ciertas condiciones",
    "only_state": "solo mientras {names} esté en «{state}»",
    "paused_today": "De acuerdo, hoy no. {name} sigue mañana.",
    "pin_locked": "Ha habido demasiados PIN equivocados. Responde en la aplicación, donde has iniciado sesión.",
    "quote": "En «{title}»{of_date} pone: {text}",
    "quote_calendar": "En el calendario, sobre «{title}»{of_date}, pone: {text}",
    "quote_conversations": "En una conversación anterior{of_date}: {text}",
    "quote_documents": "En el documento «{title}»{of_date} pone: {text}",
    "quote_mail": "En el correo «{title}»{of_date} pone: {text}",
    "quote_notes": "En tu nota «{title}»{of_date} pone: {text}",
    "quote_notifications": "En una notificación{of_date} pone: {text}",
    "remembered": "Lo recordaré.",
    "replaced": "Lo recordaré. Hasta ahora era: {facts}",
    "resumed": "Aquí estoy de nuevo.",
    "rule_powerless": (
        "«{loser}» no cambia nada: lo crítico o desconocido espera el sí de una persona conocida, diga lo que "
        "diga una regla."
    ),
    "rules_agree": "Tus reglas no se contradicen.",
    "rules_disagree": (
        "Sobre {on}, «{winner}» dice: {wins}; «{loser}» dice: {loses}. Gana «{winner}», porque siempre gana "
        "la regla más estricta."
    ),
    "ruling_allow": "hacerlo sin preguntar",
    "ruling_ask": "preguntar antes",
    "ruling_ask_person": "preguntar a una persona conocida",
    "ruling_deny": "rechazarlo",
    "sources": "Fuentes:",
    "started": "En marcha.",
    "stopped": "Parado.",
    "stopped_under_way": "Detenido. Lo que ya se había ordenado a {names} no puedo retirarlo.",
    "this_month": "este mes",
    "this_week": "esta semana",
    "today": "hoy",
    "tomorrow": "mañana",
    "too_many_steps": "He parado porque hacían falta demasiados pasos.",
    "unchanged": "Lo he intentado, pero {names} no ha reaccionado y sigue en {states}.",
    "undo_as_before": "Todo está como estaba antes.",
    "undo_changed": (
        "No he tocado {name}, porque alguien lo ha cambiado después. Di «deshazlo de todos modos» si aun así "
        "lo quieres."
    ),
    "undo_changed_by": (
        "No he tocado {name}, porque {who} lo ha cambiado después. Di «deshazlo de todos modos» si aun así lo quieres."
    ),
    "undo_failed": "No he podido restablecer {names}.",
    "undo_final": "Esto no se puede deshacer: {action}.",
    "undo_heard": "El aviso ya se ha oído.",
    "undo_lost_automation": "No he podido ver las automatizaciones.",
    "undo_lost_document": "No puedo recuperar el documento.",
    "undo_lost_event": "No puedo recuperar una cita del calendario.",
    "undo_lost_timer": "No puedo recuperar el temporizador.",
    "undo_lost_todo": "No he podido ver la lista.",
    "undo_nothing": "No hay nada tuyo que pueda deshacer.",
    "undo_redo": "No puedo rehacer lo que me pediste deshacer. Dímelo otra vez, por favor.",
    "undo_sent": "Lo enviado ya no se puede recuperar.",
    "undo_unseen": "Hizo algo que no pude ver y que no puedo deshacer.",
    "undone": "Deshecho.",
    "unreachable": "Lo he intentado, pero no puedo conectar con {names}.",
    "weather": "Tiempo",
    "weekend": "el fin de semana",
    "when_other": "cuando ocurra esto: {kind}",
    "when_state": "cuando {names} cambie a «{state}»",
    "when_sunrise": "cada día al amanecer",
    "when_sunset": "cada día al atardecer",
    "when_time": "cada día a las {time}",
    "would_allow": "Lo haría enseguida: {actions}. {why}",
    "would_answer": "Respondería enseguida, sin cambiar nada.",
    "would_ask": "Preguntaría antes: {actions}. {why}",
    "would_deny": "Lo rechazaría: {actions}. {why}",
    "would_leave_to_model": (
        "Home Assistant no conoce esa frase. Un modelo de lenguaje decidiría qué hacer, y todo lo que "
        "intentara se juzgaría igual."
    ),
    "wrong_pin": "Ese no es el PIN correcto.",
    "yes_elsewhere": "La pregunta iría a {names}.",
    "yes_pin": "El sí necesitaría el PIN.",
    "yes_yes": "Quien lo pide podría decir que sí.",
    "yesterday": "ayer",
    "do_action": "usar {action} en {names}",
    "do_alarm_control_panel_alarm_arm_away": "armar {names}",
    "do_alarm_control_panel_alarm_arm_home": "armar {names}",
    "do_alarm_control_panel_alarm_arm_night": "armar {names}",
    "do_alarm_control_panel_alarm_disarm": "desarmar {names}",
    "do_assist_satellite_announce": "dar un aviso",
    "do_automation_turn_off": "desactivar la automatización {names}",
    "do_automation_turn_on": "activar la automatización {names}",
    "do_button_press": "pulsar {names}",
    "do_calendar_create_event": "añadir un evento a {names}",
    "do_climate_set_temperature": "poner {names} a una temperatura fuera de lo normal",
    "do_cover_close_cover": "cerrar {names}",
    "do_cover_open_cover": "abrir {names}",
    "do_cover_set_cover_position": "mover {names}",
    "do_cover_stop_cover": "parar {names}",
    "do_hearth_forget": "olvidar «{names}»",
    "do_hearth_install_automation": "crear esta automatización: «{names}»",
    "do_hearth_not_today": "dejar descansar hoy {names}",
    "do_hearth_remember": "recordar «{names}»",
    "do_hearth_remove_automation": "quitar la automatización «{names}»",
    "do_hearth_replace": "recordar «{names}» en lugar de otra cosa",
    "do_hearth_save_document": "guardar un documento",
    "do_hearth_send_to_me": "enviarlo a tu propia dirección",
    "do_hearth_undo": "deshacer eso",
    "do_input_button_press": "pulsar {names}",
    "do_opaque": "ejecutar {name}, del que no lo veo todo",
    "do_apply": "cambiar {names}",
    "do_lock_lock": "cerrar con llave {names}",
    "do_lock_open": "abrir {names}",
    "do_lock_unlock": "quitar el cerrojo de {names}",
    "do_notify_send_message": "enviar un mensaje a {names}",
    "do_shopping_list_remove_item": "quitar algo de la lista de la compra",
    "do_todo_remove_item": "quitar algo de {names}",
    "do_turn_off": "apagar {names}",
    "do_turn_on": "encender {names}",
    "do_update_install": "instalar la actualización {names}",
    "do_valve_close_valve": "cerrar {names}",
    "do_valve_open_valve": "abrir {names}",
}

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
    "room_off": (r"(?:por favor )?apaga todo (?:en |de(?=l ))?(?:el |l |la |los |las )?(?P<area>.+?)(?: por favor)?",),
    "undo": (r"(?:por favor )?(?:deshaz (?:eso|esto|el último cambio)|deshazlo|deshacer)(?: por favor)?",),
    "undo_anyway": (r"(?:por favor )?deshaz(?:lo| eso) de todos modos(?: por favor)?",),
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
DAYS = {
    "day_after_tomorrow": r"pasado mañana",
    "tomorrow": r"(?<!esta )(?<!por la )(?<!de la )mañana",
    "yesterday": r"ayer",
    "last_week": r"semana pasada",
    "next_week": r"(?:próxima semana|semana que viene)",
    "last_month": r"mes pasado",
    "this_month": r"este mes",
    "this_week": r"esta semana|próximos días|semana",
    "weekend": r"fin de semana",
    "today": r"hoy|esta (?:tarde|noche|mañana)|ahora",
}
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
DATE = "{day} de {month}"
DECIMAL = ","
