"""Answer in Dutch what people ask of the home and of what they have written."""

TEXTS = {
    "abilities": (
        "Ik bedien wat er in dit huis is en vertel hoe het ermee staat. Vraag me wat er op de agenda staat, wat er te "
        "doen is, wat voor weer het wordt, wat er is binnengekomen, wanneer iets voor het laatst open of aan was, of "
        "wat er in je notities staat. Ik onthoud wat je me vraagt. Voor al het andere heb ik een taalmodel nodig."
    ),
    "all_day": "{summary} de hele dag",
    "amount": "{name}: {amount} {when}.",
    "and": "en",
    "at_time": "{summary} om {time}",
    "chance_of_rain": "kans op regen {chance} %",
    "degrees": "{low} tot {high} graden",
    "empty_reply": "Daar heb ik geen antwoord op.",
    "last_time": "{name}: de laatste keer was {when} om {time}.",
    "last_time_none": "{name}: niet in de laatste {days} dagen.",
    "list_empty": "Er staat niets op {name}.",
    "list_items": "{name}: {items}.",
    "no_events": "Er staat {when} niets in de agenda.",
    "no_forecast": "Daarvoor heb ik geen verwachting.",
    "no_notifications": "Er zijn geen meldingen.",
    "not_allowed": "Dat mag ik je hier niet vertellen.",
    "nothing_found": "Ik heb in je huis niets gevonden dat past.",
    "notifications": "Meldingen: {items}.",
    "of_date": " van {date}",
    "on_day": "{day}: {told}.",
    "quote": "In “{title}”{of_date} staat: {text}",
    "quote_calendar": "In de agenda staat bij “{title}”{of_date}: {text}",
    "quote_conversations": "In een eerder gesprek{of_date}: {text}",
    "quote_documents": "In het document “{title}”{of_date} staat: {text}",
    "quote_mail": "In de e-mail “{title}”{of_date} staat: {text}",
    "quote_notes": "In je notitie “{title}”{of_date} staat: {text}",
    "quote_notifications": "In een melding{of_date} staat: {text}",
    "sources": "Bronnen:",
    "weather": "Weer",
}

DECIMAL = ","
