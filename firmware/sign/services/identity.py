"""Who the sign is and where its controller listens: what identity.json must hold."""

from sign.compat import const

_PORT_MAX = const(65_535)
TEXTS = ("municipality", "site", "sign", "incarnation")


def problem(identity):
    """What is wrong with a decoded identity.json, as "field: what it should be"; None when it is good."""
    for name in TEXTS:
        if not _is_text(identity.get(name)):
            return name + ": a text"
    if not isinstance(identity.get("built_utc_s"), int):
        return "built_utc_s: whole seconds"
    brokers = identity.get("brokers")
    if not isinstance(brokers, list) or not brokers or not all(_is_address(broker) for broker in brokers):
        return "brokers: a list of [host, port]"
    return _link_problem(identity.get("link"))


def _link_problem(link):
    if not isinstance(link, dict) or link.get("kind") not in ("wifi", "lan"):
        return "link: of kind wifi or lan"
    if link["kind"] == "wifi" and not (_is_text(link.get("ssid")) and _is_text(link.get("psk"))):
        return "link: ssid and psk as texts"
    return None


def _is_address(broker):
    if not isinstance(broker, list) or len(broker) != 2 or not _is_text(broker[0]):
        return False
    return type(broker[1]) is int and 0 < broker[1] <= _PORT_MAX


def _is_text(value):
    return isinstance(value, str) and value != ""
