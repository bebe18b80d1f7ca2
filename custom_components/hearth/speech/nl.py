"""Say it in Dutch."""

TEXTS = {
    "abilities": (
        "Ik bedien wat er in dit huis is en vertel hoe het ermee staat. Vraag me wat er op de agenda staat, wat er te "
        "doen is, wat voor weer het wordt, wat er is binnengekomen, wanneer iets voor het laatst open of aan was, of "
        "wat er in je notities staat. Ik onthoud wat je me vraagt. Voor al het andere heb ik een taalmodel nodig."
    ),
    "all_day": "{summary} de hele dag",
    "amount": "{name}: {amount} {when}.",
    "and": "en",
    "approval_by_itself": "Daar kan alleen een mens ja op zeggen.",
    "approval_gone": "Dat is al afgehandeld, of het is er te laat voor.",
    "approval_needs_person": (
        "Dat kan ik niet aannemen van een stem die ik niet ken. Antwoord in de app, waar je bent aangemeld."
    ),
    "approval_needs_pin": "Daarvoor heb ik je pincode nodig. Wat is die?",
    "approval_not_named": "Er staan meerdere toestemmingen open. Zeg welke je bedoelt.",
    "approval_not_yours": "Daar mag jij niet over beslissen.",
    "ask": "Ik heb je ja nodig: {actions}. Zal ik het doen?",
    "ask_elsewhere": "Daarvoor moet ik weten wie er spreekt, dus ik heb het op de telefoon gevraagd: {actions}.",
    "ask_on_phone": "Mag ik dit doen: {actions}?",
    "ask_pin": "Daarvoor heb ik je pincode nodig: {actions}. Wat is die?",
    "ask_private": "Ik heb je toestemming nodig voor iets waar je om hebt gevraagd.",
    "at_time": "{summary} om {time}",
    "audit_unavailable": "Ik kan nu niet vastleggen wat ik doe, dus ik doe niets.",
    "automation": "{when}: {what}",
    "automation_installed": "“{name}” staat klaar. Zeg “maak dat ongedaan” en het is weer weg.",
    "automation_removed": "“{name}” is weg.",
    "because_approved": "Iemand heeft precies hierop ja gezegd.",
    "because_bad_arguments": "Het is niet duidelijk wat er precies bedoeld wordt.",
    "because_bad_rule": (
        "Ik begrijp je regel “{rule}” niet, dus ik doe niets tot die in de opties van Hearth is verbeterd."
    ),
    "because_busy": "Iets anders bedient op dit moment hetzelfde apparaat.",
    "because_critical": "Het laat iemand binnen of kan schade doen, dus moet iemand die ik ken ja zeggen.",
    "because_declined_before": "Iemand heeft er al nee op gezegd, en ik vraag het vandaag niet nog eens.",
    "because_error": "Er ging iets mis bij het beslissen, dus doe ik niets.",
    "because_halted": "Ik ben op dit moment uitgeschakeld.",
    "because_needs_person": (
        "Alleen iemand die ik ken mag er ja op zeggen, en ik kan niemand bereiken. Vraag het me aangemeld, of "
        "stel in de opties van Hearth een pincode of een telefoon in."
    ),
    "because_nobody_to_ask": (
        "Daarvoor is iemands ja nodig, en hier kan ik het niemand vragen. Vraag het me zelf, of kies in de "
        "opties van Hearth een telefoon voor toestemming."
    ),
    "because_not_permitted": "De opties van Hearth staan die actie niet toe.",
    "because_not_to_be_seen": "Het gaat om iets dat vanaf hier niet te zien mag zijn.",
    "because_preset": "De voorzichtigheid die voor dit huis is gekozen, sluit het uit.",
    "because_reads": "Het vertelt alleen iets en verandert niets.",
    "because_reversible": "Het is makkelijk weer terug te draaien.",
    "because_rule": "Dat zegt je regel “{rule}”.",
    "because_sensitive": "Het kan iemand storen, dus vraag ik het eerst.",
    "because_tainted": "In het gesprek staat tekst van buiten die erachter kan zitten.",
    "because_too_often": "Dat was te veel in korte tijd. Wacht even.",
    "because_unknown": "Ik zie niet alles wat het zou doen, dus moet iemand die ik ken ja zeggen.",
    "because_unknown_tool": "Dat hulpmiddel bestaat niet.",
    "button_no": "Weigeren",
    "button_not_today": "Vandaag niet",
    "button_yes": "Toestaan",
    "chance_of_rain": "kans op regen {chance} %",
    "changed_nothing": "Voor de duidelijkheid: ik heb niets veranderd.",
    "coming_weeks": "in de komende weken",
    "compacted": "Ons gesprek is lang geworden: van het begin bewaar ik alleen een samenvatting.",
    "context_overflow": "Dit gesprek is te lang geworden voor mijn taalmodel. Begin een nieuw gesprek.",
    "day_after_tomorrow": "overmorgen",
    "declined": "Goed, ik laat het.",
    "degrees": "{low} tot {high} graden",
    "denied": "Dat doe ik niet. {why}",
    "done": "Gedaan.",
    "draft": "In het bericht staat: “{text}”",
    "empty_reply": "Daar heb ik geen antwoord op.",
    "engine_busy": "Ik ben even met iets anders bezig. Vraag het me zo nog eens.",
    "engine_failed": "Mijn taalmodel had een probleem. Het huis blijft te bedienen.",
    "engine_protocol": "De Hearth-app en de integratie passen niet bij elkaar. Werk ze allebei bij.",
    "engine_unreachable": "Ik kan mijn taalmodel niet bereiken. Het huis blijft te bedienen.",
    "everything": "alles",
    "fact_by": "{text} Dat heeft {name} me op {date} verteld.",
    "fact_noted": "{text} Dat heb ik op {date} genoteerd.",
    "fact_yours": "{text} Dat heb je me op {date} verteld.",
    "failed": "Sorry, dat is niet gelukt.",
    "forgot": "Vergeten: {facts}",
    "halted": "Ik ben uitgeschakeld, dus ik doe niets. Zeg “ga verder” of zet Hearth weer aan.",
    "invalid_api_key": "Mijn taalmodel accepteert mijn token niet meer. Verbind Hearth opnieuw in de instellingen.",
    "know": "Dit weet ik: {facts}",
    "know_nothing": "Ik weet nog niets over je.",
    "known": "Dat wist ik al.",
    "lapsed": "Dat duurde te lang, dus ik laat het. Vraag het me nog eens.",
    "last_month": "vorige maand",
    "last_time": "{name}: de laatste keer was {when} om {time}.",
    "last_time_none": "{name}: niet in de laatste {days} dagen.",
    "last_week": "vorige week",
    "let_go": "Ons gesprek is lang geworden: ik heb het begin moeten loslaten.",
    "list_empty": "Er staat niets op {name}.",
    "list_items": "{name}: {items}.",
    "may_not_resume": "Ik ben uitgeschakeld. Alleen iemand die hier woont, kan me weer aanzetten.",
    "memory_ambiguous": "Zoiets heb ik meer dan eens onthouden. Zeg het preciezer.",
    "memory_changed": "Dat is intussen veranderd, dus ik laat het zoals het is.",
    "memory_empty": "Ik heb niet gehoord wat ik moet onthouden.",
    "memory_full": "Daar is geen plaats meer voor. Laat me eerst iets vergeten.",
    "memory_guest": "Voor gasten onthoud ik niets.",
    "memory_too_long": "Dat is te lang om te onthouden. Zeg het korter.",
    "memory_unavailable": "Ik kan nu niet bij mijn geheugen.",
    "memory_unknown": "Zoiets heb ik niet onthouden.",
    "model_failed": "Mijn taalmodel kon niet worden geladen. Het huis blijft te bedienen.",
    "model_loading": "Mijn taalmodel wordt nog geladen. Vraag het me zo nog eens.",
    "model_missing": (
        "Ik heb in je huis niets gevonden dat past. Voor al het andere heb ik een taalmodel nodig, en er is nog geen "
        "geïnstalleerd. Je kunt er een toevoegen in de Hearth-app."
    ),
    "next_week": "volgende week",
    "no_events": "Er staat {when} niets in de agenda.",
    "no_forecast": "Daarvoor heb ik geen verwachting.",
    "no_notifications": "Er zijn geen meldingen.",
    "not_allowed": "Dat mag ik je hier niet vertellen.",
    "not_kept": "We praten in vertrouwen, dus ik bewaar niets.",
    "nothing_found": "Ik heb in je huis niets gevonden dat past.",
    "notifications": "Meldingen: {items}.",
    "of_date": " van {date}",
    "off_record": "Goed: van dit gesprek wordt niets bewaard.",
    "on_date": "op {date}",
    "on_day": "{day}: {told}.",
    "on_weekday": "{weekday}",
    "only_days": "alleen op {days}",
    "only_other": "alleen onder bepaalde voorwaarden",
    "only_state": "alleen zolang {names} “{state}” is",
    "paused_today": "Goed, vandaag niet. {name} gaat morgen verder.",
    "pin_locked": "De pincode was te vaak fout. Antwoord in de app, waar je bent aangemeld.",
    "quote": "In “{title}”{of_date} staat: {text}",
    "quote_calendar": "In de agenda staat bij “{title}”{of_date}: {text}",
    "quote_conversations": "In een eerder gesprek{of_date}: {text}",
    "quote_documents": "In het document “{title}”{of_date} staat: {text}",
    "quote_mail": "In de e-mail “{title}”{of_date} staat: {text}",
    "quote_notes": "In je notitie “{title}”{of_date} staat: {text}",
    "quote_notifications": "In een melding{of_date} staat: {text}",
    "remembered": "Dat onthoud ik.",
    "replaced": "Dat onthoud ik. Tot nu toe was het: {facts}",
    "resumed": "Ik ben er weer.",
    "rule_powerless": (
        "“{loser}” verandert niets: wat kritiek of onbekend is, wacht op het ja van een bekende persoon, wat "
        "een regel ook zegt."
    ),
    "rules_agree": "Je regels spreken elkaar niet tegen.",
    "rules_disagree": (
        "Over {on} zegt “{winner}”: {wins}; “{loser}” zegt: {loses}. “{winner}” wint, want dat doet altijd de "
        "strengste regel."
    ),
    "ruling_allow": "doen zonder te vragen",
    "ruling_ask": "eerst vragen",
    "ruling_ask_person": "een bekende persoon vragen",
    "ruling_deny": "weigeren",
    "sources": "Bronnen:",
    "started": "Het is onderweg.",
    "stopped": "Gestopt.",
    "stopped_under_way": "Gestopt. Wat {names} al was opgedragen, kan ik niet terugnemen.",
    "this_month": "deze maand",
    "this_week": "deze week",
    "today": "vandaag",
    "tomorrow": "morgen",
    "too_many_steps": "Ik ben gestopt, want het werden te veel stappen.",
    "unchanged": "Ik heb het geprobeerd, maar {names} reageerde niet en is nog steeds {states}.",
    "undo_as_before": "Alles is zoals het was.",
    "undo_changed": (
        "Ik heb {name} zo gelaten, omdat er sindsdien iets aan veranderd is. Zeg “maak het toch ongedaan” "
        "als je het toch wilt."
    ),
    "undo_changed_by": (
        "Ik heb {name} zo gelaten, omdat {who} er sindsdien iets aan veranderd heeft. Zeg “maak het toch "
        "ongedaan” als je het toch wilt."
    ),
    "undo_failed": "{names} kon ik niet terugzetten.",
    "undo_final": "Dit is niet terug te draaien: {action}.",
    "undo_heard": "De omroep is al gehoord.",
    "undo_lost_automation": "Ik kon de automatiseringen niet bekijken.",
    "undo_lost_document": "Het document kan ik niet terughalen.",
    "undo_lost_event": "Een afspraak in de agenda kan ik niet terughalen.",
    "undo_lost_timer": "De timer kan ik niet terughalen.",
    "undo_lost_todo": "Ik kon de lijst niet bekijken.",
    "undo_nothing": "Er is niets van jou dat ik ongedaan kan maken.",
    "undo_redo": "Wat ik ongedaan maakte, kan ik niet herhalen. Zeg het me alsjeblieft nog eens.",
    "undo_sent": "Wat verstuurd is, kan niet worden teruggehaald.",
    "undo_unseen": "Er gebeurde iets dat ik niet kon zien en niet ongedaan kan maken.",
    "undone": "Ongedaan gemaakt.",
    "unreachable": "Ik heb het geprobeerd, maar {names} is niet bereikbaar.",
    "weather": "Weer",
    "weekend": "in het weekend",
    "when_other": "als dit gebeurt: {kind}",
    "when_state": "als {names} naar “{state}” gaat",
    "when_sunrise": "elke dag bij zonsopkomst",
    "when_sunset": "elke dag bij zonsondergang",
    "when_time": "elke dag om {time}",
    "would_allow": "Dat zou ik meteen doen: {actions}. {why}",
    "would_answer": "Ik zou meteen antwoorden en niets veranderen.",
    "would_ask": "Ik zou eerst vragen: {actions}. {why}",
    "would_deny": "Ik zou weigeren: {actions}. {why}",
    "would_leave_to_model": (
        "Home Assistant kent zo'n zin niet. Een taalmodel zou beslissen wat er moet gebeuren, en alles wat "
        "het probeerde zou net zo beoordeeld worden."
    ),
    "wrong_pin": "Dat is niet de juiste pincode.",
    "yes_elsewhere": "De vraag zou naar {names} gaan.",
    "yes_pin": "Een ja zou de pincode nodig hebben.",
    "yes_yes": "Wie het vraagt, zou ja kunnen zeggen.",
    "yesterday": "gisteren",
    "do_action": "{action} op {names} gebruiken",
    "do_alarm_control_panel_alarm_arm_away": "{names} inschakelen",
    "do_alarm_control_panel_alarm_arm_home": "{names} inschakelen",
    "do_alarm_control_panel_alarm_arm_night": "{names} inschakelen",
    "do_alarm_control_panel_alarm_disarm": "{names} uitschakelen",
    "do_assist_satellite_announce": "iets omroepen",
    "do_automation_turn_off": "de automatisering {names} uitzetten",
    "do_automation_turn_on": "de automatisering {names} aanzetten",
    "do_button_press": "op {names} drukken",
    "do_calendar_create_event": "een afspraak in {names} zetten",
    "do_climate_set_temperature": "{names} op een ongewone temperatuur zetten",
    "do_cover_close_cover": "{names} sluiten",
    "do_cover_open_cover": "{names} openen",
    "do_cover_set_cover_position": "{names} bewegen",
    "do_cover_stop_cover": "{names} stoppen",
    "do_hearth_forget": "“{names}” vergeten",
    "do_hearth_install_automation": "deze automatisering instellen: “{names}”",
    "do_hearth_not_today": "{names} vandaag laten rusten",
    "do_hearth_remember": "“{names}” onthouden",
    "do_hearth_remove_automation": "de automatisering “{names}” verwijderen",
    "do_hearth_replace": "“{names}” onthouden in plaats van iets anders",
    "do_hearth_save_document": "een document opslaan",
    "do_hearth_send_to_me": "het naar je eigen adres sturen",
    "do_hearth_undo": "dat ongedaan maken",
    "do_input_button_press": "op {names} drukken",
    "do_opaque": "{name} uitvoeren, waarvan ik niet alles kan zien",
    "do_apply": "{names} veranderen",
    "do_lock_lock": "{names} op slot doen",
    "do_lock_open": "{names} openen",
    "do_lock_unlock": "{names} van het slot halen",
    "do_notify_send_message": "een bericht naar {names} sturen",
    "do_shopping_list_remove_item": "iets van de boodschappenlijst halen",
    "do_todo_remove_item": "iets van {names} halen",
    "do_turn_off": "{names} uitzetten",
    "do_turn_on": "{names} aanzetten",
    "do_update_install": "de update {names} installeren",
    "do_valve_close_valve": "{names} sluiten",
    "do_valve_open_valve": "{names} openen",
}

WORDS = {
    "no": frozenset(
        {
            "annuleer",
            "doe het niet",
            "doe maar niet",
            "hoeft niet",
            "laat maar",
            "liever niet",
            "nee",
            "nee bedankt",
            "nee dank je",
            "nee doe maar niet",
            "nee laat maar",
            "niet doen",
            "niet nu",
        }
    ),
    "not_today": frozenset(
        {
            "niet vandaag",
            "vandaag even niet",
            "vandaag niet",
        }
    ),
    "resume": frozenset(
        {
            "ga door",
            "ga maar verder",
            "ga verder",
            "hervat",
            "hervatten",
            "zet jezelf aan",
        }
    ),
    "stop": frozenset({"hou op", "ophouden", "stil", "stop", "stop alles", "stop ermee", "stop maar", "wees stil"}),
    "yes": frozenset(
        {
            "akkoord",
            "doe het",
            "doe maar",
            "goed",
            "graag",
            "is goed",
            "ja",
            "ja alsjeblieft",
            "ja doe het",
            "ja doe maar",
            "ja graag",
            "ja hoor",
            "natuurlijk",
            "prima",
            "zeker",
        }
    ),
}

PATTERNS = {
    "about": (r".*\b(?:notities?|documenten|e-?mails?)\b.*?\b(?:over|van) (?P<text>.+)",),
    "about_me": (
        r"wat weet je (?:allemaal )?(?:over|van) (?:mij|me|ons|dit huis)",
        r"wat heb je (?:allemaal )?(?:over (?:mij|me|ons) )?(?:onthouden|genoteerd|geleerd)",
    ),
    "forget": (
        r"(?:alsjeblieft )?vergeet dat (?P<text>\S+ .+)",
        r"(?:alsjeblieft )?vergeet (?P<text>(?:wat|de|het|mijn|onze|ons) .+)",
    ),
    "forget_last": (r"(?:alsjeblieft )?vergeet dat(?: weer| maar| alsjeblieft)?",),
    "help": (r"(?:help|help me|wat kun je(?: (?:allemaal|voor me doen|doen))?|wat kan ik (?:je )?(?:vragen|zeggen))",),
    "incognito": (
        r"(?:dit is |dit blijft )?(?:incognito|vertrouwelijk|onder ons|in vertrouwen)(?: alsjeblieft)?",
        r"(?:bewaar|onthoud) (?:niets|dit niet|dit gesprek niet)(?: hiervan)?",
    ),
    "not_today": (
        r"vandaag (?:even |maar )?niet[,:]? (?P<text>.+)",
        r"(?P<text>.+?)[,:]? (?:vandaag (?:even |maar )?niet|niet vandaag)",
    ),
    "remember": (
        r"(?:alsjeblieft )?(?:onthoud|vergeet niet|noteer)(?: alsjeblieft)? dat (?P<text>.+)",
        r"(?:alsjeblieft )?(?:onthoud|noteer)(?: alsjeblieft)?: ?(?P<text>.+)",
    ),
    "room_off": (
        r"(?:alsjeblieft )?(?:zet|doe|schakel) alles (?:in |op )(?:de |het )?(?P<area>.+?) uit(?: alsjeblieft)?",
        r"(?:alsjeblieft )?(?:zet |doe |schakel )?alles uit (?:in |op )(?:de |het )?(?P<area>.+?)(?: alsjeblieft)?",
    ),
    "undo": (r"(?:alsjeblieft )?(?:maak (?:dat|de laatste wijziging) ongedaan|draai dat terug)(?: alsjeblieft)?",),
    "undo_anyway": (r"(?:alsjeblieft )?maak (?:het|dat) toch ongedaan(?: alsjeblieft)?",),
}
STATES = {
    "open": r"geopend|opengedaan|opengegaan|open",
    "closed": r"gesloten|dichtgedaan|dichtgegaan|dicht",
    "on": r"aangezet|aangedaan|ingeschakeld|aan",
    "off": r"uitgezet|uitgedaan|uitgeschakeld|uit",
    "locked": r"op slot(?: gedaan)?|vergrendeld",
    "unlocked": r"van het slot(?: gedaan| gehaald)?|ontgrendeld",
    "home": r"thuis(?:gekomen)?",
}
_STATE = rf"(?P<state>{'|'.join(STATES.values())})"
_LAST = r"(?:(?:voor )?het laatst|voor de laatste keer|de laatste keer)"
_DAY = r"(?:vandaag|vanavond|(?:over)?morgen|(?:op |dit |komend )?(?:\w+dag|weekend)|(?:deze|volgende) week)\b"

QUESTIONS = {
    "past": (
        rf"^wanneer (?:heeft|heb|hebben) (?:iemand|ik|we|wij) (?:{_LAST} )?(?P<name>.+?) (?:{_LAST} )?{_STATE}$",
        rf"^wanneer (?:is|zijn|was|waren|werd|werden|ging) {_LAST} (?P<name>.+?) {_STATE}$",
        rf"^wanneer (?:is|zijn|was|waren|werd|werden|ging) (?P<name>.+?) {_LAST} {_STATE}(?: geweest)?$",
    ),
    "amount": (
        (
            r"\bhoeveel (?:stroom|energie|elektriciteit|gas|water|kwh)\b"
            r".*?\b(?:heeft|hebben|verbruikte|verbruikt|gebruikte|gebruikt) (?P<name>.+)"
        ),
    ),
    "next_event": (
        r"\b(?P<next>(?:eerst)?volgende) (?:\w*afspraak|vergadering|evenement)\b",
        r"^wanneer (?:is|heb|hebben|begint)\b.*\b(?:\w*afspraak|vergadering|\w*les|\w+avond)\b",
    ),
    "calendar": (
        (
            r"\b(?:wat|welke|heb|hebben|staat|staan|zijn|wanneer|toon|laat|zeg|lees)\b.*"
            r"\b(?:agenda|kalender|afspraak|afspraken|vergaderingen|gepland|planning|plannen|op het programma)\b"
        ),
        rf"\bwat (?:heb ik|hebben we|hebben wij|doe ik|doen we|gaan we) {_DAY}",
        r"\b(?:ben ik|zijn we|zijn wij|heb ik|hebben we|hebben wij)\b.*\b(?:vrij|tijd|bezet)$",
    ),
    "notifications": (
        r"\b(?:wat|welke|heb|zijn|waren|toon|laat|lees|zeg)\b.*\b(?:melding|meldingen|notificaties)\b",
        r"\bheb ik (?:iets )?gemist\b",
        r"\b(?:nieuwe|ongelezen) berichten\b",
    ),
    "list": (
        r"\b(?:wat|staat|toon|laat|lees|zeg)\b.*\b(?:[\w-]*lijstje|[\w-]*lijst|taken)\b",
        r"\bwat (?:moet|moeten)\b.*\b(?:kopen|halen|doen)$",
        r"\bwat is er nog te doen$",
    ),
    "weather": (
        (
            r"\b(?:wat|hoe|gaat|wordt|heb|is|regent|sneeuwt)\b.*"
            r"\b(?:weer|weerbericht|regenen|regen|sneeuwen|sneeuw|zonnig|paraplu|verwachting|vriezen|onweren)\b"
        ),
        r"\b(?:regent|sneeuwt) het\b",
        r"\bhoe (?:warm|koud) wordt\b|\bwordt het\b.*\b(?:warm|koud|mooi|winderig)\b",
        r"\bheb ik\b.*\bjas nodig\b",
    ),
}
DAYS = {
    "day_after_tomorrow": r"overmorgen",
    "tomorrow": r"morgen(?:ochtend|middag|avond|vroeg)?",
    "yesterday": r"gister(?:en|avond|middag|ochtend)",
    "last_week": r"(?:vorige|afgelopen) week",
    "next_week": r"(?:volgende|komende) week",
    "last_month": r"(?:vorige|afgelopen) maand",
    "this_month": r"deze maand",
    "this_week": r"deze week|komende dagen|week",
    "weekend": r"weekend",
    "today": r"vandaag|van(?:avond|middag|ochtend|morgen|nacht)|nu",
}
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
DATE = "{day} {month}"
DECIMAL = ","
