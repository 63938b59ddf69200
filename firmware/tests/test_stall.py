from sign.services.stall import ANYWAY_MS, LIT_SUFFICES_MS, StallPermit


class FakeDetector:
    def __init__(self, allowed=False, lamps=False):
        self.allowed = allowed
        self.lamps = lamps

    def stall_allowed(self, now_ms):
        return self.allowed


def test_a_good_moment_is_granted_at_once():
    assert StallPermit(FakeDetector(allowed=True)).granted(5)


def test_with_somebody_before_dark_lamps_it_waits():
    permit = StallPermit(FakeDetector())
    assert not any(permit.granted(now_ms) for now_ms in range(0, ANYWAY_MS, 1000))


def test_after_a_minute_lit_lamps_suffice():
    detector = FakeDetector(lamps=True)
    permit = StallPermit(detector)
    assert not permit.granted(0)
    assert not permit.granted(LIT_SUFFICES_MS - 1)
    assert permit.granted(LIT_SUFFICES_MS)


def test_in_the_end_it_is_granted_anyway():
    permit = StallPermit(FakeDetector())
    assert not permit.granted(0)
    assert permit.granted(ANYWAY_MS)


def test_a_good_moment_starts_the_waiting_anew():
    detector = FakeDetector()
    permit = StallPermit(detector)
    assert not permit.granted(0)
    detector.allowed = True
    assert permit.granted(1000)
    detector.allowed = False
    assert not permit.granted(ANYWAY_MS)


def test_after_a_stall_the_waiting_starts_anew():
    permit = StallPermit(FakeDetector())
    permit.granted(0)
    permit.taken()
    assert not permit.granted(ANYWAY_MS)
