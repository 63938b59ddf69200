"""Opens the radio between poles, and keeps its channel over resets. Loaded only for that."""

import network

# The C class alone: what the frozen module adds to it takes half a kilobyte and is not needed.
from _espnow import ESPNowBase
from esp32 import NVS
from sign.compat import const
from sign.hal.espnow import EVERYBODY, Radio

_BUFFER_BYTES = const(250)  # recvinto takes no other size
_SPACE = "gangvakt"
_KEY = "channel"


def start(channel):
    """(the Radio, on the channel that was kept, or on `channel` where none was; what takes the function that
    the scheduler is to call when a frame has come). OSError where there is none."""
    sta = network.WLAN(network.WLAN.IF_STA)
    sta.active(True)
    # Of its own accord the driver would search on all channels for ever, and sleep between beacons.
    sta.config(reconnects=0, pm=network.WLAN.PM_NONE)
    radio = ESPNowBase()
    radio.active(True)
    radio.add_peer(EVERYBODY)
    try:
        channel = NVS(_SPACE).get_i32(_KEY)
    except OSError:
        pass  # none yet
    return Radio(sta, radio, channel, [None, bytearray(_BUFFER_BYTES), 0, 0]), radio.irq


def keep(radio):
    """Take the access point's channel for the one to stay on. Writes flash: a stall."""
    radio.home = radio.sta.config("channel")
    nvs = NVS(_SPACE)
    nvs.set_i32(_KEY, radio.home)
    nvs.commit()
