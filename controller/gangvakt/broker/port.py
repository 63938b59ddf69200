"""What the rest of the controller knows of a broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from cryptography import x509

# Also for clients that ask for none: a dead sign is noticed in a quarter of an hour.
LONGEST_KEEPALIVE_S = 600


class Endpoint(NamedTuple):
    """Where the controller's own client connects."""

    host: str
    port: int


class Broker(Protocol):
    """A broker that enforces `acl` by client certificates, admits whom its `Gatekeeper` does, sends the last
    will of silent clients after one and a half keep-alives, and closes the old connection of a client id that
    connects anew."""

    @property
    def endpoint(self) -> Endpoint:
        """Where the controller's own client connects."""
        ...

    @property
    def signs_port(self) -> int:
        """Where signs connect."""
        ...

    async def start(self) -> None:
        """Returns when clients can connect; PortTaken or BrokerFailed otherwise."""
        ...

    def certificates(self) -> Mapping[str, x509.Certificate]:
        """By which certificate each client, by its client id, is connected now."""
        ...

    async def stop(self) -> None:
        """Returns when every connection is closed and the port is free."""
        ...
