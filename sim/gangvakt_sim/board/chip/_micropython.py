"""micropython of the stock image."""

import micropython

import _chip as _c
import _regs as R

__name__ = "micropython"

const = micropython.const
RingIO = micropython.RingIO
heap_lock = micropython.heap_lock
heap_unlock = micropython.heap_unlock
mem_info = micropython.mem_info
opt_level = micropython.opt_level
qstr_info = micropython.qstr_info
schedule = _c.schedule
_stack_use = micropython.stack_use


@micropython.viper
def alloc_emergency_exception_buf(size: int):
    # This interpreter keeps such a buffer already.
    pass


@micropython.viper
def kbd_intr(char: int):
    _c.interrupt_char(char)


@micropython.viper
def stack_use() -> int:
    return int(_stack_use()) - int(_c.get(R.RECURSION_STACK))


del micropython
