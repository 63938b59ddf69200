"""Where a request may go: nobody shall reach what only this computer reaches, by naming it as a target."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

import httpx

from gangvakt.errors import RelayRefused

LONGEST_URL = 500
RULE = "https://HOST[:PORT]/PATH without user and fragment"
PRIVATE_RULE = "an address of the internet; --allow-private lets it reach this computer and its network"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Target:
    """A checked URL. `allow_private`: it may be in this network, and then also without TLS."""

    url: httpx.URL
    allow_private: bool

    @classmethod
    def parse(cls, text: str, *, allow_private: bool, field: str = "url") -> Target:
        """RelayRefused for what is no such URL, for one without TLS, and for a private address."""
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, TypeError, ValueError):
            raise RelayRefused("relay", field, _shown(text), RULE) from None
        if len(text) > LONGEST_URL or not text.isprintable():
            raise RelayRefused("relay", field, _shown(text), f"{RULE}, at most {LONGEST_URL} characters")
        if url.scheme not in ("https", "http") or not url.host or url.userinfo or url.fragment:
            raise RelayRefused("relay", field, _shown(text), RULE)
        if url.scheme == "http" and not allow_private:
            raise RelayRefused("relay", field, _shown(text), f"{RULE}; http:// only with --allow-private")
        address = _literal(url.host)
        if address is not None and not allow_private and not is_public(address):
            raise RelayRefused("relay", field, _shown(text), PRIVATE_RULE)
        return cls(url, allow_private)

    async def addresses(self) -> tuple[str, ...]:
        """What the host's name stands for just now. RelayRefused when any of it is private and may not be.

        The request must go to one of these: the name may stand for another address a moment later.
        """
        loop = asyncio.get_running_loop()
        port = self.url.port or (443 if self.url.scheme == "https" else 80)
        found = await loop.getaddrinfo(self.url.host, port, type=socket.SOCK_STREAM)
        names = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        for name in names:
            if not self.allow_private and not is_public(ipaddress.ip_address(name.partition("%")[0])):
                raise RelayRefused("relay", "url", f"{self.url.host} ({name})", PRIVATE_RULE)
        return names


def is_public(address: Address) -> bool:
    """Whether an address is one of the internet, also when it is wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address in _NAT64 or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _shown(text: object) -> str:
    """Without what may be a secret in it."""
    return str(text).partition("?")[0].rpartition("@")[2][:80]
