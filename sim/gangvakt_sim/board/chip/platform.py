"""platform of the stock image."""

from _chk import no_name as __getattr__  # noqa: F401


def platform():
    return "MicroPython-1.26.1-xtensa-IDFv5.4.2-with-newlib4.3.0"


def libc_ver():
    return "newlib", "4.3.0"


def python_compiler():
    return "GCC 14.2.0"
