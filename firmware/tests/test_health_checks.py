from sign.core.health_checks import NAMES, HealthChecks
from sign.core.verdict import Share, Verdict

TICK_MS = 500
MINUTE_MS = 60_000
SET, CLEARED = True, False


class Site:
    stuck_on_min = 30
    stuck_off_min = 60
    flutter_per_min = 60
    button_stuck_min = 2


class Driver:
    frames = bad_frames = 0


class Street:
    """A pole on a street where somebody passes now and then; each sensor can be spoilt."""

    def __init__(self, second=False, start_ms=0):
        self.driver = Driver() if second else None
        self.checks = HealthChecks(Site, start_ms, self.driver)
        self.now_ms = start_ms
        self.step = 0
        self.found = []

    def tick(self, radar, pir, button, present):
        self.now_ms = (self.now_ms + TICK_MS) & 0x3FFFFFFF
        self.step += 1
        if self.checks.tick(self.now_ms, radar, pir, button, present):
            self.found.append((NAMES[self.checks.code], self.checks.active))

    def live(self, minutes, radar=None, pir=None, button=None, present=None, every_s=40, frames=600, bad=0):
        """Somebody is there for 5 s `every_s`; a sensor given as a function of the step shows that
        instead."""
        for _ in range(minutes * MINUTE_MS // TICK_MS):
            there = self.step * TICK_MS // 1000 % every_s < 5
            if self.driver and self.step % (MINUTE_MS // TICK_MS) == 0:
                self.driver.frames += frames
                self.driver.bad_frames += bad
            self.tick(
                there if radar is None else radar(self.step),
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


def test_a_living_street_has_no_faults():
    street = Street(second=True)
    assert street.live(24 * 60) == []
    checks = street.checks
    assert checks.radar_believed
    assert checks.pir_believed
    assert checks.button_believed
    assert checks.second_believed
    assert checks.place_believed
    assert not checks.others_decide


def test_an_empty_street_has_no_faults():
    assert Street(second=True).live(24 * 60, every_s=100_000) == []


def test_a_ghost_that_nobody_else_sees_is_stuck_on():
    street = Street()
    assert street.live(29, radar=always, pir=never) == []
    assert street.live(2, radar=always, pir=never) == [("radar_stuck_on", SET)]
    assert not street.checks.radar_believed
    assert street.checks.others_decide
    assert street.live(2)[1:] == [("radar_stuck_on", CLEARED)]


def test_a_crowd_that_the_others_see_too_is_no_stuck_radar():
    assert Street().live(120, radar=always, pir=always) == []


def test_a_radar_that_never_sees_whom_the_pir_sees():
    street = Street()
    street.live(90, radar=never)
    assert ("radar_blocked", SET) in street.found
    assert ("radar_stuck_off", SET) in street.found
    assert street.checks.others_decide
    street.found = []
    street.live(60)
    assert sorted(street.found) == [("radar_blocked", CLEARED), ("radar_stuck_off", CLEARED)]


def test_a_radar_that_sees_far_fewer_than_it_used_to_is_blocked():
    street = Street()
    assert street.live(8 * 60) == []
    assert street.checks.learned[0] > 90
    street.live(3 * 60, radar=one_in_ten)
    assert street.found == [("radar_blocked", SET)]
    assert street.checks.others_decide
    street.live(60)
    assert street.found[1:] == [("radar_blocked", CLEARED)]


def test_a_decline_over_weeks_does_not_become_the_rule():
    street = Street()
    street.live(8 * 60)
    for nth in range(2, 9):
        street.live(4 * 60, radar=lambda step, nth=nth: step * TICK_MS // 1000 % (40 * nth) < 5)
    assert ("radar_blocked", SET) in street.found


def test_a_radar_and_a_pir_that_flutter():
    street = Street()
    street.live(5, radar=wobbling, pir=wobbling)
    assert sorted(street.found) == [("pir_flutter", SET), ("radar_flutter", SET)]
    assert street.checks.radar_believed
    assert not street.checks.pir_believed
    street.found = []
    street.live(12)
    assert sorted(street.found) == [("pir_flutter", CLEARED), ("radar_flutter", CLEARED)]


def test_a_pir_in_the_sun_is_stuck_on_and_a_dead_one_stuck_off():
    street = Street()
    assert street.live(31, radar=never, pir=always) == [("pir_stuck_on", SET)]
    assert not street.checks.pir_believed
    dead = Street()
    assert dead.live(91, pir=never) == [("pir_stuck_off", SET)]
    assert not dead.checks.others_decide


def test_a_jammed_button_is_found_whatever_the_others_see():
    street = Street()
    assert street.live(3, button=always) == [("button_stuck_on", SET)]
    assert not street.checks.button_believed
    assert street.live(2) == [("button_stuck_on", SET), ("button_stuck_on", CLEARED)]


def test_a_button_that_nobody_presses_is_no_fault():
    assert Street().live(600, button=never) == []


def test_a_second_radar_that_falls_silent_or_sends_garbage():
    street = Street(second=True)
    street.live(5)
    street.live(2, frames=0)
    assert street.found == [("second_silent", SET)]
    assert not street.checks.second_believed
    street.live(3)
    street.live(2, frames=10, bad=50)
    assert street.found[1:] == [("second_silent", CLEARED), ("second_garbled", SET)]


def test_a_missing_second_radar_is_neither_believed_nor_a_fault():
    street = Street()
    assert street.live(200) == []
    assert not street.checks.second_believed


def walk(checks, now_ms, frames, paved_of_ten):
    found = []
    for k in range(frames):
        checks.saw_place(k % 10 < paved_of_ten)
        now_ms += 100
        if checks.tick(now_ms, False, False, False):
            found.append((NAMES[checks.code], checks.active))
    return found


def test_people_who_walk_where_no_pavement_is_tell_of_a_turned_radar():
    checks = HealthChecks(Site, 0)
    assert walk(checks, 0, 3000, 9) == []
    assert checks.learned[1] > 80
    assert walk(checks, 300_000, 600, 2) == [("radar_moved", SET)]
    assert not checks.place_believed
    assert walk(checks, 360_000, 600, 9) == [("radar_moved", CLEARED)]


def test_what_was_learned_survives_a_restart():
    checks = HealthChecks(Site, 0)
    checks.restore(80, 95)
    assert checks.learned == (80, 95)


def test_a_new_configuration_keeps_what_was_found():
    street = Street()
    street.live(91, pir=never)
    street.checks.configure(Site)
    street.live(1, pir=never)
    assert street.found == [("pir_stuck_off", SET)]


def test_the_wrap_of_the_ticks_is_no_fault():
    assert Street(second=True, start_ms=0x3FFFFFFF - 30 * MINUTE_MS).live(120) == []


def test_a_verdict_wants_a_row():
    verdict = Verdict(3, 2)
    for bad in (True, True, False, True, True):
        verdict.weigh(bad)
    assert not verdict.stands
    verdict.weigh(True)
    assert verdict.stands
    for bad in (False, True, False):
        verdict.weigh(bad)
    assert verdict.stands
    verdict.weigh(False)
    assert not verdict.stands


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
