"""Name days, weeks and months in German."""

TEXTS = {
    "coming_weeks": "in den nächsten Wochen",
    "day_after_tomorrow": "übermorgen",
    "last_month": "letzten Monat",
    "last_week": "letzte Woche",
    "next_week": "nächste Woche",
    "on_date": "am {date}",
    "on_weekday": "am {weekday}",
    "this_month": "diesen Monat",
    "this_week": "diese Woche",
    "today": "heute",
    "tomorrow": "morgen",
    "weekend": "am Wochenende",
    "yesterday": "gestern",
}

DAYS = {
    "day_after_tomorrow": r"übermorgen",
    "tomorrow": r"(?<!heute )(?<!guten )(?<!gestern )(?<!am )morgen",
    "yesterday": r"gestern",
    "last_week": r"(?:letzte|vergangene|vorige)[rn]? woche",
    "next_week": r"(?:nächste|kommende)[rn]? woche",
    "last_month": r"(?:letzten|vergangenen|vorigen) monat",
    "this_month": r"diese[nms] monat",
    "this_week": r"diese[rn]? woche|(?:nächsten|kommenden) tagen?|woche",
    "weekend": r"wochenende",
    "today": r"heute|jetzt",
}
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
DATE = "{day}. {month}"
