"""Say in Spanish what keeps Hearth from going on, and that it goes on again."""

TEXTS = {
    "audit_unavailable": "Ahora mismo no puedo anotar lo que hago, así que no hago nada.",
    "compacted": "Nuestra conversación se ha hecho larga: de su comienzo solo guardo un resumen.",
    "context_overflow": "Esta conversación se ha hecho demasiado larga para mi modelo de lenguaje. Empieza otra.",
    "engine_busy": "Estoy con otra cosa. Vuelve a preguntarme dentro de un momento.",
    "engine_failed": "Mi modelo de lenguaje ha tenido un problema. La casa se puede seguir controlando.",
    "engine_protocol": "La aplicación de Hearth y su integración no encajan. Actualiza las dos.",
    "engine_unreachable": "No consigo llegar a mi modelo de lenguaje. La casa se puede seguir controlando.",
    "halted": "Estoy apagado, así que no hago nada. Di «reanudar» o vuelve a encender Hearth.",
    "invalid_api_key": "Mi modelo de lenguaje ya no acepta mi token. Vuelve a conectar Hearth en los ajustes.",
    "let_go": "Nuestra conversación se ha hecho larga: he tenido que soltar su comienzo.",
    "may_not_resume": "Me han apagado. Solo alguien que viva aquí puede volver a encenderme.",
    "model_failed": "No se ha podido cargar mi modelo de lenguaje. La casa se puede seguir controlando.",
    "model_loading": "Mi modelo de lenguaje todavía se está cargando. Vuelve a preguntarme dentro de un momento.",
    "model_missing": (
        "No he encontrado en tu casa nada que encaje. Para todo lo demás necesito un modelo de lenguaje, y todavía no "
        "hay ninguno instalado. Puedes añadir uno en la aplicación de Hearth."
    ),
    "resumed": "Aquí estoy de nuevo.",
    "too_many_steps": "He parado porque hacían falta demasiados pasos.",
}
