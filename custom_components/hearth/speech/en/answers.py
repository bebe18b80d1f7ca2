"""Answer in English what people ask of the home and of what they have written."""

TEXTS = {
    "abilities": (
        "I switch what is in this home and tell how it is. Ask me what is on, what is to be done, what the weather "
        "will be, what came, when something was last open or on, or what your notes say. I remember what you ask me "
        "to. For everything else I need a language model."
    ),
    "all_day": "{summary} all day",
    "amount": "{name}: {amount} {when}.",
    "and": "and",
    "at_time": "{summary} at {time}",
    "chance_of_rain": "chance of rain {chance} %",
    "degrees": "{low} to {high} degrees",
    "empty_reply": "I have no answer to that.",
    "last_time": "{name}: the last time was {when} at {time}.",
    "last_time_none": "{name}: not in the last {days} days.",
    "list_empty": "There is nothing on {name}.",
    "list_items": "{name}: {items}.",
    "no_events": "There is nothing on the calendar {when}.",
    "no_forecast": "I have no forecast for that.",
    "no_notifications": "There are no notifications.",
    "not_allowed": "I may not tell you that here.",
    "nothing_found": "I found nothing in your home that fits.",
    "notifications": "Notifications: {items}.",
    "of_date": " of {date}",
    "on_day": "{day}: {told}.",
    "quote": "“{title}”{of_date} says: {text}",
    "quote_calendar": "The calendar says of “{title}”{of_date}: {text}",
    "quote_conversations": "In an earlier conversation{of_date}: {text}",
    "quote_documents": "The document “{title}”{of_date} says: {text}",
    "quote_mail": "The e-mail “{title}”{of_date} says: {text}",
    "quote_notes": "Your note “{title}”{of_date} says: {text}",
    "quote_notifications": "A notification{of_date} says: {text}",
    "sources": "Sources:",
    "weather": "Weather",
}

DECIMAL = "."
