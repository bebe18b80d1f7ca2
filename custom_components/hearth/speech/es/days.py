"""Name days, weeks and months in Spanish."""

TEXTS = {
    "coming_weeks": "en las próximas semanas",
    "day_after_tomorrow": "pasado mañana",
    "last_month": "el mes pasado",
    "last_week": "la semana pasada",
    "next_week": "la semana que viene",
    "on_date": "el {date}",
    "on_weekday": "el {weekday}",
    "this_month": "este mes",
    "this_week": "esta semana",
    "today": "hoy",
    "tomorrow": "mañana",
    "weekend": "el fin de semana",
    "yesterday": "ayer",
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
