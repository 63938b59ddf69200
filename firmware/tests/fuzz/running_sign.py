"""Of the running sign what verbs and orders ask, without hardware."""

from fuzz import chip
from fuzz.flash import Flash
from sign import loading
from sign.core import config, patterns
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.hal import clock
from sign.proto import recording

VERBS = ("about", "selftest", "lamp", "walk", "watch", "site", "chores", "orders", "keeping")
BESIDE = "core.picture core.slots core.order hal.store services.stall services.recording"


def preload():
    """All verbs' rooms for good: loading them anew for each of a hundred thousand commands takes hours."""
    from fuzz import kept  # takes the place of the store's functions

    for name in loading.names(BESIDE + " " + " ".join(["services.verbs." + verb for verb in VERBS])):
        room = __import__(name, None, None, ("x",))
        if hasattr(room, "time"):
            room.time = chip.Time
        if name.endswith(".watch"):
            room.asyncio = Tasks
        if hasattr(room, "gc"):
            room.gc = chip.Collector
    assert kept


class Tasks:
    """None is begun: there is no loop."""

    @staticmethod
    def create_task(work):
        work.close()


class Radar:
    frames = bad_frames = count = 0
    targets = (0, 0, 0)


class Detector:
    quiet = True
    lit = lamps = False
    radars = (Radar,)

    def __init__(self):
        self.order = None

    @staticmethod
    def stall_allowed(now_ms):
        return True


class Lamps:
    lit = steady = testing = False
    started_ms = skew_us = 0
    dim_pct = 100

    @staticmethod
    def test(shines):
        pass


class Detection:
    ticks = late = worst_gap_ms = pir_edges = warnings = 0


class Panel:
    service = False

    @staticmethod
    def show(code, ms):
        assert 0 <= ms <= 600_000


class Recorder:
    event = 0

    @staticmethod
    def happened(kind, now_ms, seq):
        pass


class Flight:
    """Two slots, in the first of which a recording is kept."""

    dropped = 0

    def __init__(self):
        self.recorder, self.sender, self.held = Recorder, None, False
        self.partition = Flash(4)
        head = recording.pack(recording.Header(1, 4, 1, 3, 7, 60, 96, 5_000, 99))
        self.partition.writeblocks(0, head, 0)


class Link:
    """A session that stands, on a cable."""

    kind, up, drops, online, sessions, busy = "lan", True, 0, True, 1, False
    closed_reasons = {}

    def __init__(self):
        self.network = self.link = self

    @staticmethod
    def why_down():
        return ""

    @staticmethod
    def address():
        return "10.0.0.2"

    rssi_dbm = address


class Sign:
    """Status, running sign and inputs in one."""

    sign, incarnation, board, boot, schema, measuring, trial = (
        "a/b/c",
        "9f3ac01b",
        "virtual",
        3,
        "0123abcd",
        None,
        None,
    )
    borrowed, attended = "", False
    refused = {}

    def __init__(self):
        self.armed = self.inputs = self
        self.panel, self.lamps, self.detection = Panel, Lamps, Detection
        self.uptime, self.link = Uptime(0), Link()
        self.uptime.s = 3_600
        self.outbox = Outbox(8, 3)
        for code in range(3):
            self.outbox.add(1, self.uptime, code)
        self.pattern = patterns.get("alternating")
        self.begin_anew()

    def begin_anew(self):
        """What commands change, as it was."""
        self.config = config.load({})[0]
        self.config_changed, self.duties, self.radars = {}, [], [{"kind": "ld2450"}]
        self.detector, self.flight, self.looking = Detector(), Flight(), None

    def has_memory(self):
        return True

    def is_online(self):
        return True

    def document(self):
        return {"v": 1}

    telemetry = config_reported = document

    def pir(self):
        return 0

    button = pir


clock.floor_s = 1_790_000_000
