"""Reach llama.cpp: weights and vocabulary, a context of many sequences, samplers."""

import os

# OpenMP's threads wait for each other up to 300,000 turns before they sleep, hundreds of times in each step. Where
# another program needs a core, as on a hub, they wait for a thread that cannot run: two cores with one of them taken
# needed 2,600 ms for a token and 80 ms with this; alone on the machine it is one percent slower, 36 ms.
# libgomp reads it when it is loaded, so it is set before any module here can import the library.
os.environ.setdefault("GOMP_SPINCOUNT", "3000")
