"""What two radars and the word of the PIR make of people and cars, on the road, where rules alone decide."""

from array import array

from sign.compat import TICKS_MASK, ticks_add
from sign.core.config import load
from sign.core.intent import AT_KERB, NONE, ON_ROAD, SETTLED_HITS
from sign.core.view import ELSEWHERE, NOWHERE, ON_PAVEMENT, View

# The first radar stands on the kerb's first end and looks along it, so its x is s and its y is q. The second
# stands 8 m away on the far side and looks back: its x is q, and its y is 8000 - s.
SITE = {
    "sensor_azimuth_cdeg": 9000,
    "second_x_mm": 8000,
    "second_azimuth_cdeg": 18_000,
    "kerb_b_y_mm": 4000,
}
MIDDLE = 2000
PULSE_MS = 3000


class Street:
    """A frame every 100 ms and a tick every 20, with the PIR's pulses; places are (s, q)."""

    def __init__(self, now_ms=0, **values):
        self.view = View(configured(**values), now_ms)
        self.now_ms = now_ms
        self.warm_ms = 0  # of the pulse to come
        self.reasons = []

    def wait(self, ms):
        for _ in range(ms // 20):
            self.now_ms = ticks_add(self.now_ms, 20)
            if self.warm_ms > 0:
                self.view.refresh(self.now_ms)
                self.warm_ms -= 20
            self.view.tick(self.now_ms)

    def frame(self, *targets, port=0):
        self.wait(100)
        flat = []
        for s, q in targets:
            flat += [s, q, 0, 100] if port == 0 else [q, 8000 - s, 0, 100]
        self.view.frame(port, array("i", flat + [0] * (12 - len(flat))), len(targets), self.now_ms)
        self.reasons.append(self.view.reason)

    def walk(self, s, q, vs, vq, frames, port=0):
        for k in range(frames):
            self.frame((s + vs * k // 10 + k % 2, q + vq * k // 10), port=port)
        return self

    def empty(self, frames):
        for _ in range(frames):
            self.frame()
        return self

    def pulse(self, ms=PULSE_MS):
        """The PIR begins a pulse now."""
        self.warm_ms = ms
        self.wait(20)
        return self

    def false_pulse(self):
        """A pulse with nobody there, and the time in which the PIR is blind afterwards."""
        self.pulse()
        return self.empty((PULSE_MS + 4000) // 100)

    def believed_after(self):
        """How many frames somebody on the crossing needs until he is a reason; then he leaves, and any pulse
        is over.
        """
        begun = len(self.reasons)
        self.walk(1500, MIDDLE, 1000, 0, 15)
        found = self.reasons[begun:].index(ON_ROAD) + 1
        self.empty(80)
        return found


def configured(**values):
    config, errors = load(dict(SITE, **values))
    assert errors == []
    return config


AT_ONCE = 3  # hits and frames until somebody on the road who is believed is a reason
BELIEVED = 5  # with the word of the PIR


def test_an_empty_street_is_quiet():
    view = Street().empty(5).view
    assert (view.reason, view.t_kerb_ms, view.tracked, view.place) == (NONE, -1, 0, NOWHERE)
    assert view.quiet


def test_a_first_guess_is_not_quiet_though_nobody_is_tracked_yet():
    street = Street()
    street.frame((3000, MIDDLE))
    assert (street.view.tracked, street.view.quiet) == (0, False)
    street.frame((3010, MIDDLE))
    assert (street.view.tracked, street.view.quiet) == (1, False)


def test_old_tracks_are_believed_whatever_the_pir_says():
    assert Street().believed_after() == SETTLED_HITS


def test_young_tracks_are_believed_on_the_word_of_the_pir():
    assert Street().pulse().believed_after() == BELIEVED


def test_the_word_of_the_pir_counts_as_long_as_it_is_blind_after_a_pulse():
    for blind_ms, want in ((2000, BELIEVED), (4000, SETTLED_HITS)):
        street = Street().pulse(200).empty((200 + blind_ms) // 100)
        assert street.believed_after() == want, blind_ms


def test_a_track_may_be_older_than_the_word():
    street = Street().walk(3000, MIDDLE, 0, 100, 6)
    assert set(street.reasons) == {NONE}
    street.pulse().walk(3000, MIDDLE + 60, 0, 100, 1)
    assert street.view.reason == ON_ROAD


def test_the_word_says_nothing_of_what_was_there_long_before_it():
    street = Street().walk(3000, MIDDLE, 0, 100, 40)
    street.pulse().walk(3000, MIDDLE + 400, 0, 100, 3)
    assert street.view.reason == NONE


def test_after_pulses_with_nobody_there_the_word_counts_no_more():
    street = Street()
    for _ in range(2):
        street.false_pulse()
    assert street.pulse().believed_after() == BELIEVED
    for _ in range(3):
        street.false_pulse()
    assert street.pulse().believed_after() == SETTLED_HITS


def test_a_pulse_with_somebody_there_gives_the_word_its_credit_back():
    street = Street()
    for _ in range(4):
        street.false_pulse()
    assert street.pulse().believed_after() == SETTLED_HITS
    assert street.pulse().believed_after() == BELIEVED


def test_a_young_track_in_a_pulse_proves_nothing():
    street = Street()
    for _ in range(3):
        street.pulse().walk(1500, MIDDLE, 1000, 0, SETTLED_HITS - 2)
        street.empty(80)
    assert street.pulse().believed_after() == SETTLED_HITS


def drive_past(street):
    """A car on the near lane, 1.5 m beside the kerb."""
    for k in range(14):
        street.frame((1500, -4000 + 600 * k))


def test_in_the_pulse_of_a_vehicle_the_word_does_not_count():
    street = Street().pulse()
    drive_past(street)
    street.empty(12)
    assert street.believed_after() == SETTLED_HITS


def test_pulses_of_vehicles_and_those_soon_after_count_neither_way():
    street = Street()
    for _ in range(5):
        street.pulse()
        drive_past(street)
        street.empty(80)
    assert street.pulse().believed_after() == SETTLED_HITS
    assert street.empty(100).pulse().believed_after() == BELIEVED


def test_without_a_usable_pir_every_track_is_believed():
    assert Street(pir_enabled=False).believed_after() == AT_ONCE
    street = Street()
    street.view.pir_usable = False
    assert street.believed_after() == AT_ONCE


def test_somebody_seen_by_both_radars_is_one():
    street = Street()
    for k in range(10):
        street.frame((3000 + k, MIDDLE + 20 * k), port=k % 2)
    assert street.view.tracked == 1


def test_the_place_is_that_of_the_last_who_is_surely_there():
    for s, q, place in ((-3500, MIDDLE, ON_PAVEMENT), (3000, MIDDLE, ON_PAVEMENT), (3000, 7500, ELSEWHERE)):
        street = Street().walk(s, q, 1000, 0, SETTLED_HITS - 1)
        assert (street.view.place, street.view.walked) == (NOWHERE, False)
        street.walk(s + 1000, q, 1000, 0, 3)
        assert (street.view.place, street.view.walked) == (place, True)
        street.empty(12)
        assert (street.view.place, street.view.walked) == (NOWHERE, False)


def test_a_vehicle_has_no_place():
    street = Street()
    drive_past(street)
    assert street.view.place == NOWHERE


def test_without_frames_tracks_end_and_the_reason_with_them():
    street = Street(pir_enabled=False).walk(3000, MIDDLE, 0, 100, 8)
    assert street.view.reason == ON_ROAD
    street.wait(800)
    assert (street.view.reason, street.view.tracked) == (ON_ROAD, 1)
    street.wait(600)
    assert (street.view.reason, street.view.tracked, street.view.quiet) == (NONE, 0, True)


def test_a_lost_waiting_person_is_remembered_without_frames():
    street = Street(pir_enabled=False, wait_memory_ms=5000).walk(-500, MIDDLE, 0, 0, 15)
    street.wait(4000)
    assert (street.view.reason, street.view.tracked, street.view.quiet) == (AT_KERB, 0, False)
    street.wait(3000)
    assert (street.view.reason, street.view.quiet) == (NONE, True)


def test_the_pir_keeps_a_remembered_person_up_to_the_cap():
    street = Street(wait_memory_ms=3000, wait_cap_ms=9000).walk(-500, MIDDLE, 0, 0, 20)
    street.pulse(20_000).empty(80)
    assert street.view.reason == AT_KERB
    street.empty(40)
    assert street.view.reason == NONE


def test_tracks_outlive_a_new_configuration():
    street = Street(pir_enabled=False).walk(3000, MIDDLE, 0, 100, 8)
    street.view.configure(configured(pir_enabled=False, lead_ms=3000))
    street.walk(3000, MIDDLE + 80, 0, 100, 3)
    assert street.view.reason == ON_ROAD
    assert street.view.tracked == 1


def test_a_frame_dated_before_the_last_counts_as_of_then():
    late, prompt = Street(pir_enabled=False), Street(pir_enabled=False)
    for street, back_ms in ((late, 400), (prompt, 0)):
        street.walk(-500, MIDDLE, 0, 0, 2)
        for k in range(3):
            target = array("i", [-500, MIDDLE + k + 2] + [0] * 10)
            street.view.frame(1, target, 0, ticks_add(street.now_ms, -back_ms))
        street.walk(-500, MIDDLE, 0, 0, 6)
    assert late.reasons == prompt.reasons
    assert list(late.view.tracker._tracks) == list(prompt.view.tracker._tracks)


def test_the_wrap_of_the_ticks_changes_nothing():
    def told(start_ms):
        street = Street(start_ms).pulse().walk(-500, MIDDLE, 0, 0, 15).empty(30)
        return street.reasons

    usual = told(0)
    assert AT_KERB in usual
    for before_ms in (500, 1500, 3000, 4300):
        assert told(TICKS_MASK - before_ms) == usual, before_ms
