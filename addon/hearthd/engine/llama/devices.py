"""Say what llama.cpp was built for and which graphics processors it sees."""

import ctypes
from functools import cache
import re

import llama_cpp

from hearthd.engine.llama.library import open_library
from hearthd.models.machine import Gpu

# enum ggml_backend_dev_type; one that is built into the processor shares its memory, so it is none for us.
_GPU = 1


def find_gpus() -> tuple[Gpu, ...]:
    """Return the graphics processors that this build of llama.cpp can use, with their memory as it is now."""
    library = _device_functions()
    devices = (library.ggml_backend_dev_get(index) for index in range(library.ggml_backend_dev_count()))
    return tuple(_describe(library, device) for device in devices if library.ggml_backend_dev_type(device) == _GPU)


def build_features() -> tuple[str, ...]:
    """Return the instruction sets and the like that this build uses here, in llama.cpp's words."""
    open_library()
    told = llama_cpp.llama_print_system_info().decode("utf-8", "replace")
    return tuple(re.findall(r"(\w+) = 1", told))


def build_version() -> str:
    """Return the version of llama.cpp's binding."""
    return str(llama_cpp.__version__)


def _describe(library: ctypes.CDLL, device: int) -> Gpu:
    """Describe one device."""
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    library.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
    name = library.ggml_backend_dev_description(device).decode("utf-8", "replace")
    return Gpu(name, total.value, free.value)


@cache
def _device_functions() -> ctypes.CDLL:
    """Return the functions of ggml that the binding leaves out."""
    library = open_library()
    library.ggml_backend_dev_count.restype = ctypes.c_size_t
    library.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    library.ggml_backend_dev_get.restype = ctypes.c_void_p
    library.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    library.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    library.ggml_backend_dev_description.restype = ctypes.c_char_p
    library.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.ggml_backend_dev_memory.restype = None
    return library
