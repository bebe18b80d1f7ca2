"""Answer in French what people ask of the home and of what they have written."""

TEXTS = {
    "abilities": (
        "Je commande ce qu'il y a dans cette maison et je dis dans quel état c'est. Demande-moi ce qui est prévu, ce "
        "qu'il y a à faire, le temps qu'il fera, ce qui est arrivé, quand quelque chose était ouvert ou allumé pour "
        "la dernière fois, ou ce que disent tes notes. Je retiens ce que tu me confies. Pour tout le reste, il me "
        "faut un modèle de langage."
    ),
    "all_day": "{summary} toute la journée",
    "amount": "{name} : {amount} {when}.",
    "and": "et",
    "at_time": "{summary} à {time}",
    "chance_of_rain": "risque de pluie {chance} %",
    "degrees": "de {low} à {high} degrés",
    "empty_reply": "Je n'ai pas de réponse à cela.",
    "last_time": "{name} : la dernière fois, c'était {when} à {time}.",
    "last_time_none": "{name} : pas ces {days} derniers jours.",
    "list_empty": "Il n'y a rien sur {name}.",
    "list_items": "{name} : {items}.",
    "no_events": "Il n'y a rien à l'agenda {when}.",
    "no_forecast": "Je n'ai pas de prévisions pour cela.",
    "no_notifications": "Il n'y a aucune notification.",
    "not_allowed": "Je ne peux pas te dire cela ici.",
    "nothing_found": "Je n'ai rien trouvé dans ta maison qui corresponde.",
    "notifications": "Notifications : {items}.",
    "of_date": " du {date}",
    "on_day": "{day} : {told}.",
    "quote": "Dans « {title} »{of_date}, il est écrit : {text}",
    "quote_calendar": "L'agenda dit de « {title} »{of_date} : {text}",
    "quote_conversations": "Dans une conversation passée{of_date} : {text}",
    "quote_documents": "Dans le document « {title} »{of_date}, il est écrit : {text}",
    "quote_mail": "Dans l'e-mail « {title} »{of_date}, il est écrit : {text}",
    "quote_notes": "Dans ta note « {title} »{of_date}, il est écrit : {text}",
    "quote_notifications": "Une notification{of_date} dit : {text}",
    "sources": "Sources :",
    "weather": "Météo",
}

DECIMAL = ","
