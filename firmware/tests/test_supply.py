from sign.core.supply import Supply


class Site:
    supply_low_mv = 11_000
    supply_high_mv = 15_000
    supply_hysteresis_mv = 300


class Line:
    def __init__(self, site=Site):
        self.supply = Supply(site)
        self.now_ms = 0
        self.changes = 0

    def hold(self, mv, for_ms=15_000):
        for _ in range(for_ms // 100):
            self.now_ms += 100
            self.changes += self.supply.sample(mv, self.now_ms)
        return self.supply.low, self.supply.high, self.supply.unread


def test_a_good_supply_has_no_fault():
    line = Line()
    assert line.hold(12_500) == (False, False, False)
    assert line.changes == 0
    assert line.supply.mv == 12_500


def test_low_comes_and_goes_with_hysteresis():
    line = Line()
    line.hold(12_000)
    assert line.hold(10_900) == (True, False, False)
    assert line.hold(11_200) == (True, False, False)
    assert line.hold(11_400) == (False, False, False)
    assert line.changes == 2


def test_high_comes_and_goes_with_hysteresis():
    line = Line()
    assert line.hold(15_200) == (False, True, False)
    assert line.hold(14_800) == (False, True, False)
    assert line.hold(14_600) == (False, False, False)


def test_a_dip_is_no_fault():
    line = Line()
    line.hold(12_000)
    line.hold(6_000, 300)
    line.hold(12_000)
    assert line.changes == 0


def test_a_running_sign_has_a_supply_so_nothing_is_a_broken_wire():
    line = Line()
    line.hold(12_000)
    assert line.hold(0, 60_000) == (False, False, True)
    assert line.hold(12_000) == (False, False, False)


def test_limits_of_zero_are_not_watched():
    class Unwatched:
        supply_low_mv = supply_high_mv = 0
        supply_hysteresis_mv = 300

    line = Line(Unwatched)
    assert line.hold(0) == (False, False, False)
    assert line.hold(40_000) == (False, False, False)
