"""Asks time servers, and remembers the time for the next start. Loaded for the moment that it takes."""

import asyncio
import os
import socket
import time

from sign import loading
from sign.compat import const, ticks_diff
from sign.hal import clock
from sign.proto import ntp

_TIMEOUT_MS = const(2_000)
_POLL_MS = const(20)
# An answer that would move a clock that is right by more than this needs the word of another one.
_JUMP_MS = const(60_000)
_AGREE_MS = const(5_000)


async def save(keeper):
    """Remember the time, a stall: certificates of the next start are checked against nothing earlier."""
    from sign.hal import store

    try:
        store.replace("clock", str(clock.utc_ms() // 1000).encode())
    finally:
        loading.forget("hal.store")


async def ask(keeper):
    """Ask the servers in turn until one is believed; that of the names first, which mostly is the router."""
    dns_server = keeper.network.dns_server()
    for host, port in [(dns_server, ntp.PORT)] + keeper.servers:
        keeper.alive()
        try:
            said_ms = await _asked(host, port, dns_server)
        except OSError:
            continue
        if said_ms is not None and _believe(keeper, said_ms):
            return


def _believe(keeper, said_ms):
    """Whether the clock now shows what a server said. Its word is not signed: it can only move the clock far
    when two say the same."""
    if not clock.is_possible(said_ms):
        return False
    if clock.right:
        doubt_ms = said_ms - clock.utc_ms()
        before_ms, keeper.doubt_ms = keeper.doubt_ms, doubt_ms
        if abs(doubt_ms) > _JUMP_MS and (before_ms is None or abs(doubt_ms - before_ms) > _AGREE_MS):
            return False
    keeper.doubt_ms = None
    clock.set_right(said_ms // 1000, said_ms % 1000)
    return True


async def _asked(host, port, dns_server):
    """UTC in ms now by that server, None when it does not say; OSError."""
    address = await _address(host, dns_server)
    nonce = os.urandom(8)
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        asker.setblocking(False)
        asker.sendto(ntp.question(nonce), socket.getaddrinfo(address, port)[0][-1])
        asked_ms = time.ticks_ms()
        while ticks_diff(time.ticks_ms(), asked_ms) < _TIMEOUT_MS:
            await asyncio.sleep_ms(_POLL_MS)
            data = _received(asker)
            said_ms = ntp.answer(data, nonce)
            if said_ms is not None:
                return said_ms + ticks_diff(time.ticks_ms(), asked_ms) // 2
            if ntp.sends_away(data, nonce):
                return None
        return None
    finally:
        asker.close()


def _received(asker):
    try:
        return asker.recv(64)
    except OSError:
        return b""  # nothing there yet


async def _address(host, dns_server):
    from sign.services import resolver

    try:
        return await resolver.resolve(host, dns_server)
    except resolver.ResolveError as error:
        raise OSError(error.why)
    finally:
        resolver = None
        loading.forget("services.resolver")
