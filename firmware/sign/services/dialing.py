"""A TCP connection, then the moment for a handshake. Loaded only meanwhile: the session needs the memory."""

import errno
import select
import socket
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.services.connector import ConnectError

_TCP_TIMEOUT_MS = const(5000)
_TCP_POLL_MS = const(20)
_PERMIT_POLL_MS = const(100)
# A good moment may pass while TCP connects; a broker does not wait for long either.
_PERMIT_AFTER_TCP_MS = const(5000)


async def dial(permit, wait, host, port, dns_server):
    """Socket connected to host:port, at a moment that the permit has granted and that is taken; `wait(ms)`
    sleeps. ConnectError when it fails."""
    try:
        address = await _address(host, dns_server)
        connection = await _connect(address, port, wait)
    except OSError as error:
        raise ConnectError("tcp", str(error))
    await _await_permit(permit, connection, wait)
    return connection


async def _address(host, dns_server):
    """Dotted address of `host`. Who resolves is there only for so long."""
    from sign.services import resolver

    try:
        return await resolver.resolve(host, dns_server)
    except resolver.ResolveError as error:
        raise ConnectError("dns", error.why)
    finally:
        resolver = None
        loading.leave("services.resolver")


async def _connect(address, port, wait):
    connection = socket.socket()
    try:
        connection.setblocking(False)
        _begin_connect(connection, socket.getaddrinfo(address, port)[0][-1])
        await _await_writable(connection, wait)
        return connection
    except OSError:
        connection.close()
        raise


def _begin_connect(connection, address):
    try:
        connection.connect(address)
    except OSError as error:
        if error.errno != errno.EINPROGRESS:
            raise


async def _await_writable(connection, wait):
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
        await wait(_TCP_POLL_MS)


async def _await_permit(permit, connection, wait):
    since_ms = time.ticks_ms()
    while not permit.granted(time.ticks_ms()):
        if ticks_diff(time.ticks_ms(), since_ms) > _PERMIT_AFTER_TCP_MS:
            connection.close()
            raise ConnectError("postponed", "somebody is in view")
        await wait(_PERMIT_POLL_MS)
    permit.taken()
