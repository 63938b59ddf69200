"""The wires between the USB adapter and the chip's UART 0, when the adapter is one of the simulator's own."""

from __future__ import annotations

import os
import threading

# What the other side does not fetch is lost from here on, as in a full FIFO.
ROOM = 1 << 20


class _Lane:
    """Bytes on their way to one side, with a descriptor that is readable while there are any."""

    def __init__(self) -> None:
        self.fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._bytes = bytearray()

    def put(self, data: bytes) -> None:
        with self._lock:
            if data and len(self._bytes) < ROOM:
                self._bytes += data
                os.eventfd_write(self.fd, 1)

    def take(self) -> bytes:
        with self._lock:
            data = bytes(self._bytes)
            if data:
                self._bytes.clear()
                os.eventfd_read(self.fd)
            return data

    def close(self) -> None:
        os.close(self.fd)


class Line:
    """A board's serial port (board.serial.SerialPort) whose other end is in this process too."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._to_chip, self._to_host = _Lane(), _Lane()
        self.master = self._to_chip.fd

    # -- the chip's side

    def write(self, data: bytes) -> None:
        """From the chip."""
        self._to_host.put(data)

    def read(self) -> bytes:
        """What has arrived at the chip."""
        return self._to_chip.take()

    # -- the host's side

    @property
    def host_fd(self) -> int:
        """Readable while the chip has sent something."""
        return self._to_host.fd

    def send(self, data: bytes) -> None:
        """To the chip."""
        self._to_chip.put(data)

    def take(self) -> bytes:
        """What the chip has sent."""
        return self._to_host.take()

    def close(self) -> None:
        """Nothing goes either way any more."""
        self._to_chip.close()
        self._to_host.close()
