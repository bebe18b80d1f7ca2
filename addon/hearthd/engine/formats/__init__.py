"""Speak to a model in the words that it was trained on: prompts, replies and the grammars that hold them."""
