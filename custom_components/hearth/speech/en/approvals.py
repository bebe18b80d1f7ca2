"""Say in English why something is asked, allowed or refused, and what came of the question."""

TEXTS = {
    "approval_by_itself": "Only a person can say yes to that.",
    "approval_gone": "That has been settled already, or it is too late for it.",
    "approval_needs_admin": "Only an administrator of Home Assistant can say yes to that, signed in.",
    "approval_needs_person": (
        "I can't take that from a voice that I don't know. Please answer in the app, where you are signed in."
    ),
    "approval_needs_pin": "For that I need your PIN. What is it?",
    "approval_not_named": "Several approvals are open. Please say which one you mean.",
    "approval_not_yours": "That is not yours to answer.",
    "ask": "I need your yes before I {actions}. Shall I?",
    "ask_admin": "Only an administrator of Home Assistant may let me {actions}, so I have asked on the phone.",
    "ask_elsewhere": "I can't {actions} for a voice that I don't know, so I have asked on the phone.",
    "ask_on_phone": "May I {actions}?",
    "ask_pin": "I need your PIN before I {actions}. What is it?",
    "ask_private": "I need your approval for something that you asked for.",
    "because_approved": "Somebody has said yes to exactly this.",
    "because_bad_arguments": "I can't tell what exactly is meant.",
    "because_bad_rule": (
        "I can't understand your rule “{rule}”, so I do nothing until it is mended in Hearth's options."
    ),
    "because_busy": "Something else is moving the same device at this moment.",
    "because_critical": "It lets people in, or may do harm, so a person whom I know must say yes.",
    "because_declined_before": "Somebody has said no to it already, and I don't ask again today.",
    "because_error": "Something went wrong while I was deciding, so I do nothing.",
    "because_halted": "I'm switched off at the moment.",
    "because_lasting": "It changes what your home does by itself, so an administrator of Home Assistant must say yes.",
    "because_needs_admin": (
        "Only an administrator of Home Assistant may say yes to it, and I can't reach one. Ask me signed in as "
        "one, or choose an administrator's phone in Hearth's options."
    ),
    "because_needs_person": (
        "Only a person whom I know may say yes to it, and I can't reach one. Ask me signed in, or set a PIN "
        "or a phone in Hearth's options."
    ),
    "because_nobody_to_ask": (
        "It needs somebody's yes, and nobody can be asked here. Ask me yourself, or choose a phone for "
        "approvals in Hearth's options."
    ),
    "because_no_backup": "The backup that has to come first could not be made, so I have installed nothing.",
    "because_not_permitted": "Hearth's options don't permit that action.",
    "because_not_to_be_seen": "It concerns something that is not to be seen from here.",
    "because_preset": "The caution that was chosen for this home rules it out.",
    "because_reads": "It only tells something and changes nothing.",
    "because_reversible": "It is easily put right again.",
    "because_rule": "Your rule “{rule}” says so.",
    "because_sensitive": "Somebody may mind, so I ask first.",
    "because_tainted": "Text from outside is in the conversation and may be behind it.",
    "because_too_often": "That was too much in a short time. Please wait a moment.",
    "because_unknown": "I can't see everything that it would do, so a person whom I know must say yes.",
    "because_unknown_tool": "There is no such tool.",
    "button_no": "Deny",
    "button_not_today": "Not today",
    "button_yes": "Approve",
    "declined": "All right, I won't.",
    "denied": "I won't do that. {why}",
    "draft": "The message says: “{text}”",
    "draft_titled": "The message “{title}” says: “{text}”",
    "everything": "everything",
    "lapsed": "That took too long, so I let it be. Please ask me again.",
    "pin_locked": "There were too many wrong PINs. Please answer in the app, where you are signed in.",
    "rule_powerless": (
        "“{loser}” changes nothing: what is critical or unknown waits for the yes of a person who is known, "
        "whatever a rule says."
    ),
    "rules_agree": "Your rules do not contradict each other.",
    "rules_disagree": (
        "About {on}, “{winner}” says: {wins}; “{loser}” says: {loses}. “{winner}” wins, because the stricter "
        "rule always does."
    ),
    "ruling_allow": "do it without asking",
    "ruling_ask": "ask first",
    "ruling_ask_person": "ask a person who is known",
    "ruling_deny": "refuse",
    "which_recipient": "That may be several: {names}. Which one do you mean?",
    "would_allow": "I would do it at once: {actions}. {why}",
    "would_answer": "I would answer at once, and change nothing.",
    "would_ask": "I would ask first: {actions}. {why}",
    "would_deny": "I would refuse: {actions}. {why}",
    "would_leave_to_model": (
        "Home Assistant knows no such sentence. A language model would decide what to do, and whatever it "
        "tried would be judged just like this."
    ),
    "wrong_pin": "That is not the right PIN.",
    "yes_elsewhere": "The question would go to {names}.",
    "yes_pin": "A yes would need the PIN.",
    "yes_yes": "Whoever asks could say yes.",
}
