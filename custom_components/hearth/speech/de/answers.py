"""Answer in German what people ask of the home and of what they have written."""

TEXTS = {
    "abilities": (
        "Ich schalte, was es hier gibt, und sage, wie es darum steht. Frag mich, was ansteht, was zu tun ist, wie das "
        "Wetter wird, was gekommen ist, wann etwas zuletzt offen oder an war oder was in deinen Notizen steht. Ich "
        "merke mir, worum du mich bittest. Für alles andere brauche ich ein Sprachmodell."
    ),
    "all_day": "{summary} ganztägig",
    "amount": "{name}: {amount} {when}.",
    "and": "und",
    "at_time": "{summary} um {time}",
    "chance_of_rain": "Regenwahrscheinlichkeit {chance} %",
    "degrees": "{low} bis {high} Grad",
    "empty_reply": "Darauf habe ich keine Antwort.",
    "last_time": "{name}: zuletzt {when} um {time}.",
    "last_time_none": "{name}: in den letzten {days} Tagen nicht.",
    "list_empty": "Auf {name} steht nichts.",
    "list_items": "{name}: {items}.",
    "no_events": "Im Kalender steht {when} nichts.",
    "no_forecast": "Dafür habe ich keine Vorhersage.",
    "no_notifications": "Es gibt keine Benachrichtigungen.",
    "not_allowed": "Das darf ich dir hier nicht sagen.",
    "nothing_found": "Ich habe in deinem Zuhause nichts Passendes gefunden.",
    "notifications": "Benachrichtigungen: {items}.",
    "of_date": " vom {date}",
    "on_day": "{day}: {told}.",
    "quote": "In „{title}“{of_date} steht: {text}",
    "quote_calendar": "Im Kalender steht zu „{title}“{of_date}: {text}",
    "quote_conversations": "In einem früheren Gespräch{of_date}: {text}",
    "quote_documents": "Im Dokument „{title}“{of_date} steht: {text}",
    "quote_mail": "In der E-Mail „{title}“{of_date} steht: {text}",
    "quote_notes": "In deiner Notiz „{title}“{of_date} steht: {text}",
    "quote_notifications": "In einer Benachrichtigung{of_date} steht: {text}",
    "sources": "Quellen:",
    "weather": "Wetter",
}

DECIMAL = ","
