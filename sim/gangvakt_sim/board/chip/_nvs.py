"""esp32.NVS: keys and values in the nvs partition.

Not in Espressif's page format: the partition has two halves, each a whole state with a generation, and the
later one counts. So a power cut leaves either the old or the new state, as on the chip.
"""

import micropython

import _arg
import _chip as _c
import _partition

_MAX_NAME = 15
_MAX_BLOB = 16000
_I32 = 1
_BLOB = 2
_MAGIC = b"GVNV"


def _error(code, name):
    raise OSError(code, name)


class _Store:
    """All namespaces, as they are to be committed: in a buffer of the model's own, for the chip keeps none of
    it in the program's heap. An entry is its length u16, length of its names, kind, names, value.
    """

    def __init__(self):
        parts = [entry for entry in _partition._entries if entry[0] == 1 and entry[1] == 2]
        self.at, self.size = (parts[0][2], parts[0][3]) if parts else (0, 0)
        self.half = self.size // 2 // 4096 * 4096
        self.body = bytearray(self.half)
        self.used = 0
        self.generation = 0
        for i in range(2 if self.size else 0):
            self._load(self.at + i * self.half)
        self.dirty = False

    def _load(self, at):
        if bytes(_c.flash[at : at + 4]) != _MAGIC:
            return
        generation = _partition._number(at + 4, 4)
        if generation > self.generation:
            self.generation = generation
            self.used = _partition._number(at + 8, 4)
            _partition.flash_read(at + 12, memoryview(self.body)[: self.used], 0, self.used)

    def save(self):
        if not self.dirty or not self.size:
            return
        self.generation += 1
        at = self.at + (self.generation & 1) * self.half
        _partition.flash_erase(at, (12 + self.used + 4095) // 4096 * 4096)
        _partition.flash_write(at + 12, self.body, 0, self.used)
        head = _MAGIC + self.generation.to_bytes(4, "little") + self.used.to_bytes(4, "little")
        _partition.flash_write(at, head, 0, len(head))
        self.dirty = False

    @micropython.native
    def _entry(self, names):
        """Where the entry of these names begins; -1 when there is none."""
        at, body = 0, self.body
        while at < self.used:
            size = body[at + 2]
            if body[at + 4 : at + 4 + size] == names:
                return at
            at += 4 + size + (body[at] | body[at + 1] << 8)
        return -1

    def find(self, names):
        """(kind, value), or None."""
        at = self._entry(names)
        if at < 0:
            return None
        start = at + 4 + len(names)
        return self.body[at + 3], bytes(self.body[start : start + (self.body[at] | self.body[at + 1] << 8)])

    @micropython.native
    def remove(self, names):
        """Whether there was one."""
        at = self._entry(names)
        if at < 0:
            return False
        end = at + 4 + len(names) + (self.body[at] | self.body[at + 1] << 8)
        body = self.body
        while end < self.used:
            body[at] = body[end]
            at += 1
            end += 1
        self.used = at
        self.dirty = True
        return True

    def put(self, names, kind, value):
        old = self.find(names)
        room = self.half - 12 - self.used + (len(old[1]) + len(names) + 4 if old else 0)
        if room < len(value) + len(names) + 4:
            _error(-4357, "ESP_ERR_NVS_NOT_ENOUGH_SPACE")
        self.remove(names)
        for part in (bytes((len(value) & 0xFF, len(value) >> 8, len(names), kind)), names, value):
            self.body[self.used : self.used + len(part)] = part
            self.used += len(part)
        self.dirty = True


_store = _Store()


class NVS:
    """A namespace."""

    @micropython.native
    def __init__(self, *args):
        if len(args) != 1:
            raise TypeError("function takes 1 positional arguments but %d were given" % len(args))
        self._space = _arg.text(args[0])[:_MAX_NAME].encode()

    def __repr__(self):
        return "<NVS namespace>"

    @micropython.native
    def _names(self, key):
        return self._space + b"\0" + _arg.text(key).encode()[:_MAX_NAME]

    @micropython.native
    def _find(self, key, kind):
        found = _store.find(self._names(key))
        if found is None or found[0] != kind:
            _error(-4354, "ESP_ERR_NVS_NOT_FOUND")
        return found[1]

    @micropython.native
    def _keep(self, key, kind, value):
        if len(_arg.text(key)) > _MAX_NAME:
            _error(-4361, "ESP_ERR_NVS_KEY_TOO_LONG")
        _store.put(self._names(key), kind, value)

    @micropython.viper
    def set_i32(self, key, value):
        self._set_i32(key, value)

    @micropython.native
    def _set_i32(self, key, value):
        value = _arg.integer(value)
        # The chip's conversion has no room for -2^31 either.
        if not -0x80000000 < value <= 0x7FFFFFFF:
            raise OverflowError("overflow converting long int to machine word")
        self._keep(key, _I32, (value & 0xFFFFFFFF).to_bytes(4, "little"))

    @micropython.viper
    def get_i32(self, key):
        return self._get_i32(key)

    @micropython.native
    def _get_i32(self, key):
        value = int.from_bytes(self._find(key, _I32), "little")
        return value - 0x100000000 if value & 0x80000000 else value

    @micropython.viper
    def set_blob(self, key, value):
        self._set_blob(key, value)

    @micropython.native
    def _set_blob(self, key, value):
        value = _arg.buffer(value)
        data = value.encode() if isinstance(value, str) else bytes(value)
        if len(data) > _MAX_BLOB:
            _error(-4366, "ESP_ERR_NVS_VALUE_TOO_LONG")
        self._keep(key, _BLOB, data)

    @micropython.viper
    def get_blob(self, key, buf):
        return self._get_blob(key, buf)

    @micropython.native
    def _get_blob(self, key, buf):
        _arg.writable(buf)
        data = self._find(key, _BLOB)
        if len(data) > len(buf):
            _error(-4364, "ESP_ERR_NVS_INVALID_LENGTH")
        for i, byte in enumerate(data):
            buf[i] = byte
        return len(data)

    @micropython.viper
    def erase_key(self, key):
        self._erase(key)

    @micropython.native
    def _erase(self, key):
        if not _store.remove(self._names(key)):
            _error(-4354, "ESP_ERR_NVS_NOT_FOUND")

    @micropython.viper
    def commit(self):
        _store.save()
