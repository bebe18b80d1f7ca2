"""Open llama.cpp: its words go to our log, and its code is the one that suits this processor."""

import ctypes
from functools import cache
import logging
from pathlib import Path

import llama_cpp
from llama_cpp._ctypes_extensions import load_shared_library

_LOGGER = logging.getLogger(__name__)


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]  # the binding has no types
def _log(_level: int, text: bytes, _data: object) -> None:
    """Route llama.cpp's chatter to our log instead of stderr."""
    if _LOGGER.isEnabledFor(logging.DEBUG):
        _LOGGER.debug("%s", text.decode("utf-8", "replace").rstrip())


@cache
def open_library() -> ctypes.CDLL:
    """Prepare llama.cpp for this process, once, and return its library."""
    llama_cpp.llama_log_set(_log, ctypes.c_void_p(0))
    folder = Path(llama_cpp.__file__).parent / "lib"
    # ggml as llama.cpp itself sees it: the handle that the binding keeps may be to a second copy.
    library: ctypes.CDLL = load_shared_library("llama", folder)
    # Built in variants for many processors, as in the app's image, it has none of them loaded yet.
    if library.ggml_backend_reg_count() == 0:
        library.ggml_backend_load_all_from_path(str(folder).encode())
    llama_cpp.llama_backend_init()
    return library
