"""Say in German why something is asked, allowed or refused, and what came of the question."""

TEXTS = {
    "approval_by_itself": "Dazu kann nur ein Mensch Ja sagen.",
    "approval_gone": "Das ist schon erledigt, oder es ist zu spät dafür.",
    "approval_needs_admin": "Dazu kann nur jemand Ja sagen, der Home Assistant verwaltet und angemeldet ist.",
    "approval_needs_person": (
        "Das kann ich von einer Stimme, die ich nicht kenne, nicht annehmen. Bitte antworte in der App, in "
        "der du angemeldet bist."
    ),
    "approval_needs_pin": "Dafür brauche ich deine PIN. Wie lautet sie?",
    "approval_not_named": "Es sind mehrere Zustimmungen offen. Bitte sag, welche du meinst.",
    "approval_not_yours": "Darüber darfst du nicht entscheiden.",
    "ask": "Ich brauche dein Ja: {actions}. Soll ich?",
    "ask_admin": (
        "Das darf nur jemand erlauben, der Home Assistant verwaltet, deshalb habe ich auf dem Handy gefragt: {actions}."
    ),
    "ask_elsewhere": "Dafür muss ich wissen, wer spricht, deshalb habe ich auf dem Handy gefragt: {actions}.",
    "ask_on_phone": "Darf ich das tun: {actions}?",
    "ask_pin": "Dafür brauche ich deine PIN: {actions}. Wie lautet sie?",
    "ask_private": "Ich brauche deine Zustimmung zu etwas, um das du gebeten hast.",
    "because_approved": "Dazu hat jemand ausdrücklich Ja gesagt.",
    "because_bad_arguments": "Es ist nicht klar, was genau gemeint ist.",
    "because_bad_rule": (
        "Ich verstehe deine Regel „{rule}“ nicht, deshalb tue ich nichts, bis sie in den Optionen von Hearth "
        "berichtigt ist."
    ),
    "because_busy": "Etwas anderes bewegt gerade dasselbe Gerät.",
    "because_critical": (
        "Es lässt jemanden herein oder kann Schaden anrichten, deshalb muss eine Person, die ich kenne, Ja sagen."
    ),
    "because_declined_before": "Dazu hat schon jemand Nein gesagt, und ich frage heute nicht noch einmal.",
    "because_error": "Beim Entscheiden ging etwas schief, deshalb tue ich nichts.",
    "because_halted": "Ich bin gerade ausgeschaltet.",
    "because_lasting": (
        "Es ändert, was dein Zuhause von selbst tut, deshalb muss jemand Ja sagen, der Home Assistant verwaltet."
    ),
    "because_needs_admin": (
        "Dazu darf nur jemand Ja sagen, der Home Assistant verwaltet, und ich erreiche niemanden. Frag mich mit "
        "einem Administratorkonto, oder wähle in den Optionen von Hearth das Telefon eines Administrators."
    ),
    "because_needs_person": (
        "Dazu darf nur eine Person Ja sagen, die ich kenne, und ich erreiche keine. Frag mich angemeldet, "
        "oder richte in den Optionen von Hearth eine PIN oder ein Telefon ein."
    ),
    "because_nobody_to_ask": (
        "Dazu brauche ich ein Ja, und hier kann ich niemanden fragen. Frag mich selbst, oder wähle in den "
        "Optionen von Hearth ein Telefon für Zustimmungen."
    ),
    "because_no_backup": "Die Sicherung, die zuerst kommen muss, ließ sich nicht anlegen; ich habe nichts eingespielt.",
    "because_not_permitted": "Die Optionen von Hearth erlauben diese Aktion nicht.",
    "because_not_to_be_seen": "Es betrifft etwas, das von hier aus niemand sehen soll.",
    "because_preset": "Die Vorsicht, die für dieses Zuhause gewählt ist, schließt es aus.",
    "because_reads": "Es sagt nur etwas und ändert nichts.",
    "because_reversible": "Es ist leicht wieder rückgängig zu machen.",
    "because_rule": "So will es deine Regel „{rule}“.",
    "because_sensitive": "Jemanden könnte es stören, deshalb frage ich zuerst.",
    "because_tainted": "Im Gespräch steht Text von außen, der dahinterstecken könnte.",
    "because_too_often": "Das war zu viel in kurzer Zeit. Bitte warte einen Moment.",
    "because_unknown": (
        "Ich sehe nicht alles, was dabei geschehen würde, deshalb muss eine Person, die ich kenne, Ja sagen."
    ),
    "because_unknown_tool": "So ein Werkzeug gibt es nicht.",
    "button_no": "Ablehnen",
    "button_not_today": "Heute nicht",
    "button_yes": "Erlauben",
    "declined": "Gut, ich lasse es.",
    "denied": "Das tue ich nicht. {why}",
    "draft": "Die Nachricht lautet: „{text}“",
    "draft_titled": "Die Nachricht „{title}“ lautet: „{text}“",
    "everything": "alles",
    "lapsed": "Das hat zu lange gedauert, darum lasse ich es. Bitte frag noch einmal.",
    "pin_locked": "Die PIN war zu oft falsch. Bitte antworte in der App, in der du angemeldet bist.",
    "rule_powerless": (
        "„{loser}“ ändert nichts: Was kritisch oder unbekannt ist, wartet auf das Ja einer bekannten Person, "
        "was auch immer eine Regel sagt."
    ),
    "rules_agree": "Deine Regeln widersprechen sich nicht.",
    "rules_disagree": (
        "Zu {on} sagt „{winner}“: {wins}; „{loser}“ sagt: {loses}. „{winner}“ gewinnt, denn das tut immer die "
        "strengere Regel."
    ),
    "ruling_allow": "ohne Frage tun",
    "ruling_ask": "erst fragen",
    "ruling_ask_person": "eine bekannte Person fragen",
    "ruling_deny": "ablehnen",
    "which_recipient": "Das können mehrere sein: {names}. Wen meinst du?",
    "would_allow": "Das täte ich sofort: {actions}. {why}",
    "would_answer": "Ich würde sofort antworten und nichts ändern.",
    "would_ask": "Ich würde erst fragen: {actions}. {why}",
    "would_deny": "Ich würde es ablehnen: {actions}. {why}",
    "would_leave_to_model": (
        "Home Assistant kennt keinen solchen Satz. Ein Sprachmodell würde entscheiden, was zu tun ist, und "
        "alles, was es versuchte, würde genauso beurteilt."
    ),
    "wrong_pin": "Das ist nicht die richtige PIN.",
    "yes_elsewhere": "Die Frage ginge an {names}.",
    "yes_pin": "Ein Ja bräuchte die PIN.",
    "yes_yes": "Wer fragt, könnte Ja sagen.",
}
