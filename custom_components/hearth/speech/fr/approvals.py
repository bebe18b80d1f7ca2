"""Say in French why something is asked, allowed or refused, and what came of the question."""

TEXTS = {
    "approval_by_itself": "Seule une personne peut dire oui à cela.",
    "approval_gone": "C'est déjà réglé, ou c'est trop tard.",
    "approval_needs_admin": "Seul un administrateur de Home Assistant, connecté à son compte, peut dire oui à cela.",
    "approval_needs_person": (
        "Je ne peux pas l'accepter d'une voix que je ne connais pas. Réponds dans l'application, où tu es connecté."
    ),
    "approval_needs_pin": "Pour cela, il me faut ton code PIN. Quel est-il ?",
    "approval_not_named": "Plusieurs accords sont en attente. Dis duquel tu parles.",
    "approval_not_yours": "Ce n'est pas à toi d'en décider.",
    "ask": "Il me faut ton accord : {actions}. Je le fais ?",
    "ask_admin": (
        "Seul un administrateur de Home Assistant peut le permettre ; j'ai donc demandé sur le téléphone : {actions}."
    ),
    "ask_elsewhere": "Pour cela, je dois savoir qui parle ; j'ai donc demandé sur le téléphone : {actions}.",
    "ask_on_phone": "Est-ce que je peux faire ceci : {actions} ?",
    "ask_pin": "Pour cela, il me faut ton code PIN : {actions}. Quel est-il ?",
    "ask_private": "J'ai besoin de ton accord pour quelque chose que tu as demandé.",
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
    "because_lasting": (
        "Cela change ce que ta maison fait d'elle-même, il faut donc le oui d'un administrateur de Home Assistant."
    ),
    "because_needs_admin": (
        "Seul un administrateur de Home Assistant peut l'accepter, et je n'en joins aucun. Demande-le-moi depuis le "
        "compte d'un administrateur, ou choisis le téléphone de l'un d'eux dans les options de Hearth."
    ),
    "because_needs_person": (
        "Seule une personne que je connais peut l'accepter, et je n'en joins aucune. Demande-le-moi depuis "
        "ton compte, ou règle un code PIN ou un téléphone dans les options de Hearth."
    ),
    "because_nobody_to_ask": (
        "Il faut le oui de quelqu'un, et ici je ne peux interroger personne. Demande-le-moi toi-même, ou "
        "choisis dans les options de Hearth un téléphone pour les accords."
    ),
    "because_no_backup": "La sauvegarde qui doit passer en premier n'a pas pu être faite ; je n'ai donc rien installé.",
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
    "declined": "D'accord, je ne le fais pas.",
    "denied": "Je ne le fais pas. {why}",
    "draft": "Le message dit : « {text} »",
    "draft_titled": "Le message « {title} » dit : « {text} »",
    "everything": "tout",
    "lapsed": "Cela a duré trop longtemps, alors je laisse tomber. Redemande-moi.",
    "pin_locked": "Il y a eu trop de codes PIN erronés. Réponds dans l'application, où tu es connecté.",
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
    "which_recipient": "Plusieurs destinataires sont possibles : {names}. Lequel veux-tu dire ?",
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
}
