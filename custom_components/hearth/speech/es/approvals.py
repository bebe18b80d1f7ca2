"""Say in Spanish why something is asked, allowed or refused, and what came of the question."""

TEXTS = {
    "approval_by_itself": "A eso solo puede decir que sí una persona.",
    "approval_gone": "Eso ya está resuelto, o es demasiado tarde.",
    "approval_needs_admin": "A eso solo puede decir que sí un administrador de Home Assistant con la sesión iniciada.",
    "approval_needs_person": (
        "No puedo aceptarlo de una voz que no conozco. Responde en la aplicación, donde has iniciado sesión."
    ),
    "approval_needs_pin": "Para eso necesito tu PIN. ¿Cuál es?",
    "approval_not_named": "Hay varias aprobaciones pendientes. Di a cuál te refieres.",
    "approval_not_yours": "Eso no te corresponde a ti decidirlo.",
    "ask": "Necesito tu permiso para esto: {actions}. ¿Lo hago?",
    "ask_admin": (
        "Eso solo lo puede permitir un administrador de Home Assistant, así que he preguntado en el móvil: {actions}."
    ),
    "ask_elsewhere": "Para eso tengo que saber quién habla, así que he preguntado en el móvil: {actions}.",
    "ask_on_phone": "¿Puedo hacer esto?: {actions}.",
    "ask_pin": "Para eso necesito tu PIN: {actions}. ¿Cuál es?",
    "ask_private": "Necesito tu aprobación para algo que has pedido.",
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
    "because_lasting": (
        "Cambia lo que tu casa hace por sí sola, así que tiene que aceptarlo un administrador de Home Assistant."
    ),
    "because_needs_admin": (
        "Solo puede aceptarlo un administrador de Home Assistant, y no puedo contactar con ninguno. Pídemelo con la "
        "sesión de un administrador, o elige en las opciones de Hearth el teléfono de uno."
    ),
    "because_needs_person": (
        "Solo puede aceptarlo una persona que yo conozca, y no puedo contactar con ninguna. Pídemelo con tu "
        "sesión iniciada, o configura un PIN o un teléfono en las opciones de Hearth."
    ),
    "because_nobody_to_ask": (
        "Necesita el sí de alguien, y aquí no puedo preguntar a nadie. Pídemelo tú mismo o elige en las "
        "opciones de Hearth un teléfono para las aprobaciones."
    ),
    "because_no_backup": "No se pudo hacer la copia de seguridad que va primero, así que no he instalado nada.",
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
    "declined": "De acuerdo, no lo hago.",
    "denied": "Eso no lo hago. {why}",
    "draft": "El mensaje dice: «{text}»",
    "draft_titled": "El mensaje «{title}» dice: «{text}»",
    "everything": "todo",
    "lapsed": "Ha pasado demasiado tiempo, así que lo dejo. Vuelve a pedírmelo.",
    "pin_locked": "Ha habido demasiados PIN equivocados. Responde en la aplicación, donde has iniciado sesión.",
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
    "which_recipient": "Pueden ser varios: {names}. ¿A cuál te refieres?",
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
}
