"""gc of the stock image: figures without the model's own heap, collections as slow as the chip's."""

import gc as _gc

import micropython

import _chip
import _regs as R
from _chk import no_name as __getattr__  # noqa: F401

__name__ = "gc"

collect = _chip.gc_collect
disable = _gc.disable
enable = _gc.enable
isenabled = _gc.isenabled
mem_free = _gc.mem_free
threshold = _gc.threshold
_alloc = _gc.mem_alloc


@micropython.viper
def mem_alloc() -> int:
    return int(_alloc()) - int(_chip.get(R.SHIM_BYTES))


del micropython
