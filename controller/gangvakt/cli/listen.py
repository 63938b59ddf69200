"""A listening socket, bound before anything else is started."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from gangvakt.errors import PortTaken, SettingRefused


@contextmanager
def listen(host: str, port: int, option: str) -> Iterator[socket.socket]:
    """PortTaken when another program listens there; SettingRefused for an address of another computer."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, reuse_port=False)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, option) from error
        raise SettingRefused(
            "options", "--host", host, f"an address of this computer ({error.strerror})"
        ) from error
    with listening:
        yield listening
