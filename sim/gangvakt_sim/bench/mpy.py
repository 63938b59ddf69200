"""How much machine code a compiled module holds, read from its .mpy file (format 6 of MicroPython 1.26)."""

from __future__ import annotations

MAGIC, VERSION = ord("M"), 6
HEADER_BYTES = 4
BYTECODE, NATIVE, VIPER, ASSEMBLER = range(4)
FUN_TABLE, TEXT, BYTES, TUPLE = 0, 5, 6, 10
LAST_WITHOUT_VALUE = 4  # None, False, True, ...


def machine_code_bytes(module: bytes) -> int:
    """Bytes of native and viper functions, which lie outside of Python's heap. ValueError for no .mpy."""
    if len(module) < HEADER_BYTES or module[0] != MAGIC or module[1] != VERSION:
        raise ValueError(f"not a module of format {VERSION}: {module[:HEADER_BYTES].hex()}")
    reader = _Reader(module)
    try:
        names, objects = reader.number(), reader.number()
        for _ in range(names):
            reader.skip_name()
        for _ in range(objects):
            reader.skip_object()
        found = reader.function()
    except IndexError as error:
        raise ValueError("a module that ends too early") from error
    if reader.at != len(module):
        raise ValueError(f"{len(module) - reader.at} bytes behind the module's end")
    return found


class _Reader:
    def __init__(self, module: bytes) -> None:
        self._module = module
        self.at = HEADER_BYTES

    def _byte(self) -> int:
        self.at += 1
        return self._module[self.at - 1]

    def number(self) -> int:
        """Seven bits a byte, the highest first."""
        value, more = 0, True
        while more:
            byte = self._byte()
            value, more = value << 7 | byte & 0x7F, byte & 0x80 != 0
        return value

    def skip_name(self) -> None:
        """A name that the interpreter knows by number, or text and a zero."""
        size = self.number()
        if not size & 1:
            self.at += (size >> 1) + 1

    def skip_object(self) -> None:
        """A constant."""
        kind = self._byte()
        if kind <= LAST_WITHOUT_VALUE:
            return
        size = self.number()
        if kind == TUPLE:
            for _ in range(size):
                self.skip_object()
        else:
            self.at += size + (kind in (TEXT, BYTES))

    def function(self) -> int:
        """Machine code of a function and of those within it."""
        head = self.number()
        kind, size = head & 3, head >> 3
        self.at += size
        if kind != BYTECODE:
            self.number()  # where its prelude begins, or its scope
        if kind == ASSEMBLER:
            self.number(), self.number()
        children = self.number() if head & 4 else 0
        return (size if kind != BYTECODE else 0) + sum(self.function() for _ in range(children))
