"""Virtual time: two words in the shared memory, which pass only while everything waits.

The interpreter's C code asks the C library, through an entry of its table of addresses: that entry is made to
point to a few instructions that read the two words. So ticks, asyncio's queue and whatever is C have this
clock. Who asks sees a little time pass, so that a program that waits without sleeping comes to its end.
"""

import ffi
import micropython
import uctypes
import utime

import _regs as R
from _map import libc, ram

CLOCK_MONOTONIC = 1
_ASKED = "__clock_gettime64"  # into struct __timespec64: i64 seconds, i32 nanoseconds, i32 padding
_PAGE = 4096
_RW, _RWX, _PRIVATE_ANONYMOUS = 3, 7, 0x22
_mmap = libc.func("I", "mmap", "IIiiii")
_mprotect = libc.func("i", "mprotect", "IIi")


def _word(value):
    return value.to_bytes(4, "little")


def _instructions():
    """i386: add 2 us to the words, hand them out, return 0."""
    base, s, us = _word(uctypes.addressof(ram)), _word(4 * R.V_S), _word(4 * R.V_US)
    second, thousand, nothing = _word(1000000), _word(1000), _word(0)
    code = b"\xba" + base + b"\x8b\x8a" + us + b"\x83\xc1\x02"  # edx = memory, ecx = us + 2
    code += b"\x81\xf9" + second + b"\x72\x0c"  # unless it is a whole second:
    code += b"\x81\xe9" + second + b"\xff\x82" + s  # take it off, count it
    code += b"\x89\x8a" + us + b"\x69\xc9" + thousand + b"\x8b\x44\x24\x08"  # keep us; eax = second argument
    code += b"\x89\x48\x08\x8b\x8a" + s + b"\x89\x08"  # nanoseconds, seconds
    return code + b"\xc7\x40\x04" + nothing + b"\xc7\x40\x0c" + nothing + b"\x31\xc0\xc3"


def _own_pages():
    """(first address, size) of what the interpreter has mapped of its own file, but for its code."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.split()
            if (
                len(fields) > 5
                and fields[1][0] == "r"
                and "x" not in fields[1]
                and fields[5].endswith("/micropython")
            ):
                first, end = fields[0].split("-")
                yield int(first, 16), int(end, 16) - int(first, 16)


@micropython.viper
def _find(page: ptr32, words: int, value: int) -> int:
    i = 0
    while i < words:
        if page[i] == value:
            return i
        i += 1
    return -1


def _replace(target, by):
    for first, size in _own_pages():
        page = uctypes.bytearray_at(first, size)
        at = 4 * _find(page, size // 4, target)
        if at >= 0:
            _mprotect((first + at) & ~(_PAGE - 1), _PAGE, _RW)
            page[at : at + 4] = _word(by)
            return
    raise OSError(
        "this interpreter does not take its time from %s: virtual time needs one that does" % _ASKED
    )


_code = _instructions()
_place = _mmap(0, _PAGE, _RWX, _PRIVATE_ANONYMOUS, -1, 0)
uctypes.bytearray_at(_place, len(_code))[:] = _code
_replace(ffi.open("libc.so.6").addr(_ASKED), _place)

now = utime.ticks_us
now_ms = utime.ticks_ms


@micropython.viper
def pass_us(us: int):
    """Let `us` pass, at most 2^30."""
    p = ptr32(ram)
    us += p[R.V_US]
    p[R.V_S] = p[R.V_S] + us // 1000000
    p[R.V_US] = us % 1000000


@micropython.viper
def clock_gettime(which: int, into):
    p = ptr32(ram)
    ts = ptr32(into)
    ts[0] = p[R.V_S]
    ts[1] = p[R.V_US] * 1000


def join_asyncio():
    """Import asyncio, which counts by the interpreter's own ticks: the same clock."""
    import usys

    usys.modules["time"] = utime
    import asyncio  # noqa: F401

    del usys.modules["time"]
