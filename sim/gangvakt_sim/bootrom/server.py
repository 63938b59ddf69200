"""The port of a virtual board on the network: one client at a time, one thread."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Callable

from gangvakt_sim.bootrom.adapter import Adapter, CablePulled
from gangvakt_sim.bootrom.session import Session

# A newcomer waits so long for the client before it to leave, and is then sent away: the port is busy.
BUSY_S = 1.0
STOP_S = 10.0
# poll counts in milliseconds: shorter waits are slept.
SHORTEST_POLL_S = 0.002


class PortServer:
    """Serves an adapter at `address`; `port` is the number that the system gave."""

    def __init__(self, address: tuple[str, int], adapter: Adapter, chip_fd: int) -> None:
        self._adapter, self._chip_fd = adapter, chip_fd
        self._listener = socket.create_server(address, backlog=8)
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._errands: list[Callable[[float], None]] = []
        self._stopping = False
        self._session: Session | None = None
        self._newcomer: tuple[socket.socket, float] | None = None
        self._thread = threading.Thread(target=self._run, name="virtual-port", daemon=True)
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up for good."""
        self._stopping = True
        os.eventfd_write(self._bell, 1)
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        self._listener.close()
        os.close(self._bell)

    def do(self, errand: Callable[[float], None]) -> None:
        """Let the server's thread do something with the adapter, soon; it gets the time."""
        self._errands.append(errand)
        os.eventfd_write(self._bell, 1)

    # -- the thread

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._turn()
        except BaseException as error:  # a board that stops answers nobody: say why
            self.failure = error
            raise
        finally:
            self._hang_up(time.monotonic())
            self._send_away()

    def _turn(self) -> None:
        ready = self._wait()
        now_s = time.monotonic()
        if self._bell in ready:
            os.eventfd_read(self._bell)
            while self._errands:
                self._errands.pop(0)(now_s)
        self._adapter.tick(now_s)
        self._serve(ready, now_s)
        if self._listener.fileno() in ready:
            self._accept(now_s)
        self._admit(now_s)

    def _wait(self) -> set[int]:
        """Descriptors with something to do; returns in time for the adapter and the newcomer."""
        poller = select.poll()
        for fd in (self._bell, self._chip_fd):
            poller.register(fd, select.POLLIN)
        if self._newcomer is None:
            poller.register(self._listener, select.POLLIN)
        if self._session:
            events = select.POLLIN | select.POLLOUT if self._session.blocked else select.POLLIN
            poller.register(self._session.client, events)
        wait_s = self._wait_s()
        if wait_s is not None and wait_s < SHORTEST_POLL_S:
            time.sleep(wait_s)
            wait_s = 0
        return {fd for fd, _ in poller.poll(None if wait_s is None else int(wait_s * 1000))}

    def _wait_s(self) -> float | None:
        times = [self._adapter.next_s, self._newcomer[1] + BUSY_S if self._newcomer else None]
        soonest_s = min((time_s for time_s in times if time_s is not None), default=None)
        return None if soonest_s is None else max(0.0, soonest_s - time.monotonic())

    def _serve(self, ready: set[int], now_s: float) -> None:
        try:
            stays = True
            if self._session and self._session.client.fileno() in ready:
                stays = self._session.read(now_s)
            sent = self._adapter.transmit(now_s)
        except CablePulled:
            self._hang_up(now_s)
            return
        if self._session:  # what is sent while nobody listens is lost
            self._session.send(sent)
            self._session.flush()
        if not stays:
            self._hang_up(now_s)

    def _hang_up(self, now_s: float) -> None:
        if self._session:
            session, self._session = self._session, None
            session.close(now_s)

    def _accept(self, now_s: float) -> None:
        with contextlib.suppress(OSError):
            self._newcomer = (self._listener.accept()[0], now_s)

    def _admit(self, now_s: float) -> None:
        """A newcomer to a free port becomes its client; at a busy one it is sent away after a while."""
        if self._newcomer is None:
            return
        client, since_s = self._newcomer
        if self._session is None and self._adapter.port_free:
            self._newcomer = None
            self._session = Session(client, self._adapter)
        elif not self._adapter.port_free or now_s - since_s >= BUSY_S:
            self._send_away()

    def _send_away(self) -> None:
        if self._newcomer:
            self._newcomer[0].close()
            self._newcomer = None
