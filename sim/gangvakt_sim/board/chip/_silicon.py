"""The bottom of the chip: the memory shared with the host, the clock, the log of the pins.

Functions marked viper or native leave no line in a traceback and run no callbacks at their jumps, as C does.
The names `R.*` stand for numbers: the host puts those of _regs.py in their place when it builds the chip.
"""

import ffi
import micropython
import uctypes
import ujson
import uos
import utime

import _regs as R

CLOCK_MONOTONIC = 1
PROT_READ_WRITE = 3
MAP_SHARED = 1

RAM_FD, FLASH_FD, POKE_FD, LIFE_FD = [int(x) for x in uos.getenv("GANGVAKT_BOARD_FDS").split(",")]

libc = ffi.open("libc.so.6")
_mmap = libc.func("I", "mmap", "IIiiii")
clock_gettime = libc.func("i", "clock_gettime", "ip")
ppoll = libc.func("i", "ppoll", "pIpp")
read = libc.func("i", "read", "ipI")
write = libc.func("i", "write", "ipI")
exit_process = libc.func("v", "_exit", "i")


def _map(fd, size):
    return uctypes.bytearray_at(_mmap(0, size, PROT_READ_WRITE, MAP_SHARED, fd, 0), size)


ram = _map(RAM_FD, R.SIZE)
now = utime.ticks_us  # low 30 bits of CLOCK_MONOTONIC in us
_now_ts = bytearray(8)


@micropython.viper
def get(i: int) -> int:
    p = ptr32(ram)
    return p[i]


@micropython.viper
def put(i: int, v: int):
    p = ptr32(ram)
    p[i] = v


flash_size = get(R.FLASH_SIZE)
flash = _map(FLASH_FD, flash_size)


def esp_error(code, name):
    """The exception of a failed IDF call."""
    return OSError(code, name)


ESP_FAIL = (1, "ESP_FAIL")
INVALID_ARG = (-258, "ESP_ERR_INVALID_ARG")
INVALID_STATE = (-259, "ESP_ERR_INVALID_STATE")
INVALID_SIZE = (-260, "ESP_ERR_INVALID_SIZE")


def host_config():
    """What the host tells about the world outside, as a dict: {"wifi": {ssid: psk}, ...}."""
    n = ram[R.CONFIG_BYTE] | ram[R.CONFIG_BYTE + 1] << 8
    return ujson.loads(bytes(ram[R.CONFIG_BYTE + 2 : R.CONFIG_BYTE + 2 + n]))


def leave(request):
    """End this run of the interpreter; the host starts the next as `request` says."""
    put(R.RESET_REQUEST, request)
    exit_process(0)


@micropython.viper
def _word(buf, i: int) -> int:
    p = ptr32(buf)
    return p[i]


def _monotonic():
    clock_gettime(CLOCK_MONOTONIC, _now_ts)
    return _word(_now_ts, 0), _word(_now_ts, 1) // 1000


def clock():
    """(s, us) since 2000 by the chip's clock."""
    s, us = _monotonic()
    us += get(R.RTC_OFFSET_US)
    return s + get(R.RTC_OFFSET_S) + us // 1000000, us % 1000000


def set_clock(s, us):
    """Set the chip's clock to `s` seconds and `us` since 2000."""
    now_s, now_us = _monotonic()
    put(R.RTC_OFFSET_S, s - now_s)
    put(R.RTC_OFFSET_US, us - now_us)


# -- log of what the pins do


@micropython.viper
def log(kind: int, t: int, a: int, b: int, c: int, d: int):
    p = ptr32(ram)
    head = p[R.LOG_HEAD]
    if head - p[R.LOG_TAIL] >= R.LOG_RECORDS:
        p[R.LOG_LOST] = p[R.LOG_LOST] + 1
    else:
        i = R.LOG + (head & (R.LOG_RECORDS - 1)) * R.LOG_WORDS
        p[i] = kind
        p[i + 1] = t
        p[i + 2] = a
        p[i + 3] = b
        p[i + 4] = c
        p[i + 5] = d
        p[R.LOG_HEAD] = head + 1


@micropython.viper
def push_pulse(duration: int, level: int):
    p = ptr32(ram)
    head = p[R.PULSE_HEAD]
    p[R.PULSE + (head & (R.PULSES - 1))] = (duration << 1) | level
    p[R.PULSE_HEAD] = (head + 1) & 0x3FFFFFFF
