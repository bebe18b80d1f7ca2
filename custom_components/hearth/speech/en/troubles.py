"""Say in English what keeps Hearth from going on, and that it goes on again."""

TEXTS = {
    "audit_unavailable": "I can't write down what I do at the moment, so I do nothing.",
    "compacted": "Our conversation has become long: of its beginning I keep a summary only.",
    "context_overflow": "This conversation has become too long for my language model. Please start a new one.",
    "engine_busy": "I'm busy with something else. Please ask me again in a moment.",
    "engine_failed": "My language model had a problem. Controlling the home still works.",
    "engine_protocol": "Hearth's app and its integration don't fit together. Please update both.",
    "engine_unreachable": "I can't reach my language model. Controlling the home still works.",
    "halted": "I'm switched off, so I do nothing. Say “resume” or switch Hearth on again.",
    "invalid_api_key": "My language model no longer accepts my token. Please reconnect Hearth in the settings.",
    "let_go": "Our conversation has become long: I had to let its beginning go.",
    "may_not_resume": "I was switched off. Only somebody who lives here can switch me on again.",
    "model_failed": "My language model could not be loaded. Controlling the home still works.",
    "model_loading": "My language model is still loading. Please ask me again in a moment.",
    "model_missing": (
        "I found nothing in your home that fits. For everything else I need a language model, and none is installed "
        "yet. You can add one in the Hearth app."
    ),
    "resumed": "I'm here again.",
    "too_many_steps": "I stopped, because this took too many steps.",
}
