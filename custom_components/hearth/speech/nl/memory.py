"""Say in Dutch what is remembered and forgotten."""

TEXTS = {
    "fact_by": "{text} Dat heeft {name} me op {date} verteld.",
    "fact_noted": "{text} Dat heb ik op {date} genoteerd.",
    "fact_yours": "{text} Dat heb je me op {date} verteld.",
    "forgot": "Vergeten: {facts}",
    "know": "Dit weet ik: {facts}",
    "know_nothing": "Ik weet nog niets over je.",
    "known": "Dat wist ik al.",
    "memory_ambiguous": "Zoiets heb ik meer dan eens onthouden. Zeg het preciezer.",
    "memory_changed": "Dat is intussen veranderd, dus ik laat het zoals het is.",
    "memory_empty": "Ik heb niet gehoord wat ik moet onthouden.",
    "memory_full": "Daar is geen plaats meer voor. Laat me eerst iets vergeten.",
    "memory_guest": "Voor gasten onthoud ik niets.",
    "memory_too_long": "Dat is te lang om te onthouden. Zeg het korter.",
    "memory_unavailable": "Ik kan nu niet bij mijn geheugen.",
    "memory_unknown": "Zoiets heb ik niet onthouden.",
    "not_kept": "We praten in vertrouwen, dus ik bewaar niets.",
    "off_record": "Goed: van dit gesprek wordt niets bewaard.",
    "remembered": "Dat onthoud ik.",
    "replaced": "Dat onthoud ik. Tot nu toe was het: {facts}",
}
