"""Arguments as the chip's C code takes them, with its error texts. Native: no callback runs meanwhile."""

import micropython

REQUIRED = object()


@micropython.native
def parse(args, kw, positional, keyword=()):
    """Values of `positional` and then `keyword` parameters, both ((name, default), ...), as a list."""
    if len(args) > len(positional):
        raise TypeError("extra positional arguments given")
    values = list(args)
    used = 0
    for name, default in positional[len(args) :] + tuple(keyword):
        if name in kw:
            used += 1
            values.append(kw[name])
        elif default is REQUIRED:
            raise TypeError("'%s' argument required" % name)
        else:
            values.append(default)
    if used < len(kw):
        raise TypeError("extra keyword arguments given")
    return values


@micropython.native
def integer(value):
    """Of `value`, what mp_obj_get_int makes."""
    if type(value) is int or type(value) is bool:
        return int(value)
    raise TypeError("can't convert %s to int" % type(value).__name__)


@micropython.native
def word(value):
    """An int of 32 bits; OverflowError beyond."""
    value = integer(value)
    if not -0x80000000 <= value <= 0x7FFFFFFF:
        raise OverflowError("overflow converting long int to machine word")
    return value


@micropython.native
def number(value):
    """Of `value`, what mp_obj_get_float makes."""
    if isinstance(value, (int, float)):
        return value
    raise TypeError("can't convert %s to float" % type(value).__name__)


@micropython.native
def buffer(value):
    """`value` if it can be read as bytes."""
    if isinstance(value, (bytes, bytearray, memoryview, str)):
        return value
    try:
        memoryview(value)
    except TypeError:
        raise TypeError("object with buffer protocol required")
    return value


@micropython.native
def writable(value):
    """`value` if bytes can be stored in it."""
    if isinstance(value, (bytes, str)):
        raise TypeError("object with buffer protocol required")
    return buffer(value)


@micropython.native
def text(value):
    """`value` as str."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return str(value, "utf-8")
    raise TypeError("can't convert '%s' object to str implicitly" % type(value).__name__)


@micropython.native
def sequence(value, size=-1):
    """`value` if it is a tuple or list (of `size` items)."""
    if not isinstance(value, (tuple, list)):
        raise TypeError("object '%s' isn't a tuple or list" % type(value).__name__)
    if size >= 0 and len(value) != size:
        raise ValueError("requested length %d but object has length %d" % (size, len(value)))
    return value


@micropython.native
def count(args, least, most):
    """Refuse a wrong number of positional arguments (self not counted in `args`, but in the text)."""
    n = len(args) + 1
    if n > most + 1:
        if least == most:
            raise TypeError("function takes %d positional arguments but %d were given" % (least + 1, n))
        raise TypeError("function expected at most %d arguments, got %d" % (most + 1, n))
    if n < least + 1:
        raise TypeError("function missing %d required positional arguments" % (least + 1 - n))


@micropython.native
def no_setattr(self, name, value):
    """__setattr__ of objects that take no attributes."""
    raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))
