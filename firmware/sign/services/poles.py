"""The sign as one of several at a crossing: tells the others when it warns, and warns with them.

Radio first. While no pole is heard by radio, the same frames go over the group's topic, too. What is told is
the sign's own decision only, never what it follows: so no warning can go back and forth.
"""

import asyncio
import os
import struct
import time

from micropython import schedule
from sign.compat import COUNT_MASK, const, ticks_add, ticks_diff
from sign.core import faults as codes
from sign.core.poles import LOST_MS, SOLO, Phase, Poles
from sign.hal.espnow import Radio
from sign.proto import espnow
from sign.services import log

# Nobody acknowledges a broadcast: with one in ten lost, one in ten thousand changes is heard half a second late.
_COPIES = const(4)
_SPACING_MS = const(8)  # the next step of the loop, which comes every 10 ms
_BEAT_MS = const(2_000)
_LIT_BEAT_MS = const(500)
_GROUP_BEAT_MS = const(5_000)
_JITTER_MS = const(255)  # so that two poles do not fall in step
_PULSE_MS = const(250)
# Genuine ones are at most 4 copies of 4 poles at once; each check takes 0.3 ms and leaves 300 bytes.
_CHECKS_MAX = const(20)
_LEFT_MIN_MS = const(300)  # the end of a hold is seen up to 80 ms late
# The patterns may differ by so much before they are brought together again, in the dark.
_APART_MS = const(6)
_STEP_MS = const(10)


class PoleSync:
    """`armed` is the running sign; `group` a proto.espnow.Group. `told` says how it goes, for the telemetry."""

    def __init__(self, armed, group, alive):
        self._armed, self._group, self._alive = armed, group, alive
        self._poles = Poles()
        self._woken = asyncio.ThreadSafeFlag()
        self._follow = armed.detection.follow
        self._radio = None
        self._number = self._copies = self._checks = 0
        self._lit = False  # what the others were told last
        self._answer = 0
        self._due_ms = self._group_ms = self._radio_ms = time.ticks_ms()
        self._outgoing = []  # for the group's topic: the newest only
        self._refused = [0] * (espnow.CROWDED + 1)
        self.followed = 0
        armed.detection.tell = self._woken.set
        self._begun_ms = armed.lamps.started_ms
        self._phase = Phase(armed.lamps.pass_ticks, self._begun_ms)

    async def run(self):
        if self._radio is None:
            self._open()
        while True:
            if self._copies:
                await asyncio.sleep_ms(_SPACING_MS)
            else:
                await self._woken.wait()
            self._alive()
            self._listen()
            self._speak(time.ticks_ms())

    async def pulse(self):
        """A few times a second: what is due by the clock."""
        while True:
            await asyncio.sleep_ms(_PULSE_MS)
            self._checks = 0
            self._poles.look(time.ticks_ms())
            self._report()
            self._follow_lamps()
            if self._radio:
                self._keep_channel()
                if self._may_align():
                    await self._align()
            self._woken.set()

    def on_group(self, payload):
        """Bytes from the group's topic."""
        self._group_ms = time.ticks_ms()  # an answer must not wait for its turn
        self._take(payload, None)
        self._woken.set()

    def _take(self, frame, now_ms):
        """A frame; `now_ms` is when it came by radio, None from elsewhere."""
        if self._checks >= _CHECKS_MAX:
            self._refuse(espnow.FLOOD)
            return
        self._checks += 1
        reason = self._group.refusal(frame)
        if reason:
            self._refuse(reason)
            return
        kind, sender, boot, number = espnow.head(frame)
        pole = self._poles.find(sender)
        if pole is None:
            self._refuse(espnow.CROWDED)
        elif kind == espnow.HELLO:
            self._answer, pole.name = espnow.asked(frame)
            self._due_ms = time.ticks_ms()
            self._believes(pole, boot, number, 0)
        else:
            answer, left_ms, phase_ms, pass_ms = espnow.told(frame)
            if self._believes(pole, boot, number, answer):
                self._obey(pole, left_ms)
                if now_ms is not None:
                    self._hear(pole, phase_ms, pass_ms, now_ms)

    def _believes(self, pole, boot, number, answer):
        reason = self._poles.believe(pole, boot, number, answer, time.ticks_ms())
        if reason:
            self._refuse(reason)
        return not reason

    async def duty(self, client):
        """In each step of a session: what nobody hears by radio goes over the broker."""
        while self._outgoing:
            await client.publish(self.topic, [self._outgoing.pop(0)], 0, False)

    def told(self):
        """How it goes, for the telemetry."""
        others = [pole for pole in self._poles.others if pole.proven]
        heard, missed = sum([pole.heard for pole in others]), sum([pole.missed for pole in others])
        reasons = espnow.REASONS.split()
        return {
            "heard": [pole.name for pole in others if not pole.lost],
            "lost": [pole.name for pole in others if pole.lost],
            "loss_pct": 100 * missed // (heard + missed) if heard else 0,
            "followed": self.followed,
            "ahead_ms": self._phase.ahead_ms,
            "refused": {reasons[i]: self._refused[i] for i in range(2, len(reasons)) if self._refused[i]},
        }

    def _open(self):
        try:
            self._radio = Radio(self._armed.config.pole_channel, self._woken.set)
        except (OSError, RuntimeError) as error:
            log.say("poles: no radio (%s)" % error)

    def _listen(self):
        while self._radio and self._checks < _CHECKS_MAX:
            frame = self._radio.receive()
            if frame is None:
                return
            self._take(frame, self._radio.at_ms)

    def _speak(self, now_ms):
        """Tell of a change at once, and again; else of how things are, now and then."""
        left_ms = self._own_left_ms(now_ms)
        if (left_ms > 0) != self._lit:
            self._lit = left_ms > 0
            self._copies = _COPIES
            self._group_ms = now_ms
        if self._copies:
            self._copies -= 1
        elif ticks_diff(now_ms, self._due_ms) < 0:
            return
        beat_ms = _LIT_BEAT_MS if self._lit else _BEAT_MS
        self._due_ms = ticks_add(now_ms, beat_ms + os.urandom(1)[0] % _JITTER_MS)
        by_group = self._takes_group(now_ms)
        alone = self._poles.state == SOLO
        if self._lit or self._copies or self._answer or not alone:
            self._send(self._state(left_ms, now_ms), by_group)
        if (alone or self._poles.asks) and not self._copies:
            self._poles.asks = False
            self._poles.question = struct.unpack(">I", os.urandom(4))[0] | 1
            self._send(self._group.hello(self._armed.boot, self._next(), self._poles.question), by_group)

    def _takes_group(self, now_ms):
        """Whether it is time to say it over the broker, too."""
        if self._radio and ticks_diff(now_ms, self._radio_ms) <= LOST_MS:
            return False
        if ticks_diff(now_ms, self._group_ms) < 0:
            return False
        self._group_ms = now_ms if self._lit else ticks_add(now_ms, _GROUP_BEAT_MS)
        self._outgoing.clear()
        return True

    def _state(self, left_ms, now_ms):
        phase = self._phase
        answer, self._answer = self._answer, 0
        at_ms = phase.at(now_ms)
        return self._group.state(self._armed.boot, self._next(), answer, left_ms, at_ms, phase.pass_ms)

    def _next(self):
        self._number += 1
        return self._number

    def _send(self, frame, by_group):
        if self._radio:
            try:
                self._radio.send(frame)
            except OSError:
                pass  # the link's driver is just being started anew
        if by_group:
            self._outgoing.append(frame)

    def _own_left_ms(self, now_ms):
        """For how long the sign warns by its own decision; a sign that only looks on warns nobody."""
        detector = self._armed.detector
        if not detector.lit or self._armed.config.mode != "active":
            return 0
        return max(detector.activation.left_ms(now_ms), _LEFT_MIN_MS)

    def _obey(self, pole, left_ms):
        poles, now_ms = self._poles, time.ticks_ms()
        if left_ms and not pole.lit:
            self.followed += 1
        poles.warn(pole, left_ms, now_ms)
        try:
            schedule(self._follow, poles.left_ms(now_ms))
        except RuntimeError:
            pass  # the scheduler is full for once: a copy follows

    def _hear(self, pole, phase_ms, pass_ms, now_ms):
        self._radio_ms = now_ms
        if pass_ms == self._phase.pass_ms and self._poles.leads(pole.sender, self._group.sender):
            self._phase.hear(phase_ms, now_ms)

    def _report(self):
        lost = " ".join([pole.name for pole in self._poles.others if pole.lost])
        if lost:
            self._armed.reasons[codes.name(codes.POLE_LOST)] = lost
        self._armed.settle_fault(codes.POLE_LOST, lost)

    def _refuse(self, reason):
        self._refused[reason] = (self._refused[reason] + 1) & COUNT_MASK

    def _follow_lamps(self):
        """They begin anew when steady light ends."""
        if self._begun_ms != self._armed.lamps.started_ms:
            self._begun_ms = self._armed.lamps.started_ms
            self._phase.restart(self._begun_ms)

    def _keep_channel(self):
        if not self._radio.settle():
            log.say("poles: too many senders, the radio is off")
            self._refuse(espnow.CROWDED)
            self._radio = None
        elif self._radio.moved and self._armed.detector.stall_allowed(time.ticks_ms()):
            self._radio.keep()

    def _may_align(self):
        ahead_ms = self._phase.ahead_ms
        return ahead_ms is not None and abs(ahead_ms) > _APART_MS and self._armed.detector.quiet

    async def _align(self):
        """Let the pattern end with its pass, and begin again with that of the leading pole, in the dark. A
        warning in between lets it begin at once."""
        lamps, phase = self._armed.lamps, self._phase
        if not lamps.loosen():
            return
        while not lamps.is_idle():
            await asyncio.sleep_ms(_STEP_MS)
        due_ms = phase.due_ms(time.ticks_ms())
        while lamps.loose and not lamps.lit and ticks_diff(due_ms, time.ticks_ms()) > 2 * _STEP_MS:
            await asyncio.sleep_ms(_STEP_MS)
        left_ms = ticks_diff(due_ms, time.ticks_ms())
        if 0 < left_ms <= 2 * _STEP_MS:
            time.sleep_ms(left_ms)  # ticks go on in it
        lamps.fasten()
        self._follow_lamps()
