from sign.core import battery
from sign.core.battery import FULL, LAST, LOW, PATIENCE, SAVING, Battery


class Site:
    battery_saving_mv, battery_low_mv, battery_last_mv = 12_200, 11_800, 11_200
    supply_hysteresis_mv = 300
    low_online_min = 5


class Pole:
    def __init__(self):
        self.battery = Battery(Site)
        self.up_s = self.changes = 0

    def hold(self, mv, for_s=4 * PATIENCE):
        """The stage after so long at a voltage."""
        for _ in range(for_s):
            self.up_s += 1
            self.changes += self.battery.sample(mv, 1000 * self.up_s, self.up_s)
        return self.battery.stage


def test_a_full_battery_costs_nothing():
    pole = Pole()
    assert pole.hold(13_000) == FULL
    assert pole.changes == 0
    assert not pole.battery.is_silent(pole.up_s)


def test_it_goes_down_and_up_by_stages_with_hysteresis():
    pole = Pole()
    way = [pole.hold(mv) for mv in (12_100, 11_700, 11_100, 11_400, 11_600, 12_000, 12_200, 12_400, 12_600)]
    assert way == [SAVING, LOW, LAST, LAST, LOW, LOW, SAVING, SAVING, FULL]


def test_a_steep_fall_takes_every_stage_in_turn():
    pole = Pole()
    stages = [pole.hold(10_500, PATIENCE + 30 if n == 0 else PATIENCE) for n in range(3)]
    assert stages == [SAVING, LOW, LAST]


def test_a_load_that_pulls_it_down_for_a_moment_changes_nothing():
    pole = Pole()
    pole.hold(12_800)
    for _ in range(20):
        pole.hold(11_000, PATIENCE - 10)
        pole.hold(12_800, 30)
    assert (pole.battery.stage, pole.changes) == (FULL, 0)


def test_a_broken_measurement_darkens_no_sign():
    pole = Pole()
    assert pole.hold(0) == FULL
    pole.hold(11_700)
    assert pole.hold(0, 5 * PATIENCE) == FULL


def test_on_low_it_speaks_some_minutes_of_each_hour_and_begins_with_them():
    pole = Pole()
    while pole.battery.stage != LOW:
        pole.hold(11_700, 1)
    begun_s = pole.up_s
    speaks = [minute for minute in range(180) if not pole.battery.is_silent(begun_s + 60 * minute)]
    assert speaks == [0, 1, 2, 3, 4, 60, 61, 62, 63, 64, 120, 121, 122, 123, 124]


def test_on_the_last_stage_it_speaks_once_more_and_then_never():
    pole = Pole()
    while pole.battery.stage != LAST:
        pole.hold(11_000, 1)
    begun_s = pole.up_s
    assert not pole.battery.is_silent(begun_s + 119)
    for s in (120, 3_600, 86_400):
        assert pole.battery.is_silent(begun_s + s)


def test_the_stages_have_names_among_the_faults():
    from sign.core import faults

    names = [faults.name(37), faults.name(38), faults.name(39)]
    assert names == ["battery_saving", "battery_low", "battery_last"]
    assert len(faults.names()) == faults.COUNT
    assert battery.PATIENCE == 60
