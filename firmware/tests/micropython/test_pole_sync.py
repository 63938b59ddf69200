"""Two poles and the air between them, whose every frame the test lets through or not."""

import asyncio
import time

from sign.core import poles
from sign.core.faults import POLE_LOST
from sign.proto.espnow import Group
from sign.services.poles import PoleSync

KEY = bytes(range(32))
SITE = "drammen/storgata"
COPIES = 4
CHECKS_MAX = 40
FORGED, FLOOD = 3, 6
PASS_TICKS = 313_725


class Air:
    """A radio whose frames wait in `sent`."""

    def __init__(self):
        self.sent = []
        self.coming = []

    def send(self, frame):
        self.sent.append(frame)

    def receive(self):
        return (self.coming.pop(0), time.ticks_ms()) if self.coming else None

    def settle(self):
        return False


class Activation:
    def left_ms(self, now_ms):
        return 5000


class Armed:
    """What of the running sign a pole needs."""

    def __init__(self, name, mode):
        self.sign, self.boot = SITE + "/" + name, 1
        self.config = self.detector = self.lamps = self.detection = self
        self.mode = mode
        self.lit, self.quiet = False, False
        self.activation = Activation()
        self.pass_ticks, self.started_us = PASS_TICKS, 0
        self.followed, self.reasons, self.faults = [], {}, []

    def follow(self, left_ms):
        self.followed.append(left_ms)

    def settle_fault(self, code, stands):
        assert code == POLE_LOST
        self.faults.append(bool(stands))


class Pole:
    def __init__(self, name, radio=True, mode="active"):
        self.air = Air()
        self.armed = Armed(name, mode)
        group = Group(KEY, SITE, name)
        self.sync = PoleSync(self.armed, group, self.air if radio else None, asyncio.ThreadSafeFlag())
        self.now_ms = time.ticks_ms()

    def speak(self, ms=0):
        """What it says, `ms` later."""
        self.air.sent.clear()
        self.now_ms = max(self.now_ms + ms, time.ticks_ms())
        self.sync._speak(self.now_ms)
        return list(self.air.sent)

    def hear(self, frames):
        for frame in frames:
            self.sync._take(frame, time.ticks_us())
            for _ in range(10):  # what was scheduled runs at a jump
                pass

    def warn(self, on):
        self.armed.lit = on


def met(*signs):
    """Poles that have proved themselves to each other: whoever hears a question answers it at once."""
    for _ in range(3):
        for sign in signs:
            said = sign.speak(3000)
            for other in signs:
                other.hear(said)
            for other in signs:
                answer = other.speak()
                for each in signs:
                    each.hear(answer)
    for sign in signs:
        assert len(sign.sync.told()["heard"]) == len(signs) - 1
        sign.armed.followed.clear()
    return signs


def test_two_poles_prove_themselves_by_answering_a_question():
    north, south = met(Pole("north"), Pole("south"))
    assert north.sync.told()["heard"] == ["south"]
    assert south.sync.told()["heard"] == ["north"]


def test_a_warning_is_told_at_once_and_some_times_and_so_is_its_end():
    north, south = met(Pole("north"), Pole("south"))
    for on in (True, False):
        north.warn(on)
        said = [frame for _ in range(COPIES + 1) for frame in north.speak(10)]
        assert len(said) == COPIES
        south.hear(said)
        assert [left_ms > 5000 for left_ms in south.armed.followed] == [on] * COPIES
        south.armed.followed.clear()
    assert south.sync.followed == 1


def test_any_one_of_the_copies_is_enough():
    for heard in range(COPIES):
        north, south = met(Pole("north"), Pole("south"))
        north.warn(True)
        said = [north.speak(10) for _ in range(COPIES)]
        south.hear(said[heard])
        assert south.armed.followed[-1] > 5000


def test_while_it_warns_it_says_so_again_and_again():
    north, _ = met(Pole("north"), Pole("south"))
    north.warn(True)
    for _ in range(COPIES):
        north.speak(10)
    assert not north.speak(400)
    assert len(north.speak(400)) == 1


def test_what_a_pole_follows_is_not_told_on():
    north, south = met(Pole("north"), Pole("south"))
    north.warn(True)
    south.hear(north.speak())
    assert south.armed.followed
    said = south.speak(3000)
    north.hear(said)
    assert north.armed.followed[-1] == 0


def test_a_sign_that_only_looks_on_tells_of_no_warning():
    north, south = met(Pole("north", mode="shadow"), Pole("south"))
    north.warn(True)
    for _ in range(COPIES):
        south.hear(north.speak(600))
    assert max(south.armed.followed) == 0


def test_of_two_poles_that_warn_the_one_that_ends_does_not_end_the_other():
    north, south, west = met(Pole("north"), Pole("south"), Pole("west"))
    for pole in (north, south):
        pole.warn(True)
        west.hear(pole.speak())
    south.warn(False)
    west.hear(south.speak())
    assert west.armed.followed[-1] > 4000
    north.warn(False)
    west.hear(north.speak())
    assert west.armed.followed[-1] == 0


def test_a_recorded_warning_lights_nothing_after_a_reset_either():
    north, south = met(Pole("north"), Pole("south"))
    north.warn(True)
    recorded = north.speak()
    south.hear(recorded)
    north.warn(False)
    south.hear(north.speak())
    count = len(south.armed.followed)
    south.hear(recorded)
    assert len(south.armed.followed) == count
    started_again = Pole("south")
    started_again.hear(recorded)
    assert started_again.armed.followed == []


def test_a_flood_is_counted_and_not_looked_at():
    _, south = met(Pole("north"), Pole("south"))
    forged = Group(bytes(32), SITE, "north").seal(9, 9, 0, 0, 0, 0, 0)
    south.sync.pulse()
    south.hear([forged] * 100)
    refused = south.sync.told()["refused"]
    assert (refused[FORGED], refused[FLOOD]) == (CHECKS_MAX, 100 - CHECKS_MAX)
    south.sync.pulse()
    south.hear([forged])
    assert south.sync.told()["refused"][FORGED] == CHECKS_MAX + 1


def test_a_pole_that_is_not_heard_any_more_is_a_fault_with_its_name():
    _, south = met(Pole("north"), Pole("south"))
    south.sync.pulse()
    south.sync.others[0].last_ms -= poles.LOST_MS + 1
    south.sync.pulse()
    assert south.armed.faults == [False, True]
    assert south.armed.reasons == {"pole_lost": "north"}
    assert south.sync.told()["lost"] == ["north"]


def test_where_there_is_no_radio_the_broker_carries_the_same_frames():
    class Client:
        published = []

        async def publish(self, topic, pieces, qos, retain):
            self.published.append((topic, pieces[0], qos, retain))

    north, south = Pole("north", radio=False), Pole("south", radio=False)
    north.sync.topic = "group"
    north.speak(6000)
    asyncio.run(north.sync.duty(Client()))
    ((topic, frame, qos, retain),) = Client.published
    assert (topic, qos, retain) == ("group", 0, False)
    south.sync.on_group(frame)
    assert south.sync.others[0].name == "north"


def test_poles_that_hear_each_other_by_radio_leave_the_broker_alone():
    north, _ = met(Pole("north"), Pole("south"))
    north.sync._outgoing = None
    north.sync._radio_ms = north.now_ms
    north.warn(True)
    north.speak()
    assert north.sync._outgoing is None
