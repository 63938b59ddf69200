"""What another pole says: by radio anybody may speak, over the group's topic who may write there."""

import struct
import sys

from fuzz import chip
from fuzz.parser import Parser

if not chip.IS_CHIP:
    import asyncio

    if not hasattr(asyncio, "sleep_ms"):
        asyncio.sleep_ms = None  # nobody sleeps here

from sign.core import poles as core
from sign.proto.espnow import Group
from sign.services import poles
from sign.services.poles import PoleSync

poles.time = chip.Time
poles.schedule = lambda function, value: function(value)
KEY, SITE = bytes(range(32)), "drammen/storgata"
SECOND_MS = 1_000
REFUSED = 8  # reasons that are counted
OWN = 8
SHORTEST, LONGEST = 42, 63
LEFT_MAX_MS = 0xFFFF


class Radio:
    """Frames that came, and those that went."""

    def __init__(self):
        self.coming, self.sent = [], []

    def send(self, frame):
        self.sent = [frame]

    def receive(self):
        return (self.coming.pop(0), chip.Time.now_ms) if self.coming else None

    def settle(self):
        return False


class Flag:
    def set(self):
        pass


class Activation:
    @staticmethod
    def left_ms(now_ms):
        return 5_000


class Armed:
    """What of the running sign a pole needs; it remembers for how long it shall follow."""

    pass_ticks, started_us, boot = 313_725, 0, 1
    mode, lit, quiet = "active", False, False
    activation = Activation

    def __init__(self):
        self.config = self.detector = self.lamps = self.detection = self
        self.followed, self.reasons = 0, {}

    def follow(self, left_ms):
        assert 0 <= left_ms <= LEFT_MAX_MS, left_ms
        self.followed = left_ms

    def settle_fault(self, code, stands):
        pass


class Frame(Parser):
    """A frame is believed, or refused for a reason that is counted; the poles that are known are few."""

    def __init__(self):
        self.group = Group(KEY, SITE, "north")
        self.others = [Group(KEY, SITE, name) for name in ("south", "east", "west", "a", "b", "c")]
        self.number = 0
        super().__init__()
        self.radio = Radio()
        self.sync = PoleSync(Armed(), self.group, self.radio, Flag())

    def seeds(self):
        told = (1, 1, 0, 0, 0, 100, 1_000)
        return [other.seal(*told) for other in self.others] + [
            self.others[0].seal(1, 2, 77, 0, 5_000, 999, 1_000),
            self.others[0].seal(2, 1, 0, 99, 0xFFFF, 0, 0),
            self.others[1].seal(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFF, 0xFFFF, 0xFFFF),
            self.group.seal(*told),
            Group(KEY, "drammen/torget", "south").seal(*told),
            Group(bytes(32), SITE, "south").seal(*told),
        ]

    def make(self, dice):
        """As often as not sealed anew with the crossing's key: a pole whose firmware has gone mad."""
        data = super().make(dice)
        if dice.below(2):
            data = data[:-10]
            if dice.below(2):
                self.number += 1  # and never heard before
                data = data[:5] + struct.pack(">III", self.others[0].sender, 3, self.number) + data[17:]
            data += self.group._mac(data)
        return data

    def take(self, data):
        chip.Time.now_ms = chip.Time.now_ms + SECOND_MS & 0x3FFFFFFF
        sync = self.sync
        before, heard = list(sync._refused), [pole.heard for pole in sync.others]
        self._give(data)
        sync.pulse()
        grown = [now - was for now, was in zip(sync._refused, before)]
        assert len(sync.others) <= 4 and all([len(pole.name) <= 22 for pole in sync.others])
        assert sum(grown) in (0, 1), grown
        if sum(grown):
            return "reason %d" % grown.index(1)
        assert [pole.heard for pole in sync.others] != heard, "neither believed nor counted"
        return None

    def _give(self, data):
        self.radio.coming.append(data if len(data) <= LONGEST else b"")
        self.sync.listen(None)
        assert not self.radio.coming

    def goes_on(self):
        """The neighbour's next word is believed, once it has answered what was asked."""
        sync, south = self.sync, self.others[0]
        sync.others = [pole for pole in sync.others if pole.sender == south.sender]
        sync.pulse()
        sync._alone = True
        sync._due_ms = chip.Time.now_ms
        sync._speak(chip.Time.now_ms)
        self.number += 1
        known = core.find(sync.others, south.sender)
        boot = 1 if known.boot == 2 else 2
        self._give(south.seal(boot, self.number, 0, sync._question, 5_000, 100, 1_000))
        assert known.state == core.HEARD and known.lit and known.boot == boot, sync._refused
        assert sync._armed.followed == 5_000


class GroupTopic(Frame):
    """The same from the broker: payloads of any length."""

    def _give(self, data):
        self.sync.on_group(data)


assert "sign.services.pole_room" not in sys.modules
