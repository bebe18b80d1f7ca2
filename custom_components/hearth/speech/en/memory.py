"""Say in English what is remembered and forgotten."""

TEXTS = {
    "fact_by": "{text} {name} told me on {date}.",
    "fact_noted": "{text} I noted that on {date}.",
    "fact_yours": "{text} You told me on {date}.",
    "forgot": "Forgotten: {facts}",
    "know": "This is what I know: {facts}",
    "know_nothing": "I know nothing about you yet.",
    "known": "I knew that already.",
    "memory_ambiguous": "I remember several things of the kind. Please say it more exactly.",
    "memory_changed": "That has been changed since, so I leave it as it is.",
    "memory_empty": "I did not hear what I should remember.",
    "memory_full": "There is no room left for that. Please let me forget something first.",
    "memory_guest": "I remember nothing for guests.",
    "memory_too_long": "That is too long to be remembered. Please put it shorter.",
    "memory_unavailable": "I can't get at my memory at the moment.",
    "memory_unknown": "I remember nothing of the kind.",
    "not_kept": "We are off the record, so I keep nothing.",
    "off_record": "All right: from now on, nothing of this conversation is kept.",
    "remembered": "I'll remember that.",
    "replaced": "I'll remember that. Until now it was: {facts}",
}
