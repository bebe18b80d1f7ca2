"""Say in German what is remembered and forgotten."""

TEXTS = {
    "fact_by": "{text} Das hat mir {name} am {date} gesagt.",
    "fact_noted": "{text} Das habe ich am {date} notiert.",
    "fact_yours": "{text} Das hast du mir am {date} gesagt.",
    "forgot": "Vergessen: {facts}",
    "know": "Das weiß ich: {facts}",
    "know_nothing": "Über dich weiß ich noch nichts.",
    "known": "Das wusste ich schon.",
    "memory_ambiguous": "Davon habe ich mir mehreres gemerkt. Bitte sag es genauer.",
    "memory_changed": "Das wurde inzwischen geändert, darum lasse ich es, wie es ist.",
    "memory_empty": "Ich habe nicht gehört, was ich mir merken soll.",
    "memory_full": "Dafür ist kein Platz mehr. Bitte lass mich zuerst etwas vergessen.",
    "memory_guest": "Für Gäste merke ich mir nichts.",
    "memory_too_long": "Das ist zu lang zum Merken. Bitte sag es kürzer.",
    "memory_unavailable": "Ich komme gerade nicht an mein Gedächtnis.",
    "memory_unknown": "So etwas habe ich mir nicht gemerkt.",
    "not_kept": "Wir sprechen vertraulich, darum behalte ich nichts.",
    "off_record": "Gut: Von diesem Gespräch wird nichts aufbewahrt.",
    "remembered": "Das merke ich mir.",
    "replaced": "Das merke ich mir. Bisher war es: {facts}",
}
