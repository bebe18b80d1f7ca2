"""Run one local model for many requests: who is next, what is shared, what is guessed."""
