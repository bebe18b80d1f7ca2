"""Tell in German what was done."""

TEXTS = {
    "deed": "Um {time} Uhr, {who}: {action}{why}; {result}.",
    "deed_times": "{result}, {count} Mal, dies war das letzte",
    "deed_you": "du",
    "deed_somebody": "jemand",
    "deed_why": ", wegen der Worte „{words}“",
    "deed_nothing": "Ich habe {when} nichts getan, und niemand wollte etwas.",
    "deed_nothing_there": "Ich habe {when} nichts getan: {area}.",
    "deed_more": "Das sind die letzten von vielen.",
    "log_begun": "macht: {action}",
    "log_asked": "fragt: {action}",
    "log_denied": "hat abgelehnt: {action}",
    "log": "{action}: {result}",
    "deed_done": "getan",
    "deed_started": "begonnen",
    "deed_unchanged": "es hat nicht reagiert",
    "deed_asked": "wartet noch auf ein Ja",
    "deed_denied": "abgelehnt. {reason}",
    "deed_declined": "die Antwort war Nein",
    "deed_lapsed": "niemand hat geantwortet",
    "deed_failed": "es hat nicht geklappt",
}
