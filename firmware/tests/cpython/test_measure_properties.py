"""Whatever is measured: values stay within their bounds and every sum fits the chip's small ints."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from sign.compat import ticks_add
from sign.core.lamp_current import BOTH, LampCurrent
from sign.core.light import AmbientLight
from sign.core.patterns import PATTERNS
from sign.core.slots import UNSURE, Slots
from sign.core.slow_filter import SlowFilter
from sign.core.supply import Supply

SMALL = 2**30 - 1
ticks = st.integers(0, SMALL)
pauses = st.integers(0, 400_000_000)
samples = st.lists(st.tuples(st.integers(0, 60_000), pauses | st.integers(0, 2000)), max_size=40)
mv = st.integers(0, 3300)
pct = st.integers(5, 100)


def small(thing):
    """Every int that it keeps."""
    return all(abs(value) <= SMALL for value in vars(thing).values() if isinstance(value, int))


@given(ticks, samples, st.sampled_from([1, 1000, 60_000, 640_000]))
def test_a_filter_stays_between_what_it_was_given(now_ms, given_samples, tau_ms):
    filtered = SlowFilter(tau_ms)
    seen = [value for value, _ in given_samples]
    for value, pause_ms in given_samples:
        now_ms = ticks_add(now_ms, pause_ms)
        filtered.add(value, now_ms)
        assert min(seen) - 1 <= filtered.value <= max(seen) + 1
        assert small(filtered)


@given(ticks, samples, mv, mv, pct, pct)
def test_brightness_stays_between_night_and_day(now_ms, given_samples, dark_mv, day_mv, dim_pct, night_pct):
    config = SimpleNamespace(
        light_enabled=True,
        light_dark_mv=dark_mv,
        light_day_mv=day_mv,
        dim_pct=dim_pct,
        night_dim_pct=night_pct,
    )
    light = AmbientLight(config, now_ms)
    for value, pause_ms in given_samples:
        now_ms = ticks_add(now_ms, pause_ms)
        before = light.dim_pct
        assert light.sample(value % 3301, now_ms) == (light.dim_pct != before)
        assert min(night_pct, dim_pct) <= light.dim_pct <= dim_pct
        assert small(light)


@given(ticks, samples, st.integers(0, 60_000), st.integers(0, 60_000), st.integers(50, 5000))
def test_a_supply_is_never_unread_and_low_at_once(now_ms, given_samples, low_mv, high_mv, gap_mv):
    config = SimpleNamespace(supply_low_mv=low_mv, supply_high_mv=high_mv, supply_hysteresis_mv=gap_mv)
    supply = Supply(config)
    for value, pause_ms in given_samples:
        now_ms = ticks_add(now_ms, pause_ms)
        before = supply.low, supply.high, supply.unread
        changed = supply.sample(value, now_ms)
        assert changed == (before != (supply.low, supply.high, supply.unread))
        assert not (supply.unread and supply.low)
        assert not supply.low or low_mv


slots = st.lists(st.tuples(st.integers(0, 3), mv, pct), max_size=60)


@given(st.lists(slots, max_size=6), st.integers(0, 3000))
def test_a_lamp_is_never_dead_and_shorted_before_three_activations(activations, lamp_mv):
    config = SimpleNamespace(lamp_current_mv=lamp_mv, lamp_low_pct=70, lamp_high_pct=140)
    current = LampCurrent(config)
    for number, activation in enumerate(activations, start=1):
        for sample in activation:
            current.sample(*sample)
        current.end(number)
        assert number >= 3 or not (current.dead or current.shorted)
        assert 0 <= (current.dead | current.shorted) <= BOTH
        assert not (current.proved and lamp_mv == 0)
        assert small(current)


@given(st.sampled_from(sorted(PATTERNS)), ticks, st.lists(pauses, max_size=20))
def test_a_slot_is_one_of_the_pattern_s_or_unsure(name, now_ms, gaps):
    pattern = PATTERNS[name]
    known = {left | right << 1 for _, left, right in pattern.steps}
    found = Slots(pattern, now_ms)
    for gap_ms in gaps:
        now_ms = ticks_add(now_ms, gap_ms)
        assert found.at(now_ms) in {UNSURE, *known}
