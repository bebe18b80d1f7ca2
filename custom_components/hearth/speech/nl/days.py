"""Name days, weeks and months in Dutch."""

TEXTS = {
    "coming_weeks": "in de komende weken",
    "day_after_tomorrow": "overmorgen",
    "last_month": "vorige maand",
    "last_week": "vorige week",
    "next_week": "volgende week",
    "on_date": "op {date}",
    "on_weekday": "{weekday}",
    "this_month": "deze maand",
    "this_week": "deze week",
    "today": "vandaag",
    "tomorrow": "morgen",
    "weekend": "in het weekend",
    "yesterday": "gisteren",
}

DAYS = {
    "day_after_tomorrow": r"overmorgen",
    "tomorrow": r"morgen(?:ochtend|middag|avond|vroeg)?",
    "yesterday": r"gister(?:en|avond|middag|ochtend)",
    "last_week": r"(?:vorige|afgelopen) week",
    "next_week": r"(?:volgende|komende) week",
    "last_month": r"(?:vorige|afgelopen) maand",
    "this_month": r"deze maand",
    "this_week": r"deze week|komende dagen|week",
    "weekend": r"weekend",
    "today": r"vandaag|van(?:avond|middag|ochtend|morgen|nacht)|nu",
}
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
DATE = "{day} {month}"
