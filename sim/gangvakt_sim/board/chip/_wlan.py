"""network.WLAN: checks, errors and read-backs of the image, over the station's state machine in _station.

Texts and limits are those of the recorded image (corpus: wlan, wlan_config); "Wifi Unknown Error 0x0102" is
its ESP_ERR_INVALID_ARG.
"""

import micropython

import _radio
from _chk import as_buffer, as_float, as_int, as_str
from _ifconf import Addresses, settings
from _station import MAX_RECONNECTS_FOREVER, station, tuned

_STA = 0
_AP = 1
_SSID_MAX = 32
_KEY_MIN = 8
_CHANNEL_MAX = 14
_TXPOWER_MAX_DBM = 21
_PROTOCOL_MASK = 15
_AP_ADDRESS = ("192.168.4.1", "255.255.255.0", "192.168.4.1", "0.0.0.0")
_INVALID_ARG = "Wifi Unknown Error 0x0102"

country = ["XX"]
_radio_settings = {"pm": 0, "protocol": 7, "txpower": 19.5}
_ap_settings = {"ssid": "ESP_%02X%02X%02X", "channel": 1, "hidden": False, "security": 0, "max_clients": 10}
_AP_KEYS = ("hidden", "security", "authmode", "ssid", "essid", "key", "password", "max_clients")


@micropython.native
def _refuse(condition):
    """Raise the image's answer to an argument that ESP-IDF does not take."""
    if condition:
        raise RuntimeError(_INVALID_ARG)


class WLAN:
    """One of the two interfaces; the constructor returns the same object for the same interface."""

    IF_STA = 0
    IF_AP = 1
    SEC_OPEN = 0
    SEC_WEP = 1
    SEC_WPA = 2
    SEC_WPA2 = 3
    SEC_WPA_WPA2 = 4
    SEC_WPA2_ENT = 5
    SEC_WPA3 = 6
    SEC_WPA2_WPA3 = 7
    SEC_WAPI = 8
    SEC_OWE = 9
    SEC_WPA3_ENT_192 = 10
    SEC_WPA3_EXT_PSK = 11
    SEC_WPA3_EXT_PSK_MIXED_MODE = 12
    SEC_DPP = 13
    SEC_WPA3_ENT = 14
    SEC_WPA2_WPA3_ENT = 15
    PM_NONE = 0
    PM_PERFORMANCE = 1
    PM_POWERSAVE = 2

    @micropython.native
    def __new__(cls, interface=0):
        interface = as_int(interface)
        if interface not in (_STA, _AP):
            raise ValueError("invalid WLAN interface identifier")
        _radio.load_wifi_driver()
        if _interfaces[interface] is None:
            self = _interfaces[interface] = object.__new__(cls)
            self._if = interface
            self._mac = None
            self._addresses = Addresses(_AP_ADDRESS) if interface == _AP else Addresses()
        return _interfaces[interface]

    @micropython.native
    def __repr__(self):
        return "<WLAN>"

    @micropython.native
    def active(self, *is_active):
        """Get or set whether the interface is started."""
        if is_active:
            _active[self._if] = bool(is_active[0])
            if self._if == _STA:
                station.set_active(_active[_STA])
        return _active[self._if]

    @micropython.native
    def connect(self, *args, bssid=None):
        """Start to join; returns at once. Always concerns the station, whichever object is asked."""
        ssid = as_str(args[0]) if args and args[0] is not None else ""
        key = as_str(args[1]) if len(args) > 1 and args[1] is not None else ""
        if bssid is not None and len(bssid) != 6:
            raise ValueError
        if not _active[_STA]:
            raise OSError("Wifi Invalid Mode")
        station.connect(ssid[:_SSID_MAX] if args else None, key)

    @micropython.native
    def disconnect(self):
        """Leave the access point and stop trying."""
        if not any(_active):
            raise OSError("Wifi Not Started")
        station.disconnect()

    @micropython.native
    def status(self, *query):
        """Status number of the station, or the queried value."""
        if not query:
            return station.status() if self._if == _STA else None
        if query[0] == "stations":
            self._require(_AP)
            return []
        if query[0] != "rssi":
            raise ValueError("unknown status param")
        self._require(_STA)
        if not _active[_STA]:
            raise OSError("Wifi Internal Error")
        if not station.is_up():
            raise OSError("Wifi Not Connected")
        return _radio.RSSI_DBM

    @micropython.native
    def isconnected(self):
        """Station: joined and has an address. Access point: never, no station can join it here."""
        return self._if == _STA and station.is_up()

    @micropython.native
    def scan(self):
        """Return (ssid, bssid, channel, rssi, security, hidden) of the host's access points; blocks."""
        if not _active[_STA]:
            raise OSError("STA must be active")
        return _radio.scan()

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
        """Get one setting by name or set some by keyword."""
        if query and values:
            raise TypeError("either pos or kw args are allowed")
        if values:
            for key, value in values.items():
                self._set(key, value)
            return None
        if len(query) != 1:
            raise TypeError("can query only one param")
        return self._get(as_str(query[0]))

    @micropython.native
    def _require(self, interface):
        if self._if != interface:
            raise OSError("AP required" if interface == _AP else "STA required")

    @micropython.native
    def _get(self, key):
        if key == "mac":
            return self._mac or _radio.mac(self._if)
        if key in ("ssid", "essid"):
            return station.ssid if self._if == _STA else _ap_ssid()
        if key in ("hostname", "dhcp_hostname"):
            return settings["hostname"]
        if key == "channel":
            return self._channel()
        if key == "max_clients":
            return 255 if self._if == _STA else _ap_settings[key]
        if key in ("hidden", "security", "authmode"):
            self._require(_AP)
            return _ap_settings["security" if key == "authmode" else key]
        if key == "reconnects":
            self._require(_STA)
            return station.max_reconnects
        if key in ("pm", "protocol", "txpower"):
            return _radio_settings[key]
        raise ValueError("unknown config param")

    @micropython.native
    def _channel(self):
        if self._if == _AP and _active[_AP]:
            return _ap_settings["channel"]
        return channel_now()

    @micropython.native
    def _set(self, key, value):
        if key in _AP_KEYS:
            self._set_ap(key, value)
        elif key == "mac":
            self._mac = bytes(as_buffer(value, 6))
        elif key in ("hostname", "dhcp_hostname"):
            settings["hostname"] = as_str(value)
        elif key == "reconnects":
            self._require(_STA)
            count = as_int(value)
            station.max_reconnects = MAX_RECONNECTS_FOREVER if count == -1 else count
        elif key in ("pm", "protocol", "txpower", "channel"):
            self._set_radio(key, value)
        else:
            raise ValueError("unknown config param")

    @micropython.native
    def _set_radio(self, key, value):
        if not any(_active):
            raise OSError("Wifi Not Started" if key == "txpower" else "Wifi Invalid Mode")
        number = as_float(value) if key == "txpower" else as_int(value)
        _refuse(key == "txpower" and not 2 <= number <= _TXPOWER_MAX_DBM)
        _refuse(key == "pm" and not 0 <= number <= 2)
        _refuse(key == "protocol" and number & ~_PROTOCOL_MASK)
        _refuse(key == "channel" and not 1 <= number <= _CHANNEL_MAX)
        if key == "channel":
            if self._if == _AP:
                _ap_settings[key] = number
            else:
                tuned[0] = number
        else:
            _radio_settings[key] = number

    @micropython.native
    def _set_ap(self, key, value):
        self._require(_AP)
        if key in ("ssid", "essid"):
            _ap_settings["ssid"] = as_str(value)[:_SSID_MAX]
        elif key in ("key", "password"):
            if len(as_str(value)) < _KEY_MIN:
                raise OSError("Wifi Invalid Password")
        elif key == "hidden":
            _ap_settings[key] = bool(value)
        else:
            _ap_settings["security" if key == "authmode" else key] = as_int(value)


_interfaces = [None, None]
_active = [False, False]


@micropython.native
def channel_now():
    """Return the channel that the radio hears, 0 while it is off."""
    return (station.channel() or tuned[0]) if any(_active) else 0


@micropython.native
def _ap_ssid():
    """Return the access point's name; its default ends in the last three bytes of its address."""
    name = _ap_settings["ssid"]
    return name % tuple(_radio.mac(_AP)[3:]) if "%" in name else name
