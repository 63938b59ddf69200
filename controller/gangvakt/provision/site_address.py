"""Where the pages of a site's signs are: what a label's QR code leads to."""

from __future__ import annotations

from urllib.parse import urlsplit

from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId

LONGEST_ADDRESS = 120  # with a sign behind it, it must fit into a small QR code
ALLOWED = f"https://HOST or http://HOST, up to {LONGEST_ADDRESS} characters, without user, query, fragment"


def check_address(text: str) -> str:
    """The public base address without a slash at its end."""
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        raise SettingRefused("site", "address", text[:80], ALLOWED) from None
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    clean = text.isascii() and text.isprintable() and " " not in text and len(text) <= LONGEST_ADDRESS
    if not (parts.scheme in ("http", "https") and parts.hostname and port_is_good and plain and clean):
        raise SettingRefused("site", "address", text[:80], ALLOWED)
    return text.rstrip("/")


def default_address(host: str) -> str:
    """Where nothing else is said, pages are served where the first broker is."""
    return f"https://[{host}]" if ":" in host else f"https://{host}"


def sign_address(base: str, sign: SignId) -> str:
    """Where a sign's label leads: staff to their work on it, everybody else to what is public of it."""
    return f"{base}/sign/{sign}"
