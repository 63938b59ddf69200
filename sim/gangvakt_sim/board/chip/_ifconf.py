"""Addresses of a network interface: ifconfig() and ipconfig(), shared by WLAN and LAN.

The simulator's network is the loopback interface, 127.0.0.0/8: each board has its own address there, and
127.0.0.1 is the world outside, gateway and resolver.
"""

import micropython

import _chip
from _chk import fixed_tuple

# Made of the process's number, which no other board on this machine has.
_pid = _chip.libc.func("i", "getpid", "")()
OWN_ADDRESS = "127.%d.%d.%d" % (0x80 | _pid >> 16, _pid >> 8 & 255, _pid & 255)

NO_ADDRESS = ("0.0.0.0", "0.0.0.0", "0.0.0.0", "0.0.0.0")
LOOPBACK = (OWN_ADDRESS, "255.0.0.0", "127.0.0.1", "127.0.0.1")

HOSTNAME_MAX = 32
settings = {"hostname": "mpy-esp32", "dns": "0.0.0.0"}


@micropython.native
def _check_dotted(text):
    """Raise ValueError unless `text` is an address of four numbers."""
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise ValueError("invalid arguments")


class Addresses:
    """Address, mask, gateway and resolver of one interface; static ones survive a lost link."""

    @micropython.native
    def __init__(self, unconnected=NO_ADDRESS):
        self._unconnected = unconnected
        self._static = None

    @micropython.native
    def get(self, is_up):
        """Return the 4-tuple that ifconfig() shows."""
        return self._static or (LOOPBACK if is_up else self._unconnected)

    @micropython.native
    def ifconfig(self, is_up, args):
        """ifconfig() itself: no argument, 'dhcp', or a 4-tuple of dotted addresses."""
        if not args:
            return self.get(is_up)
        if args[0] == "dhcp":
            self._static = None
        elif isinstance(args[0], (tuple, list)):
            values = tuple(fixed_tuple(args[0], 4))
            for value in values:
                _check_dotted(value)
            self._static = values
        else:
            raise ValueError("invalid arguments")

    @micropython.native
    def ipconfig(self, is_up, query, values):
        """ipconfig(): addr4 (address and mask), gw4 and dhcp4; addr6 and autoconf6 are not modelled."""
        if query:
            return self._query(is_up, query[0])
        for key, value in values.items():
            self._assign(key, value)

    @micropython.native
    def _query(self, is_up, key):
        if key == "dhcp4":
            return self._static is None and is_up
        if key == "addr4":
            return self.get(is_up)[:2]
        if key == "gw4":
            return self.get(is_up)[2]
        raise ValueError("unexpected key")

    @micropython.native
    def _assign(self, key, value):
        if key == "dhcp4":
            self._static = None
            return
        address, mask, gateway, dns = self._static or NO_ADDRESS
        if key == "addr4":
            address, mask = (value[0], value[1]) if isinstance(value, tuple) else (value, "255.255.255.0")
        elif key == "gw4":
            gateway = value
        else:
            raise ValueError("unexpected key")
        for part in (address, mask, gateway):
            _check_dotted(part)
        self._static = (address, mask, gateway, dns)
