"""The data partition: wiring, identity, configuration and boot counter. A damaged one never stops the app:
while it is not mounted, what is read comes from the copies in NVS."""

import json
import os

import vfs

from esp32 import NVS, Partition
from sign.compat import const

DATA_LABEL = "data"
DATA_DIR = "/data/"
# Wiring survives a lost data partition in NVS: without it the sign could not even run its lamps.
NVS_NAMESPACE = "gangvakt"
NVS_BOARD_KEY = "board"
_KEY_CHARS_MAX = const(15)
COPY_BYTES_MAX = 2048  # the largest is a renewed certificate with two authorities, 1.6 KB
_STAT_SIZE = const(6)  # index into what os.stat gives
_FILE_BYTES_MAX = const(16_384)  # beyond any file of ours: a damaged one must not eat the heap
# A boot number that cannot be stored is drawn from here on, so that it never meets a stored one.
_FIRST_RANDOM_BOOT = const(1_000_000)
_RANDOM_BOOTS = const(1_000_000_000)
_BOOT_DIGITS_MAX = const(10)
_BOOT_MAX = const(0x7FFFFFFF)  # a record and a pole's frame hold it in four bytes; nobody starts so often


class StoreError(Exception):
    """`name` of the file and `why` it could not be used."""

    def __init__(self, name, why):
        super().__init__(name, why)
        self.name = name
        self.why = why


def mount():
    """Mount the data partition at /data; StoreError when there is none or it is not LittleFS."""
    try:
        vfs.mount(vfs.VfsLfs2(raw(DATA_LABEL), readsize=32, progsize=32, lookahead=32), "/data")
    except OSError as error:
        raise StoreError(DATA_LABEL, "cannot be mounted (%s)" % error)


def is_mounted():
    """Whether /data is there."""
    try:
        os.stat("/data")
        return True
    except OSError:
        return False


def format():
    """Make the partition anew, empty, and mount it. A stall of up to a second; StoreError."""
    try:
        vfs.VfsLfs2.mkfs(raw(DATA_LABEL), readsize=32, progsize=32, lookahead=32)
    except OSError as error:
        raise StoreError(DATA_LABEL, "cannot be formatted (%s)" % error)
    mount()


def raw(label):
    """A partition as it is; StoreError when there is none."""
    found = Partition.find(Partition.TYPE_DATA, label=label)
    if not found:
        raise StoreError(label, "no such partition")
    return found[0]


def read_bytes(name):
    """The file's bytes, at most one more than `_FILE_BYTES_MAX`; None when it is absent or cannot be read."""
    path = DATA_DIR + name
    try:
        size = min(os.stat(path)[_STAT_SIZE], _FILE_BYTES_MAX + 1)
        with open(path, "rb") as file:
            return file.read(size)
    except OSError:
        return None if is_mounted() else copy(name)


def exists(name):
    """Whether there is such a file."""
    try:
        os.stat(DATA_DIR + name)
        return True
    except OSError:
        return False


def read_json(name):
    """The file's JSON object; StoreError when it is absent or is not one."""
    return parsed(name, read_bytes(name))


def parsed(name, data):
    """The JSON object in `data`; StoreError of that name when it is none."""
    if data is None:
        raise StoreError(name, "absent")
    return _object(name, data)


def replace(name, data):
    """Write `data` beside the file, read it back, then switch: a power cut leaves the old or the new file.

    Flash writes stall the chip: call it only where a stall is allowed. StoreError when it did not work.
    """
    path = DATA_DIR + name
    fresh = path + ".new"
    try:
        with open(fresh, "wb") as file:
            file.write(data)
        if read_bytes(name + ".new") != data:
            raise StoreError(name, "reads back differently")
        os.rename(fresh, path)
    except OSError as error:
        raise StoreError(name, "cannot be written (%s)" % error)


def rename(name, new_name):
    """Switch names in one step; a file of the new name is gone then. A stall, StoreError as `replace`."""
    try:
        os.rename(DATA_DIR + name, DATA_DIR + new_name)
    except OSError as error:
        raise StoreError(new_name, "cannot be written (%s)" % error)


def remove(name):
    """Remove a file, if it is there; a stall."""
    try:
        os.remove(DATA_DIR + name)
    except OSError:
        pass


def board():
    """Wiring from board.json, else NVS's copy of the last good one; StoreError when both are missing."""
    data = read_bytes("board.json")
    try:
        wiring = parsed("board.json", data)
        for key in ("pins", "radar"):
            if key not in wiring:
                raise StoreError("board.json", key + " is missing")
    except StoreError as error:
        kept = copy(NVS_BOARD_KEY)
        if kept is None:
            raise error
        return _object("board.json", kept)
    if keep_copy(NVS_BOARD_KEY, data):
        commit()
    return wiring


def copy(name):
    """What NVS keeps under the name of a file; None when it keeps nothing."""
    buffer = bytearray(COPY_BYTES_MAX)
    try:
        return bytes(buffer[: NVS(NVS_NAMESPACE).get_blob(name[:_KEY_CHARS_MAX], buffer)])
    except OSError:
        return None


def keep_copy(name, data):
    """Let NVS keep it with the next `commit`; True when it is news. What does not fit is not kept."""
    if len(data) > COPY_BYTES_MAX or copy(name) == data:
        return False
    try:
        NVS(NVS_NAMESPACE).set_blob(name[:_KEY_CHARS_MAX], data)
        return True
    except OSError as error:
        print("no copy of %s: %s" % (name, error))
        return False


def commit():
    """Write what NVS was given to keep: a stall."""
    NVS(NVS_NAMESPACE).commit()


def number(key):
    """A whole number that NVS keeps; None when it keeps none."""
    try:
        return NVS(NVS_NAMESPACE).get_i32(key)
    except OSError:
        return None


def keep_number(key, value):
    """As `keep_copy`."""
    if number(key) == value:
        return False
    NVS(NVS_NAMESPACE).set_i32(key, value)
    return True


def next_boot():
    """Number of this boot: one more than the stored one.

    It lies beside the incarnation it belongs to. Returns (number, None) or, where it cannot be stored,
    (a random number, the StoreError).
    """
    try:
        number = _stored_boot() + 1
        replace("boot", str(number).encode())
        return number, None
    except StoreError as error:
        drawn = int.from_bytes(os.urandom(4), "little") % _RANDOM_BOOTS
        return _FIRST_RANDOM_BOOT + drawn, error


def _stored_boot():
    data = read_bytes("boot")
    if not data:
        return 0
    if not data.isdigit() or len(data) > _BOOT_DIGITS_MAX or int(data) >= _BOOT_MAX:
        raise StoreError("boot", "not a number below %d" % _BOOT_MAX)
    return int(data)


def _object(name, data):
    try:
        found = json.loads(data)
    except (ValueError, RuntimeError):  # nested beyond the recursion limit is a RuntimeError
        raise StoreError(name, "not JSON")
    if not isinstance(found, dict):
        raise StoreError(name, "not a JSON object")
    return found
