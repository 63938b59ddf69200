"""When the chip may stand still for the 0.9 s of a TLS handshake, in which no tick runs."""

from sign.compat import ticks_diff

# A queue of people keeps the lamps lit and the good moment away: then lit lamps alone suffice, since drivers
# are being warned and the detection loop lengthens the hold by the stall.
LIT_SUFFICES_MS = 60_000
# Something stands in view without end, perhaps a broken sensor. A sign that never came online could not tell.
ANYWAY_MS = 300_000


class StallPermit:
    """Asked again and again while a stall is wanted; the bounds count from the first refusal in a row."""

    def __init__(self, detector):
        self._detector = detector
        self._since_ms = None

    def granted(self, now_ms):
        """True when a stall may begin now."""
        if self._detector.stall_allowed(now_ms):
            self._since_ms = None
            return True
        if self._since_ms is None:
            self._since_ms = now_ms
        waited_ms = ticks_diff(now_ms, self._since_ms)
        if waited_ms >= LIT_SUFFICES_MS and self._detector.lamps:
            return True
        return waited_ms >= ANYWAY_MS

    def taken(self):
        """The stall is over: the next one waits anew."""
        self._since_ms = None
