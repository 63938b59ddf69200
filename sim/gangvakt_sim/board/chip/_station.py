"""The Wi-Fi station's state machine, advanced whenever someone asks: no timer, no thread.

The rules for status() and for reconnecting are those of the image's network_wlan.c. How long joining takes is
not in the corpus (the emulated chip had no access point): the times below are typical of hardware, not
measured here.
"""

from time import ticks_add, ticks_diff, ticks_ms

import micropython

import _radio

IDLE = 0
JOINING = 1
UP = 2
FAILED = 3

STATUS_IDLE = 1000
STATUS_CONNECTING = 1001
STATUS_GOT_IP = 1010
BEACON_TIMEOUT = 200
NO_AP_FOUND = 201
AUTH_FAIL = 202

# What an attempt ends in, and after how long (ms).
JOIN_MS = 1200
_ATTEMPT_MS = {0: JOIN_MS, NO_AP_FOUND: 2500, AUTH_FAIL: 3000}
# A silent access point is missed after this long (the driver's default is six seconds without a beacon).
BEACON_LOSS_MS = 6000

MAX_RECONNECTS_FOREVER = -1

tuned = [1]  # the channel that the radio is left on


class Station:
    """State, wishes and last failure of the one station of the chip."""

    @micropython.native
    def __init__(self):
        self.ssid = ""
        self.max_reconnects = MAX_RECONNECTS_FOREVER
        self._key = ""
        self._state = IDLE
        self._reason = 0
        self._tries = 0
        self._due_ms = 0
        self._silent_since_ms = None

    @micropython.native
    def set_active(self, is_active):
        """Switching the interface off forgets the connection but not the settings."""
        if not is_active:
            self._enter(IDLE)
            self._reason = 0

    @micropython.native
    def connect(self, ssid, key):
        """Begin to join `ssid`; None joins the last one again. OSError while joining already."""
        self._advance()
        if self._state == JOINING:
            raise OSError("Wifi Internal Error")
        if ssid is not None:
            self.ssid, self._key = ssid, key
        self._tries = 0
        self._begin_attempt()

    @micropython.native
    def disconnect(self):
        """Give the connection and every further attempt up."""
        self._enter(IDLE)

    @micropython.native
    def is_up(self):
        """Return True when joined with an address."""
        self._advance()
        return self._state == UP

    @micropython.native
    def carries_data(self):
        """Return True when joined and the access point is really there."""
        return self.is_up() and self._silent_since_ms is None

    @micropython.native
    def status(self):
        """Return the number that WLAN.status() shows."""
        self._advance()
        if self._state == UP:
            return STATUS_GOT_IP
        if self._state == JOINING:
            return STATUS_CONNECTING
        return self._reason or STATUS_IDLE

    @micropython.native
    def _enter(self, state):
        self._state = state
        self._silent_since_ms = None

    @micropython.native
    def _begin_attempt(self):
        self._enter(JOINING)
        self._due_ms = ticks_add(ticks_ms(), _ATTEMPT_MS[self._outcome()])

    @micropython.native
    def _outcome(self):
        """Return the reason this attempt fails with, 0 when it succeeds."""
        points = _radio.access_points()
        if self.ssid not in points:
            return NO_AP_FOUND
        return 0 if points[self.ssid] == self._key else AUTH_FAIL

    @micropython.native
    def _advance(self):
        if self._state == JOINING and ticks_diff(ticks_ms(), self._due_ms) >= 0:
            self._end_attempt(self._outcome())
        elif self._state == UP:
            self._watch_beacons()

    @micropython.native
    def _end_attempt(self, reason):
        if reason == 0:
            self._reason = 0
            self._tries = 0
            self._enter(UP)
        else:
            tuned[0] = _radio.searched()
            self._lose(reason)

    @micropython.native
    def channel(self):
        """Return the channel it is on because of an access point, 0 where it is free to choose."""
        self._advance()
        if self._state == JOINING:
            return _radio.searched()
        if self._state == UP:
            tuned[0] = _radio.channel_of(self.ssid)
            return tuned[0]
        return 0

    @micropython.native
    def _lose(self, reason):
        """A failed attempt or a lost link: try again while reconnects are left."""
        self._reason = reason
        self._tries += 1
        if self.max_reconnects == MAX_RECONNECTS_FOREVER or self._tries <= self.max_reconnects:
            self._begin_attempt()
        else:
            self._enter(FAILED)

    @micropython.native
    def _watch_beacons(self):
        if self._outcome() == 0:
            self._silent_since_ms = None
        elif self._silent_since_ms is None:
            self._silent_since_ms = ticks_ms()
        elif ticks_diff(ticks_ms(), self._silent_since_ms) >= BEACON_LOSS_MS:
            self._lose(BEACON_TIMEOUT)


station = Station()
