"""esp of the stock image."""

import micropython

import _arg
import _chip as _c
import _partition as _p
from _chk import no_name as __getattr__  # noqa: F401

LOG_NONE = 0
LOG_ERROR = 1
LOG_WARNING = 2
LOG_INFO = 3
LOG_DEBUG = 4
LOG_VERBOSE = 5
_EIO = 5


@micropython.native
def osdebug(*args):
    pass


@micropython.viper
def flash_size() -> int:
    return int(_c.flash_size)


@micropython.viper
def flash_user_start() -> int:
    return 0x200000


def _check(at, size):
    at = _arg.integer(at)
    if not 0 <= at <= _c.flash_size - size:
        raise OSError(_EIO)
    return at


@micropython.viper
def flash_read(at, buf):
    _p.flash_read(_check(at, len(buf)), buf, 0, len(buf))


@micropython.viper
def flash_write(at, buf):
    _p.flash_write(_check(at, len(buf)), buf, 0, len(buf))


@micropython.viper
def flash_erase(sector):
    _p.flash_erase(_check(int(sector) * 4096, 4096), 4096)


gpio_matrix_in = osdebug
gpio_matrix_out = flash_size

del micropython
