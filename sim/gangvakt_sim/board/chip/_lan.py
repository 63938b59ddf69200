"""network.LAN and PPP: a wired interface that is up whenever the host has plugged the cable in.

The corpus leaves LAN out, so this follows the documentation: active(), isconnected(), status(), ifconfig().
"""

import micropython

import _radio
from _ifconf import Addresses, settings

_started = [False]

_STOPPED = 2
_DISCONNECTED = 4
_GOT_IP = 5


@micropython.native
def is_up():
    """Return True when the interface is started and the cable is plugged in."""
    return _started[0] and _radio.lan_cable()


class LAN:
    """One Ethernet interface; pins and PHY are accepted and have no effect."""

    @micropython.native
    def __init__(self, *_id, **_wiring):
        self._addresses = Addresses()

    @micropython.native
    def __repr__(self):
        return "<LAN>"

    @micropython.native
    def active(self, *is_active):
        """Get or set whether the interface is started."""
        if is_active:
            _started[0] = bool(is_active[0])
        return _started[0]

    @micropython.native
    def isconnected(self):
        """Return True when started and the cable is plugged in."""
        return is_up()

    @micropython.native
    def status(self):
        """Return one of the ETH_ numbers."""
        if not _started[0]:
            return _STOPPED
        return _GOT_IP if self.isconnected() else _DISCONNECTED

    @micropython.native
    def ifconfig(self, *args):
        """Get or set address, mask, gateway and resolver."""
        return self._addresses.ifconfig(self.isconnected(), args)

    @micropython.native
    def ipconfig(self, *query, **values):
        """Get or set one address value by name."""
        return self._addresses.ipconfig(self.isconnected(), query, values)

    @micropython.native
    def config(self, *query, **values):
        """Only mac and hostname exist on a wired interface."""
        for key in query or values:
            if key == "mac":
                return _radio.mac(3)
            if key not in ("hostname", "dhcp_hostname"):
                raise ValueError("unknown config param")
            if query:
                return settings["hostname"]
            settings["hostname"] = values[key]


class PPP:
    """Point-to-point over a modem is absent here: the constructor fails loudly instead of half working."""

    @micropython.native
    def __init__(self, *_args, **_kwargs):
        raise OSError("PPP is not modelled by the virtual board")
