"""One client of the port: RFC 2217 spoken with it, as the adapter's hands and ears."""

from __future__ import annotations

import contextlib
import socket

from gangvakt_sim.bootrom import telnet
from gangvakt_sim.bootrom.adapter import Adapter
from gangvakt_sim.bootrom.telnet import DO, DONT, WILL, WONT, ComPort, Data, Option, TelnetReader

READ_SIZE = 65536
# A client that does not read so much loses the rest, as on a wire.
MOST_WAITING = 4 << 20
OPTIONS = frozenset((telnet.BINARY, telnet.SUPPRESS_GO_AHEAD, telnet.COM_PORT))
SIGNATURE = b"gangvakt-sim"
# Values of SET_CONTROL that ask (0 flow, 4 break, 7 DTR, 10 RTS, 13 flow inbound), and that set DTR and RTS.
ASK_FLOW, ASK_BREAK, ASK_DTR, DTR_ON, DTR_OFF = 0, 4, 7, 8, 9
ASK_RTS, RTS_ON, RTS_OFF, ASK_FLOW_IN = 10, 11, 12, 13
NO_FLOW, BREAK_OFF, NO_FLOW_IN = 1, 6, 14
RECEIVED, SENT, BOTH = 1, 2, 3  # of PURGE, as the host sees it
MODEM_STATE = b"\x30"  # CTS and DSR are on
HIGHEST_BAUD = 4_000_000
DEFAULTS = {telnet.SET_DATASIZE: 8, telnet.SET_PARITY: 1, telnet.SET_STOPSIZE: 1}


class Session:
    """Not blocking; used by the server's thread alone."""

    def __init__(self, client: socket.socket, adapter: Adapter) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client = client
        self._adapter = adapter
        self._reader = TelnetReader()
        self._waiting = bytearray()
        self._settings = dict(DEFAULTS)
        self._ours, self._theirs = {telnet.BINARY}, {telnet.BINARY}
        self._say(telnet.option(WILL, telnet.BINARY) + telnet.option(DO, telnet.BINARY))

    @property
    def blocked(self) -> bool:
        """Bytes wait for the client to read."""
        return bool(self._waiting)

    def read(self, now_s: float) -> bool:
        """Do what the client sent; False when it has left. CablePulled when that fault strikes."""
        try:
            data = self.client.recv(READ_SIZE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        for event in self._reader.feed(data):
            self._do(event, now_s)
        return bool(data)

    def send(self, data: bytes) -> None:
        """Bytes of the serial line."""
        if data:
            self._say(telnet.escape(data))

    def flush(self) -> None:
        """Send what waits, as far as the client reads."""
        with contextlib.suppress(OSError):
            while self._waiting:
                del self._waiting[: self.client.send(self._waiting)]

    def close(self, now_s: float) -> None:
        """Hang up; an adapter whose port is closed lets both lines go at once."""
        self.client.close()
        self._adapter.set_lines(False, False, now_s)

    def _say(self, data: bytes) -> None:
        if len(self._waiting) + len(data) <= MOST_WAITING:
            self._waiting += data
            self.flush()

    def _do(self, event: telnet.Event, now_s: float) -> None:
        if isinstance(event, Data):
            self._adapter.receive(event.data, now_s)
        elif isinstance(event, Option):
            self._negotiate(event)
        else:
            self._command(event, now_s)

    def _negotiate(self, event: Option) -> None:
        """Answer once, and never an answer: each side's options change only by what it hears."""
        asks_us = event.verb in (DO, DONT)
        active = self._ours if asks_us else self._theirs
        yes, no = (WILL, WONT) if asks_us else (DO, DONT)
        wanted = event.verb in (DO, WILL)
        if wanted == (event.option in active):
            return
        if wanted and event.option not in OPTIONS:
            self._say(telnet.option(no, event.option))
            return
        (active.add if wanted else active.discard)(event.option)
        self._say(telnet.option(yes if wanted else no, event.option))

    def _command(self, event: ComPort, now_s: float) -> None:
        command, value = event.command, event.value
        if command == telnet.SET_BAUDRATE:
            self._answer(command, self._baud(value).to_bytes(4, "big"))
        elif command in self._settings:
            if value and value[0]:
                self._settings[command] = value[0]
            self._answer(command, bytes((self._settings[command],)))
        elif command == telnet.SET_CONTROL and value:
            self._answer(command, bytes((self._control(value[0], now_s),)))
        elif command == telnet.PURGE and value:
            self._purge(value[0])
            self._answer(command, value[:1])
        elif command == telnet.SIGNATURE:
            self._answer(command, SIGNATURE)
        elif command in (telnet.SET_LINESTATE_MASK, telnet.SET_MODEMSTATE_MASK):
            self._answer(command, value[:1])
        elif command == telnet.NOTIFY_MODEMSTATE:
            self._answer(command, MODEM_STATE)

    def _answer(self, command: int, value: bytes) -> None:
        self._say(telnet.com_port(command, value))

    def _baud(self, value: bytes) -> int:
        """The rate from now on; one that no UART has changes nothing."""
        wanted = int.from_bytes(value[:4], "big")
        if 0 < wanted <= HIGHEST_BAUD and wanted != self._adapter.baud:
            self._adapter.set_baud(wanted)
        return self._adapter.baud

    def _control(self, value: int, now_s: float) -> int:
        dtr, rts = self._adapter.lines
        if value in (DTR_ON, DTR_OFF):
            self._adapter.set_lines(value == DTR_ON, rts, now_s)
        elif value in (RTS_ON, RTS_OFF):
            self._adapter.set_lines(dtr, value == RTS_ON, now_s)
        asked = {
            ASK_FLOW: NO_FLOW,
            ASK_BREAK: BREAK_OFF,
            ASK_DTR: DTR_ON if dtr else DTR_OFF,
            ASK_RTS: RTS_ON if rts else RTS_OFF,
            ASK_FLOW_IN: NO_FLOW_IN,
        }
        return asked.get(value, value)

    def _purge(self, what: int) -> None:
        if what in (RECEIVED, BOTH):
            self._adapter.purge_received()
        if what in (SENT, BOTH):
            self._adapter.purge_sent()
