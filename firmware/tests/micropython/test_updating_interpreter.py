"""Updates of the interpreter on a board with two slots, and a boot loader that returns from a bad one."""

import asyncio
import struct
import sys
from binascii import crc32

import app_slots as board
from torn_flash import SECTOR, TornFlash, every_cut

SLOT_SECTORS = 5
OLD = b"\xe9old interpreter"
NEW = b"\xe9" + bytes(range(200)) * 50
OFFER = bytearray(b"\x01\x01" + board.manifest(NEW, "1.27.0", 1_027_000))
OFFER[6] = 1
OFFER = bytes(OFFER)
NEVER = 0xFFFFFFFF
NEW_ONE, PENDING, VALID, INVALID, ABORTED = range(5)


class Window:
    """A partition of the flash."""

    def __init__(self, flash, first, sectors, label):
        self.flash, self.first, self.sectors, self.label = flash, first, sectors, label

    def info(self):
        return (0, 0, SECTOR * self.first, SECTOR * self.sectors, self.label, False)

    def readblocks(self, block, into, offset=0):
        self.flash.readblocks(self.first + block, into, offset)

    def writeblocks(self, block, data, offset):
        assert self is not Chip.runs, "the chip would panic"
        assert block * SECTOR + offset + len(data) <= self.sectors * SECTOR
        self.flash.writeblocks(self.first + block, data, offset)

    def ioctl(self, what, block):
        assert self is not Chip.runs, "the chip would panic"
        assert block < self.sectors
        return self.flash.ioctl(what, self.first + block)

    def get_next_update(self):
        if len(Chip.slots) < 2:
            raise OSError(2)
        return Chip.slots[1 - Chip.slots.index(self)]

    def set_boot(self):
        head = bytearray(1)
        self.readblocks(0, head)
        if head != b"\xe9":
            raise OSError(-5379, "ESP_ERR_OTA_VALIDATE_FAILED")
        active, wanted = Chip.active(), Chip.slots.index(self)
        if active is None:
            Chip.choose(0, wanted + 1, NEW_ONE)
        else:
            number = (wanted + 1) % 2
            while number < Chip.entry(active)[0]:
                number += 2
            Chip.choose(1 - active, number, NEW_ONE)


class Chip:
    """esp32.Partition over two flashes of apps and one of all else, and the boot loader's side of it."""

    TYPE_DATA, RUNNING = 1, 1
    apps = ()
    slots = ()
    data = runs = None

    def __new__(cls, key):
        assert key == Chip.RUNNING
        return Chip.runs

    @staticmethod
    def find(kind, label=None, subtype=None):
        if subtype == 0:
            return [Chip.data] if len(Chip.slots) > 1 else []
        return [flash for flash in Chip.apps if flash.label == label]

    @staticmethod
    def entry(n):
        """(sequence number, state, whether its sum is right)"""
        found = bytearray(32)
        Chip.data.readblocks(n, found)
        number, _, state, crc = struct.unpack("<I20sII", found)
        return number, state, crc == crc32(struct.pack("<I", number), NEVER) and number != NEVER

    @staticmethod
    def active():
        counting = [n for n in range(2) if Chip.entry(n)[2] and Chip.entry(n)[1] not in (INVALID, ABORTED)]
        return max(counting, key=lambda n: Chip.entry(n)[0]) if counting else None

    @staticmethod
    def choose(n, number, state):
        Chip.data.ioctl(6, n)
        crc = crc32(struct.pack("<I", number), NEVER)
        Chip.data.writeblocks(n, struct.pack("<I20sII", number, b"\xff" * 20, state, crc), 0)

    @staticmethod
    def mark_app_valid_cancel_rollback():
        active = Chip.active()
        Chip.choose(active, Chip.entry(active)[0], VALID)

    @staticmethod
    def plug_in(flash):
        parts = (("otadata", 2), ("ota_0", SLOT_SECTORS), ("ota_1", SLOT_SECTORS))
        first, made = 0, []
        for label, sectors in parts:
            made.append(Window(flash, first, sectors, label))
            first += sectors
        Chip.data, Chip.slots = made[0], made[1:]
        Chip.runs = None


board.Esp32.Partition = Chip


def start():
    """The boot loader: the label of what it starts."""
    for n in range(2):
        number, state, _ = Chip.entry(n)
        if state == PENDING:
            Chip.choose(n, number, ABORTED)
    active = Chip.active()
    Chip.runs = Chip.slots[0] if active is None else Chip.slots[(Chip.entry(active)[0] - 1) % 2]
    if active is not None and Chip.entry(active)[1] == NEW_ONE:
        Chip.choose(active, Chip.entry(active)[0], PENDING)
    return Chip.runs.label


def fresh(flash=None):
    board.runs("a")
    Chip.apps = (board.flashed(), TornFlash(board.SLOT_BYTES, "app_b"))
    flash = flash or TornFlash((2 + 2 * SLOT_SECTORS) * SECTOR, "all")
    Chip.plug_in(flash)
    Chip.slots[0].writeblocks(0, OLD, 0)
    Chip.choose(0, 1, VALID)
    return flash


def slots():
    from sign.hal import app_slot

    return app_slot.of(app_slot.INTERPRETER)


def known(attempt=1):
    return slots().known(OFFER[2:], attempt)


def begin():
    slots().begin(OFFER[2:], board.SIGNATURE, 1)


def looked_at(client, offer=OFFER):
    """What the first look at an offer says."""
    from sign.services import update_look

    client.job = job = update_look.Job(offer, board.Status(), board.Topics(), None)
    asyncio.run(job.step(client))
    return client.reports[-1] if client.reports else None


def write(content=NEW):
    """Whether it came to the restart; (that, what was reported)."""
    client = board.Client(content=content, offer=OFFER)
    return board.write(client, offer=OFFER), client.reports


def ready():
    fresh()
    start()
    begin()
    assert write()[0]


def test_a_new_interpreter_is_started_and_stays_once_it_is_confirmed():
    from sign.hal import app_slot

    ready()
    assert start() == "ota_1"
    assert app_slot.trial() == app_slot.INTERPRETER
    assert slots().faults_before() == 1 << 3
    assert looked_at(board.Client())["state"] == "trial"
    slots().confirm()
    assert app_slot.trial() is None
    assert [start() for _ in range(3)] == ["ota_1"] * 3
    assert looked_at(board.Client())["state"] == "installed"


def test_one_that_is_not_confirmed_is_left_at_the_next_start_and_said_to_have_failed():
    ready()
    assert [start() for _ in range(3)] == ["ota_1", "ota_0", "ota_0"]
    assert looked_at(board.Client())["state"] == "failed"
    assert known(2) == 0  # UNKNOWN: another attempt


def test_the_one_after_it_goes_into_the_first_slot():
    ready()
    start()
    slots().confirm()
    start()
    assert slots()._part.label == "ota_0"


def test_a_board_with_one_slot_refuses_by_name():
    fresh()
    start()
    Chip.slots = Chip.slots[:1]
    said = looked_at(board.Client())
    assert (said["state"], said["field"], said["value"]) == ("refused", "kind", "interpreter")
    assert said["allowed"].startswith("app")


def test_while_an_interpreter_is_on_trial_no_app_is_fetched():
    ready()
    start()
    client = board.Client()
    assert looked_at(client, board.OFFER) is None
    assert client.asked == 0


def test_another_image_than_the_signed_one_is_refused_and_never_chosen():
    fresh()
    start()
    begin()
    restarts, said = write(NEW[:-1] + b"?")
    assert not restarts
    assert said[-1]["field"] == "sha256"
    assert start() == "ota_0"
    assert known() == 2  # FAILED


def test_what_the_boot_loader_would_not_start_is_refused():
    fresh()
    start()
    begin()
    set_boot = Window.set_boot
    Window.set_boot = lambda self: self.missing()
    Window.missing = lambda self: (_ for _ in ()).throw(OSError(-5379))
    try:
        restarts, said = write()
    finally:
        Window.set_boot = set_boot
    assert not restarts
    assert said[-1]["field"] == "image"
    assert start() == "ota_0"


def test_with_the_power_cut_at_any_moment_one_of_both_starts_and_the_update_can_go_on():
    def make():
        return fresh()

    def act(flash):
        Chip.plug_in(flash)
        assert start() == "ota_0"
        begin()
        assert write()[0]
        assert start() == "ota_1"
        slots().confirm()

    def check(flash, operation):
        Chip.plug_in(flash)
        name, content = start(), bytearray(len(NEW))
        Chip.runs.readblocks(0, content)
        assert content[: len(OLD)] == OLD if name == "ota_0" else content == NEW
        if name == "ota_0" and known() != 2:  # FAILED: the power went while it was tried
            if known() == 0:  # UNKNOWN
                begin()
            assert write()[0]
            assert start() == "ota_1"
            slots().confirm()
        assert start() in ("ota_0", "ota_1")

    assert every_cut(make, act, check) > 100


sys.path.insert(0, __file__.rsplit("/", 3)[0])
