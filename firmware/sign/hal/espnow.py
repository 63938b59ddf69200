"""The radio between poles: ESP-NOW broadcasts on the channel of the access point, or on one that is kept."""

import network
from esp32 import NVS

# The C class alone: what the frozen module adds to it takes half a kilobyte and is not needed.
from _espnow import ESPNowBase
from sign.compat import const

_ALL = b"\xff" * 6
_BUFFER_BYTES = const(250)  # recvinto takes no other size
_LONGEST = const(63)
# The driver keeps an entry of 100 bytes for each address it has ever heard, and never lets one go.
_SENDERS_MAX = const(32)
_SPACE = "gangvakt"
_KEY = "channel"


class Radio:
    """`channel` holds while there is no access point and none was ever joined. OSError where there is none.

    `woken` is called, from the scheduler, when a frame has come; `at_ms` says when the last one read came.
    """

    def __init__(self, channel, woken):
        self._nvs = NVS(_SPACE)
        try:
            self._home = self._nvs.get_i32(_KEY)
        except OSError:
            self._home = channel
        self.moved = False  # the access point's channel is another than the one that is kept
        self.at_ms = 0
        self._into = [None, bytearray(_BUFFER_BYTES), 0, 0]
        self._sta = network.WLAN(network.WLAN.IF_STA)
        self._sta.active(True)
        # Of its own accord the driver would search on all channels for ever, and sleep between beacons.
        self._sta.config(reconnects=0, pm=network.WLAN.PM_NONE)
        self._radio = ESPNowBase()
        self._radio.active(True)
        self._radio.add_peer(_ALL)
        self._radio.irq(lambda _: woken())
        self.settle()

    def send(self, frame):
        """To whoever hears it: nobody acknowledges a broadcast. OSError where the driver cannot."""
        self._radio.send(_ALL, frame, False)

    def receive(self):
        """The next frame as bytes, b"" for one that is too long; None when there is no more."""
        size = self._radio.recvinto(self._into, 0)
        if not size:
            return None
        self.at_ms = self._into[3]
        return bytes(self._into[1]) if size <= _LONGEST else b""

    def settle(self):
        """Stay on the channel; asked a few times a second. False: too many senders, the radio is off now."""
        sta = self._sta
        if sta.isconnected():
            self.moved = sta.config("channel") != self._home
        elif sta.status() != network.STAT_CONNECTING and sta.config("channel") != self._home:
            sta.config(channel=self._home)  # where a search has ended is anywhere
        if len(self._radio.peers_table) <= _SENDERS_MAX:
            return True
        self._radio.active(False)
        return False

    def keep(self):
        """Remember the access point's channel over resets. Writes flash: a stall."""
        self._home = self._sta.config("channel")
        self._nvs.set_i32(_KEY, self._home)
        self._nvs.commit()
        self.moved = False
