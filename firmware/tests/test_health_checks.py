from sign.core.faults import Faults, names
from sign.core.health_checks import BLIND, FULL, REDUCED, SINGLE, HealthChecks
from sign.core.verdict import Share, Verdicts

TICK_MS = 500
MINUTE_MS = 60_000
SET, CLEARED = True, False


class Site:
    radar_kind = "ld2450"
    second_kind = "none"
    radar_silent_ms = 2000
    pir_enabled = button_enabled = True
    stuck_on_min = 30
    stuck_off_min = 60
    flutter_per_min = 60
    button_stuck_min = 2


class WithSecond(Site):
    second_kind = "ld2410"


class Pair(Site):
    second_kind = "ld2450"


class WithGate(Site):
    second_kind = "ld2451"


class WithoutPir(Site):
    pir_enabled = False


class Driver:
    """A radar's counters, with so many good and broken frames a tick."""

    def __init__(self):
        self.frames = self.bad_frames = 0
        self.good, self.bad = 5, 0


class Street:
    """A pole on a street where somebody passes now and then; each sensor can be spoilt."""

    def __init__(self, site=Site, start_ms=0):
        self.drivers = (Driver(),) if site.second_kind == "none" else (Driver(), Driver())
        self.faults = Faults()
        self.checks = HealthChecks(site, self.faults, self.drivers, start_ms)
        self.now_ms = start_ms
        self.step = 0
        self.found = []

    def tick(self, radar, pir, button, present, stuck_on=False):
        self.now_ms = (self.now_ms + TICK_MS) & 0x3FFFFFFF
        self.step += 1
        for port in range(len(self.drivers)):
            driver = self.drivers[port]
            driver.frames += driver.good
            driver.bad_frames += driver.bad
            if driver.good:
                self.checks.lines[port].frame_ms = self.now_ms
        checks = self.checks
        if checks.tick(self.now_ms, radar, pir, button, present, stuck_on, self.now_ms // 1000):
            self.found.append((names()[checks.code], checks.active))

    def live(self, minutes, radar=None, pir=None, button=None, present=None, every_s=40):
        """Somebody is there for 5 s `every_s`; a sensor given as a function of the step shows that
        instead."""
        for _ in range(minutes * MINUTE_MS // TICK_MS):
            there = self.step * TICK_MS // 1000 % every_s < 5
            self.tick(
                2 * there if radar is None else 2 * radar(self.step),
                there if pir is None else pir(self.step),
                False if button is None else button(self.step),
                there if present is None else present(self.step),
            )
        return self.found


def always(step):
    return True


def never(step):
    return False


def wobbling(step):
    return step % 2 == 0


def one_in_ten(step):
    return step * TICK_MS // 1000 % 400 < 5


def found(street, minutes, **spoilt):
    """What a stretch of time adds to what was found, without the mode that follows from it."""
    street.found = []
    street.live(minutes, **spoilt)
    return sorted(change for change in street.found if change[0] not in ("one_sensor", "no_sensor"))


def test_a_living_street_has_no_faults():
    street = Street(WithSecond)
    assert street.live(24 * 60) == []
    checks = street.checks
    assert checks.mode == FULL
    assert checks.heard == b"\x01\x01"
    assert checks.pir_heard
    assert checks.button_heard
    assert not checks.others_decide


def test_an_empty_street_has_no_faults():
    assert Street(WithSecond).live(24 * 60, every_s=100_000) == []


def test_a_ghost_that_nobody_else_sees_is_stuck_on():
    street = Street()
    assert street.live(29, radar=always, pir=never) == []
    assert found(street, 2, radar=always, pir=never) == [("radar_stuck_on", SET)]
    assert not street.checks.heard[0]
    assert street.checks.others_decide
    assert found(street, 2) == [("radar_stuck_on", CLEARED)]


def test_a_crowd_that_the_others_see_too_is_no_stuck_radar():
    assert Street().live(120, radar=always, pir=always) == []


def test_a_radar_that_sees_nobody_any_more_is_stuck_off_and_blocked():
    street = Street()
    street.live(4 * 60)
    assert found(street, 90, radar=never) == [("radar_blocked", SET), ("radar_stuck_off", SET)]
    assert street.checks.others_decide
    assert street.checks.heard[0]
    assert found(street, 60) == [("radar_blocked", CLEARED), ("radar_stuck_off", CLEARED)]


def test_a_pir_in_sun_and_wind_that_never_met_the_radar_is_no_witness_against_it():
    street = Street()
    assert found(street, 10 * 60, radar=never) == [("radar_stuck_off", SET)]
    assert not street.checks.others_decide
    assert street.checks.mode == SINGLE


def test_a_second_radar_is_a_witness_at_once():
    street = Street(WithSecond)
    assert ("radar_stuck_off", SET) in found(street, 90, radar=never)
    assert street.checks.others_decide


def test_a_radar_that_sees_far_fewer_than_it_used_to_is_blocked():
    street = Street()
    assert street.live(8 * 60) == []
    assert street.checks.learned[0] > 90
    assert found(street, 3 * 60, radar=one_in_ten) == [("radar_blocked", SET)]
    assert street.checks.others_decide
    assert found(street, 60) == [("radar_blocked", CLEARED)]


def test_a_decline_over_weeks_does_not_become_the_rule():
    street = Street()
    street.live(8 * 60)
    for nth in range(2, 9):
        street.live(4 * 60, radar=lambda step, nth=nth: step * TICK_MS // 1000 % (40 * nth) < 5)
    assert ("radar_blocked", SET) in street.found


def test_a_radar_and_a_pir_that_flutter():
    street = Street()
    assert found(street, 5, radar=wobbling, pir=wobbling) == [("pir_flutter", SET), ("radar_flutter", SET)]
    assert street.checks.heard[0]
    assert not street.checks.pir_heard
    assert found(street, 12) == [("pir_flutter", CLEARED), ("radar_flutter", CLEARED)]


def test_a_pir_in_the_sun_is_stuck_on_and_a_dead_one_stuck_off():
    street = Street()
    assert found(street, 31, radar=never, pir=always) == [("pir_stuck_on", SET)]
    assert not street.checks.pir_heard
    dead = Street()
    assert found(dead, 91, pir=never) == [("pir_stuck_off", SET)]
    assert not dead.checks.others_decide


def test_without_a_pir_its_silence_says_nothing():
    assert Street(WithoutPir).live(200, pir=never) == []


def test_a_jammed_button_is_found_whatever_the_others_see():
    street = Street()
    assert street.live(3, button=always) == [("button_stuck_on", SET)]
    assert not street.checks.button_heard
    assert street.live(2) == [("button_stuck_on", SET), ("button_stuck_on", CLEARED)]


def test_a_pir_that_misses_what_may_be_a_branch_is_no_dead_one():
    street = Street()
    for _ in range(120 * MINUTE_MS // TICK_MS):
        street.tick(street.step % 100 < 30, False, False, False)
    assert "pir_stuck_off" not in [name for name, _ in street.found]


def test_a_button_that_nobody_presses_is_no_fault():
    assert Street().live(600, button=never) == []


def test_a_radar_that_falls_silent_and_comes_back():
    street = Street()
    street.live(5)
    street.drivers[0].good = 0
    assert found(street, 1) == [("radar_silent", SET)]
    assert street.checks.others_decide
    street.drivers[0].good = 5
    assert found(street, 1) == [("radar_silent", CLEARED)]


def test_silence_of_a_week_is_still_silence():
    street = Street()
    street.drivers[0].good = 0
    street.live(1)
    for _ in range(7):
        street.now_ms = (street.now_ms + 86_400_000) & 0x3FFFFFFF
        street.live(1)
    assert [change for change in street.found if change[0] == "radar_silent"] == [("radar_silent", SET)]


def test_a_silent_radar_is_not_called_blind_as_well():
    street = Street()
    street.drivers[0].good = 0
    assert found(street, 120, radar=never) == [("radar_silent", SET)]


def test_a_radar_that_is_mostly_garbage():
    street = Street()
    street.drivers[0].good, street.drivers[0].bad = 1, 2
    assert found(street, 1) == [("radar_garbled", SET)]
    street.drivers[0].bad = 0
    assert found(street, 1) == [("radar_garbled", CLEARED)]


def test_a_second_radar_that_falls_silent_or_sends_garbage():
    street = Street(WithSecond)
    street.live(5)
    street.drivers[1].good = 0
    assert found(street, 2) == [("second_silent", SET)]
    assert street.checks.mode == REDUCED
    street.drivers[1].good = 5
    assert found(street, 3) == [("second_silent", CLEARED)]
    street.drivers[1].good, street.drivers[1].bad = 1, 5
    assert found(street, 2) == [("second_garbled", SET)]


def test_a_second_radar_that_is_stuck_has_no_say():
    street = Street(WithSecond)
    assert found(street, 40, radar=never, pir=never, present=always) == [("second_stuck_on", SET)]
    assert street.checks.heard == b"\x01\x00"


def test_a_silent_vehicle_radar_is_no_fault_but_a_garbled_one_is():
    street = Street(WithGate)
    street.drivers[1].good = 0
    assert street.live(120) == []
    street.drivers[1].bad = 5
    assert found(street, 1) == [("second_garbled", SET)]
    assert street.checks.mode == FULL


def test_of_a_pair_one_may_fall_silent_and_the_others_help():
    street = Street(Pair)
    street.drivers[0].good = 0
    assert found(street, 1) == [("radar_silent", SET)]
    assert street.checks.mode == REDUCED
    assert street.checks.others_decide
    assert street.checks.heard == b"\x01\x01"
    street.drivers[1].good = 0
    assert found(street, 1) == [("second_silent", SET)]
    assert street.checks.mode == SINGLE


def test_the_mode_says_how_many_sensors_are_left_and_tells_it_after_the_cause():
    street = Street()
    street.drivers[0].good = 0
    street.live(1)
    assert street.found == [("radar_silent", SET), ("one_sensor", SET)]
    assert street.checks.mode == SINGLE
    street.found = []
    street.live(40, radar=never, pir=always)
    assert street.found == [("pir_stuck_on", SET), ("one_sensor", CLEARED), ("no_sensor", SET)]
    assert street.checks.mode == BLIND
    street.drivers[0].good = 5
    street.found = []
    street.live(2)
    assert street.checks.mode == FULL
    assert street.faults.active() == []


def test_a_single_sensor_is_all_there_is_until_it_fails():
    street = Street(WithoutPir)
    assert street.checks.mode == FULL
    street.drivers[0].good = 0
    street.live(1)
    assert street.checks.mode == BLIND


def test_a_warning_that_is_stuck_is_told_and_goes():
    street = Street()
    street.tick(False, False, False, False, stuck_on=True)
    street.tick(False, False, False, False)
    assert street.found == [("stuck_on", SET), ("stuck_on", CLEARED)]


def test_faults_that_come_together_are_told_one_by_one():
    street = Street(WithSecond)
    street.drivers[0].good = street.drivers[1].good = 0
    street.live(1)
    assert street.found == [("radar_silent", SET), ("second_silent", SET), ("one_sensor", SET)]


def walk(checks, now_ms, frames, paved_of_ten):
    found = []
    for k in range(frames):
        checks.saw_place(k % 10 < paved_of_ten)
        now_ms += 100
        checks.lines[0].frame_ms = now_ms
        if checks.tick(now_ms, False, False, False, False, False, 0):
            found.append((names()[checks.code], checks.active))
    return found


def test_people_who_walk_where_no_pavement_is_tell_of_a_turned_radar():
    checks = HealthChecks(Site, Faults(), (Driver(),), 0)
    assert walk(checks, 0, 3000, 9) == []
    assert checks.learned[1] > 80
    assert walk(checks, 300_000, 600, 2) == [("radar_moved", SET)]
    assert checks.others_decide
    assert walk(checks, 360_000, 600, 9) == [("radar_moved", CLEARED)]


def test_what_was_learned_survives_a_restart():
    checks = HealthChecks(Site, Faults(), (Driver(),), 0)
    checks.restore(80, 95)
    assert checks.learned == (80, 95)


def test_a_new_configuration_keeps_what_was_found():
    street = Street()
    street.live(91, pir=never)
    street.checks.configure(Site)
    street.live(1, pir=never)
    assert street.found == [("pir_stuck_off", SET), ("one_sensor", SET)]


def test_the_wrap_of_the_ticks_is_no_fault():
    assert Street(WithSecond, start_ms=0x3FFFFFFF - 30 * MINUTE_MS).live(120) == []


def test_a_verdict_wants_a_row():
    verdicts = Verdicts(2)
    verdicts.be_patient(1, 3, 2)
    for bad in (True, True, False, True, True):
        verdicts.weigh(1, bad)
    assert not verdicts.stands[1]
    verdicts.weigh(1, True)
    assert verdicts.stands[1]
    assert verdicts.changed
    for bad in (False, True, False):
        verdicts.weigh(1, bad)
    assert verdicts.stands[1]
    verdicts.weigh(1, False)
    assert verdicts.stands == b"\x00\x00"


def test_a_share_learns_faster_upwards_than_downwards():
    share = Share(10, 50)
    for hit in (True,) * 10:
        share.add(hit)
    share.learn()
    assert share.learned_pct == 63
    for hit in (False,) * 10:
        share.add(hit)
    for _ in range(8):
        share.learn()
    assert share.learned_pct == 62
