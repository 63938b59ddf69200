"""Recordings in flash: what is kept, what is held, and what a power cut at every operation leaves."""

from torn_flash import SECTOR, TornFlash, every_cut

from sign.core.notes import ON
from sign.proto import recording as room
from sign.proto.service import ServiceError
from sign.services import recording

SLOTS = 4
TOLD = b'{"config":{}}'
ENTRIES = 700


class Recorder:
    """Has the same entries, beginning with `mark`."""

    event, event_seq, last_ms = ON, 12, 5000

    def __init__(self, mark=0, entries=ENTRIES):
        self.data = bytes([mark]) * entries
        self.guarded = None

    def window(self):
        return 0, len(self.data)

    def guard(self, position):
        self.guarded = position

    def copy(self, position, into):
        for k in range(len(into)):
            into[k] = self.data[position + k]

    def taken(self):
        self.guarded = None


class Status:
    """Stands in for Status and Flight."""

    dropped = 0

    def __init__(self, partition):
        self.partition = partition
        self.flight = self.armed = self
        self.recorder = self
        self.event = 0


def blank():
    return TornFlash(2 * SLOTS * SECTOR, "recorder")


def keep(flash, mark, held=False):
    """The number that it was kept under, None when it was dropped."""
    return list(recording.keep(flash, Recorder(mark), TOLD, 3, 60, held))[-1]


def refused(act, obj):
    """What a verb's refusal says is allowed; None when it was obeyed."""
    try:
        act(obj)
    except ServiceError as error:
        return error.allowed


def listed(flash):
    return {told["number"]: told["held"] for told in recording.listed(Status(flash), None)["recordings"]}


def entries(flash, number):
    """The entries of a recording, read piece by piece."""
    status, data, size = Status(flash), b"", 1
    while len(data) < size:
        told = recording.read(status, [number, len(data)])
        data, size = data + bytes.fromhex(told["hex"]), told["of"]
    assert data[room.BODY : room.BODY + 13] == TOLD
    return data[room.BODY + 13 :]


def test_what_was_kept_is_listed_and_read():
    flash = blank()
    assert [keep(flash, mark) for mark in (1, 2)] == [1, 2]
    assert listed(flash) == {1: False, 2: False}
    assert entries(flash, 2) == b"\x02" * ENTRIES


def test_the_oldest_gives_way_and_never_one_that_is_held():
    flash = blank()
    for mark in range(SLOTS):
        keep(flash, mark)
    recording.hold(Status(flash), 1)
    assert keep(flash, 9) == 5
    assert listed(flash) == {1: True, 3: False, 4: False, 5: False}
    assert entries(flash, 1) == b"\x00" * ENTRIES


def test_where_all_are_held_the_new_one_is_dropped():
    flash = blank()
    for mark in range(SLOTS):
        keep(flash, mark, held=True)
    assert keep(flash, 9) is None
    recording.release(Status(flash), 2)
    assert keep(flash, 9) == 5
    assert sorted(listed(flash)) == [1, 3, 4, 5]


def test_a_recording_can_be_held_and_released_often_but_not_for_ever():
    flash = blank()
    keep(flash, 1)
    for _ in range(8):
        recording.hold(Status(flash), None)
        assert listed(flash) == {1: True}
        recording.release(Status(flash), 1)
        assert listed(flash) == {1: False}
    assert refused(lambda obj: recording.hold(Status(flash), obj), 1) == "another recording"


def test_an_unknown_number_is_refused_with_those_that_are_known():
    flash = blank()
    keep(flash, 1)
    for obj in (7, "x", [1], -1):
        assert refused(lambda obj: recording.hold(Status(flash), obj), obj) == "1"


def test_nothing_worth_keeping_is_kept():
    flash = blank()
    done = list(recording.keep(flash, Recorder(entries=0), TOLD, 3, 60))
    assert done == [None]
    assert flash.operations == 0


def test_the_ring_is_guarded_until_the_copy_is_complete():
    recorder = Recorder(1)
    steps = recording.keep(blank(), recorder, TOLD, 3, 60)
    next(steps)
    assert recorder.guarded == 0
    for _ in steps:
        pass
    assert recorder.guarded is None


def test_a_power_cut_at_every_operation_leaves_the_others_as_they_were():
    def make():
        flash = blank()
        for mark in range(SLOTS):
            keep(flash, mark, held=mark == 0)
        return flash

    def act(flash):
        keep(flash, 7)
        recording.hold(Status(flash), 5)
        recording.release(Status(flash), 1)

    def check(flash, cut):
        found = listed(flash)
        assert found.pop(5, None) is not None or cut
        assert set(found) - {2} == {1, 3, 4}
        for number in (1, 3, 4):
            assert entries(flash, number) == bytes([number - 1]) * ENTRIES
        if 5 in listed(flash):
            assert entries(flash, 5) == b"\x07" * ENTRIES
        assert keep(flash, 8) is not None
        assert entries(flash, max(listed(flash))) == b"\x08" * ENTRIES

    assert every_cut(make, act, check) == 4 * (2 + 4 + 1 + 2)  # erased, programmed, header, marks
