"""What the host says about the networks around the chip: access points, the cable, the name table, its
addresses.
"""

from time import sleep_ms, ticks_ms

import micropython
from ujson import loads

import _chip
import _idfheap
import _regs as R

RSSI_DBM = -55
_CHANNEL = 1
_CHANNELS = 13
_SEC_WPA2 = 3
# A full scan: 13 channels of about 120 ms.
_SCAN_MS = 1560
# What the driver takes from the heap that Python shares with it.
_DRIVER_BYTES = 16 * 1024

_area = memoryview(_chip.ram)[R.CONFIG_BYTE : R.CONFIG_BYTE + R.CONFIG_SIZE]
_seen = b""
_config = {}
_driver = []


@micropython.native
def _current():
    """Return the host's settings, parsed again only when they have changed."""
    global _seen, _config
    size = 2 + (_area[0] | _area[1] << 8)
    if _area[:size] != _seen:
        seen = bytes(_area[:size])
        try:
            _config = loads(seen[2:]) if size > 2 else {}
            _seen = seen
        except ValueError:
            pass  # the host is just writing: what was said before holds
    return _config


@micropython.native
def access_points():
    """Return {ssid: key} of the access points in reach."""
    return _current().get("wifi") or {}


@micropython.native
def channel_of(ssid):
    """Return the channel of an access point: 1 unless the host says otherwise."""
    return (_current().get("channels") or {}).get(ssid, _CHANNEL)


@micropython.native
def espnow():
    """Return what the host says of the air between boards."""
    return _current().get("espnow") or {}


@micropython.native
def searched():
    """Return the channel that a search is on now: each for 120 ms."""
    return 1 + ticks_ms() * 13 // _SCAN_MS % _CHANNELS


@micropython.native
def host_table():
    """Return {name: address} of the names that resolve."""
    return _current().get("hosts") or {}


@micropython.native
def lan_cable():
    """Return True while the host has plugged the Ethernet cable in."""
    return bool(_current().get("lan"))


@micropython.native
def mac(interface):
    """Return the address of an interface: 0 station, 1 access point, 3 Ethernet, counted up from it."""
    high, low = _chip.get(R.MAC_HIGH), _chip.get(R.MAC_LOW) + interface
    return bytes([high >> 16 & 255, high >> 8 & 255, high & 255, low >> 16 & 255, low >> 8 & 255, low & 255])


@micropython.native
def scan():
    """Wait as long as a scan takes; return WLAN.scan()'s list."""
    sleep_ms(_SCAN_MS)
    own = mac(0)
    points = access_points()
    return [
        (
            ssid.encode(),
            bytes([2]) + own[1:5] + bytes([index]),
            channel_of(ssid),
            RSSI_DBM,
            _SEC_WPA2 if points[ssid] else 0,
            False,
        )
        for index, ssid in enumerate(points)
    ]


@micropython.native
def load_wifi_driver():
    """Take the memory of the driver, once: the first WLAN object loads it, nothing unloads it."""
    if not _driver:
        try:
            _driver.append(_idfheap.take(_DRIVER_BYTES))
        except MemoryError:
            raise OSError("WiFi Out of Memory")


@micropython.native
def need_wifi_driver():
    """Without the driver ESP-NOW's peer table is a null pointer: the chip panics, so this board resets."""
    if not _driver:
        print("Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.")
        import machine

        machine.reset()
