"""The other poles of a crossing: who is believed, who is there, who warns, and where their pattern is.

Whether a genuine frame is believed:

| the pole              | frame newer than its last | an answer to a question of ours, of another boot | else     |
|-----------------------|---------------------------|--------------------------------------------------|----------|
| not proven since our start | unproven             | believed, proven                                 | unproven |
| proven                | believed                  | believed: its boots began anew                   | replayed |

Newer is a higher boot, or a higher number in the same boot. So a recorded frame is worth nothing, after a
reset of either side too, and no clock is needed. What is unproven or replayed makes the sign ask.

| state    | a pole was heard | none for LOST_MS           |
|----------|------------------|----------------------------|
| SOLO     | TOGETHER         |                            |
| TOGETHER |                  | SOLO: it warns for itself  |
"""

from sign.compat import const, ticks_add, ticks_diff
from sign.proto.espnow import REPLAYED, UNPROVEN

SOLO = const(0)
TOGETHER = const(1)

# A pole says something every two seconds.
LOST_MS = const(15_000)
OTHERS_MAX = 4
_FADE = const(1_000)  # frames
_SAMPLES = const(4)
_PASS_16 = const(51)  # a tick of 80 MHz / 255 is 51 sixteenths of a us
_MS_16 = const(16_000)


class Pole:
    """One other pole. `until_ms` counts while it is `lit`; `missed` of the frames it sent were not heard."""

    def __init__(self, sender):
        self.sender = sender
        self.name = ""
        self.boot = self.number = -1
        self.proven = self.lit = self.lost = False
        self.heard_ms = self.until_ms = 0
        self.heard = self.missed = 0

    def count(self, missed):
        """One more frame heard, after some that were not; of late ones only, the rest fades."""
        self.heard += 1
        self.missed += missed
        if self.heard >= _FADE:
            self.heard //= 2
            self.missed //= 2


class Poles:
    """All of them. `question` is our last one (0 none), `asks`: somebody must prove himself."""

    def __init__(self):
        self.others = []
        self.state = SOLO
        self.question = 0
        self.asks = False

    def find(self, sender):
        """Its Pole; a new one takes the place of one that is lost. None when all places are taken."""
        for pole in self.others:
            if pole.sender == sender:
                return pole
        if len(self.others) >= OTHERS_MAX:
            for pole in self.others:
                if pole.lost or not pole.proven:
                    self.others.remove(pole)
                    break
            else:
                return None
        self.others.append(Pole(sender))
        return self.others[-1]

    def believe(self, pole, boot, number, answer, now_ms):
        """0 where this genuine frame of `pole` is believed, else why not."""
        newer = boot > pole.boot or (boot == pole.boot and number > pole.number)
        answers = answer and answer == self.question and not (pole.proven and boot == pole.boot)
        if not (answers or (pole.proven and newer)):
            self.asks = True
            return REPLAYED if pole.proven else UNPROVEN
        if pole.proven and boot == pole.boot and not pole.lost:
            pole.count(number - pole.number - 1)
        pole.boot, pole.number, pole.heard_ms = boot, number, now_ms
        pole.proven, pole.lost = True, False
        self.state = TOGETHER
        return 0

    def look(self, now_ms):
        """Find out who is gone; asked a few times a second."""
        self.state = SOLO
        for pole in self.others:
            if not pole.proven or pole.lost:
                continue
            if pole.lit and ticks_diff(pole.until_ms, now_ms) <= 0:
                pole.lit = False
            if ticks_diff(now_ms, pole.heard_ms) > LOST_MS:
                pole.lost, pole.lit = True, False
            else:
                self.state = TOGETHER

    def warn(self, pole, left_ms, now_ms):
        """Note for how long `pole` still warns, 0: it does not."""
        pole.lit = left_ms > 0
        pole.until_ms = ticks_add(now_ms, left_ms)

    def left_ms(self, now_ms):
        """For how long any pole still warns, as far as it said; 0 when none does."""
        longest = 0
        for pole in self.others:
            if pole.lit:
                longest = max(longest, ticks_diff(pole.until_ms, now_ms))
        return longest

    def leads(self, sender, own):
        """Whether that pole's pattern is the one that all follow: of those that are there the lowest number."""
        lowest = own
        for pole in self.others:
            if pole.proven and not pole.lost:
                lowest = min(lowest, pole.sender)
        return sender == lowest


class Phase:
    """Where a pattern is in its pass of `ticks` at 80 MHz / 255, to the ms, for years.

    `ahead_ms` is by how much it runs before the one it follows, None until that was heard often enough: of
    some frames the one that came quickest counts.
    """

    def __init__(self, ticks, started_ms):
        self._pass_16 = ticks * _PASS_16
        self.pass_ms = (self._pass_16 + _MS_16 // 2) // _MS_16
        self.restart(started_ms)

    def restart(self, started_ms):
        """The pattern began anew."""
        self._begun_ms, self._rest_16 = started_ms, 0
        self.forget()

    def forget(self):
        """Listen anew."""
        self.ahead_ms = None
        self._least_ms = self.pass_ms
        self._samples = 0

    def at(self, now_ms):
        """ms since the pass began."""
        gone_ms = ticks_diff(now_ms, self._begun_ms)
        if gone_ms < 0:
            return gone_ms % self.pass_ms
        while True:
            length_16 = self._rest_16 + self._pass_16
            length_ms = length_16 // _MS_16
            if gone_ms < length_ms:
                return gone_ms
            self._rest_16 = length_16 % _MS_16
            gone_ms -= length_ms
            self._begun_ms = ticks_add(self._begun_ms, length_ms)

    def hear(self, phase_ms, now_ms):
        """The leading pattern was at `phase_ms` just before `now_ms`."""
        ahead_ms = (self.at(now_ms) - phase_ms) % self.pass_ms
        if ahead_ms > self.pass_ms // 2:
            ahead_ms -= self.pass_ms
        self._least_ms = min(self._least_ms, ahead_ms)
        self._samples += 1
        if self._samples >= _SAMPLES:
            self.ahead_ms = self._least_ms
            self._least_ms, self._samples = self.pass_ms, 0

    def due_ms(self, now_ms):
        """When the next pass must begin to run with the leading one."""
        return ticks_add(now_ms, (self.pass_ms - self.at(now_ms) + self.ahead_ms) % self.pass_ms)
