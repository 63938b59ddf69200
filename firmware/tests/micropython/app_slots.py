"""A board with two app slots in memory: `a` has an old app, a new one is offered. Import it first."""

import asyncio
import hashlib
import json
import struct
import sys
from binascii import crc32

import torn_flash

SECTOR = torn_flash.SECTOR
SLOT_BYTES = 6 * SECTOR
PATH = "sign/word.txt"


class Restarted(Exception):
    """The chip was asked to start again."""


class Ladder:
    def restart():
        raise Restarted


class Partition:
    """esp32.Partition with the flashes that are plugged in."""

    TYPE_DATA = 1
    flashes = ()

    @staticmethod
    def find(kind, label="otadata", subtype=0):
        return [flash for flash in Partition.flashes if flash.label == label]


class Esp32:
    Partition = Partition


sys.modules["ladder"] = Ladder
sys.modules["esp32"] = Esp32


def body(files):
    """As gangvakt.provision.pack makes one."""
    paths = sorted(files)
    names = paths + ["sign"]
    count = 4
    while count < 2 * len(names):
        count *= 2
    table, place, contents = [(0, 0, 0)] * count, 12 + 12 * count, b""
    for path in names:
        key = crc32("/" + path) & 0x3FFFFFFF
        at = key % count
        while table[at][0]:
            at = (at + 1) % count
        content = files.get(path, b"")
        table[at] = (key, place + len(contents) if path in files else 0, len(content))
        contents += content
    head = struct.pack("<III", count, place + len(contents), 0)
    return head + b"".join([struct.pack("<III", *entry) for entry in table]) + contents


def manifest(content, version="2.0.0", sequence=2_000_000, board="virtual"):
    digest = hashlib.sha256(content).digest()
    texts = board.encode(), version.encode(), b"1.26.0"
    head = b"GVP\x01", 0, 0, 0, sequence, 0, len(content), digest
    return struct.pack("<4sBBHIII32s32s12s12sI16s", *(head + texts + (0, b"")))


OLD = body({PATH: b"old"})
NEW = body({PATH: b"new", "sign/more.txt": bytes(range(256)) * 40})
OFFER = b"\x01\x01" + manifest(NEW)
SIGNATURE = bytes(range(128)) * 3


def flashed(label="app_a", content=OLD):
    """A slot as flashing leaves it."""
    flash = torn_flash.TornFlash(SLOT_BYTES, label)
    flash.writeblocks(0, manifest(content, "1.0.0", 1_000_000), 0)
    flash.writeblocks(1, content, 0)
    for mark, value in ((5, bytes(4)), (1, struct.pack("<I", 1)), (0, bytes(4))):
        flash.writeblocks(0, value, 512 + 32 * mark)
    return flash


def plug_in(*flashes):
    """These are the board's partitions from now on."""
    Partition.flashes = flashes
    return flashes


def runs(name):
    """`name` is the slot that the start has chosen."""
    while sys.path[0] in ("/a", "/b"):
        sys.path.pop(0)
    sys.path.insert(0, "/" + name)


class Client:
    """A session whose other side has this update."""

    in_flight = 0

    def __init__(self, signature=SIGNATURE, content=NEW, offer=OFFER):
        self.content = signature + content
        self.mark = offer[22:26]
        self.job = None
        self.reports = []
        self.asked = 0

    async def publish(self, topic, pieces, qos=0, retain=False):
        said = json.loads(b"".join(pieces))
        if topic.endswith("/fetch"):
            self.asked += 1
            self.answer(said["at"], said["n"])
        else:
            self.reports.append(said)

    def answer(self, at, n):
        data = self.content[at : at + n]
        for begin in range(0, max(1, len(data)), 192):
            piece = data[begin : begin + 192]
            self.job.take(b"\x01" + self.mark + (at + begin).to_bytes(4, "big") + piece)


class Topics:
    def of(self, name):
        return "x/" + name


class Faults:
    def is_active(self, code):
        return code == 3


class Detector:
    quiet = True
    lamps = False

    def stall_allowed(self, now_ms):
        return True


class Armed:
    faults = Faults()
    detector = Detector()

    def put_away(self):
        pass


class Status:
    armed = Armed()
    board = "virtual"


def write(client, steps=500, offer=OFFER):
    """Let the update be written to its restart; False where it ends without one."""
    from sign.services import update_write

    client.job = job = update_write.Job(offer, Status(), Topics())

    async def run():
        for _ in range(steps):
            if await job.step(client):
                return
        raise AssertionError("it goes on for ever")

    try:
        asyncio.run(run())
    except Restarted:
        return True
    return False
