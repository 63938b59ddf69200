from sign.compat import TICKS_MASK, ticks_add
from sign.core import poles
from sign.core.poles import HEARD, LOST, LOST_MS, Phase, Pole

REPLAYED, UNPROVEN = 4, 5
PASS_TICKS = 313_725  # 0.999998 s


def known(boot=3, number=10, now_ms=0):
    """A pole that has answered a question."""
    pole = Pole(1)
    assert pole.believe(boot, number, True, now_ms) is None
    return pole


def test_nobody_is_believed_before_he_has_answered_a_question():
    pole = Pole(1)
    assert pole.believe(3, 10, False, 0) == UNPROVEN
    assert pole.believe(3, 11, False, 0) == UNPROVEN
    assert pole.believe(3, 12, True, 0) is None
    assert pole.believe(3, 13, False, 0) is None


def test_a_frame_is_believed_once_and_never_an_older_one():
    pole = known()
    assert pole.believe(3, 11, False, 0) is None
    for boot, number in ((3, 11), (3, 10), (2, 999), (0, 0)):
        assert pole.believe(boot, number, False, 0) == REPLAYED


def test_a_pole_that_has_started_again_is_believed_and_its_former_boot_no_more():
    pole = known(boot=3, number=1000)
    assert pole.believe(4, 1, False, 0) is None
    assert pole.believe(3, 1001, False, 0) == REPLAYED


def test_a_pole_whose_boots_began_anew_must_answer():
    pole = known(boot=1_000_123, number=1)
    assert pole.believe(2, 5, False, 0) == REPLAYED
    assert pole.believe(2, 6, True, 0) is None
    assert pole.believe(2, 7, False, 0) is None


def test_an_answer_does_not_turn_the_counter_back():
    pole = known(boot=3, number=10)
    assert pole.believe(3, 9, True, 0) == REPLAYED


def test_what_was_missed_is_counted_but_not_while_it_was_lost():
    pole = known()
    pole.believe(3, 14, False, 0)
    assert (pole.heard, pole.missed) == (2, 3)
    assert not pole.look(LOST_MS + 1)
    assert pole.state == LOST
    pole.believe(3, 900, False, LOST_MS + 2)
    assert pole.state == HEARD
    assert (pole.heard, pole.missed) == (3, 3)


def test_a_warning_ends_by_itself_when_its_end_is_not_heard():
    start_ms = TICKS_MASK - 1000  # the ticks wrap meanwhile
    pole = known(now_ms=start_ms)
    pole.warn(5000, start_ms)
    assert poles.left_ms([Pole(2), pole], ticks_add(start_ms, 2000)) == 3000
    pole.look(ticks_add(start_ms, 4999))
    assert pole.lit
    pole.look(ticks_add(start_ms, 5000))
    assert not pole.lit
    assert poles.left_ms([pole], ticks_add(start_ms, 5001)) == 0


def test_the_longest_of_several_warnings_counts():
    first, second = known(), known()
    first.warn(2000, 0)
    second.warn(4000, 0)
    assert poles.left_ms([first, second], 0) == 4000
    second.warn(0, 0)
    assert poles.left_ms([first, second], 0) == 2000


def test_a_pole_that_is_there_never_loses_its_place():
    others = []
    for sender in range(4):
        poles.find(others, sender).believe(1, 1, True, 0)
    assert poles.find(others, 9) is None
    others[2].look(LOST_MS + 1)
    assert poles.find(others, 9).sender == 9
    assert [pole.sender for pole in others] == [0, 1, 3, 9]


def test_the_phase_stays_right_for_days():
    phase = Phase(PASS_TICKS)
    now_us = TICKS_MASK - 500_000
    phase.begin(now_us)
    passes = 5 * 86_400
    gone_16 = passes * PASS_TICKS * 51
    for _ in range(passes // 400):  # asked every 400 s or so
        now_us = ticks_add(now_us, 400 * PASS_TICKS * 51 // 16)
        phase.at(now_us)
    lost_us = gone_16 // 16 - passes // 400 * (400 * PASS_TICKS * 51 // 16)
    assert phase.at(ticks_add(now_us, lost_us + 123_456)) in (123_456, 123_455)


def test_a_time_just_before_the_begin_is_in_the_pass_before():
    phase = Phase(PASS_TICKS)
    phase.begin(1_000_000)
    assert phase.at(999_000) in (PASS_TICKS * 51 // 16 - 1000, PASS_TICKS * 51 // 16 - 999)
    assert phase.at(1_250_000) in (250_000, 249_999)
