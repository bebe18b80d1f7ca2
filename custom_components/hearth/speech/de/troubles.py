"""Say in German what keeps Hearth from going on, and that it goes on again."""

TEXTS = {
    "audit_unavailable": "Ich kann gerade nicht festhalten, was ich tue, also tue ich nichts.",
    "compacted": "Unser Gespräch ist lang geworden: Vom Anfang behalte ich nur eine Zusammenfassung.",
    "context_overflow": "Dieses Gespräch ist für mein Sprachmodell zu lang geworden. Bitte beginne ein neues.",
    "engine_busy": "Ich bin gerade beschäftigt. Bitte frag gleich noch einmal.",
    "engine_failed": "Mein Sprachmodell hatte ein Problem. Das Haus lässt sich weiter steuern.",
    "engine_protocol": "Die Hearth-App und ihre Integration passen nicht zusammen. Bitte aktualisiere beide.",
    "engine_unreachable": "Ich erreiche mein Sprachmodell nicht. Das Haus lässt sich weiter steuern.",
    "halted": "Ich bin ausgeschaltet und tue nichts. Sag „weitermachen“ oder schalte Hearth wieder ein.",
    "invalid_api_key": "Mein Sprachmodell nimmt mein Token nicht an. Bitte verbinde Hearth in den Einstellungen neu.",
    "let_go": "Unser Gespräch ist lang geworden: Den Anfang musste ich fallen lassen.",
    "may_not_resume": "Ich wurde ausgeschaltet. Nur wer hier wohnt, kann mich wieder einschalten.",
    "model_failed": "Mein Sprachmodell ließ sich nicht laden. Das Haus lässt sich weiter steuern.",
    "model_loading": "Mein Sprachmodell lädt noch. Bitte frag gleich noch einmal.",
    "model_missing": (
        "In deinem Zuhause habe ich nichts Passendes gefunden. Für alles andere brauche ich ein Sprachmodell, und es "
        "ist noch keines installiert. Du kannst in der Hearth-App eines hinzufügen."
    ),
    "resumed": "Ich bin wieder da.",
    "too_many_steps": "Ich habe aufgehört, weil es zu viele Schritte wurden.",
}
