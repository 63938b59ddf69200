import os

from torn_flash import COMPLETE, NOT_BEGUN, SECTOR, Mounted, PowerCut, TornFlash, every_cut, partition_class


def cut(flash, act):
    """Run it until the power goes; the flash with power again."""
    try:
        act(flash)
    except PowerCut:
        return flash.reboot()
    raise AssertionError("the power stayed")


def erase(flash):
    flash.ioctl(6, 0)


def test_programming_only_clears_bits_and_an_erase_sets_them():
    flash = TornFlash(2 * SECTOR)
    flash.writeblocks(0, b"\xf0", 5)
    flash.writeblocks(0, b"\x3c", 5)
    assert flash.bytes[5] == 0x30
    erase(flash)
    assert flash.bytes[5] == 0xFF
    assert (flash.erased, flash.operations) == ([1, 0], 3)


def test_whole_blocks_without_an_offset_are_erased_first():
    flash = TornFlash(2 * SECTOR)
    flash.writeblocks(1, bytes(SECTOR))
    flash.writeblocks(1, b"\x55" * SECTOR)
    assert (flash.bytes[SECTOR], flash.operations) == (0x55, 4)


def test_a_torn_program_leaves_a_prefix_of_whole_units():
    lengths = set()
    for seed in range(40):
        flash = TornFlash(SECTOR)
        flash.cut_at(1, seed)
        after = cut(flash, lambda flash: flash.writeblocks(0, bytes(100), 0))
        written = SECTOR - sum(byte == 0xFF for byte in after.bytes)
        assert after.bytes[:written] == bytes(written)
        lengths.add(written)
        flash.close()
    assert lengths == {0, 32, 64, 96, 100}


def test_a_torn_erase_leaves_random_bits_and_what_was_set():
    for seed, zeros in ((NOT_BEGUN, SECTOR), (COMPLETE, 0), (7, None)):
        flash = TornFlash(SECTOR)
        flash.writeblocks(0, bytes(SECTOR), 0)
        flash.cut_at(1, seed)
        left = sum(byte == 0 for byte in cut(flash, erase).bytes)
        assert left == zeros or (zeros is None and 0 < left < SECTOR // 64)
        flash.close()


def test_nothing_works_between_the_cut_and_the_reboot():
    flash = TornFlash(SECTOR)
    for use in (erase, lambda f: f.readblocks(0, bytearray(1)), lambda f: f.writeblocks(0, b"1", 0)):
        flash.cut()
        assert cut(flash, use).bytes[0] == 0xFF


def test_a_forgotten_file_does_not_write_into_the_next_life():
    flash = TornFlash(SECTOR)
    flash.cut()
    again = flash.reboot()
    flash.writeblocks(0, b"1", 0)
    assert again.bytes[0] == 0xFF


def test_it_is_found_by_its_label():
    flash = TornFlash(SECTOR, "outbox")
    board = partition_class(flash)
    assert board.find(board.TYPE_DATA, label="outbox") == [flash]
    assert board.find(board.TYPE_DATA, label="recorder") == []


def test_a_file_that_is_replaced_by_renaming_is_whole_whenever_the_power_goes():
    def write(name, text):
        with open("/torn/" + name, "w") as file:
            file.write(text)

    def make():
        flash = TornFlash(8 * SECTOR)
        with Mounted(flash, "/torn"):
            write("config", "old" * 100)
        return flash

    def replace(flash):
        with Mounted(flash, "/torn"):
            write("config.new", "new" * 900)
            os.rename("/torn/config.new", "/torn/config")

    seen = set()

    def check(flash, operation):
        with Mounted(flash, "/torn"), open("/torn/config") as file:
            text = file.read()
        assert text in ("old" * 100, "new" * 900), text
        assert operation is not None or text[0] == "n"
        seen.add(text[0])

    assert every_cut(make, replace, check) >= 20
    assert seen == {"o", "n"}


def test_a_change_that_can_be_half_is_found():
    def replace(flash):
        flash.writeblocks(0, b"\0" * SECTOR)

    def check(flash, operation):
        assert flash.bytes[0] == flash.bytes[SECTOR - 1]

    try:
        every_cut(lambda: TornFlash(SECTOR), replace, check)
    except AssertionError:
        return
    raise AssertionError("every cut was survived")
