"""Whether the chip reaches the world outside: through the station or through a plugged-in cable."""

import micropython

import _lan
from _station import station


@micropython.native
def is_up():
    """Return True while packets flow; a silent access point stops them before the driver notices."""
    return station.carries_data() or _lan.is_up()
