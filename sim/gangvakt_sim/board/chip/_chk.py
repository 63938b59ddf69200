"""Argument checks with the error texts of the chip's C code, shared by the modules that model it.

What stands for C code is native: it leaves no line in a traceback and runs no callbacks at its jumps.
"""

import micropython


@micropython.native
def as_int(value):
    """Return `value` as the int C code would see; TypeError as from mp_obj_get_int."""
    if value is True or value is False or isinstance(value, int):
        return int(value)
    raise TypeError("can't convert %s to int" % type(value).__name__)


@micropython.native
def as_float(value):
    """Return `value` as float; a str is refused, as mp_obj_get_float does."""
    if isinstance(value, (str, bytes)):
        raise TypeError("can't convert %s to float" % type(value).__name__)
    return float(value)


@micropython.native
def as_str(value):
    """Return a str or bytes as str; TypeError as from mp_obj_str_get_data."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError("can't convert '%s' object to str implicitly" % type(value).__name__)


@micropython.native
def as_buffer(value, size=None):
    """Return a view on a buffer; `size` is its only allowed length in bytes."""
    view = memoryview(value)
    if size is not None and len(view) != size:
        raise ValueError("invalid buffer length")
    return view


@micropython.native
def no_name(name):
    """Raise what the chip raises for a name that a module does not have (module-level __getattr__)."""
    raise AttributeError("'module' object has no attribute '%s'" % name)


@micropython.native
def fixed_tuple(value, size):
    """Return `value` if it is a tuple or list of `size` items; errors as from mp_obj_get_array_fixed_n."""
    if not isinstance(value, (tuple, list)):
        raise TypeError("object '%s' isn't a tuple or list" % type(value).__name__)
    if len(value) != size:
        raise ValueError("requested length %d but object has length %d" % (size, len(value)))
    return value
