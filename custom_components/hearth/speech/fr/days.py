"""Name days, weeks and months in French."""

TEXTS = {
    "coming_weeks": "dans les semaines à venir",
    "day_after_tomorrow": "après-demain",
    "last_month": "le mois dernier",
    "last_week": "la semaine dernière",
    "next_week": "la semaine prochaine",
    "on_date": "le {date}",
    "on_weekday": "{weekday}",
    "this_month": "ce mois-ci",
    "this_week": "cette semaine",
    "today": "aujourd'hui",
    "tomorrow": "demain",
    "weekend": "ce week-end",
    "yesterday": "hier",
}

DAYS = {
    "day_after_tomorrow": r"après-demain",
    "tomorrow": r"(?<!après-)demain",
    "yesterday": r"hier",
    "last_week": r"semaine (?:dernière|passée)",
    "next_week": r"semaine prochaine",
    "last_month": r"mois (?:dernier|passé)",
    "this_month": r"ce mois",
    "this_week": r"cette semaine|prochains jours|semaine",
    "weekend": r"week-?end",
    "today": r"aujourd'hui|ce (?:soir|matin|midi)|cet(?:te)? (?:après-midi|nuit)|maintenant",
}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
DATE = "{day} {month}"
