"""Which interpreter starts next, as esp_ota_ops has it; entries are those of the partition table.

The other half, what the boot loader makes of otadata, is board/otadata.py of the host.
"""

from binascii import crc32
from hashlib import sha256

import micropython

import _chip as _c
from _nor import flash_erase, flash_read, flash_write

_ENOENT = 2
_NOT_FOUND = (-261, "ESP_ERR_NOT_FOUND")
_SECTOR = 4096
_ENTRY = 32
_NEW = 0
_VALID = 2
_UNUSABLE = (3, 4)  # invalid, aborted
_UNSET = 0xFFFFFFFF
_MAGIC = 0xE9
_HEAD = 24

# On the chip an image is read through its cache: nothing of the program's heap is used for that.
_piece = bytearray(4096)
_view = memoryview(_piece)


@micropython.viper
def _xor(buf, n: int) -> int:
    src = ptr8(buf)
    found = 0
    i = 0
    while i < n:
        found = found ^ src[i]
        i += 1
    return found


def _number(data, at):
    return int.from_bytes(data[at : at + 4], "little")


def _read(at, n):
    found = bytearray(n)
    flash_read(at, found, 0, n)
    return found


def is_image(at, size):
    """Whether an image stands there that the boot loader would start."""
    head = _read(at, _HEAD)
    if head[0] != _MAGIC or not 1 <= head[1] <= 16:
        return False
    end, found = _HEAD, 0xEF
    for _ in range(head[1]):
        n = _number(_read(at + end, 8), 4)
        end += 8
        if n % 4 or end + n + 16 > size:
            return False
        for piece in _pieces(at + end, n):
            found ^= _xor(_piece, piece)
        end += n
    end = (end // 16 + 1) * 16
    if _read(at + end - 1, 1)[0] != found:
        return False
    return not head[23] or _has_sum(at, end)


def _has_sum(at, n):
    found = sha256()
    for piece in _pieces(at, n):
        found.update(_view[:piece])
    return found.digest() == _read(at + n, 32)


def _pieces(at, n):
    """How much of it lies in `_piece` now, again and again."""
    while n > 0:
        piece = min(n, len(_piece))
        flash_read(at, _piece, 0, piece)
        yield piece
        at += piece
        n -= piece


def _slots(entries):
    return sorted([e for e in entries if e[0] == 0 and 0x10 <= e[1] <= 0x1F], key=lambda e: e[1])


def _data(entries):
    """Where otadata is; None without any."""
    for entry in entries:
        if entry[:2] == (1, 0):
            return entry[2]
    return None


def _active(at):
    """(0 or 1, its bytes) of the entry that counts, (None, None) when none does."""
    best = None, None
    for n in range(2):
        found = _read(at + _SECTOR * n, _ENTRY)
        number = _number(found, 0)
        if number == _UNSET or _number(found, 24) in _UNUSABLE or _number(found, 28) != _crc(number):
            continue
        if best[1] is None or number > _number(best[1], 0):
            best = n, found
    return best


def _crc(number):
    return crc32(number.to_bytes(4, "little"), _UNSET)


def _write(at, number, state):
    entry = bytearray(b"\xff" * _ENTRY)
    for place, value in ((0, number), (24, state), (28, _crc(number))):
        entry[place : place + 4] = value.to_bytes(4, "little")
    flash_erase(at, _SECTOR)
    flash_write(at, entry, 0, _ENTRY)


def chosen(entries):
    """The app that starts next."""
    at, slots = _data(entries), _slots(entries)
    if at is None:
        raise OSError(_ENOENT)
    _, entry = _active(at)
    if entry is not None and slots:
        return slots[(_number(entry, 0) - 1) % len(slots)]
    return ([e for e in entries if e[:2] == (0, 0)] + slots)[0]


def after(entries, entry):
    """The slot to be written while `entry` runs."""
    slots = [e for e in _slots(entries) if e is not entry]
    if not slots or entry[0] != 0:
        raise OSError(_ENOENT)
    later = [e for e in slots if e[1] > entry[1]]
    return (later or slots)[0]


def choose(entries, entry):
    """Let `entry` start next, on trial."""
    at, slots = _data(entries), _slots(entries)
    if at is None:
        raise _c.esp_error(*_NOT_FOUND)
    if entry[1] == 0:
        flash_erase(at, 2 * _SECTOR)
        return
    wanted, count = slots.index(entry), len(slots)
    active, held = _active(at)
    if active is None:
        _write(at, wanted + 1, _NEW)
        return
    number = (wanted + 1) % count
    while number < _number(held, 0):
        number += count
    _write(at + _SECTOR * (1 - active), number, _NEW)


def mark_valid(entries):
    """The slot that runs has proved itself."""
    at = _data(entries)
    if at is None:
        raise _c.esp_error(*_NOT_FOUND)
    active, held = _active(at)
    if active is None:
        raise _c.esp_error(*_c.ESP_FAIL)
    if _number(held, 24) != _VALID:
        _write(at + _SECTOR * active, _number(held, 0), _VALID)
