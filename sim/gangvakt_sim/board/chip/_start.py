"""Starts the chip: its modules replace the interpreter's own, then the image's start-up follows."""

import gc

import micropython
import usys
import vfs

import __main__
import _chip as _c
import _regs as R
from _clock import join_asyncio

# (file, name): builtin modules that only sys.modules can replace, in the order of their needs.
_REPLACED = (("_sys", "sys"), ("_gc", "gc"), ("_micropython", "micropython"), ("_gil", "_thread"))
_REPLACED += (("_vfs", "vfs"), ("_tls", "tls"))
_FIRST = "select errno os"
_REST = "platform socket machine _onewire esp32 esp network espnow aioespnow ssl"
_U_NAMES = "time select errno os socket"
_BALLAST_SIZES = (8192, 1024, 128, 32)
# The table of names doubles when it is full. Beside the model's 1450 names the next step, 18 KB, would come
# from the program's heap, where the chip's own table takes small ones: so it is taken beforehand.
_NAMES = 1120
_SEARCH = ["", ".frozen", "/lib"]


def _load():
    """Import everything of the chip while its files can still be reached."""
    import _frozen

    loaded = usys.modules
    replacements = [(name, __import__(file)) for file, name in _REPLACED[:4]]
    for name in _FIRST.split():
        __import__(name)
    join_asyncio()
    __import__("time")
    replacements += [(name, __import__(file)) for file, name in _REPLACED[4:]]
    for name, module in replacements:
        loaded[name] = module
    for name in _REST.split():
        __import__(name)
    for name in _U_NAMES.split():
        loaded["u" + name] = loaded[name]
    import _boot
    import _repl

    _frozen.install()
    return _boot, _repl


def _grow_table_of_names():
    for number in range(_NAMES):
        hasattr(_c, "~%d" % number)


def _hide():
    """Leave no trace of the interpreter's own surroundings."""
    vfs.umount("/")
    usys.path[:] = _SEARCH
    scope = __main__.__dict__
    for name in tuple(scope):
        if name not in ("__name__", "__dict__", "__class__"):
            del scope[name]


def _fill_rest():
    """Take what the chip's heap would not have: all but the reserve."""
    gc.collect()
    # A chain: a list would have to grow. Each piece stands behind the link to those before it, so that the
    # collector is done with the piece when it follows the link. The other way round the pieces overflow its
    # stack of 64 blocks, and it walks through the whole heap once for every 64 links.
    kept = None
    for size in _BALLAST_SIZES:
        try:
            while True:
                kept = (kept, bytearray(size))
        except MemoryError:
            pass
    return kept


def _report_heap():
    gc.collect()
    _c.put(R.HEAP_FREE, gc.mem_free())
    _c.put(R.SHIM_BYTES, gc.mem_alloc())


@micropython.native
def _descend(run):
    """Use up C stack until recursion ends where it does on the chip, then run."""
    if micropython.stack_use() < _c.get(R.RECURSION_STACK):
        _descend(run)
    else:
        run()


@micropython.native
def _session():
    """boot.py, main.py and the prompts until a soft reset (main.c)."""
    boot, repl = _modules
    scope = __main__.__dict__
    _c.interrupt_char(-1)
    boot.mount_root()
    real_collect()
    _c.put(R.PHASE, R.PHASE_BOOT_PY)
    result = repl.run_file("boot.py", scope)
    if result == repl.EXIT:
        return
    if result == repl.DONE and _c.get(R.REPL_MODE) == R.REPL_FRIENDLY:
        _c.put(R.PHASE, R.PHASE_MAIN_PY)
        if repl.run_file("main.py", scope) == repl.EXIT:
            return
    _c.put(R.PHASE, R.PHASE_REPL)
    while True:
        if _c.get(R.REPL_MODE) == R.REPL_RAW:
            if repl.raw_prompt(scope):
                return
            _c.put(R.REPL_MODE, R.REPL_FRIENDLY)
        else:
            if repl.friendly_prompt(scope):
                return
            _c.put(R.REPL_MODE, R.REPL_RAW)


@micropython.native
def _run():
    try:
        _session()
    except BaseException as error:
        usys.print_exception(error)
    _c.write_all("MPY: soft reboot\n")
    _c.leave(R.REQUEST_SOFT)


real_collect = _c.real_collect
# In one piece, as on the chip: everything else finds its place elsewhere.
_reserve = bytearray(_c.get(R.HEAP_BYTES))
_modules = _load()
_grow_table_of_names()
_hide()
_ballast = _fill_rest()
_reserve = None
_report_heap()
_c.open_console()
micropython.kbd_intr(3)
_c.start_interrupts()
_descend(_run)
