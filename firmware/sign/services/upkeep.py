"""Makes room for events; notes the time, asks for it and remembers it. Loaded for that moment."""

import asyncio
import os
import socket
import time

from sign import loading
from sign.compat import const, micropython, ticks_diff
from sign.core import events
from sign.hal import clock

_PORT = const(123)
_TIMEOUT_MS = const(2_000)
_POLL_MS = const(20)
# An answer that would move a clock that is right by more than this needs the word of another one.
_JUMP_MS = const(60_000)
_DAY_MS = const(86_400_000)
_NEWS_MS = const(2_000)
_SAVED_S = const(21_600)  # the flash is spared what tells so little more
_AGREE_MS = const(5_000)


async def work(keeper, is_stall):
    """Note what is new, remember it where that is due, ask where nobody has told. `is_stall`: this is the
    moment to make room."""
    if is_stall:
        _make_room(keeper.armed.outbox.flash)
    _note(keeper)
    _save(keeper.armed.detector)
    link = keeper.status.link
    if not is_stall and link and link.network.up and clock.quality() != "utc":
        await _ask(keeper, link.network.dns_server())
        _note(keeper)


def _make_room(ring):
    from sign.core import ring_room

    try:
        ring_room.make_room(ring)
    finally:
        ring_room = None
        loading.forget("core.ring_room")


def _note(keeper):
    """Record how UTC and uptime belong together, when that is news: it restamps what came before."""
    now_ms, quality = clock.utc_ms(), clock.quality()
    if now_ms is None:
        return
    armed = keeper.armed
    base_ms = now_ms - armed.uptime.total_ms()
    if keeper.told is None or keeper.told[0] != quality or abs(base_ms - keeper.told[1]) > _NEWS_MS:
        event = events.CLOCK_SET, armed.uptime, 0, now_ms // _DAY_MS, now_ms % _DAY_MS
        micropython.schedule(armed.outbox.note, event)
        keeper.told = quality, base_ms


def _save(detector):
    """Remember the time that the controller told, a stall: certificates are checked by nothing earlier."""
    if not clock.is_sure or not detector.stall_allowed(time.ticks_ms()):
        return
    utc_s = clock.utc_ms() // 1000
    if utc_s - clock.floor_s < _SAVED_S:
        return
    from sign.hal import store

    try:
        store.replace("clock", str(utc_s).encode())
        clock.raise_to(utc_s)
    finally:
        loading.forget("hal.store")


async def _ask(keeper, dns_server):
    """Ask the servers in turn until one is believed; that of the names first, which mostly is the router."""
    for host, port in [(dns_server, _PORT)] + keeper.servers:
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
    from sign.proto import ntp

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
        loading.forget("proto.ntp")


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
