"""The air between virtual boards, for whoever on the host listens to it or disturbs it (chip/_ether.py)."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self

EVERYONE = "127.255.255.255"
FIRST_PORT = 20_000
PORTS = 8_000
HEADER_BYTES = 11
FRAME_BYTES_MAX = 1500
LISTEN_S = 0.1
STRANGER = bytes.fromhex("30aea4ffffff")
_FNV_OFFSET, _FNV_PRIME, _BITS_32, _BITS_30 = 0x011C9DC5, 0x01000193, (1 << 32) - 1, (1 << 30) - 1


@dataclass(frozen=True)
class Frame:
    """What somebody sent."""

    channel: int
    sender: bytes
    message: bytes


class Air:
    """A context manager that hears every frame on the air of that name, on all channels."""

    def __init__(self, name: str) -> None:
        self._id = _number(name)
        self._port = FIRST_PORT + self._id % PORTS
        self._frames: list[Frame] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="air", daemon=True)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def __enter__(self) -> Self:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.bind((EVERYONE, self._port))
        self._socket.settimeout(LISTEN_S)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._socket.close()

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All that was heard so far, oldest first."""
        return tuple(self._frames)

    def send(self, message: bytes, channel: int = 1, sender: bytes = STRANGER) -> None:
        """Broadcast a frame as a station of that address."""
        header = self._id.to_bytes(4, "little") + bytes([channel]) + sender
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            out.sendto(header + message, (EVERYONE, self._port))

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                data = self._socket.recv(FRAME_BYTES_MAX)
            except TimeoutError:
                continue
            if len(data) > HEADER_BYTES and data[:4] == self._id.to_bytes(4, "little"):
                self._frames.append(Frame(data[4], data[5:HEADER_BYTES], data[HEADER_BYTES:]))


def _number(name: str) -> int:
    found = _FNV_OFFSET
    for byte in name.encode():
        found = (found ^ byte) * _FNV_PRIME & _BITS_32
    return found & _BITS_30
