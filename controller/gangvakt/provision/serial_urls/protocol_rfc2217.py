"""rfc2217:// without pyserial's pauses.

pyserial looks for each answer of the server only after 50 ms, and sends the line's settings anew whenever
the timeout changes, which esptool does twice for every block of a flash: 0.2 s a block. Here an answer is
noticed when it comes, and settings that are the same are not sent.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import warnings
from typing import Any

from serial import rfc2217
from serial.serialutil import SerialException

Settings = tuple[int, int, str, float, bool, bool]


class Serial(rfc2217.Serial):  # type: ignore[misc]
    """pyserial's port, waiting for events where it waits for the clock."""

    _socket: Any
    _thread: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._news = threading.Event()
        self._sent: Settings | None = None
        super().__init__(*args, **kwargs)

    def open(self) -> None:
        """As pyserial; it names its thread in a way that Python advises against."""
        self._sent = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            super().open()

    def close(self) -> None:
        """Hang up; the next client is served as soon as the server has noticed."""
        self.is_open = False
        if self._socket:
            self._hang_up()
        if self._thread:
            self._thread.join(self._network_timeout)
            self._thread = None
        self._socket = None

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):  # the server was faster
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _reconfigure_port(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            raise SerialException(f"{self.portstr}: the server hung up, as it does when the port is busy")
        wanted = (
            self._baudrate,
            self._bytesize,
            self._parity,
            self._stopbits,
            bool(self._rtscts),
            bool(self._xonxoff),
        )
        if self._sent != wanted or self._write_timeout is not None:
            self._sent = None
            super()._reconfigure_port()
            self._sent = wanted

    def rfc2217_send_purge(self, value: bytes) -> None:
        """Returns when the server has purged."""
        self._set_and_wait("purge", value)

    def rfc2217_set_control(self, value: bytes) -> None:
        """Returns when the server has set it."""
        if self._ignore_set_control_answer:
            super().rfc2217_set_control(value)
        else:
            self._set_and_wait("control", value)

    def _set_and_wait(self, name: str, value: bytes) -> None:
        item = self._rfc2217_options[name]
        self._news.clear()
        item.set(value)
        end_s = time.monotonic() + self._network_timeout
        while not item.is_ready():
            if not self._thread.is_alive():
                raise SerialException("connection failed (reader thread died)")
            if not self._news.wait(end_s - time.monotonic()):
                raise SerialException(f"timeout while waiting for option {name!r}")
            self._news.clear()

    def _telnet_process_subnegotiation(self, suboption: bytes) -> None:
        super()._telnet_process_subnegotiation(suboption)
        self._news.set()

    def _telnet_read_loop(self) -> None:
        try:
            super()._telnet_read_loop()
        finally:
            for option in self._telnet_options:  # for which open() waits
                option.state, option.active = rfc2217.INACTIVE, False
            self._news.set()

    def _internal_raw_write(self, data: bytes) -> None:
        """As for bytes of the line: esptool's framework would take a broken pipe for its own output's end."""
        try:
            super()._internal_raw_write(data)
        except OSError as error:
            raise SerialException(f"connection failed (socket error): {error}") from error
