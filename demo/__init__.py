"""The demo: a furnished home, Home Assistant and hearthd as real processes, and what is asked of them."""
