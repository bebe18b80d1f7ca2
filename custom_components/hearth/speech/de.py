"""Say it in German."""

TEXTS = {
    "abilities": (
        "Ich schalte, was es hier gibt, und sage, wie es darum steht. Frag mich, was ansteht, was zu tun ist, wie das "
        "Wetter wird, was gekommen ist, wann etwas zuletzt offen oder an war oder was in deinen Notizen steht. Ich "
        "merke mir, worum du mich bittest. Für alles andere brauche ich ein Sprachmodell."
    ),
    "all_day": "{summary} ganztägig",
    "amount": "{name}: {amount} {when}.",
    "and": "und",
    "approval_by_itself": "Dazu kann nur ein Mensch Ja sagen.",
    "approval_gone": "Das ist schon erledigt, oder es ist zu spät dafür.",
    "approval_needs_person": (
        "Das kann ich von einer Stimme, die ich nicht kenne, nicht annehmen. Bitte antworte in der App, in "
        "der du angemeldet bist."
    ),
    "approval_needs_pin": "Dafür brauche ich deine PIN. Wie lautet sie?",
    "approval_not_named": "Es sind mehrere Zustimmungen offen. Bitte sag, welche du meinst.",
    "approval_not_yours": "Darüber darfst du nicht entscheiden.",
    "ask": "Ich brauche dein Ja: {actions}. Soll ich?",
    "ask_elsewhere": "Dafür muss ich wissen, wer spricht, deshalb habe ich auf dem Handy gefragt: {actions}.",
    "ask_on_phone": "Darf ich das tun: {actions}?",
    "ask_pin": "Dafür brauche ich deine PIN: {actions}. Wie lautet sie?",
    "ask_private": "Ich brauche deine Zustimmung zu etwas, um das du gebeten hast.",
    "at_time": "{summary} um {time}",
    "audit_unavailable": "Ich kann gerade nicht festhalten, was ich tue, also tue ich nichts.",
    "automation": "{when}: {what}",
    "automation_installed": "„{name}“ ist eingerichtet. Sag „mach das rückgängig“, und es ist wieder weg.",
    "automation_removed": "„{name}“ ist weg.",
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
    "because_needs_person": (
        "Dazu darf nur eine Person Ja sagen, die ich kenne, und ich erreiche keine. Frag mich angemeldet, "
        "oder richte in den Optionen von Hearth eine PIN oder ein Telefon ein."
    ),
    "because_nobody_to_ask": (
        "Dazu brauche ich ein Ja, und hier kann ich niemanden fragen. Frag mich selbst, oder wähle in den "
        "Optionen von Hearth ein Telefon für Zustimmungen."
    ),
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
    "chance_of_rain": "Regenwahrscheinlichkeit {chance} %",
    "changed_nothing": "Damit das klar ist: Ich habe nichts verändert.",
    "coming_weeks": "in den nächsten Wochen",
    "compacted": "Unser Gespräch ist lang geworden: Vom Anfang behalte ich nur eine Zusammenfassung.",
    "context_overflow": "Dieses Gespräch ist für mein Sprachmodell zu lang geworden. Bitte beginne ein neues.",
    "day_after_tomorrow": "übermorgen",
    "declined": "Gut, ich lasse es.",
    "degrees": "{low} bis {high} Grad",
    "denied": "Das tue ich nicht. {why}",
    "done": "Erledigt.",
    "draft": "Die Nachricht lautet: „{text}“",
    "empty_reply": "Darauf habe ich keine Antwort.",
    "engine_busy": "Ich bin gerade beschäftigt. Bitte frag gleich noch einmal.",
    "engine_failed": "Mein Sprachmodell hatte ein Problem. Das Haus lässt sich weiter steuern.",
    "engine_protocol": "Die Hearth-App und ihre Integration passen nicht zusammen. Bitte aktualisiere beide.",
    "engine_unreachable": "Ich erreiche mein Sprachmodell nicht. Das Haus lässt sich weiter steuern.",
    "everything": "alles",
    "fact_by": "{text} Das hat mir {name} am {date} gesagt.",
    "fact_noted": "{text} Das habe ich am {date} notiert.",
    "fact_yours": "{text} Das hast du mir am {date} gesagt.",
    "failed": "Das hat leider nicht geklappt.",
    "forgot": "Vergessen: {facts}",
    "halted": "Ich bin ausgeschaltet und tue nichts. Sag „weitermachen“ oder schalte Hearth wieder ein.",
    "invalid_api_key": "Mein Sprachmodell nimmt mein Token nicht an. Bitte verbinde Hearth in den Einstellungen neu.",
    "know": "Das weiß ich: {facts}",
    "know_nothing": "Über dich weiß ich noch nichts.",
    "known": "Das wusste ich schon.",
    "lapsed": "Das hat zu lange gedauert, darum lasse ich es. Bitte frag noch einmal.",
    "last_month": "letzten Monat",
    "last_time": "{name}: zuletzt {when} um {time}.",
    "last_time_none": "{name}: in den letzten {days} Tagen nicht.",
    "last_week": "letzte Woche",
    "let_go": "Unser Gespräch ist lang geworden: Den Anfang musste ich fallen lassen.",
    "list_empty": "Auf {name} steht nichts.",
    "list_items": "{name}: {items}.",
    "may_not_resume": "Ich wurde ausgeschaltet. Nur wer hier wohnt, kann mich wieder einschalten.",
    "memory_ambiguous": "Davon habe ich mir mehreres gemerkt. Bitte sag es genauer.",
    "memory_changed": "Das wurde inzwischen geändert, darum lasse ich es, wie es ist.",
    "memory_empty": "Ich habe nicht gehört, was ich mir merken soll.",
    "memory_full": "Dafür ist kein Platz mehr. Bitte lass mich zuerst etwas vergessen.",
    "memory_guest": "Für Gäste merke ich mir nichts.",
    "memory_too_long": "Das ist zu lang zum Merken. Bitte sag es kürzer.",
    "memory_unavailable": "Ich komme gerade nicht an mein Gedächtnis.",
    "memory_unknown": "So etwas habe ich mir nicht gemerkt.",
    "model_failed": "Mein Sprachmodell ließ sich nicht laden. Das Haus lässt sich weiter steuern.",
    "model_loading": "Mein Sprachmodell lädt noch. Bitte frag gleich noch einmal.",
    "model_missing": (
        "In deinem Zuhause habe ich nichts Passendes gefunden. Für alles andere brauche ich ein Sprachmodell, und es "
        "ist noch keines installiert. Du kannst in der Hearth-App eines hinzufügen."
    ),
    "next_week": "nächste Woche",
    "no_events": "Im Kalender steht {when} nichts.",
    "no_forecast": "Dafür habe ich keine Vorhersage.",
    "no_notifications": "Es gibt keine Benachrichtigungen.",
    "not_allowed": "Das darf ich dir hier nicht sagen.",
    "not_kept": "Wir sprechen vertraulich, darum behalte ich nichts.",
    "nothing_found": "Ich habe in deinem Zuhause nichts Passendes gefunden.",
    "notifications": "Benachrichtigungen: {items}.",
    "of_date": " vom {date}",
    "off_record": "Gut: Von diesem Gespräch wird nichts aufbewahrt.",
    "on_date": "am {date}",
    "on_day": "{day}: {told}.",
    "on_weekday": "am {weekday}",
    "only_days": "nur am {days}",
    "only_other": "nur unter bestimmten Bedingungen",
    "only_state": "nur solange {names} „{state}“ ist",
    "paused_today": "Gut, heute nicht. {name} geht morgen weiter.",
    "pin_locked": "Die PIN war zu oft falsch. Bitte antworte in der App, in der du angemeldet bist.",
    "quote": "In „{title}“{of_date} steht: {text}",
    "quote_calendar": "Im Kalender steht zu „{title}“{of_date}: {text}",
    "quote_conversations": "In einem früheren Gespräch{of_date}: {text}",
    "quote_documents": "Im Dokument „{title}“{of_date} steht: {text}",
    "quote_mail": "In der E-Mail „{title}“{of_date} steht: {text}",
    "quote_notes": "In deiner Notiz „{title}“{of_date} steht: {text}",
    "quote_notifications": "In einer Benachrichtigung{of_date} steht: {text}",
    "remembered": "Das merke ich mir.",
    "replaced": "Das merke ich mir. Bisher war es: {facts}",
    "resumed": "Ich bin wieder da.",
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
    "sources": "Quellen:",
    "started": "Ist unterwegs.",
    "stopped": "Angehalten.",
    "stopped_under_way": "Gestoppt. Was {names} schon gesagt war, kann ich nicht zurücknehmen.",
    "this_month": "diesen Monat",
    "this_week": "diese Woche",
    "today": "heute",
    "tomorrow": "morgen",
    "too_many_steps": "Ich habe aufgehört, weil es zu viele Schritte wurden.",
    "unchanged": "Ich habe es versucht, aber {names} hat nicht reagiert und ist weiterhin {states}.",
    "undo_as_before": "Alles ist, wie es vorher war.",
    "undo_changed": (
        "{name} habe ich gelassen, weil daran seither etwas geändert wurde. Sag „mach es trotzdem "
        "rückgängig“, wenn du es doch willst."
    ),
    "undo_changed_by": (
        "{name} habe ich gelassen, weil {who} daran seither etwas geändert hat. Sag „mach es trotzdem "
        "rückgängig“, wenn du es doch willst."
    ),
    "undo_failed": "{names} konnte ich nicht zurücksetzen.",
    "undo_final": "Das lässt sich nicht zurücknehmen: {action}.",
    "undo_heard": "Die Durchsage wurde schon gehört.",
    "undo_lost_automation": "Ich konnte die Automationen nicht ansehen.",
    "undo_lost_document": "Das Dokument kann ich nicht zurückholen.",
    "undo_lost_event": "Einen Kalendereintrag kann ich nicht zurückholen.",
    "undo_lost_timer": "Den Timer kann ich nicht zurückholen.",
    "undo_lost_todo": "Ich konnte die Liste nicht ansehen.",
    "undo_nothing": "Es gibt nichts von dir, was ich rückgängig machen könnte.",
    "undo_redo": "Was ich rückgängig machen sollte, kann ich nicht wiederholen. Sag es mir bitte noch einmal.",
    "undo_sent": "Was verschickt ist, lässt sich nicht zurückholen.",
    "undo_unseen": "Dabei geschah etwas, das ich nicht sehen konnte und nicht rückgängig machen kann.",
    "undone": "Rückgängig gemacht.",
    "unreachable": "Ich habe es versucht, aber {names} ist nicht erreichbar.",
    "weather": "Wetter",
    "weekend": "am Wochenende",
    "when_other": "wenn dies geschieht: {kind}",
    "when_state": "wenn {names} auf „{state}“ wechselt",
    "when_sunrise": "jeden Tag bei Sonnenaufgang",
    "when_sunset": "jeden Tag bei Sonnenuntergang",
    "when_time": "jeden Tag um {time}",
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
    "yesterday": "gestern",
    "do_action": "{action} auf {names} anwenden",
    "do_alarm_control_panel_alarm_arm_away": "{names} scharf schalten",
    "do_alarm_control_panel_alarm_arm_home": "{names} scharf schalten",
    "do_alarm_control_panel_alarm_arm_night": "{names} scharf schalten",
    "do_alarm_control_panel_alarm_disarm": "{names} unscharf schalten",
    "do_assist_satellite_announce": "eine Durchsage machen",
    "do_automation_turn_off": "die Automation {names} ausschalten",
    "do_automation_turn_on": "die Automation {names} einschalten",
    "do_button_press": "{names} drücken",
    "do_calendar_create_event": "einen Termin in {names} eintragen",
    "do_climate_set_temperature": "{names} auf eine ungewöhnliche Temperatur stellen",
    "do_cover_close_cover": "{names} schließen",
    "do_cover_open_cover": "{names} öffnen",
    "do_cover_set_cover_position": "{names} bewegen",
    "do_cover_stop_cover": "{names} anhalten",
    "do_hearth_forget": "„{names}“ vergessen",
    "do_hearth_install_automation": "diese Automation einrichten: „{names}“",
    "do_hearth_not_today": "{names} heute ruhen lassen",
    "do_hearth_remember": "mir „{names}“ merken",
    "do_hearth_remove_automation": "die Automation „{names}“ entfernen",
    "do_hearth_replace": "mir „{names}“ anstelle von etwas anderem merken",
    "do_hearth_save_document": "ein Dokument speichern",
    "do_hearth_send_to_me": "es an deine eigene Adresse schicken",
    "do_hearth_undo": "das rückgängig machen",
    "do_input_button_press": "{names} drücken",
    "do_opaque": "{name} ausführen, wovon ich nicht alles sehen kann",
    "do_apply": "{names} ändern",
    "do_lock_lock": "{names} abschließen",
    "do_lock_open": "{names} öffnen",
    "do_lock_unlock": "{names} aufschließen",
    "do_notify_send_message": "eine Nachricht an {names} schicken",
    "do_shopping_list_remove_item": "etwas von der Einkaufsliste streichen",
    "do_todo_remove_item": "etwas von {names} streichen",
    "do_turn_off": "{names} ausschalten",
    "do_turn_on": "{names} einschalten",
    "do_update_install": "die Aktualisierung {names} einspielen",
    "do_valve_close_valve": "{names} schließen",
    "do_valve_open_valve": "{names} öffnen",
}

WORDS = {
    "no": frozenset(
        {
            "abbrechen",
            "bitte nicht",
            "lass es",
            "lieber nicht",
            "nee",
            "nein",
            "nein danke",
            "nein lass es",
            "nein tu es nicht",
            "nicht jetzt",
            "tu es nicht",
        }
    ),
    "not_today": frozenset(
        {
            "heute bitte nicht",
            "heute mal nicht",
            "heute nicht",
            "nicht heute",
        }
    ),
    "resume": frozenset(
        {
            "fortsetzen",
            "hearth an",
            "mach weiter",
            "schalte dich ein",
            "weiter",
            "weiter geht's",
            "weitermachen",
        }
    ),
    "stop": frozenset({"aufhören", "halt", "hör auf", "ruhe", "sei still", "stop", "stopp", "stopp alles"}),
    "yes": frozenset(
        {
            "bitte",
            "einverstanden",
            "gerne",
            "in ordnung",
            "ja",
            "ja bitte",
            "ja gerne",
            "ja klar",
            "ja mach das",
            "ja tu es",
            "jawohl",
            "klar",
            "mach das",
            "na klar",
            "tu es",
        }
    ),
}

PATTERNS = {
    "about": (
        r".*\b(?:notiz|notizen|dokumente?n?|unterlagen|e-?mails?)\b.*?\b(?:über|zu|zum|zur|von|vom) (?P<text>.+)",
    ),
    "about_me": (
        r"was (?:weißt|weisst) du (?:alles )?(?:über (?:mich|uns|dieses zuhause))",
        r"was hast du dir (?:alles )?(?:über (?:mich|uns) )?gemerkt",
        r"was hast du (?:alles )?über (?:mich|uns) (?:gelernt|notiert)",
    ),
    "forget": (
        r"(?:bitte )?vergiss(?: bitte)?,? dass (?P<text>.+)",
        r"(?:bitte )?vergiss(?: bitte)? (?P<text>(?:was|den|die|das|meine?n?) .+)",
    ),
    "forget_last": (r"(?:bitte )?vergiss das(?: wieder| bitte)?",),
    "help": (
        r"(?:hilfe|hilf mir|was kannst du(?: (?:alles|für mich tun|tun))?|was kann ich (?:dich )?(?:fragen|sagen))",
    ),
    "incognito": (
        r"(?:das (?:ist|bleibt) |bitte )?(?:inkognito|vertraulich|unter uns)(?: bitte)?",
        r"(?:bitte )?merk dir (?:bitte )?(?:nichts|dieses gespräch nicht)(?: davon)?",
    ),
    "not_today": (
        r"heute (?:bitte |mal )?nicht[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? (?:bitte )?(?:heute (?:bitte |mal )?nicht|nicht heute)",
    ),
    "remember": (
        r"(?:bitte )?(?:merk|merke) dir(?: bitte)?,? dass (?P<text>.+)",
        r"(?:bitte )?(?:merk|merke) dir(?: bitte)?(?:: ?|,? )(?P<text>(?!dass|nichts|dieses|das$).+)",
        r"(?:bitte )?(?:denk|denke) daran,? dass (?P<text>.+)",
        r"(?:bitte )?vergiss nicht,? dass (?P<text>.+)",
    ),
    "room_off": (
        r"(?:bitte )?(?:schalte?|mache?) alles (?:im|in der|in|auf dem|auf der) (?P<area>.+?) (?:aus|ab)(?: bitte)?",
        r"(?:bitte )?alles (?:im|in der|in|auf dem|auf der) (?P<area>.+?) (?:aus|ausschalten|ausmachen)(?: bitte)?",
    ),
    "undo": (r"(?:bitte )?(?:mach (?:das|die letzte änderung) rückgängig|nimm das zurück|rückgängig)(?: bitte)?",),
    "undo_anyway": (r"(?:bitte )?mach (?:es|das) trotzdem rückgängig(?: bitte)?",),
}
STATES = {
    "open": r"geöffnet|aufgemacht|offen|auf",
    "closed": r"geschlossen|zugemacht|zu",
    "on": r"eingeschaltet|angeschaltet|angemacht|an",
    "off": r"ausgeschaltet|abgeschaltet|ausgemacht|aus",
    "locked": r"abgeschlossen|abgesperrt|zugesperrt|verriegelt",
    "unlocked": r"aufgeschlossen|aufgesperrt|entriegelt",
    "home": r"zu ?hause|daheim",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_LAST = r"(?:zuletzt|das letzte mal|zum letzten mal)"
_DAY = r"(?:heute|(?:über)?morgen|(?:am|diesen|nächsten) \w+|(?:diese|nächste|kommende) woche)\b"

QUESTIONS = {
    "past": (
        rf"^wann (?:hat|habe|haben) (?:{_LAST} )?(?:jemand|wer|ich|wir|man) (?:{_LAST} )?(?P<name>.+?) {_STATE}$",
        rf"^wann (?:wurden?|war(?:en)?|ist|sind) {_LAST} (?P<name>.+?) {_STATE}$",
        rf"^wann (?:wurden?|war(?:en)?|ist|sind|ging) (?P<name>.+?) {_LAST} {_STATE}(?: worden| gewesen)?$",
    ),
    "amount": (
        (
            r"\bwie ?viel (?:strom|energie|gas|wasser|kwh|kilowattstunden)\b"
            r".*?\b(?:hat|haben|verbrauchte|verbraucht|brauchte|braucht) (?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>nächste[rsn]?) (?:[\w-]*termin|treffen|besprechung|veranstaltung)\b",
        r"\bwas (?:steht|kommt) als (?P<next>nächstes)\b",
        r"^wann (?:ist|habe|haben|hat|beginnt)\b.*\b(?:[\w-]*termin|treffen|besprechung|\w+stunde|\w+abend)\b",
    ),
    "calendar": (
        (
            r"\b(?:was|welche|habe|hab|haben|steht|stehen|gibt|wann|zeig|sag|lies)\b.*"
            r"(?:\bkalender\b|\btermine?\b|\bterminkalender\b|\bgeplant\b|\bagenda\b|\bvor$)"
        ),
        r"\bwas (?:steht|liegt)\b.*\ban$",
        rf"\bwas ist {_DAY}.*\blos$",
        r"\b(?:bin ich|sind wir|habe ich|haben wir)\b.*\b(?:frei|zeit|verplant)$",
    ),
    "notifications": (
        r"\b(?:was|welche|habe|hab|gibt|gab|zeig|lies|sag)\b.*\b(?:benachrichtigung|benachrichtigungen|meldungen)\b",
        r"\b(?:habe ich (?:etwas|was)|was habe ich) verpasst\b",
        r"\b(?:neue|ungelesene) nachrichten\b",
    ),
    "list": (
        r"\b(?:was|steht|zeig|lies|sag)\b.*\b(?:[\w-]*liste|aufgaben)\b",
        r"\bwas (?:muss|müssen|soll|sollen|brauche|brauchen)\b.*\b(?:kaufen|einkaufen|besorgen|erledigen|tun|machen)$",
        r"\bwas ist\b.*\bzu (?:tun|erledigen|kaufen)$",
    ),
    "weather": (
        (
            r"\b(?:was|wie|wird|regnet|schneit|gibt|brauche|scheint)\b.*"
            r"\b(?:wetter|regen|regnen|regnet|schnee|schneien|sonnig|sonne|regenschirm|schirm|vorhersage|frieren)\b"
        ),
        r"\b(?:regnet|schneit) es\b",
        r"\bwie (?:warm|kalt|heiß) wird\b|\bwird es\b.*\b(?:warm|kalt|heiß|windig|stürmisch|schön)$",
        r"\bbrauche ich\b.*\b(?:jacke|mantel)\b",
    ),
}
DAYS = {
    "day_after_tomorrow": r"übermorgen",
    "tomorrow": r"(?<!heute )(?<!guten )(?<!gestern )(?<!am )morgen",
    "yesterday": r"gestern",
    "last_week": r"(?:letzte|vergangene|vorige)[rn]? woche",
    "next_week": r"(?:nächste|kommende)[rn]? woche",
    "last_month": r"(?:letzten|vergangenen|vorigen) monat",
    "this_month": r"diese[nms] monat",
    "this_week": r"diese[rn]? woche|(?:nächsten|kommenden) tagen?|woche",
    "weekend": r"wochenende",
    "today": r"heute|jetzt",
}
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
DATE = "{day}. {month}"
DECIMAL = ","
