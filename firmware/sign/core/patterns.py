"""Flash patterns of the two lamps: tables, the rules they must keep, and their form for the RMT hardware.

A pattern is a tuple of steps (duration_us, left, right) that repeats for ever. Both lamps run from one list
of durations, so they can never drift apart.
"""

from collections import namedtuple

from sign.compat import const

Pattern = namedtuple("Pattern", ("name", "steps"))

# Photosensitive seizures: nothing strictly between these two rates, over the whole sequence (MUTCD ch. 4L).
SEIZURE_LOW_HZ = const(5)
SEIZURE_HIGH_HZ = const(30)
# A driver can take the lamps for broken when the sequence is longer than this.
MAX_PERIOD_US = const(2_000_000)
# Below this an LED lamp's driver may not follow.
MIN_STEP_US = const(10_000)

RMT_SOURCE_HZ = const(80_000_000)
CLOCK_DIV = const(255)  # the slowest clock: the longest pieces
RMT_MAX_TICKS = const(32_767)  # 15 bits; the hardware cuts longer ones without a word
RMT_MAX_PULSES = const(126)  # in a loop


class PatternError(ValueError):
    """A pattern that must not be shown: `field`, `value` and what is `allowed`."""

    def __init__(self, field, value, allowed):
        super().__init__("%s %s: allowed %s" % (field, value, allowed))
        self.field = field
        self.value = value
        self.allowed = allowed


PATTERNS = {
    "alternating": Pattern("alternating", ((500_000, 1, 0), (500_000, 0, 1))),
    "steady": Pattern("steady", ((1_000_000, 1, 1),)),
    "ww-s": Pattern(
        "ww-s",
        (
            (50_000, 1, 0),
            (50_000, 0, 0),
            (50_000, 0, 1),
            (50_000, 0, 0),
            (50_000, 1, 0),
            (50_000, 0, 0),
            (50_000, 0, 1),
            (50_000, 0, 0),
            (50_000, 1, 1),
            (50_000, 0, 0),
            (50_000, 1, 1),
            (250_000, 0, 0),
        ),
    ),
    # 55 flashes a minute, lit for half of each cycle.
    "beacon": Pattern("beacon", ((545_455, 1, 1), (545_455, 0, 0))),
}
USER = "user"
NAMES = ("alternating", "steady", "ww-s", "beacon", USER)
# The others need the road authority's word first.
FREE = ("alternating", "steady")
_STEP_TEXT = "steps duration_ms:0|1:0|1 with blanks between"
_DIGITS_MAX = const(4)


def get(name, steps=""):
    """The pattern of that name, validated; `steps` are those of USER. PatternError when there is none."""
    if name == USER:
        return parse(steps)
    if name not in PATTERNS:
        raise PatternError("pattern", name, ", ".join(NAMES))
    pattern = PATTERNS[name]
    validate(pattern)
    return pattern


def parse(text):
    """A user's pattern from text such as "500:1:0 500:0:1" (duration in ms, left, right), validated."""
    steps = []
    for step in text.split():
        parts = step.split(":")
        if len(parts) != 3 or not all(part.isdigit() for part in parts) or len(parts[0]) > _DIGITS_MAX:
            raise PatternError("step", step, _STEP_TEXT)
        steps.append((int(parts[0]) * 1000, int(parts[1]), int(parts[2])))
    pattern = Pattern(USER, tuple(steps))
    validate(pattern)
    return pattern


def period_us(pattern):
    """Length of one sequence."""
    return sum(step[0] for step in pattern.steps)


def flashes(pattern, lamp):
    """How often a lamp (0 left, 1 right) turns on within one repetition of the sequence."""
    levels = [step[1 + lamp] for step in pattern.steps]
    return sum(1 for i in range(len(levels)) if levels[i] and not levels[i - 1])


def validate(pattern):
    """Raise PatternError unless the pattern may be shown to drivers."""
    if not pattern.steps:
        raise PatternError("steps", 0, "at least 1")
    for step in pattern.steps:
        if step[0] < MIN_STEP_US:
            raise PatternError("step_us", step[0], "%d.." % MIN_STEP_US)
        if step[1] not in (0, 1) or step[2] not in (0, 1):
            raise PatternError("level", step[1:], "0 or 1")
    period = period_us(pattern)
    if period > MAX_PERIOD_US:
        raise PatternError("period_us", period, "..%d" % MAX_PERIOD_US)
    for lamp in (0, 1):
        _validate_rate(pattern, lamp, period)


def _validate_rate(pattern, lamp, period):
    if not any(step[1 + lamp] for step in pattern.steps):
        raise PatternError("lamp", ("left", "right")[lamp], "lit in at least one step")
    scaled = flashes(pattern, lamp) * 1_000_000
    if SEIZURE_LOW_HZ * period < scaled < SEIZURE_HIGH_HZ * period:
        raise PatternError("flashes_per_s", scaled // period, "up to 5, or 30 and more")


def rmt_segments(pattern, clock_div=CLOCK_DIV):
    """(durations, left_levels, right_levels) of one loop, for mode 3 of `RMT.write_pulses`.

    Durations are ticks of 80 MHz / clock_div, each 1..32767, an even number of them and at most 126; the same
    tuple serves both lamps. Step ends are rounded on the sum, so the period is right to half a tick.
    """
    durations, left, right = [], [], []
    end_us = done = 0
    for step_us, left_level, right_level in pattern.steps:
        end_us += step_us
        end = _ticks(end_us, clock_div)
        _split(durations, end - done)
        done = end
        left += [left_level] * (len(durations) - len(left))
        right += [right_level] * (len(durations) - len(right))
    if len(durations) % 2:
        _even_out(durations, left, right)
    if len(durations) > RMT_MAX_PULSES:
        raise PatternError("pulses", len(durations), "..%d" % RMT_MAX_PULSES)
    return tuple(durations), tuple(left), tuple(right)


def _ticks(us, clock_div):
    return (us * (RMT_SOURCE_HZ // 1_000_000) + clock_div // 2) // clock_div


def _split(durations, ticks):
    """Append `ticks` in equal pieces that the hardware can hold."""
    pieces = (ticks + RMT_MAX_TICKS - 1) // RMT_MAX_TICKS
    for left_over in range(pieces, 0, -1):
        piece = ticks // left_over
        durations.append(piece)
        ticks -= piece


def _even_out(durations, left, right):
    """Halve the last piece: a half-filled hardware item would end the loop early with a zero."""
    last = durations.pop()
    durations += [last // 2, last - last // 2]
    left.append(left[-1])
    right.append(right[-1])
