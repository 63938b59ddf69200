"""When Python looks for garbage that reference counts leave behind.

A full search stops everything, for a fifth of a second with 10,000 signs, and Python begins one each time
that the heap has grown by a quarter: at the very moments when signs say most. What a controller holds is
hardly ever garbage, so it searches by the clock instead.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

SEARCH_EVERY_S = 600.0
# Young objects are looked at as ever, but less often; old ones by `search_by_the_clock` alone.
YOUNG, MIDDLE, NEVER = 10_000, 20, 1_000_000


def no_searches_while_starting() -> None:
    """Until `search_by_the_clock` begins: a start makes a million objects that stay, and Python would look
    through them again and again."""
    gc.disable()


@contextmanager
def no_full_searches() -> Iterator[None]:
    """Within, only `search_by_the_clock` looks at old objects."""
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*before)


async def search_by_the_clock(every_s: float = SEARCH_EVERY_S) -> None:
    """Until cancelled; what is there now and after each search is set aside: the next young one is short."""
    gc.freeze()
    gc.enable()
    while True:
        await asyncio.sleep(every_s)
        gc.unfreeze()
        gc.collect()
        gc.freeze()
