"""The radio between poles: ESP-NOW broadcasts on the channel of the access point, or on one that is kept.

What opens it and what is seldom done stands in `radio_room`.
"""

import network
from sign.compat import const

_LONGEST = const(63)
_UNSENT_MAX = const(4)  # the driver takes some more, and then makes wait for up to two seconds
EVERYBODY = b"\xff" * 6
# The driver keeps an entry of 100 bytes for each address it has ever heard, and never lets one go.
_SENDERS_MAX = const(24)


class Radio:
    """`home` is the channel while no access point sets one. Made by `radio_room.start`."""

    def __init__(self, sta, radio, home, into):
        self.sta, self._radio, self.home, self._into = sta, radio, home, into

    def send(self, frame):
        """To whoever hears it: nobody acknowledges a broadcast. It never waits: while others are still to be
        sent, this one is not."""
        try:
            stats = self._radio.stats()
            if stats[0] - stats[1] < _UNSENT_MAX:
                self._radio.send(EVERYBODY, frame, False)
        except OSError:
            pass  # the link's driver is just being started anew

    def receive(self):
        """(the next frame, ms when it came); an empty one was too long. None when there is no more."""
        size = self._radio.recvinto(self._into, 0)
        if size:
            return bytes(self._into[1]) if size <= _LONGEST else b"", self._into[3]

    def settle(self):
        """Stay on the channel; asked a few times a second. True where the access point's is not `home`, None
        where too many senders were heard: the radio is off then."""
        sta = self.sta
        if len(self._radio.peers_table) > _SENDERS_MAX:
            self._radio.active(False)
            return None
        away = sta.config("channel") != self.home
        if away and not sta.isconnected():
            try:
                if sta.status() != network.STAT_CONNECTING:
                    sta.config(channel=self.home)  # a search may end anywhere
            except (OSError, RuntimeError):
                pass  # the driver is busy
            return False
        return away
