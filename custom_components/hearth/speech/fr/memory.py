"""Say in French what is remembered and forgotten."""

TEXTS = {
    "fact_by": "{text} {name} me l'a dit le {date}.",
    "fact_noted": "{text} Je l'ai noté le {date}.",
    "fact_yours": "{text} Tu me l'as dit le {date}.",
    "forgot": "Oublié : {facts}",
    "know": "Voici ce que je sais : {facts}",
    "know_nothing": "Je ne sais encore rien de toi.",
    "known": "Je le savais déjà.",
    "memory_ambiguous": "Je me souviens de plusieurs choses de ce genre. Dis-le plus précisément.",
    "memory_changed": "Cela a changé entre-temps, alors je le laisse tel quel.",
    "memory_empty": "Je n'ai pas entendu ce que je dois retenir.",
    "memory_full": "Il n'y a plus de place pour cela. Laisse-moi d'abord oublier quelque chose.",
    "memory_guest": "Je ne retiens rien pour les invités.",
    "memory_too_long": "C'est trop long à retenir. Dis-le plus court.",
    "memory_unavailable": "Je n'ai pas accès à ma mémoire pour l'instant.",
    "memory_unknown": "Je ne me souviens de rien de tel.",
    "not_kept": "Nous parlons en confidence, alors je ne garde rien.",
    "off_record": "D'accord : rien de cette conversation n'est gardé.",
    "remembered": "Je m'en souviendrai.",
    "replaced": "Je m'en souviendrai. Jusqu'ici c'était : {facts}",
}
