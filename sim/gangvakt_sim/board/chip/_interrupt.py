"""Ctrl-C: sets the main program's pending exception, as the chip's UART interrupt does.

A SIGINT would not do: its handler on the unix port raises at once, wherever the program is, be it in the
middle of a garbage collection or in another thread. So the word of the interpreter's state that the chip's
interrupt sets (`mp_state_ctx.thread.mp_pending_exception`, py/mpstate.h) is looked for and set here; the
program sees it at its next jump or in a sleep.
"""

import micropython
import uctypes

# py/mpstate.h: dict_locals, dict_globals, nlr_top, nlr_jump_callback_top, mp_pending_exception.
_BEHIND_DICT_LOCALS = 4


def _data_page():
    """The interpreter's own variables as (first address, end)."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            fields = line.split()
            if len(fields) > 5 and fields[1].startswith("rw") and fields[5].endswith("/micropython"):
                first, end = fields[0].split("-")
                return int(first, 16), int(end, 16)
    raise OSError("the interpreter's variables were not found")


@micropython.viper
def _find_dicts(page: ptr32, words: int, module_dict: int) -> int:
    i = 0
    while i < words - 1:
        if page[i] == module_dict:  # noqa: SIM102 (no `and` in viper)
            if page[i + 1] == module_dict:
                return i
        i += 1
    return -1


_first, _end = _data_page()
_page = uctypes.bytearray_at(_first, _end - _first)
# While a module is being loaded both of the interpreter's dictionaries are the module's own.
_slot = _find_dicts(_page, (_end - _first) // 4, id(globals())) + _BEHIND_DICT_LOCALS
if _slot < _BEHIND_DICT_LOCALS:
    raise OSError("the interpreter's state was not found")
_exception = KeyboardInterrupt()
_address = id(_exception)


@micropython.viper
def interrupt():
    """Raise KeyboardInterrupt in the main program at its next jump; from any thread, without allocating."""
    exception = ptr32(_address)
    exception[1] = 0  # length and room of the traceback that an earlier raise has left
    exception[2] = 0
    page = ptr32(_page)
    page[int(_slot)] = int(_address)


def _prove():
    """Whether the word found is the right one: the interpreter's version could have moved it."""
    try:
        interrupt()
        for _ in range(2):
            pass
    except KeyboardInterrupt:
        return
    raise OSError("the interpreter does not see its pending exception")


_prove()
