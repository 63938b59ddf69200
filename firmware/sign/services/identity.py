"""Who the sign is and where its controller listens: what identity.json must hold."""

from sign.compat import const

_PORT_MAX = const(65_535)
_APN_CHARS_MAX = const(63)
_INCARNATION_CHARS = const(8)
_UTC_MAX_S = const(3_092_601_600)  # of 2068: the chip's clock shows no more than that for certain
TEXTS = ("municipality", "site", "sign", "incarnation")


def problem(identity):
    """What is wrong with a decoded identity.json, as "field: what it should be"; None when it is good."""
    for name in TEXTS:
        if not _is_text(identity.get(name)):
            return name + ": a text"
    incarnation = identity["incarnation"]
    if len(incarnation) != _INCARNATION_CHARS or not all(
        [char in "0123456789abcdef" for char in incarnation]
    ):
        return "incarnation: 8 hexadecimal digits"
    built_utc_s = identity.get("built_utc_s")
    if type(built_utc_s) is not int or not 0 <= built_utc_s <= _UTC_MAX_S:
        return "built_utc_s: whole seconds up to 2068"
    brokers = identity.get("brokers")
    if not isinstance(brokers, list) or not brokers or not all(_is_address(broker) for broker in brokers):
        return "brokers: a list of [host, port]"
    return _link_problem(identity.get("link"))


def _link_problem(link):
    if not isinstance(link, dict) or link.get("kind") not in ("wifi", "lan", "ppp"):
        return "link: of kind wifi, lan or ppp"
    if link["kind"] == "ppp":
        return _ppp_problem(link)
    if link["kind"] == "wifi" and not (_is_text(link.get("ssid")) and _is_text(link.get("psk"))):
        return "link: ssid and psk as texts"
    return None


def _ppp_problem(link):
    """The access point's name stands in a command to the modem."""
    apn = link.get("apn")
    if not _is_text(apn) or len(apn) > _APN_CHARS_MAX or not all(map(_is_apn_sign, apn)):
        return "link: apn of A-Z a-z 0-9 . -"
    if link.get("user") and not (_is_text(link["user"]) and _is_text(link.get("password"))):
        return "link: apn with user and password as texts, or without both"
    return None


def _is_apn_sign(char):
    return ord(char) < 0x7F and (char.isalpha() or char.isdigit() or char in ".-")


def _is_address(broker):
    if not isinstance(broker, list) or len(broker) != 2 or not _is_text(broker[0]):
        return False
    return type(broker[1]) is int and 0 < broker[1] <= _PORT_MAX


def _is_text(value):
    return isinstance(value, str) and value != ""
