"""The silicon under the chip's modules: flash, the chip's own clock, the log of the pins."""

import micropython
import ujson

import _regs as R
from _clock import CLOCK_MONOTONIC, clock_gettime, now, now_ms  # noqa: F401
from _map import FLASH_FD, exit_process, get, libc, map_fd, ppoll, put, ram, read, write  # noqa: F401
from _map import word as _word

_now_ts = bytearray(8)

flash_size = get(R.FLASH_SIZE)
flash = map_fd(FLASH_FD, flash_size)


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
