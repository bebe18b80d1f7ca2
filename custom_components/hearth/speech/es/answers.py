"""Answer in Spanish what people ask of the home and of what they have written."""

TEXTS = {
    "abilities": (
        "Manejo lo que hay en esta casa y digo cómo está. Pregúntame qué hay en la agenda, qué queda por hacer, qué "
        "tiempo hará, qué ha llegado, cuándo estuvo algo abierto o encendido por última vez o qué dicen tus notas. "
        "Recuerdo lo que me pidas. Para todo lo demás necesito un modelo de lenguaje."
    ),
    "all_day": "{summary} todo el día",
    "amount": "{name}: {amount} {when}.",
    "and": "y",
    "at_time": "{summary} a las {time}",
    "chance_of_rain": "probabilidad de lluvia {chance} %",
    "degrees": "de {low} a {high} grados",
    "empty_reply": "No tengo respuesta para eso.",
    "last_time": "{name}: la última vez fue {when} a las {time}.",
    "last_time_none": "{name}: no en los últimos {days} días.",
    "list_empty": "No hay nada en {name}.",
    "list_items": "{name}: {items}.",
    "no_events": "No hay nada en el calendario {when}.",
    "no_forecast": "No tengo previsión para eso.",
    "no_notifications": "No hay notificaciones.",
    "not_allowed": "Aquí no puedo decirte eso.",
    "nothing_found": "No he encontrado en tu casa nada que encaje.",
    "notifications": "Notificaciones: {items}.",
    "of_date": " del {date}",
    "on_day": "{day}: {told}.",
    "quote": "En «{title}»{of_date} pone: {text}",
    "quote_calendar": "En el calendario, sobre «{title}»{of_date}, pone: {text}",
    "quote_conversations": "En una conversación anterior{of_date}: {text}",
    "quote_documents": "En el documento «{title}»{of_date} pone: {text}",
    "quote_mail": "En el correo «{title}»{of_date} pone: {text}",
    "quote_notes": "En tu nota «{title}»{of_date} pone: {text}",
    "quote_notifications": "En una notificación{of_date} pone: {text}",
    "sources": "Fuentes:",
    "weather": "Tiempo",
}

DECIMAL = ","
