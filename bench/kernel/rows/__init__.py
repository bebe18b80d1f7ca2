"""The rows of the table, each measured on its own; what they have in common is in `stage`."""

from collections.abc import Awaitable, Callable, Mapping

from bench.report import Row

from ..stage import Stage
from .contention import contention
from .decode import decode
from .overhead import overhead
from .prompts import first_token, prefilled
from .reading import reading
from .restart import restart
from .speculation import speculation
from .stop import stop

ROWS: Mapping[str, Callable[[Stage], Awaitable[list[Row]]]] = {
    "prefilled": prefilled,
    "first-token": first_token,
    "contention": contention,
    "decode": decode,
    "reading": reading,
    "restart": restart,
    "stop": stop,
    "overhead": overhead,
    "speculation": speculation,
}
