"""Memory that ESP-IDF's libraries take beside Python from what is one heap on the chip.

There it is no part of Python's own areas, so it must not need a large piece here, nor break one up: it is
taken block by block, and the collector gives out the lowest, which are the crumbs between other objects.
"""

import micropython

_BLOCK = 16  # bytes: the collector's unit, and the size of a tuple of two


@micropython.native
def take(size):
    """Return an object that holds `size` bytes as long as it lives. Raises MemoryError."""
    chain = None
    while size > 0:
        chain = (chain, None)
        size -= _BLOCK
    return chain
