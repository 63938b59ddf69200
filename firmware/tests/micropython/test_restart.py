import fakes  # the chip's modules, before those that import them

from sign.proto.service import ServiceError


class RTC:
    """Memory that outlives resets."""

    kept = b"GVK1\x03OSError: 5"

    def memory(self, *data):
        if data:
            RTC.kept = bytes(data[0])
        return RTC.kept


class Sign:
    """Stands in for Status, Armed and Detector."""

    resets = 0

    def __init__(self, quiet=True, lit=False):
        self.armed = self.detector = self
        self.quiet, self.lit = quiet, lit
        self.moved_at = None

    def put_away(self):
        """As Armed."""
        self.moved_at = Sign.resets


def reset():
    Sign.resets += 1


fakes.Machine.RTC, fakes.Machine.reset = RTC, reset

import ladder
from sign.services.verbs import chores

RECORD = RTC.kept


def restart(obj, sign=None):
    """Do it; what RTC memory held at the reset."""
    RTC.kept = RECORD
    before = Sign.resets
    sign = sign or Sign()
    answer, job = chores.restart(sign, obj)
    assert (RTC.kept, Sign.resets) == (RECORD, before)  # not before it was answered
    job.step(0)
    assert (sign.moved_at, Sign.resets) == (before, before + 1)
    return answer, RTC.kept


def told_as_a_wish():
    """What the ladder leaves where a reset is no failure."""
    RTC.kept = RECORD
    ladder.stopped()
    return RTC.kept


def refused(obj, sign):
    try:
        chores.restart(sign, obj)
    except ServiceError as error:
        return error.field, error.value, error.allowed
    return None


def test_a_restart_for_service_leaves_its_mark_before_the_record_of_failures():
    assert restart("service") == ({"restart": "service"}, b"GVKS" + told_as_a_wish())


def test_a_plain_restart_leaves_no_mark():
    assert restart(None, Sign(quiet=False)) == ({"restart": True}, told_as_a_wish())


def test_what_is_no_restart_and_one_for_service_with_somebody_in_view_are_refused():
    for sign in (Sign(quiet=False), Sign(lit=True)):
        assert refused("service", sign) == ("restart", "somebody in view", "nobody in view")
    for obj in ("", "Service", True, False, 0, [], {}):
        assert refused(obj, Sign()) == ("restart", obj, '"service" or nothing')
