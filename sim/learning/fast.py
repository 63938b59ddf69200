"""The firmware's decision code at the speed of machine code: numba compiles what MicroPython's `viper` does.

Import it before anything of `sign.core`.
"""

from __future__ import annotations

import numba

from sign import compat

compat.micropython.viper = staticmethod(numba.njit)
compat.ptr8 = compat.ptr16 = compat.ptr32 = numba.njit(lambda buffer: buffer)
