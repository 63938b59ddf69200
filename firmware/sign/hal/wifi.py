"""Wi-Fi as a network link: one radio, one known network, no reconnecting of its own."""

import network

# One text: a table of as many takes four times its memory.
_STATUS_TEXTS = (
    "200 beacon_timeout 201 no_ap_found 202 wrong_password 203 assoc_fail 204 handshake_timeout "
    "1000 idle 1001 connecting 1010 got_ip"
)


class WifiLink:
    """`link` is identity.json's table: ssid, psk."""

    kind = "wifi"

    def __init__(self, link):
        self._ssid = link["ssid"]
        self._psk = link["psk"]
        self._sta = None

    def start(self):
        """Take the radio (16 KB). Power save stays off: it delays every answer by a beacon interval."""
        self._sta = network.WLAN(network.WLAN.IF_STA)
        self._sta.active(True)
        # The driver's own retries never end, not even on a wrong password; link.py decides instead.
        self._sta.config(reconnects=0, pm=network.WLAN.PM_NONE)

    def connect(self):
        """Begin joining the network; `is_up` tells when it is done. OSError when the radio refuses."""
        self._sta.disconnect()
        self._sta.connect(self._ssid, self._psk)

    def stop(self):
        """The radio draws nothing until `start`."""
        self._sta.active(False)

    def is_up(self):
        return self._sta.isconnected()

    def why_down(self):
        """Short text of the radio's last status."""
        status = str(self._sta.status())
        words = _STATUS_TEXTS.split()
        return words[words.index(status) + 1] if status in words else status

    def address(self):
        """Dotted IPv4 address of the sign."""
        return self._sta.ifconfig()[0]

    def rssi_dbm(self):
        """How strongly the access point is heard; None while there is none."""
        try:
            return self._sta.status("rssi")
        except OSError:
            return None

    def dns_server(self):
        """Dotted IPv4 address given by DHCP."""
        return self._sta.ifconfig()[3]
