"""One secure connection to a broker: TCP first, then, at a moment that can bear it, the TLS handshake."""

import asyncio
import errno
import gc
import select
import socket
import time

from sign import loading
from sign.compat import const, ticks_diff

_TCP_TIMEOUT_MS = const(5000)
_TCP_POLL_MS = const(20)
_PERMIT_POLL_MS = const(100)
# A good moment may pass while TCP connects; a broker does not wait for long either.
_PERMIT_AFTER_TCP_MS = const(5000)


class ConnectError(Exception):
    """`reason` is the word it is counted under, `why` the detail for people."""

    def __init__(self, reason, why):
        super().__init__(reason, why)
        self.reason = reason
        self.why = why


class Connector:
    """`keyring` holds the TLS context, `permit` is a StallPermit; `alive()` is called several times a second
    while waiting."""

    def __init__(self, keyring, permit, alive):
        self._keyring = keyring
        self._permit = permit
        self._alive = alive

    async def open(self, host, port, dns_server):
        """asyncio stream to host:port whose first write starts the handshake. ConnectError when it fails."""
        while not self._permit.granted(time.ticks_ms()):
            await self._wait(_PERMIT_POLL_MS)
        if self._keyring.settle():
            self._permit.taken()
        try:
            address = await _address(host, dns_server)
            connection = await self._connect(address, port)
        except OSError as error:
            raise ConnectError("tcp", str(error))
        return await self._secure(connection, host)

    async def _connect(self, address, port):
        connection = socket.socket()
        try:
            connection.setblocking(False)
            _begin_connect(connection, socket.getaddrinfo(address, port)[0][-1])
            await self._await_writable(connection)
            return connection
        except OSError:
            connection.close()
            raise

    async def _await_writable(self, connection):
        poller = select.poll()
        poller.register(connection, select.POLLOUT)
        since_ms = time.ticks_ms()
        while True:
            for _, happened in poller.poll(0):
                if happened & (select.POLLERR | select.POLLHUP):
                    raise OSError(errno.ECONNREFUSED)
                return
            if ticks_diff(time.ticks_ms(), since_ms) > _TCP_TIMEOUT_MS:
                raise OSError(errno.ETIMEDOUT)
            await self._wait(_TCP_POLL_MS)

    async def _secure(self, connection, host):
        since_ms = time.ticks_ms()
        while not self._permit.granted(time.ticks_ms()):
            if ticks_diff(time.ticks_ms(), since_ms) > _PERMIT_AFTER_TCP_MS:
                connection.close()
                raise ConnectError("postponed", "somebody is in view")
            await self._wait(_PERMIT_POLL_MS)
        self._permit.taken()
        try:
            gc.collect()  # the session's 37 KB need room in one piece
            secure = self._keyring.context.wrap_socket(
                connection, server_hostname=host, do_handshake_on_connect=False
            )
            secure.setblocking(False)
            return asyncio.StreamReader(secure)
        except (OSError, ValueError, MemoryError) as error:
            connection.close()
            raise ConnectError("tls", str(error))

    async def _wait(self, ms):
        self._alive()
        await asyncio.sleep_ms(ms)


async def _address(host, dns_server):
    """Dotted address of `host`. Who resolves is there only for so long: the session needs the memory."""
    from sign.services import resolver

    try:
        return await resolver.resolve(host, dns_server)
    except resolver.ResolveError as error:
        raise ConnectError("dns", error.why)
    finally:
        resolver = None
        loading.leave("services.resolver")


def _begin_connect(connection, address):
    try:
        connection.connect(address)
    except OSError as error:
        if error.errno != errno.EINPROGRESS:
            raise
