"""Tell in French what was done."""

TEXTS = {
    "deed": "À {time}, {who} : {action}{why}; {result}.",
    "deed_times": "{result}, {count} fois, c'était la dernière",
    "deed_you": "vous",
    "deed_somebody": "quelqu'un",
    "deed_why": ", à cause des mots « {words} »",
    "deed_nothing": "Je n'ai rien fait {when}, et personne ne m'a rien demandé.",
    "deed_nothing_there": "Je n'ai rien fait {when} : {area}.",
    "deed_more": "Ce sont les dernières d'une longue série.",
    "log_begun": "fait : {action}",
    "log_asked": "demande : {action}",
    "log_denied": "a refusé : {action}",
    "log": "{action} : {result}",
    "deed_done": "fait",
    "deed_started": "en cours",
    "deed_unchanged": "aucune réaction",
    "deed_asked": "attend encore un oui",
    "deed_denied": "refusé. {reason}",
    "deed_declined": "la réponse était non",
    "deed_lapsed": "personne n'a répondu",
    "deed_failed": "cela n'a pas marché",
}
