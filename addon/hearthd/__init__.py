"""Serve language models to one home."""

VERSION = "0.1.0"
# Raised when a client written for the last one would misread us.
PROTOCOL_VERSION = 1
