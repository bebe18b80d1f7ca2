"""The models that can be had and those that are there: catalogue, store, hub."""
