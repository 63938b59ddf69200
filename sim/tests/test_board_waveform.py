"""RMT and PWM as computed waveforms, against a slow and obvious reckoning."""

from hypothesis import given
from hypothesis import strategies as st

from gangvakt_sim.board.shm import unwrap_us
from gangvakt_sim.board.waveform import Dimmed, Quiet, Timeline, Train

pulses = st.lists(st.tuples(st.integers(1, 32767), st.integers(0, 1)), min_size=1, max_size=12).map(tuple)
dividers = st.integers(1, 255)
starts = st.integers(0, 10**9)


@given(pulses, dividers, starts, st.booleans(), st.integers(0, 3_000_000))
def test_a_level_is_that_of_the_last_change(train_pulses, div, start, loop, after):
    train = Train(start, train_pulses, div, 0, loop)
    when = start + after
    # one pass back is enough: every pass sets every level anew
    period = train.pass_ticks * div // 80 + 2
    changes = list(train.changes(max(start, when - period), when + 1))
    expected = changes[-1][1] if changes else 0
    assert train.level_at(when) == expected


@given(pulses, dividers, starts)
def test_a_train_without_loop_has_each_pulse_once_and_returns_to_idle(train_pulses, div, start):
    train = Train(start, train_pulses, div, 1, False)
    total = sum(ticks for ticks, _ in train_pulses)
    changes = list(train.changes(start, start + total * div // 80 + 1))
    assert changes[-1] == (start + total * div // 80, 1)
    assert [level for _, level in changes[:-1]] == [
        level for (_, level), at in zip(train_pulses, _starts(train), strict=True) if at < train.last_us()
    ]


def _starts(train: Train) -> list[int]:
    at, starts_us = 0, []
    for ticks, _ in train.pulses:
        starts_us.append(train.ticks_us(at))
        at += ticks
    return starts_us


@given(pulses, dividers, starts, st.integers(0, 5_000_000))
def test_a_pass_ends_after_the_moment_asked_and_within_a_period(train_pulses, div, start, after):
    train = Train(start, train_pulses, div, 0, True)
    end = train.pass_end_us(start + after)
    assert end > start + after or train.pass_ticks * div < 80
    assert end - (start + after) <= train.pass_ticks * div // 80 + 1


@given(st.integers(1, 40_000), st.integers(0, 65535), starts, st.integers(0, 100_000))
def test_a_dimmed_line_is_high_in_its_duty(hz, duty, start, after):
    line = Dimmed(start, hz, duty)
    changes = list(line.changes(start, start + after + 1))
    if 0 < duty < 65535 and changes:
        assert abs((changes[-1][1]) - line.level_at(changes[-1][0] + 1)) <= 1


def test_a_timeline_shows_only_real_changes():
    line = Timeline()
    for source in (Quiet(10, 1), Quiet(20, 1), Quiet(30, 0)):
        line.add(source)
    assert list(line.changes(0, 100)) == [(10, 1), (30, 0)]
    assert [line.level_at(t) for t in (9, 10, 29, 30)] == [0, 1, 1, 0]


@given(st.integers(0, 1 << 45), st.integers(-(1 << 28), 1 << 28))
def test_thirty_bits_of_time_are_enough_to_find_the_rest(near, offset):
    true = max(near + offset, 0)
    assert unwrap_us(true & ((1 << 30) - 1), near) == true
