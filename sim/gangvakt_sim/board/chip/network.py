"""network as the stock image shows it: WLAN, LAN, PPP and the module's own functions.

Names and numbers are those of the recorded image (corpus: wlan). The interfaces themselves are in _wlan and
_lan.
"""

import micropython

import _ifconf as _i
from _chk import as_str as _as_str
from _chk import no_name as _no_name
from _wlan import WLAN  # noqa: F401
from _wlan import country as _country

STA_IF = 0
AP_IF = 1

STAT_IDLE = 1000
STAT_CONNECTING = 1001
STAT_GOT_IP = 1010
STAT_BEACON_TIMEOUT = 200
STAT_NO_AP_FOUND = 201
STAT_WRONG_PASSWORD = 202
STAT_ASSOC_FAIL = 203
STAT_CONNECT_FAIL = 203
STAT_HANDSHAKE_TIMEOUT = 204
STAT_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210
STAT_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD = 211
STAT_NO_AP_FOUND_IN_RSSI_THRESHOLD = 212

AUTH_OPEN = 0
AUTH_WEP = 1
AUTH_WPA_PSK = 2
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4
AUTH_WPA2_ENTERPRISE = 5
AUTH_WPA3_PSK = 6
AUTH_WPA2_WPA3_PSK = 7
AUTH_WAPI_PSK = 8
AUTH_OWE = 9
AUTH_WPA3_ENT_192 = 10
AUTH_WPA3_EXT_PSK = 11
AUTH_WPA3_EXT_PSK_MIXED_MODE = 12
AUTH_MAX = 16

MODE_11B = 1
MODE_11G = 2
MODE_11N = 4
MODE_LR = 8

PHY_LAN8710 = 0
PHY_LAN8720 = 1
PHY_IP101 = 2
PHY_RTL8201 = 3
PHY_DP83848 = 4
PHY_KSZ8041 = 5
PHY_KSZ8081 = 6
PHY_LAN8670 = 7
PHY_GENERIC = 8
PHY_KSZ8851SNL = 100
PHY_DM9051 = 101
PHY_W5500 = 102

ETH_INITIALIZED = 0
ETH_STARTED = 1
ETH_STOPPED = 2
ETH_CONNECTED = 3
ETH_DISCONNECTED = 4
ETH_GOT_IP = 5


@micropython.native
def hostname(*name):
    """Get or set the name used by DHCP and mDNS; more than 32 characters are refused."""
    if not name:
        return _i.settings["hostname"]
    text = _as_str(name[0])
    if len(text) > _i.HOSTNAME_MAX:
        raise ValueError
    _i.settings["hostname"] = text


@micropython.native
def country(*code):
    """Get or set the two-letter regulatory domain."""
    if not code:
        return _country[0]
    text = _as_str(code[0])
    if len(text) != 2:
        raise ValueError
    _country[0] = text


@micropython.native
def phy_mode(*_mode):
    """The image accepts the call and returns None."""


@micropython.native
def ipconfig(*query, **settings):
    """The module-wide resolver address is the only key."""
    for key in query or settings:
        if key != "dns":
            raise ValueError("unexpected key")
    if query:
        return _i.settings["dns"]
    _i.settings["dns"] = settings["dns"]


def __getattr__(name):
    if name == "LAN":
        from _lan import LAN

        return LAN
    if name == "PPP":
        from _lan import PPP

        return PPP
    _no_name(name)


del micropython
