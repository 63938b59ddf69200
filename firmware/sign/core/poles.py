"""The other poles of a crossing: who is believed, who is there, who warns, and where their pattern is.

What comes of a genuine frame, by the state of its pole:

| state   | newer than the last | answers our question, from another boot | else     | none for LOST_MS |
|---------|---------------------|-----------------------------------------|----------|------------------|
| UNKNOWN | unproven            | HEARD                                   | unproven |                  |
| HEARD   | HEARD               | HEARD: its boots began anew             | replayed | LOST             |
| LOST    | HEARD               | HEARD                                   | replayed |                  |

Newer is a higher boot, or a higher number in the same boot. So a recorded frame is worth nothing, after a
reset of either side too, and no clock is needed: a sign that has just started believes nobody until he has
answered a question that it drew by lot.
"""

from sign.compat import const, ticks_add, ticks_diff

_UNKNOWN = const(0)
HEARD = const(1)
LOST = const(2)
# Places in the list of reasons, as in proto.espnow.
_REPLAYED = const(4)
_UNPROVEN = const(5)

# A pole says something every two seconds.
LOST_MS = const(15_000)
_OTHERS_MAX = const(4)
_FADE = const(1_000)  # frames
_PASS_16 = const(51)  # a tick of 80 MHz / 255 is 51 sixteenths of a us


class Pole:
    """One other pole. `missed` of the frames it sent were not heard; `lit` while it warns."""

    def __init__(self, sender):
        self.sender = sender
        self.name = ""
        self.boot = self.number = -1
        self.state = _UNKNOWN
        self.lit = False
        self.last_ms = self.until_ms = self.heard = self.missed = 0
        self.phase = (
            None  # what it said last by radio of its pattern: (ms in its pass, length of that, us when)
        )

    def believe(self, boot, number, answers, now_ms):
        """None where its frame is believed, else why not; `answers`: it repeats the last question."""
        if not (answers and (boot != self.boot or not self.state)):
            if not self.state:
                return _UNPROVEN
            if (boot, number) <= (self.boot, self.number):
                return _REPLAYED
        if self.state == HEARD and boot == self.boot:
            self.missed += number - self.number - 1
        self.heard += 1
        if self.heard >= _FADE:  # late ones count more
            self.heard //= 2
            self.missed //= 2
        self.boot, self.number, self.last_ms = boot, number, now_ms
        self.state = HEARD

    def warn(self, left_ms, now_ms):
        """It warns for so long, 0: it does not."""
        self.lit = left_ms > 0
        self.until_ms = ticks_add(now_ms, left_ms)

    def look(self, now_ms):
        """Whether it is there; asked a few times a second."""
        if self.lit and ticks_diff(now_ms, self.until_ms) >= 0:
            self.lit = False
        if self.state == HEARD and ticks_diff(now_ms, self.last_ms) > LOST_MS:
            self.state = LOST
        return self.state == HEARD


def find(poles, sender):
    """Its Pole; a new one takes the place of one that is not there. None when all places are taken."""
    for pole in poles:
        if pole.sender == sender:
            return pole
    if len(poles) >= _OTHERS_MAX:
        for pole in poles:
            if pole.state != HEARD:
                poles.remove(pole)
                break
        else:
            return None
    poles.append(Pole(sender))
    return poles[-1]


def left_ms(poles, now_ms):
    """For how long any of them still warns, as far as it said; 0 when none does."""
    return max([0] + [ticks_diff(pole.until_ms, now_ms) for pole in poles if pole.lit])


class Phase:
    """Where a pattern is in its pass of `ticks` at 80 MHz / 255; exact for years if asked every minute.
    Times are ticks in us."""

    def __init__(self, ticks):
        self._pass_16 = ticks * _PASS_16
        self.pass_us = self._pass_16 // 16
        self.begin(0)

    def begin(self, now_us):
        """A pass begins now."""
        self._begun_us, self._rest_16 = now_us, 0

    def at(self, now_us):
        """us since the pass began."""
        gone_16 = ticks_diff(now_us, self._begun_us) * 16 - self._rest_16
        over_16 = gone_16 % self._pass_16
        whole_16 = gone_16 - over_16 + self._rest_16
        self._begun_us = ticks_add(self._begun_us, whole_16 // 16)
        self._rest_16 = whole_16 % 16
        return over_16 // 16
