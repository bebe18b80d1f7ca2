"""Say it in French."""

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
    "approval_by_itself": "Seule une personne peut dire oui à cela.",
    "approval_gone": "C'est déjà réglé, ou c'est trop tard.",
    "approval_needs_person": (
        "Je ne peux pas l'accepter d'une voix que je ne connais pas. Réponds dans l'application, où tu es connecté."
    ),
    "approval_needs_pin": "Pour cela, il me faut ton code PIN. Quel est-il ?",
    "approval_not_named": "Plusieurs accords sont en attente. Dis duquel tu parles.",
    "approval_not_yours": "Ce n'est pas à toi d'en décider.",
    "ask": "Il me faut ton accord : {actions}. Je le fais ?",
    "ask_elsewhere": "Pour cela, je dois savoir qui parle ; j'ai donc demandé sur le téléphone : {actions}.",
    "ask_on_phone": "Est-ce que je peux faire ceci : {actions} ?",
    "ask_pin": "Pour cela, il me faut ton code PIN : {actions}. Quel est-il ?",
    "ask_private": "J'ai besoin de ton accord pour quelque chose que tu as demandé.",
    "at_time": "{summary} à {time}",
    "audit_unavailable": "Je ne peux pas noter ce que je fais en ce moment, alors je ne fais rien.",
    "automation": "{when} : {what}",
    "automation_installed": "« {name} » est en place. Dis « annule ça » et elle disparaît.",
    "automation_removed": "« {name} » n'existe plus.",
    "because_approved": "Quelqu'un a dit oui à cela précisément.",
    "because_bad_arguments": "Je ne vois pas ce qui est visé exactement.",
    "because_bad_rule": (
        "Je ne comprends pas ta règle « {rule} », je ne fais donc rien tant qu'elle n'est pas corrigée dans "
        "les options de Hearth."
    ),
    "because_busy": "Autre chose commande le même appareil en ce moment.",
    "because_critical": (
        "Cela laisse entrer quelqu'un ou peut causer des dégâts, il faut donc le oui d'une personne que je connais."
    ),
    "because_declined_before": "Quelqu'un a déjà dit non, et je ne redemande pas aujourd'hui.",
    "because_error": "Une erreur s'est produite pendant que je décidais, je ne fais donc rien.",
    "because_halted": "Je suis désactivé pour l'instant.",
    "because_needs_person": (
        "Seule une personne que je connais peut l'accepter, et je n'en joins aucune. Demande-le-moi depuis "
        "ton compte, ou règle un code PIN ou un téléphone dans les options de Hearth."
    ),
    "because_nobody_to_ask": (
        "Il faut le oui de quelqu'un, et ici je ne peux interroger personne. Demande-le-moi toi-même, ou "
        "choisis dans les options de Hearth un téléphone pour les accords."
    ),
    "because_not_permitted": "Les options de Hearth ne permettent pas cette action.",
    "because_not_to_be_seen": "Cela touche à quelque chose qui ne doit pas être vu d'ici.",
    "because_preset": "La prudence choisie pour cette maison l'exclut.",
    "because_reads": "Cela ne fait qu'informer et ne change rien.",
    "because_reversible": "C'est facile à défaire.",
    "because_rule": "Ainsi le veut ta règle « {rule} ».",
    "because_sensitive": "Cela pourrait gêner quelqu'un, alors je demande d'abord.",
    "because_tainted": "La conversation contient du texte venu de l'extérieur, qui pourrait en être la cause.",
    "because_too_often": "C'était trop en peu de temps. Attends un instant.",
    "because_unknown": "Je ne vois pas tout ce que cela ferait, il faut donc le oui d'une personne que je connais.",
    "because_unknown_tool": "Cet outil n'existe pas.",
    "button_no": "Refuser",
    "button_not_today": "Pas aujourd'hui",
    "button_yes": "Autoriser",
    "chance_of_rain": "risque de pluie {chance} %",
    "changed_nothing": "Pour être clair : je n'ai rien changé.",
    "coming_weeks": "dans les semaines à venir",
    "compacted": "Notre conversation est devenue longue : de son début, je ne garde qu'un résumé.",
    "context_overflow": "Cette conversation est trop longue pour mon modèle de langage. Commences-en une autre.",
    "day_after_tomorrow": "après-demain",
    "declined": "D'accord, je ne le fais pas.",
    "degrees": "de {low} à {high} degrés",
    "denied": "Je ne le fais pas. {why}",
    "done": "C'est fait.",
    "draft": "Le message dit : « {text} »",
    "empty_reply": "Je n'ai pas de réponse à cela.",
    "engine_busy": "Je suis occupé pour l'instant. Redemande-moi dans un moment.",
    "engine_failed": "Mon modèle de langage a eu un problème. La maison reste commandable.",
    "engine_protocol": "L'application Hearth et son intégration ne vont pas ensemble. Mets les deux à jour.",
    "engine_unreachable": "Je n'arrive pas à joindre mon modèle de langage. La maison reste commandable.",
    "everything": "tout",
    "fact_by": "{text} {name} me l'a dit le {date}.",
    "fact_noted": "{text} Je l'ai noté le {date}.",
    "fact_yours": "{text} Tu me l'as dit le {date}.",
    "failed": "Désolé, cela n'a pas marché.",
    "forgot": "Oublié : {facts}",
    "halted": "Je suis désactivé, je ne fais donc rien. Dis « reprends » ou réactive Hearth.",
    "invalid_api_key": "Mon modèle de langage n'accepte plus mon jeton. Reconnecte Hearth dans les paramètres.",
    "know": "Voici ce que je sais : {facts}",
    "know_nothing": "Je ne sais encore rien de toi.",
    "known": "Je le savais déjà.",
    "lapsed": "Cela a duré trop longtemps, alors je laisse tomber. Redemande-moi.",
    "last_month": "le mois dernier",
    "last_time": "{name} : la dernière fois, c'était {when} à {time}.",
    "last_time_none": "{name} : pas ces {days} derniers jours.",
    "last_week": "la semaine dernière",
    "let_go": "Notre conversation est devenue longue : j'ai dû en laisser le début.",
    "list_empty": "Il n'y a rien sur {name}.",
    "list_items": "{name} : {items}.",
    "may_not_resume": "On m'a désactivé. Seule une personne qui habite ici peut me réactiver.",
    "memory_ambiguous": "Je me souviens de plusieurs choses de ce genre. Dis-le plus précisément.",
    "memory_changed": "Cela a changé entre-temps, alors je le laisse tel quel.",
    "memory_empty": "Je n'ai pas entendu ce que je dois retenir.",
    "memory_full": "Il n'y a plus de place pour cela. Laisse-moi d'abord oublier quelque chose.",
    "memory_guest": "Je ne retiens rien pour les invités.",
    "memory_too_long": "C'est trop long à retenir. Dis-le plus court.",
    "memory_unavailable": "Je n'ai pas accès à ma mémoire pour l'instant.",
    "memory_unknown": "Je ne me souviens de rien de tel.",
    "model_failed": "Mon modèle de langage n'a pas pu être chargé. La maison reste commandable.",
    "model_loading": "Mon modèle de langage est encore en train de charger. Redemande-moi dans un moment.",
    "model_missing": (
        "Je n'ai rien trouvé dans ta maison qui corresponde. Pour tout le reste, il me faut un modèle de langage, et "
        "aucun n'est encore installé. Tu peux en ajouter un dans l'application Hearth."
    ),
    "next_week": "la semaine prochaine",
    "no_events": "Il n'y a rien à l'agenda {when}.",
    "no_forecast": "Je n'ai pas de prévisions pour cela.",
    "no_notifications": "Il n'y a aucune notification.",
    "not_allowed": "Je ne peux pas te dire cela ici.",
    "not_kept": "Nous parlons en confidence, alors je ne garde rien.",
    "nothing_found": "Je n'ai rien trouvé dans ta maison qui corresponde.",
    "notifications": "Notifications : {items}.",
    "of_date": " du {date}",
    "off_record": "D'accord : rien de cette conversation n'est gardé.",
    "on_date": "le {date}",
    "on_day": "{day} : {told}.",
    "on_weekday": "{weekday}",
    "only_days": "seulement ces jours : {days}",
    "only_other": "seulement sous certaines conditions",
    "only_state": "seulement tant que {names} est sur « {state} »",
    "paused_today": "D'accord, pas aujourd'hui. {name} reprend demain.",
    "pin_locked": "Il y a eu trop de codes PIN erronés. Réponds dans l'application, où tu es connecté.",
    "quote": "Dans « {title} »{of_date}, il est écrit : {text}",
    "quote_calendar": "L'agenda dit de « {title} »{of_date} : {text}",
    "quote_conversations": "Dans une conversation passée{of_date} : {text}",
    "quote_documents": "Dans le document « {title} »{of_date}, il est écrit : {text}",
    "quote_mail": "Dans l'e-mail « {title} »{of_date}, il est écrit : {text}",
    "quote_notes": "Dans ta note « {title} »{of_date}, il est écrit : {text}",
    "quote_notifications": "Une notification{of_date} dit : {text}",
    "remembered": "Je m'en souviendrai.",
    "replaced": "Je m'en souviendrai. Jusqu'ici c'était : {facts}",
    "resumed": "Me revoilà.",
    "rule_powerless": (
        "« {loser} » ne change rien : ce qui est critique ou inconnu attend le oui d'une personne connue, "
        "quoi que dise une règle."
    ),
    "rules_agree": "Tes règles ne se contredisent pas.",
    "rules_disagree": (
        "Pour {on}, « {winner} » dit : {wins} ; « {loser} » dit : {loses}. « {winner} » l'emporte, car la "
        "règle la plus stricte l'emporte toujours."
    ),
    "ruling_allow": "le faire sans demander",
    "ruling_ask": "demander d'abord",
    "ruling_ask_person": "demander à une personne connue",
    "ruling_deny": "refuser",
    "sources": "Sources :",
    "started": "C'est parti.",
    "stopped": "J'arrête.",
    "stopped_under_way": "Arrêté. Ce qui était déjà demandé à {names}, je ne peux pas l'annuler.",
    "this_month": "ce mois-ci",
    "this_week": "cette semaine",
    "today": "aujourd'hui",
    "tomorrow": "demain",
    "too_many_steps": "J'ai arrêté, car cela demandait trop d'étapes.",
    "unchanged": "J'ai essayé, mais {names} n'a pas réagi et est toujours {states}.",
    "undo_as_before": "Tout est comme avant.",
    "undo_changed": "Je n'ai pas touché à {name}, qui a été modifié depuis. Dis « annule quand même » si tu y tiens.",
    "undo_changed_by": (
        "Je n'ai pas touché à {name}, que {who} a modifié depuis. Dis « annule quand même » si tu y tiens."
    ),
    "undo_failed": "Je n'ai pas pu rétablir {names}.",
    "undo_final": "Rien ne peut annuler ceci : {action}.",
    "undo_heard": "L'annonce a déjà été entendue.",
    "undo_lost_automation": "Je n'ai pas pu consulter les automatisations.",
    "undo_lost_document": "Je ne peux pas faire revenir le document.",
    "undo_lost_event": "Je ne peux pas faire revenir un événement du calendrier.",
    "undo_lost_timer": "Je ne peux pas faire revenir le minuteur.",
    "undo_lost_todo": "Je n'ai pas pu consulter la liste.",
    "undo_nothing": "Il n'y a rien de toi que je puisse annuler.",
    "undo_redo": "Je ne peux pas refaire ce que j'ai annulé. Redis-le-moi, s'il te plaît.",
    "undo_sent": "Ce qui est envoyé ne peut pas être rappelé.",
    "undo_unseen": "Il s'est passé quelque chose que je n'ai pas pu voir et que je ne peux pas annuler.",
    "undone": "Annulé.",
    "unreachable": "J'ai essayé, mais {names} est injoignable.",
    "weather": "Météo",
    "weekend": "ce week-end",
    "when_other": "quand ceci se produit : {kind}",
    "when_state": "quand {names} passe à « {state} »",
    "when_sunrise": "chaque jour au lever du soleil",
    "when_sunset": "chaque jour au coucher du soleil",
    "when_time": "chaque jour à {time}",
    "would_allow": "Je le ferais tout de suite : {actions}. {why}",
    "would_answer": "Je répondrais tout de suite, sans rien changer.",
    "would_ask": "Je demanderais d'abord : {actions}. {why}",
    "would_deny": "Je refuserais : {actions}. {why}",
    "would_leave_to_model": (
        "Home Assistant ne connaît pas cette phrase. Un modèle de langage déciderait quoi faire, et tout ce "
        "qu'il tenterait serait jugé de même."
    ),
    "wrong_pin": "Ce n'est pas le bon code PIN.",
    "yes_elsewhere": "La question irait à {names}.",
    "yes_pin": "Le oui demanderait le code PIN.",
    "yes_yes": "Qui demande pourrait dire oui.",
    "yesterday": "hier",
    "do_action": "utiliser {action} sur {names}",
    "do_alarm_control_panel_alarm_arm_away": "armer {names}",
    "do_alarm_control_panel_alarm_arm_home": "armer {names}",
    "do_alarm_control_panel_alarm_arm_night": "armer {names}",
    "do_alarm_control_panel_alarm_disarm": "désarmer {names}",
    "do_assist_satellite_announce": "faire une annonce",
    "do_automation_turn_off": "désactiver l'automatisation {names}",
    "do_automation_turn_on": "activer l'automatisation {names}",
    "do_button_press": "appuyer sur {names}",
    "do_calendar_create_event": "ajouter un événement à {names}",
    "do_climate_set_temperature": "régler {names} sur une température inhabituelle",
    "do_cover_close_cover": "fermer {names}",
    "do_cover_open_cover": "ouvrir {names}",
    "do_cover_set_cover_position": "bouger {names}",
    "do_cover_stop_cover": "arrêter {names}",
    "do_hearth_forget": "oublier « {names} »",
    "do_hearth_install_automation": "mettre en place cette automatisation : « {names} »",
    "do_hearth_not_today": "suspendre {names} pour aujourd'hui",
    "do_hearth_remember": "retenir « {names} »",
    "do_hearth_remove_automation": "supprimer l'automatisation « {names} »",
    "do_hearth_replace": "retenir « {names} » à la place d'autre chose",
    "do_hearth_save_document": "enregistrer un document",
    "do_hearth_send_to_me": "l'envoyer à ta propre adresse",
    "do_hearth_undo": "annuler cela",
    "do_input_button_press": "appuyer sur {names}",
    "do_opaque": "exécuter {name}, dont je ne vois pas tout",
    "do_apply": "modifier {names}",
    "do_lock_lock": "verrouiller {names}",
    "do_lock_open": "ouvrir {names}",
    "do_lock_unlock": "déverrouiller {names}",
    "do_notify_send_message": "envoyer un message à {names}",
    "do_shopping_list_remove_item": "retirer quelque chose de la liste de courses",
    "do_todo_remove_item": "retirer quelque chose de {names}",
    "do_turn_off": "éteindre {names}",
    "do_turn_on": "allumer {names}",
    "do_update_install": "installer la mise à jour {names}",
    "do_valve_close_valve": "fermer {names}",
    "do_valve_open_valve": "ouvrir {names}",
}

WORDS = {
    "no": frozenset(
        {
            "annule",
            "laisse tomber",
            "n'y touche pas",
            "ne fais rien",
            "ne le fais pas",
            "non",
            "non laisse tomber",
            "non merci",
            "non ne fais rien",
            "non ne le fais pas",
            "pas maintenant",
            "surtout pas",
        }
    ),
    "not_today": frozenset(
        {
            "pas aujourd'hui",
            "pas aujourd'hui merci",
            "pas pour aujourd'hui",
        }
    ),
    "resume": frozenset(
        {
            "allume toi",
            "continue",
            "reprendre",
            "reprends",
            "tu peux reprendre",
            "vas y reprends",
        }
    ),
    "stop": frozenset(
        {
            "arrête",
            "arrête tout",
            "arrête toi",
            "arrêtez",
            "ça suffit",
            "chut",
            "silence",
            "stop",
            "tais toi",
        }
    ),
    "yes": frozenset(
        {
            "bien sûr",
            "d'accord",
            "fais le",
            "je confirme",
            "oui",
            "oui bien sûr",
            "oui d'accord",
            "oui fais le",
            "oui merci",
            "oui s'il te plaît",
            "oui vas y",
            "ouais",
            "vas y",
            "volontiers",
        }
    ),
}

PATTERNS = {
    "about": (r".*\b(?:notes?|documents?|e-?mails?)\b.*?\b(?:sur|de|du) (?P<text>.+)",),
    "about_me": (
        r"(?:que|qu'est-ce que tu|tu) sais(?:-tu)? (?:de|sur|à propos de) (?:moi|nous|cette maison)",
        (
            r"(?:de quoi te souviens-tu|(?:qu'as-tu|qu'est-ce que tu as) (?:retenu|noté|appris))"
            r"(?: (?:de|sur|à propos de) (?:moi|nous))?"
        ),
    ),
    "forget": (
        r"(?:s'il te plaît )?oublie qu(?:e |')(?P<text>.+)",
        r"(?:s'il te plaît )?oublie (?P<text>(?:(?:ce que|le|la|les|mon|ma|mes|notre|nos) |l').+)",
    ),
    "forget_last": (r"(?:s'il te plaît )?oublie[ -](?:ça|cela|le)(?: s'il te plaît)?",),
    "help": (r"(?:aide|aide-moi|que (?:sais|peux)-tu faire(?: pour moi)?|que puis-je te (?:demander|dire))",),
    "incognito": (
        r"(?:ceci est |c'est |que ça reste )?(?:entre nous|confidentiel|incognito|en incognito)(?: s'il te plaît)?",
        r"ne (?:garde|retiens|note) (?:rien|pas (?:ça|cela|cette conversation))(?: de ça)?",
    ),
    "not_today": (
        r"pas aujourd'hui[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? pas aujourd'hui(?: s'il te plaît)?",
    ),
    "remember": (
        r"(?:s'il te plaît )?(?:souviens-toi|rappelle-toi|retiens|note|mémorise|n'oublie pas) qu(?:e |')(?P<text>.+)",
        r"(?:s'il te plaît )?(?:souviens-toi|rappelle-toi|retiens|note|mémorise) ?: ?(?P<text>.+)",
    ),
    "room_off": (
        (
            r"(?:s'il te plaît )?(?:éteins|éteignez|coupe) tout "
            r"(?:dans |de |à )(?:le |la |les |l')?(?P<area>.+?)(?: s'il te plaît)?"
        ),
    ),
    "undo": (r"(?:s'il te plaît )?(?:annule (?:ça|cela|la dernière modification)|défais ça)(?: s'il te plaît)?",),
    "undo_anyway": (r"(?:s'il te plaît )?annule(?: ça| cela)? quand même(?: s'il te plaît)?",),
}
STATES = {
    "open": r"ouvert(?:e|es|s)?",
    "closed": r"fermé(?:e|es|s)?",
    "on": r"allumé(?:e|es|s)?|en marche",
    "off": r"éteint(?:e|es|s)?",
    "locked": r"verrouillé(?:e|es|s)?",
    "unlocked": r"déverrouillé(?:e|es|s)?",
    "home": r"à la maison|rentré(?:e|es|s)?",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_LAST = r"(?:pour )?la dernière fois"
_DAY = (
    r"(?:(?:pour )?(?:aujourd'hui|(?:après-)?demain|ce (?:soir|week-?end)|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche)|cette semaine|la semaine prochaine)\b"
)

QUESTIONS = {
    "past": (
        (
            r"^quand (?:est-ce que )?(?:a-t-on|ai-je|avons-nous|on a|j'ai|quelqu'un a(?:-t-il)?) "
            rf"{_STATE} (?P<name>.+?) {_LAST}$"
        ),
        (
            r"^quand (?:est-ce que )?(?P<name>.+?) (?:s'|a|ont|est|était|étaient|sont)?"
            rf"(?:-?(?:t-)?(?:est-)?(?:elles?|ils?))? ?(?:été |a été )?{_STATE} {_LAST}$"
        ),
        rf"\bdernière fois que (?P<name>.+?) (?:a été|ont été|était|étaient|est|s'est) {_STATE}$",
        rf"\bdernière fois qu'on a {_STATE} (?P<name>.+)",
    ),
    "amount": (
        (
            r"\bcombien (?:d'|de )(?:énergie|électricité|courant|gaz|eau|kwh) "
            r"(?:(?:a|ont) (?:consommé|utilisé)e? |est-ce que |consomme |utilise )?(?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>prochaine?) (?:rendez-vous|événement|réunion)\b",
        r"^(?:c'est )?quand (?:est|ai-je|avons-nous|est-ce que|a lieu)\b.*\b(?:rendez-vous|réunion|cours|leçon)\b",
    ),
    "calendar": (
        (
            r"\b(?:que|quoi|quels?|quelles?|qu'est-ce|qu'y|qu'ai-je|ai-je|avons-nous|j'ai|on a|quand|montre|dis|lis)\b"
            r".*\b(?:agenda|calendrier|rendez-vous|événements?|réunions?|planning|prévue?s?|programme)\b"
        ),
        rf"\bqu'est-ce (?:qu'il y a|que j'ai|qu'on a|que nous avons|que je fais|qu'on fait) {_DAY}",
        r"\b(?:suis-je|sommes-nous|je suis|on est)\b.*\b(?:libres?|occupée?s?|prise?s?)\b",
    ),
    "notifications": (
        (
            r"\b(?:que|quelles?|qu'est-ce|qu'ai-je|ai-je|j'ai|y a-t-il|il y a|montre|lis|dis)\b.*"
            r"\b(?:notifications?|alertes?|nouveaux messages|messages non lus)\b"
        ),
        r"\b(?:ai-je|j'ai|qu'est-ce que j'ai|qu'ai-je) (?:raté|manqué)\b",
    ),
    "list": (
        r"\b(?:que|quoi|qu'est-ce|qu'y|montre|lis|dis)\b.*\b(?:liste(?: d(?:e |es |'))?\w*|tâches)\b",
        r"\b(?:que dois-je|que devons-nous|que faut-il|qu'est-ce qu'il faut)\b.*\b(?:acheter|faire)\b",
        r"\bqu'est-ce (?:que je dois|qu'on doit|que nous devons|qu'il reste à)\b.*\b(?:acheter|faire)\b",
    ),
    "weather": (
        (
            r"\b(?:quel|quelle|quels|quelles|comment|va-t-il|est-ce|fera-t-il|faut-il)\b.*"
            r"\b(?:temps|météo|pleuvoir|pluie|neiger|neige|soleil|parapluie|prévisions|geler|orage)\b"
        ),
        r"\b(?:fera-t-il|va-t-il faire|il fera|il va faire)\b.*\b(?:froid|chaud|beau|soleil|du vent)\b",
        r"\b(?:ai-je besoin|j'ai besoin|faut-il)\b.*\b(?:parapluie|manteau|veste)\b",
        r"\b(?:pleuvra|pleut|neigera|neige-t-il)\b",
    ),
}
DAYS = {
    "day_after_tomorrow": r"après-demain",
    "tomorrow": r"(?<!après-)demain",
    "yesterday": r"hier",
    "last_week": r"semaine (?:dernière|passée)",
    "next_week": r"semaine prochaine",
    "last_month": r"mois (?:dernier|passé)",
    "this_month": r"ce mois",
    "this_week": r"cette semaine|prochains jours|semaine",
    "weekend": r"week-?end",
    "today": r"aujourd'hui|ce (?:soir|matin|midi)|cet(?:te)? (?:après-midi|nuit)|maintenant",
}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
DATE = "{day} {month}"
DECIMAL = ","
