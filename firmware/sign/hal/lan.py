"""Wired Ethernet as a network link, with the same methods as `WifiLink`."""

import network
from machine import Pin


class LanLink:
    """`wiring` is board.json's `lan` table: mdc, mdio, power where there is one, phy (a network.PHY_ name),
    phy_addr, ref_clk and ref_clk_mode ("in" or "out").
    """

    kind = "lan"

    def __init__(self, wiring):
        self._wiring = wiring
        self._lan = None

    def start(self):
        """Once; the driver takes no second one."""
        if self._lan:
            return
        wiring = self._wiring
        power = wiring.get("power")
        self._lan = network.LAN(
            mdc=Pin(wiring["mdc"]),
            mdio=Pin(wiring["mdio"]),
            power=None if power is None else Pin(power),
            phy_type=getattr(network, wiring["phy"]),
            phy_addr=wiring["phy_addr"],
            ref_clk=Pin(wiring["ref_clk"]),
            ref_clk_mode=Pin.OUT if wiring["ref_clk_mode"] == "out" else Pin.IN,
        )
        self._lan.active(True)

    def connect(self):
        """Nothing to begin: the driver follows the cable by itself."""

    def stop(self):
        """Nothing: where there is a cable there is power."""

    def is_up(self):
        return self._lan.isconnected()

    def why_down(self):
        """Short text of the driver's last status."""
        return "eth_" + str(self._lan.status())

    def address(self):
        """Dotted IPv4 address of the sign."""
        return self._lan.ifconfig()[0]

    def rssi_dbm(self):
        """None: there is no radio."""

    def dns_server(self):
        """Dotted IPv4 address given by DHCP."""
        return self._lan.ifconfig()[3]
