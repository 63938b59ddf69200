"""Files whose bytes flash has changed: the sign starts all the same, with what can be believed."""

import sys
from binascii import crc32

import fakes  # the chip's modules, before those that import them


class Chip:
    NVS = Partition = None


sys.modules["esp32"] = Chip

import pack
from sign.hal import store
from sign.services import config_trial, credentials

BOOT_MAX = 0x7FFFFFFF
CLOCK_MAX_S = 3_092_601_600
WIRING = b'{"pins": {}, "radar": {}, "x": %s}'
SECTOR = 4_096


class Kept:
    """Takes the place of what reaches flash and NVS."""

    def __init__(self, **files):
        self.files, self.copies = files, {}
        store.read_bytes, store.copy = self.files.get, self.copies.get
        store.replace, store.keep_copy = self.files.__setitem__, self._keep_copy
        store.remove = lambda name: self.files.pop(name, None)

    def _keep_copy(self, name, data):
        self.copies[name] = data
        return False


def test_a_boot_number_that_no_record_can_hold_is_drawn_by_lot():
    assert_counts(b"41", 42)
    assert_counts(b"%d" % (BOOT_MAX - 1), BOOT_MAX)
    for damaged in (b"%d" % BOOT_MAX, b"9" * 20, b"-5", b"4x", b"\xff"):
        kept = Kept(boot=damaged)
        number, error = store.next_boot()
        assert 1_000_000 <= number <= BOOT_MAX, damaged
        assert error.name == "boot"
        assert kept.files["boot"] == damaged


def assert_counts(told, number):
    kept = Kept(boot=told)
    assert store.next_boot() == (number, None)
    assert kept.files["boot"] == b"%d" % number


def test_a_saved_time_that_the_clock_cannot_show_is_none():
    for told, utc_s in (
        (b"1800000000", 1_800_000_000),
        (b"%d" % CLOCK_MAX_S, CLOCK_MAX_S),
        (b"%d" % (CLOCK_MAX_S + 1), 0),
        (b"9" * 30, 0),
        (b"18e8", 0),
        (b"", 0),
    ):
        Kept(clock=told)
        assert credentials._saved_utc_s() == utc_s, told


def test_the_copy_of_the_wiring_is_what_the_file_says_to_the_byte():
    """Written anew from what was read, 1e999 would become a word that is no JSON."""
    kept = Kept(**{"board.json": WIRING % b"1e999"})
    store.board()
    assert kept.copies[store.NVS_BOARD_KEY] == WIRING % b"1e999"
    kept.files["board.json"] = b"{"
    assert "pins" in store.board()


def test_a_trial_with_fewer_boots_than_none_is_given_up():
    kept = Kept(**{"config.try": b'{"version": 6, "boots": -1, "before": [], "values": {}}'})
    assert config_trial.begin() is None
    assert "config.try" not in kept.files


class Part:
    """An app's partition of two sectors."""

    def __init__(self, body):
        self.bytes = b"\xff" * SECTOR + body + b"\xff" * (SECTOR - len(body))

    def readblocks(self, block, into, at):
        if at + len(into) > len(self.bytes):
            raise OSError(22)
        into[:] = self.bytes[at : at + len(into)]


def is_found(files, path):
    try:
        return files.stat(path)
    except OSError:  # no such file, or a place beyond the partition
        return None


def test_a_look_up_ends_where_the_table_has_no_free_entry_left():
    for entries in (b"\x08\0\0\0", b"\x08\0\0\x07"):
        files = pack.Pack(Part(entries + b"\x01" * 500))
        assert not is_found(files, "/sign/app.py")


def test_a_whole_table_is_searched_to_its_free_entry():
    key = crc32("/sign/app.py") & 0x3FFFFFFF
    entry = key.to_bytes(4, "little") + b"\x20\0\0\0\x05\0\0\0"
    files = pack.Pack(Part(b"\x01\0\0\0" + bytes(8) + entry + b"hello"))
    assert files.stat("/sign/app.py")[6] == 5
