"""_thread of the stock image. Here threads run truly in parallel, without the lock that the chip has."""

import _thread as _t

import micropython
import usys as _sys

import _chip
from _chk import no_name as __getattr__  # noqa: F401

__name__ = "_thread"

LockType = _t.LockType
allocate_lock = _t.allocate_lock
exit = _t.exit
get_ident = _t.get_ident

_SMALLEST = 8192
_START_US = 1000  # on the chip, who starts a thread goes on first
_usleep = _chip.libc.func("i", "usleep", "i")
_size = [0]


@micropython.native
def stack_size(*args):
    before = _size[0]
    _size[0] = max(args[0], _SMALLEST) if args and args[0] else 0
    return before


@micropython.native
def _run(function, args, kw):
    _usleep(_START_US)
    try:
        function(*args, **kw)
    except SystemExit:
        pass
    except Exception as error:
        print("Unhandled exception in thread started by", function)
        _sys.print_exception(error)


@micropython.native
def start_new_thread(function, args, *more):
    if not isinstance(args, (tuple, list)):
        raise TypeError("object '%s' isn't a tuple or list" % type(args).__name__)
    return _t.start_new_thread(_run, (function, args, more[0] if more else {}))


del micropython
