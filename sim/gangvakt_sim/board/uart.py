"""A UART of the chip from outside: bytes into its receiver, bytes out of its transmitter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import COUNT_MASK, SharedMemory

IRQ_RX = 1
IRQ_RXIDLE = 0x1000
MAX_UNREAD = 1 << 20  # transmitted bytes that nobody asked for; older ones are dropped


class Peer(Protocol):
    """A device that hears what the chip writes."""

    @property
    def rate(self) -> int:
        """Bits a second at which it talks; at another rate either side hears nothing it can use."""

    @property
    def reporting(self) -> bool:
        """Whether it sends of its own accord now."""

    def receive(self, data: bytes) -> bytes:
        """Hear some bytes; what it answers."""


class Uart:
    """Port `number`. Any thread may use it."""

    def __init__(self, memory: SharedMemory, number: int, poke: Callable[[], None]) -> None:
        self._memory, self._poke = memory, poke
        self._word = R.UART + R.UART_WORDS * number
        self._rx = R.UART_RX_BYTE + R.UART_RING * number
        self._tx = R.UART_TX_BYTE + R.UART_RING * number
        self._sent = bytearray()
        self._lock = threading.Lock()
        self._peer: Peer | None = None

    def attach(self, peer: Peer | None) -> None:
        """Wire a device to the port: it hears what the chip writes, and its answers arrive (within 10 ms)."""
        self._peer = peer

    def report(self, data: bytes) -> int:
        """What the attached device sends of its own accord: nothing while it keeps silent, garbage at a wrong
        rate. How many bytes the chip took.
        """
        peer = self._peer
        if peer is None:
            return self.send(data)
        if not peer.reporting:
            return 0
        return self.send(data if peer.rate == self.baud else bytes(byte * 197 & 0xFF for byte in data))

    def send(self, data: bytes) -> int:
        """Into the chip's receiver; how many bytes it took. The rest is lost and counted, as in hardware."""
        with self._lock:
            if not self._get(R.U_OPEN):
                return 0
            head, tail = self._get(R.U_RX_HEAD), self._get(R.U_RX_TAIL)
            room = min(self._get(R.U_RXBUF), R.UART_RING) - ((head - tail) & COUNT_MASK)
            taken = data[: max(room, 0)]
            self._copy_in(taken, head)
            self._put(R.U_RX_HEAD, (head + len(taken)) & COUNT_MASK)
            self._put(R.U_RX_DROPPED, self._get(R.U_RX_DROPPED) + len(data) - len(taken))
        if taken and self._get(R.U_IRQ) & (IRQ_RX | IRQ_RXIDLE):
            self._memory.count_up(self._word + R.U_IRQ_FIRED)
            self._poke()
        return len(taken)

    def _copy_in(self, data: bytes, head: int) -> None:
        at = head % R.UART_RING
        first = min(len(data), R.UART_RING - at)
        self._memory.bytes[self._rx + at : self._rx + at + first] = data[:first]
        self._memory.bytes[self._rx : self._rx + len(data) - first] = data[first:]

    @property
    def dropped(self) -> int:
        """Bytes lost to a full receive buffer."""
        return self._get(R.U_RX_DROPPED)

    @property
    def is_open(self) -> bool:
        """True while the program holds the port."""
        return bool(self._get(R.U_OPEN))

    @property
    def baud(self) -> int:
        """Bits a second, as the program set them."""
        return self._get(R.U_BAUD)

    def collect(self) -> None:
        """Make room in the transmitter's ring, and let the device hear it."""
        heard = self._collect()
        if heard and self._peer is not None and self._peer.rate == self.baud:
            self.send(self._peer.receive(heard))

    def _collect(self) -> bytes:
        with self._lock:
            head, tail = self._get(R.U_TX_HEAD), self._get(R.U_TX_TAIL)
            count = (head - tail) & COUNT_MASK
            ring = self._memory.bytes[self._tx : self._tx + R.UART_RING]
            at = tail % R.UART_RING
            first = min(count, R.UART_RING - at)
            heard = bytes(ring[at : at + first]) + bytes(ring[: count - first])
            self._sent += heard
            self._put(R.U_TX_TAIL, head)
            del self._sent[: max(len(self._sent) - MAX_UNREAD, 0)]
        return heard

    def sent(self) -> bytes:
        """What the chip wrote since last asked."""
        self.collect()
        with self._lock:
            data = bytes(self._sent)
            self._sent.clear()
            return data

    def _get(self, field: int) -> int:
        return self._memory[self._word + field]

    def _put(self, field: int, value: int) -> None:
        self._memory[self._word + field] = value
