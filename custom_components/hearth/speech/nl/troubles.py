"""Say in Dutch what keeps Hearth from going on, and that it goes on again."""

TEXTS = {
    "audit_unavailable": "Ik kan nu niet vastleggen wat ik doe, dus ik doe niets.",
    "compacted": "Ons gesprek is lang geworden: van het begin bewaar ik alleen een samenvatting.",
    "context_overflow": "Dit gesprek is te lang geworden voor mijn taalmodel. Begin een nieuw gesprek.",
    "engine_busy": "Ik ben even met iets anders bezig. Vraag het me zo nog eens.",
    "engine_failed": "Mijn taalmodel had een probleem. Het huis blijft te bedienen.",
    "engine_protocol": "De Hearth-app en de integratie passen niet bij elkaar. Werk ze allebei bij.",
    "engine_unreachable": "Ik kan mijn taalmodel niet bereiken. Het huis blijft te bedienen.",
    "halted": "Ik ben uitgeschakeld, dus ik doe niets. Zeg “ga verder” of zet Hearth weer aan.",
    "invalid_api_key": "Mijn taalmodel accepteert mijn token niet meer. Verbind Hearth opnieuw in de instellingen.",
    "let_go": "Ons gesprek is lang geworden: ik heb het begin moeten loslaten.",
    "may_not_resume": "Ik ben uitgeschakeld. Alleen iemand die hier woont, kan me weer aanzetten.",
    "model_failed": "Mijn taalmodel kon niet worden geladen. Het huis blijft te bedienen.",
    "model_loading": "Mijn taalmodel wordt nog geladen. Vraag het me zo nog eens.",
    "model_missing": (
        "Ik heb in je huis niets gevonden dat past. Voor al het andere heb ik een taalmodel nodig, en er is nog geen "
        "geïnstalleerd. Je kunt er een toevoegen in de Hearth-app."
    ),
    "resumed": "Ik ben er weer.",
    "too_many_steps": "Ik ben gestopt, want het werden te veel stappen.",
}
