"""Host names to IPv4 addresses by our own UDP question: `getaddrinfo` stops the whole chip for seconds."""

import asyncio
import os
import socket
import time

from sign.compat import const, ticks_diff

_DNS_PORT = const(53)
_TIMEOUT_MS = const(3000)
_POLL_MS = const(50)
_ANSWER_BYTES_MAX = const(512)
_NAME_BYTES_MAX = const(253)
_LABEL_BYTES_MAX = const(63)
_HEADER_BYTES = const(12)
RECURSION_DESIRED = b"\x01\x00"
TYPE_A_CLASS_IN = b"\x00\x01\x00\x01"
_IS_ANSWER = const(0x80)
_RCODE_MASK = const(0x0F)
_POINTER_MASK = const(0xC0)


class ResolveError(Exception):
    """`host` could not be resolved; `why` says what was wrong."""

    def __init__(self, host, why):
        super().__init__(host, why)
        self.host = host
        self.why = why


def is_address(host):
    """Whether `host` is a dotted IPv4 address already."""
    parts = host.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def question(query_id, host):
    """DNS query (RFC 1035) for the A record of `host`; `query_id` is two bytes."""
    labels = host.encode().split(b".")
    if len(host) > _NAME_BYTES_MAX or not all(0 < len(label) <= _LABEL_BYTES_MAX for label in labels):
        raise ResolveError(host, "not a host name")
    name = b"".join(bytes((len(label),)) + label for label in labels) + b"\x00"
    return query_id + RECURSION_DESIRED + b"\x00\x01" + b"\x00" * 6 + name + TYPE_A_CLASS_IN


def answer(query, data):
    """First A record of the reply `data` to `query` as dotted text, None when it does not answer it.

    Raises IndexError on a reply that ends too early.
    """
    if data[:2] != query[:2] or not data[2] & _IS_ANSWER or data[3] & _RCODE_MASK:
        return None
    at = len(query)
    if data[_HEADER_BYTES:at] != query[_HEADER_BYTES:]:
        return None
    for _ in range(data[6] << 8 | data[7]):
        at = _skip_name(data, at)
        length = data[at + 8] << 8 | data[at + 9]
        if data[at : at + 4] == TYPE_A_CLASS_IN and length == 4:
            return "%d.%d.%d.%d" % (data[at + 10], data[at + 11], data[at + 12], data[at + 13])
        at += 10 + length
    return None


def _skip_name(data, at):
    while data[at]:
        if data[at] & _POINTER_MASK:
            return at + 2
        at += 1 + data[at]
    return at + 1


async def resolve(host, dns_server):
    """Dotted address of `host`, asked of `dns_server` when it is a name. ResolveError after 3 s."""
    if is_address(host):
        return host
    query = question(os.urandom(2), host)
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        asker.setblocking(False)
        asker.sendto(query, socket.getaddrinfo(dns_server, _DNS_PORT)[0][-1])
        return await _await_answer(asker, host, query)
    finally:
        asker.close()


async def _await_answer(asker, host, query):
    asked_ms = time.ticks_ms()
    while ticks_diff(time.ticks_ms(), asked_ms) < _TIMEOUT_MS:
        await asyncio.sleep_ms(_POLL_MS)
        try:
            data = asker.recv(_ANSWER_BYTES_MAX)
        except OSError:
            continue  # nothing there yet
        try:
            address = answer(query, data)
        except IndexError:
            address = None
        if address:
            return address
    raise ResolveError(host, "no answer")
