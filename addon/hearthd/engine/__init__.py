"""Run language models, whatever they are made of, behind one small interface."""
