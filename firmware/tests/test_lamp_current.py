from sign.core.lamp_current import BOTH, DARK, LEFT, RIGHT, LampCurrent

LAMP_MV = 200
OFFSET_MV = 35
CARRIER_US = 1000
DAY_S = 86_400


class Site:
    lamp_current_mv = LAMP_MV
    lamp_low_pct = 70
    lamp_high_pct = 140


class Pole:
    """Lamps behind a shunt, with a carrier that chops the current."""

    def __init__(self, site=Site):
        self.current = LampCurrent(site)
        self.shares = {LEFT: 100, RIGHT: 100}  # per cent of the right current
        self.up_s = 0
        self.noise = 7

    def instant_mv(self, lit, dim_pct, t_us):
        on = t_us % CARRIER_US < CARRIER_US * dim_pct // 100
        drawn = sum(self.shares[lamp] for lamp in (LEFT, RIGHT) if lit & lamp)
        self.noise = (self.noise * 109 + 89) % 21
        return OFFSET_MV + (LAMP_MV * drawn // 100 if on else 0) + self.noise - 10

    def burst_mv(self, lit, dim_pct, t_us):
        """What the board measures: ten readings over one period of the carrier."""
        return sum(self.instant_mv(lit, dim_pct, t_us + 100 * k) for k in range(10)) // 10

    def activate(self, pattern=(LEFT, RIGHT), dim_pct=100, for_ms=5000):
        for _ in range(20):
            self.current.sample(DARK, self.burst_mv(DARK, 0, 0), 0)
        for t_ms in range(0, for_ms, 50):
            slot = pattern[t_ms // 500 % len(pattern)]
            self.current.sample(slot, self.burst_mv(slot, dim_pct, t_ms * 1000), dim_pct)
        self.up_s += 60
        return self.current.end(self.up_s)


def test_good_lamps_are_proved_by_one_activation_at_any_brightness():
    for dim_pct in (100, 50, 30, 15):
        pole = Pole()
        assert not pole.activate(dim_pct=dim_pct)
        assert (pole.current.dead, pole.current.shorted, pole.current.proved) == (0, 0, True), dim_pct


def test_single_readings_in_step_with_the_carrier_would_be_wrong():
    """Why a sample is a mean over a period: one reading a tick meets the carrier always alike."""
    pole = Pole()
    readings = [pole.instant_mv(LEFT, 50, t_ms * 1000) for t_ms in range(0, 500, 10)]
    assert min(readings) > OFFSET_MV + LAMP_MV * 8 // 10


def test_a_dead_lamp_is_named_at_the_third_activation():
    for lamp in (LEFT, RIGHT):
        pole = Pole()
        pole.shares[lamp] = 0
        assert [pole.activate(dim_pct=40) for _ in range(3)] == [False, False, True]
        assert (pole.current.dead, pole.current.shorted, pole.current.proved) == (lamp, 0, False)


def test_a_shorted_lamp_is_named_at_the_third_activation():
    pole = Pole()
    pole.shares[RIGHT] = 250
    assert [pole.activate() for _ in range(3)] == [False, False, True]
    assert (pole.current.dead, pole.current.shorted) == (0, RIGHT)


def test_one_bad_activation_is_no_fault_but_proves_nothing():
    pole = Pole()
    pole.activate()
    pole.shares[LEFT] = 0
    pole.activate()
    assert not pole.current.proved
    pole.shares[LEFT] = 100
    assert not any(pole.activate() for _ in range(5))
    assert pole.current.proved


def test_a_mended_lamp_clears_after_three_good_ones():
    pole = Pole()
    pole.shares[LEFT] = 0
    for _ in range(4):
        pole.activate()
    pole.shares[LEFT] = 100
    assert [pole.activate() for _ in range(3)] == [False, False, True]
    assert pole.current.dead == 0


def test_with_both_lamps_lit_at_once_one_dead_lamp_accuses_both():
    pole = Pole()
    pole.shares[LEFT] = 0
    for _ in range(3):
        pole.activate(pattern=(BOTH,))
    assert pole.current.dead == BOTH


def test_what_cannot_be_judged_is_neither_proof_nor_fault():
    class Unknown(Site):
        lamp_current_mv = 0

    pole = Pole(Unknown)
    pole.shares[LEFT] = 0
    assert not any(pole.activate() for _ in range(5))
    assert not pole.current.proved
    short = Pole()
    short.shares[LEFT] = 0
    assert not any(short.activate(for_ms=300) for _ in range(5))
    assert not any(short.activate(dim_pct=5) for _ in range(5))


def test_a_day_without_activation_asks_for_a_self_test_in_daylight():
    pole = Pole()
    pole.activate()
    assert not pole.current.self_test_due(pole.up_s + DAY_S - 1, True)
    assert not pole.current.self_test_due(pole.up_s + DAY_S, False)
    assert pole.current.self_test_due(pole.up_s + DAY_S, True)
    pole.up_s += DAY_S
    pole.activate(for_ms=1000)
    assert pole.current.proved
    assert not pole.current.self_test_due(pole.up_s, True)


def test_a_very_long_activation_keeps_its_sums_small():
    pole = Pole()
    for _ in range(30_000):
        pole.current.sample(LEFT, 3000, 100)
    assert pole.current._seen_mv[LEFT] < 0x3FFFFFFF
