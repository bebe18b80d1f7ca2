"""Keep what people said out of files that are written from unused memory."""

import ctypes

# As in malloc.h of glibc: fill what is taken with one byte, and what is given back with another.
_M_PERTURB = -6
_BYTE = 0xFF


def empty_freed_memory() -> None:
    """Have memory overwritten when it is given back, and again when it is taken, from now on.

    Chroma's hnswlib writes its whole buffer to disk, also the part that it does not use yet. Where that was used for
    something else before, pieces of texts would stand in Chroma's files, deleted ones too.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_PERTURB, _BYTE)
