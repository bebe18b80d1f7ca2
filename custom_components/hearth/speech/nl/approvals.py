"""Say in Dutch why something is asked, allowed or refused, and what came of the question."""

TEXTS = {
    "approval_by_itself": "Daar kan alleen een mens ja op zeggen.",
    "approval_gone": "Dat is al afgehandeld, of het is er te laat voor.",
    "approval_needs_admin": "Daar kan alleen een beheerder van Home Assistant ja op zeggen, aangemeld.",
    "approval_needs_person": (
        "Dat kan ik niet aannemen van een stem die ik niet ken. Antwoord in de app, waar je bent aangemeld."
    ),
    "approval_needs_pin": "Daarvoor heb ik je pincode nodig. Wat is die?",
    "approval_not_named": "Er staan meerdere toestemmingen open. Zeg welke je bedoelt.",
    "approval_not_yours": "Daar mag jij niet over beslissen.",
    "ask": "Ik heb je ja nodig: {actions}. Zal ik het doen?",
    "ask_admin": (
        "Dat mag alleen een beheerder van Home Assistant toestaan, dus ik heb het op de telefoon gevraagd: {actions}."
    ),
    "ask_elsewhere": "Daarvoor moet ik weten wie er spreekt, dus ik heb het op de telefoon gevraagd: {actions}.",
    "ask_on_phone": "Mag ik dit doen: {actions}?",
    "ask_pin": "Daarvoor heb ik je pincode nodig: {actions}. Wat is die?",
    "ask_private": "Ik heb je toestemming nodig voor iets waar je om hebt gevraagd.",
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
    "because_lasting": (
        "Het verandert wat je huis uit zichzelf doet, dus moet een beheerder van Home Assistant ja zeggen."
    ),
    "because_needs_admin": (
        "Alleen een beheerder van Home Assistant mag er ja op zeggen, en ik kan er geen bereiken. Vraag het me "
        "aangemeld als beheerder, of kies in de opties van Hearth de telefoon van een beheerder."
    ),
    "because_needs_person": (
        "Alleen iemand die ik ken mag er ja op zeggen, en ik kan niemand bereiken. Vraag het me aangemeld, of "
        "stel in de opties van Hearth een pincode of een telefoon in."
    ),
    "because_nobody_to_ask": (
        "Daarvoor is iemands ja nodig, en hier kan ik het niemand vragen. Vraag het me zelf, of kies in de "
        "opties van Hearth een telefoon voor toestemming."
    ),
    "because_no_backup": "De back-up die eerst moet komen kon niet worden gemaakt, dus heb ik niets geïnstalleerd.",
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
    "declined": "Goed, ik laat het.",
    "denied": "Dat doe ik niet. {why}",
    "draft": "In het bericht staat: “{text}”",
    "draft_titled": "In het bericht “{title}” staat: “{text}”",
    "everything": "alles",
    "lapsed": "Dat duurde te lang, dus ik laat het. Vraag het me nog eens.",
    "pin_locked": "De pincode was te vaak fout. Antwoord in de app, waar je bent aangemeld.",
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
    "which_recipient": "Dat kunnen er meer zijn: {names}. Wie bedoel je?",
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
}
