"""Tell in Dutch what was done."""

TEXTS = {
    "deed": "Om {time}, {who}: {action}{why}; {result}.",
    "deed_times": "{result}, {count} keer, dit was de laatste",
    "deed_you": "jij",
    "deed_somebody": "iemand",
    "deed_why": ", vanwege de woorden “{words}”",
    "deed_nothing": "Ik heb {when} niets gedaan, en niemand heeft iets gevraagd.",
    "deed_nothing_there": "Ik heb {when} niets gedaan: {area}.",
    "deed_more": "Dit zijn de laatste van vele.",
    "log_begun": "doet: {action}",
    "log_asked": "vraagt: {action}",
    "log_denied": "heeft geweigerd: {action}",
    "log": "{action}: {result}",
    "deed_done": "gedaan",
    "deed_started": "begonnen",
    "deed_unchanged": "het reageerde niet",
    "deed_asked": "wacht nog op een ja",
    "deed_denied": "geweigerd. {reason}",
    "deed_declined": "het antwoord was nee",
    "deed_lapsed": "niemand heeft geantwoord",
    "deed_failed": "het lukte niet",
}
