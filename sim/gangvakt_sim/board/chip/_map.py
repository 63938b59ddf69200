"""The bottom of the chip: the C library, and the memory that it shares with the host.

Functions marked viper or native leave no line in a traceback and run no callbacks at their jumps, as C does.
The names `R.*` stand for numbers: the host puts those of _regs.py in their place when it builds the chip.
"""

import ffi
import micropython
import uctypes
import uos

import _regs as R

PROT_READ_WRITE = 3
MAP_SHARED = 1

RAM_FD, FLASH_FD, POKE_FD, LIFE_FD = [int(x) for x in uos.getenv("GANGVAKT_BOARD_FDS").split(",")]

libc = ffi.open("libc.so.6")
_mmap = libc.func("I", "mmap", "IIiiii")
ppoll = libc.func("i", "ppoll", "pIpp")
read = libc.func("i", "read", "ipI")
write = libc.func("i", "write", "ipI")
exit_process = libc.func("v", "_exit", "i")


def map_fd(fd, size):
    """The file as a bytearray that both sides see."""
    return uctypes.bytearray_at(_mmap(0, size, PROT_READ_WRITE, MAP_SHARED, fd, 0), size)


ram = map_fd(RAM_FD, R.SIZE)


@micropython.viper
def get(i: int) -> int:
    p = ptr32(ram)
    return p[i]


@micropython.viper
def put(i: int, v: int):
    p = ptr32(ram)
    p[i] = v


@micropython.viper
def word(buf, i: int) -> int:
    p = ptr32(buf)
    return p[i]
