"""sys of the stock image."""

import io as _io
from collections import namedtuple as _namedtuple

import micropython
import usys as _usys

import _chip
from _chk import no_name as __getattr__  # noqa: F401

__name__ = "sys"

_FAR_US = 500_000_000
_POLL = 3  # MP_STREAM_POLL
_READABLE = 1
_WRITABLE = 4


class TextIOWrapper:
    """Console input; `text` decodes."""

    def __init__(self, text):
        self._text = text
        self._pollable = _pollable
        if text:
            self.buffer = type(self)(False)

    @micropython.native
    def readinto(self, buf, size=-1):
        view = memoryview(buf)
        n = len(view) if size < 0 else min(size, len(view))
        done = 0
        while done < n:
            _wait_input()
            got = _chip.read(0, view[done:], n - done)
            if got > 0:
                done += got
        return done

    @micropython.native
    def read(self, size=-1):
        buf = bytearray()
        while size < 0 or len(buf) < size:
            piece = bytearray(1 if size < 0 else size - len(buf))
            self.readinto(piece)
            if size < 0 and piece == b"\x04":
                break
            buf.extend(piece)
        return str(buf, "utf-8") if self._text else bytes(buf)

    @micropython.native
    def readline(self, size=-1):
        buf = bytearray()
        piece = bytearray(1)
        while size < 0 or len(buf) < size:
            self.readinto(piece)
            buf.extend(piece)
            if piece == b"\n":
                break
        return str(buf, "utf-8") if self._text else bytes(buf)

    def readlines(self):
        return [self.readline()]

    def close(self):
        pass

    @micropython.native
    def write(self, data, *span):
        return (stdout if self._text else stdout.buffer).write(data, *span)


class _Pollable(_io.IOBase):
    """What the interpreter polls in place of the console."""

    @micropython.native
    def ioctl(self, request, flags):
        if request != _POLL:
            return 0
        return flags & (_WRITABLE | (_READABLE if _chip.input_ready() else 0))


_pollable = _Pollable()


@micropython.native
def _wait_input():
    while not _chip.await_input(_FAR_US):
        pass


class _Output(TextIOWrapper):
    """Console output; text gets its LF turned into CRLF."""

    def __init__(self, text):
        self._text = text
        self._pollable = _pollable
        if text:
            self.buffer = _Output(False)

    @micropython.native
    def write(self, data, *span):
        if not isinstance(data, (str, bytes, bytearray, memoryview)):
            raise TypeError("object with buffer protocol required")
        raw = data.encode() if isinstance(data, str) else data
        if span:  # (size) or (offset, size)
            start = span[0] if len(span) > 1 else 0
            raw = memoryview(raw)[start : start + span[-1]]
        if self._text:
            _chip.write_all(raw)
        else:
            _chip.write_raw(raw)
        return len(raw)

    def flush(self):
        pass


stdin = TextIOWrapper(True)
stdout = _Output(True)
stderr = stdout
argv = []
byteorder = "little"
maxsize = 0x7FFFFFFF
platform = "esp32"
version = "3.4.0; MicroPython v1.26.1 on 2025-09-11"
version_info = (3, 4, 0)
ps1 = ">>> "
ps2 = "... "
path = _usys.path
modules = _usys.modules
exit = _usys.exit
print_exception = _usys.print_exception
_Implementation = _namedtuple("", ("name", "version", "_machine", "_mpy", "_build", "_thread"))
# _mpy is the stock image's: bytecode version 6.3, native code of xtensawin (which cannot run here).
implementation = _Implementation(
    "micropython", (1, 26, 1, ""), "Generic ESP32 module with ESP32", 11014, "ESP32_GENERIC", "GIL"
)

del TextIOWrapper, micropython
