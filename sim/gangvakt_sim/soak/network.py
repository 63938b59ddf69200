"""The network in virtual time: what the chip's sockets reach, how long it takes, and what goes wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from gangvakt_sim.board.regs import R
from gangvakt_sim.board.shm import COUNT_MASK, SharedMemory
from gangvakt_sim.faults.trouble import Trouble
from gangvakt_sim.soak.mqtt import Broker, NotMqtt, Peer

BROKER_NAME, BROKER_PORT = "broker.example", 8883
DNS_PORT, NTP_PORT = 53, 123
NTP_HEAD = b"\x24\x02\x06\xec" + bytes(12)  # version 4, from a server, stratum 2
NTP_BEFORE_1970_S = 2_208_988_800
LATENCY_US = 15_000  # each way
RETRANSMIT_US = 300_000  # the first time; doubled each time
RESET_BY_PEER = 104
HELLO_US = 60_000  # the server's share of a handshake
ANSWER_FLAGS = b"\x81\x80\0\x01\0\x01\0\0\0\0"
ANSWER_RECORD = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01"

Later = Callable[[int, Callable[[], None]], None]


@dataclass
class _Connection:
    socket: int
    peer: Peer | None = None
    held: bytes = b""  # sent while the link was down
    waiting: bytes = b""  # for room in the chip's buffer
    to_chip_us: int = 0  # when the last byte under way arrives
    to_peer_us: int = 0
    is_dead: bool = False
    is_over: bool = False


class Network:
    """`later(us, do)` runs something after a while of virtual time."""

    def __init__(self, memory: SharedMemory, broker: Broker, later: Later, seed: int) -> None:
        self.broker, self.trouble = broker, Trouble()
        self._memory, self._later = memory, later
        self._rng = random.Random(f"{seed}/network")
        self._connections: dict[int, _Connection] = {}

    @property
    def busy(self) -> bool:
        """Whether something is on its way, or a connection is being made."""
        now_us = self._memory.clock()
        return any(
            connection.waiting
            or connection.to_chip_us > now_us
            or connection.to_peer_us > now_us
            or connection.peer is None
            or not connection.peer.is_open
            for connection in self._connections.values()
            if not connection.is_dead
        )

    @property
    def online(self) -> bool:
        """Whether a session stands."""
        return any(
            c.peer is not None and c.peer.is_open and not c.is_over for c in self._connections.values()
        )

    def forget_all(self) -> None:
        """The chip has lost its sockets."""
        for connection in self._connections.values():
            connection.is_over = True
        self._connections.clear()

    def break_all(self) -> None:
        """Connections that stand are dead from now on, and neither end knows it."""
        for connection in self._connections.values():
            connection.is_dead = True

    def end_all(self) -> None:
        """The broker ends its connections."""
        for connection in list(self._connections.values()):
            self._end(connection)

    def call(self, what: int) -> None:
        """The chip wants something."""
        arguments = [self._memory[R.V_ARG + n] for n in range(6)]
        _CALLS[what](self, *arguments)

    def drop_silent(self, now_us: int) -> None:
        """The broker ends the connections of clients that say nothing any more."""
        for connection in list(self._connections.values()):
            self._give_room(connection)
            if connection.peer is not None and connection.peer.overdue(now_us):
                self._end(connection)

    # -- calls of the chip

    def _connect(self, socket: int, where: int, port: int, link: int, *_: int) -> None:
        connection = self._connections[socket] = _Connection(socket)
        if link and not self.trouble.half_open:
            self._later(self._takes_us(), lambda: self._connected(connection, port))

    def _connected(self, connection: _Connection, port: int) -> None:
        if connection.is_over:
            return
        if self.trouble.broker_down or port != BROKER_PORT:
            self._set(connection, R.N_ERROR, RESET_BY_PEER)
            self._set(connection, R.N_STATE, R.N_FAILED)
            self._connections.pop(connection.socket, None)
            return
        connection.peer = Peer(
            self.broker,
            lambda data: self._to_chip(connection, data),
            lambda: self._end(connection),
            self._memory.clock(),
        )
        self._set(connection, R.N_STATE, R.N_OPEN)

    def _send(self, socket: int, count: int, link: int, *_: int) -> None:
        connection = self._connections.get(socket)
        if connection is None:
            return
        connection.held += bytes(self._memory.bytes[R.NET_TX_BYTE : R.NET_TX_BYTE + count])
        if link:
            data, connection.held = connection.held, b""
            self._to_peer(connection, lambda: self._received(connection, data))

    def _received(self, connection: _Connection, data: bytes) -> None:
        if connection.peer is None:
            return
        try:
            connection.peer.receive(data, self._memory.clock())
        except (NotMqtt, ValueError, KeyError, IndexError):
            self._end(connection)

    def _datagram(self, socket: int, where: int, port: int, count: int, link: int, *_: int) -> None:
        query = bytes(self._memory.bytes[R.NET_TX_BYTE : R.NET_TX_BYTE + count])
        lost = not link or self.trouble.half_open or self._rng.randrange(100) < self.trouble.loss_pct
        answer = None if lost else self._answer(port, query)
        if answer:
            framed = len(answer).to_bytes(2, "little") + port.to_bytes(2, "little") + answer
            self._later(2 * self._takes_us(), lambda: self._datagram_came(socket, framed))

    def _datagram_came(self, socket: int, framed: bytes) -> None:
        self._put(socket, framed)

    def _answer(self, port: int, query: bytes) -> bytes | None:
        if port == NTP_PORT:
            ms = self.broker.utc_ms(self._memory.clock()) + 1000 * NTP_BEFORE_1970_S
            stamp = ((ms << 32) // 1000 & (1 << 64) - 1).to_bytes(8, "big")
            return NTP_HEAD + stamp + query[40:48] + stamp + stamp
        if port == DNS_PORT and not self.trouble.dns_dead:
            return query[:2] + ANSWER_FLAGS + query[12:] + ANSWER_RECORD
        return None

    def _close(self, socket: int, *_: int) -> None:
        connection = self._connections.pop(socket, None)
        if connection is not None:
            connection.is_over = True

    def _hello(self, socket: int, *_: int) -> None:
        connection = self._connections.get(socket)
        if connection is not None:
            verdict = bytes((self.trouble.verdict,))
            self._to_peer(connection, lambda: self._to_chip(connection, verdict), HELLO_US)

    def _random(self, count: int, *_: int) -> None:
        self._memory.bytes[R.NET_TX_BYTE : R.NET_TX_BYTE + count] = self._rng.randbytes(count)

    # -- on the way

    def _takes_us(self) -> int:
        """How long a packet takes, with those that are lost and sent again."""
        takes_us, again_us = LATENCY_US + 1000 * self.trouble.delay_ms, RETRANSMIT_US
        while self._rng.randrange(100) < self.trouble.loss_pct:
            takes_us, again_us = takes_us + again_us, 2 * again_us
        return takes_us

    def _to_peer(self, connection: _Connection, do: Callable[[], None], more_us: int = 0) -> None:
        now_us = self._memory.clock()
        connection.to_peer_us = max(connection.to_peer_us, now_us + self._takes_us() + more_us)
        self._later(connection.to_peer_us - now_us, lambda: self._arrive(connection, do))

    def _arrive(self, connection: _Connection, do: Callable[[], None]) -> None:
        if not (connection.is_over or connection.is_dead or self.trouble.half_open):
            do()

    def _to_chip(self, connection: _Connection, data: bytes) -> None:
        now_us = self._memory.clock()
        connection.to_chip_us = max(connection.to_chip_us, now_us + self._takes_us())
        self._later(
            connection.to_chip_us - now_us,
            lambda: self._arrive(connection, lambda: self._queue(connection, data)),
        )

    def _queue(self, connection: _Connection, data: bytes) -> None:
        connection.waiting += data
        self._give_room(connection)

    def _give_room(self, connection: _Connection) -> None:
        if connection.waiting:
            taken = self._put(connection.socket, connection.waiting)
            connection.waiting = connection.waiting[taken:]

    def _end(self, connection: _Connection) -> None:
        """The broker's end closes; what is on its way arrives first."""
        if not connection.is_over:
            connection.is_over = True
            self._connections.pop(connection.socket, None)
            if not (connection.is_dead or self.trouble.half_open):
                self._set(connection, R.N_STATE, R.N_ENDED)

    def _set(self, connection: _Connection, field: int, value: int) -> None:
        self._memory[R.N_SOCKET + R.N_WORDS * connection.socket + field] = value

    def _put(self, socket: int, data: bytes) -> int:
        """Into the chip's buffer of a socket; how much it had room for."""
        word, ring = R.N_SOCKET + R.N_WORDS * socket, R.NET_RX_BYTE + R.NET_RX_SIZE * socket
        head = self._memory[word + R.N_HEAD]
        room = R.NET_RX_SIZE - ((head - self._memory[word + R.N_TAIL]) & COUNT_MASK)
        data = data[:room]
        at = head % R.NET_RX_SIZE
        first = min(len(data), R.NET_RX_SIZE - at)
        self._memory.bytes[ring + at : ring + at + first] = data[:first]
        self._memory.bytes[ring : ring + len(data) - first] = data[first:]
        self._memory[word + R.N_HEAD] = (head + len(data)) & COUNT_MASK
        return len(data)


_CALLS: dict[int, Callable[..., None]] = {
    R.V_CALL_CONNECT: Network._connect,
    R.V_CALL_SEND: Network._send,
    R.V_CALL_DATAGRAM: Network._datagram,
    R.V_CALL_CLOSE: Network._close,
    R.V_CALL_HELLO: Network._hello,
    R.V_CALL_RANDOM: Network._random,
}
