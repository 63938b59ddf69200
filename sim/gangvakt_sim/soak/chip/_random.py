"""Bytes by chance that are the same for the same seed."""

import micropython

import _regs as R
from _map import put, ram
from _wait import call_host


@micropython.native
def urandom(count):
    """`count` bytes from the host."""
    put(R.V_ARG, count)
    call_host(R.V_CALL_RANDOM)
    return bytes(ram[R.NET_TX_BYTE : R.NET_TX_BYTE + count])
