"""Say in French what keeps Hearth from going on, and that it goes on again."""

TEXTS = {
    "audit_unavailable": "Je ne peux pas noter ce que je fais en ce moment, alors je ne fais rien.",
    "compacted": "Notre conversation est devenue longue : de son début, je ne garde qu'un résumé.",
    "context_overflow": "Cette conversation est trop longue pour mon modèle de langage. Commences-en une autre.",
    "engine_busy": "Je suis occupé pour l'instant. Redemande-moi dans un moment.",
    "engine_failed": "Mon modèle de langage a eu un problème. La maison reste commandable.",
    "engine_protocol": "L'application Hearth et son intégration ne vont pas ensemble. Mets les deux à jour.",
    "engine_unreachable": "Je n'arrive pas à joindre mon modèle de langage. La maison reste commandable.",
    "halted": "Je suis désactivé, je ne fais donc rien. Dis « reprends » ou réactive Hearth.",
    "invalid_api_key": "Mon modèle de langage n'accepte plus mon jeton. Reconnecte Hearth dans les paramètres.",
    "let_go": "Notre conversation est devenue longue : j'ai dû en laisser le début.",
    "may_not_resume": "On m'a désactivé. Seule une personne qui habite ici peut me réactiver.",
    "model_failed": "Mon modèle de langage n'a pas pu être chargé. La maison reste commandable.",
    "model_loading": "Mon modèle de langage est encore en train de charger. Redemande-moi dans un moment.",
    "model_missing": (
        "Je n'ai rien trouvé dans ta maison qui corresponde. Pour tout le reste, il me faut un modèle de langage, et "
        "aucun n'est encore installé. Tu peux en ajouter un dans l'application Hearth."
    ),
    "resumed": "Me revoilà.",
    "too_many_steps": "J'ai arrêté, car cela demandait trop d'étapes.",
}
