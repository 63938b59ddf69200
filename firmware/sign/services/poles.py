"""The sign as one of several at a crossing: tells the others when it warns, and warns with them.

Radio first. While no pole is heard by radio, the same frames go over the group's topic, too. What is told is
the sign's own decision only, never what it follows: so no warning can go back and forth.
"""

import asyncio
import os
import struct
import time

from micropython import schedule

from sign import loading
from sign.compat import const, ticks_add, ticks_diff
from sign.core import poles
from sign.core.faults import POLE_LOST

# Nobody acknowledges a broadcast: where one in ten is lost, one change in ten thousand is heard half a second
# late.
_COPIES = const(4)
_SPACING_MS = const(8)  # the next step of the loop, which comes every 10 ms
_BEAT_MS = const(2_000)
_LIT_BEAT_MS = const(500)
_GROUP_BEAT_MS = const(5_000)
# From one pulse to the next. Genuine ones are at most 4 copies of 4 poles, twice; a check takes 0.3 ms.
_CHECKS_MAX = const(40)
_MARGIN_MS = const(300)  # the end of a hold is seen up to 80 ms late: it is to be told, not awaited
_LEFT_MAX_MS = const(0xFFFF)
# Crystals drift apart by 5 ms meanwhile.
_SELDOM_MS = const(120_000)
_FIRST_MS = const(8_000)
_FLOOD = const(6)  # reasons, as in proto.espnow
_CROWDED = const(7)
_REASONS = const(8)
_ROOMS = "hal.radio_room services.pole_room"


class PoleSync:
    """`armed` is the running sign, `group` a proto.espnow.Group; `radio` may be None, `topic` is the group's.

    `alive()` is called whenever it is awake; `ahead_us` is by how much the pattern ran before the leading one
    when that was looked at last.
    """

    def __init__(self, armed, group, radio, woken):
        self._armed, self.group, self._radio, self._woken = armed, group, radio, woken
        self.others = []
        self._alone = True  # no other pole is there
        self._asks = False  # somebody must answer a question before he is believed
        self._lit = False  # what the others were told last
        self._number = self._copies = self._checks = self._answer = self._question = self.followed = 0
        self._due_ms = self._group_ms = self._radio_ms = time.ticks_ms()
        self._refused = [0] * (_REASONS + 1)
        self.phase = poles.Phase(armed.lamps.pass_ticks)
        self.ahead_us = 0
        self._begun_us = self._seldom = self._outgoing = None  # which is for the group's topic
        self._seldom_ms = self._due_ms
        self._soon = self._speak
        armed.detection.tell = self._tell

    async def run(self):
        """Speak, as soon as there is something to say."""
        while True:
            if self._copies:
                await asyncio.sleep_ms(_SPACING_MS)
            else:
                await self._woken.wait()
            self.alive()
            self._speak(time.ticks_ms())

    def listen(self, _):
        """Frames have come. Called by the scheduler, as the tick is: whatever the tasks do just then, another
        pole's warning does not wait for it."""
        while self._radio and self._checks < _CHECKS_MAX:
            heard = self._radio.receive()
            if not heard:
                break
            ago_ms = ticks_diff(time.ticks_ms(), heard[1])
            self._take(heard[0], ticks_add(time.ticks_us(), -1000 * ago_ms))
        self._woken.set()

    def _tell(self):
        """The tick calls it when a warning has begun or ended. Allocation-free."""
        try:
            schedule(self._soon, time.ticks_ms())
        except RuntimeError:
            pass  # the scheduler is full for once
        self._woken.set()

    def pulse(self):
        """Twice a second: what is due by the clock."""
        self._checks = 0
        armed, now_ms = self._armed, time.ticks_ms()
        self._alone = not [pole for pole in self.others if pole.look(now_ms)]
        lost = self._names(poles.LOST)
        armed.settle_fault(POLE_LOST, lost)
        if lost:
            armed.reasons["pole_lost"] = " ".join(lost)
        if self._begun_us != armed.lamps.started_us:
            self._begun_us = armed.lamps.started_us
            self.phase.begin(self._begun_us)
            self._seldom_ms = ticks_add(now_ms, _FIRST_MS)
        away = self._radio and self._radio.settle()
        if away is None:
            self._radio = None
        elif (
            self._radio
            and not self._seldom
            and armed.detector.quiet
            and (away or ticks_diff(now_ms, self._seldom_ms) >= 0)
        ):
            self._seldom_ms = ticks_add(now_ms, _SELDOM_MS)
            self._seldom = asyncio.create_task(self._do_seldom(away))
        self._woken.set()

    def on_group(self, payload):
        """Bytes from the group's topic."""
        self._group_ms = time.ticks_ms()  # an answer must not wait for its turn
        self._take(payload, None)
        self._woken.set()

    async def duty(self, client):
        """In each step of a session: what nobody hears by radio goes over the broker."""
        frame, self._outgoing = self._outgoing, None
        if frame:
            await client.publish(self.topic, [frame], 0, False)

    def told(self):
        """How it goes, for the telemetry."""
        heard, missed = sum([pole.heard for pole in self.others]), sum([pole.missed for pole in self.others])
        return {
            "heard": self._names(poles.HEARD),
            "lost": self._names(poles.LOST),
            "loss_pct": 100 * missed // (heard + missed + 1),
            "followed": self.followed,
            "ahead_ms": self.ahead_us // 1000,
            "refused": self._refused[:_REASONS],
        }

    def _names(self, state):
        return [pole.name for pole in self.others if pole.state == state]

    def _take(self, frame, at_us):
        """A frame; `at_us` is when it came by radio, None from elsewhere."""
        self._checks += 1
        found = _FLOOD if self._checks > _CHECKS_MAX else self.group.open(frame)
        if not isinstance(found, int):
            found = self._obey(at_us, *found)
        if found is not None:
            self._refused[found] += 1

    def _obey(self, at_us, sender, boot, number, question, answer, left_ms, phase_ms, pass_ms, name):
        """Do what a genuine frame says; else the reason for refusing it."""
        now_ms = time.ticks_ms()
        pole = poles.find(self.others, sender)
        if not pole:
            return _CROWDED
        pole.name = name
        if question:
            self._answer = question
            self._due_ms = now_ms
        refused = pole.believe(boot, number, answer and answer == self._question, now_ms)
        if refused is not None:
            self._asks = True
            return refused
        self._alone = False
        if left_ms and not pole.lit:
            self.followed += 1
        pole.warn(left_ms, now_ms)
        follow, left_ms = self._armed.detection.follow, poles.left_ms(self.others, now_ms)
        if at_us is None:
            schedule(follow, left_ms)
        else:
            follow(left_ms)
            self._radio_ms = now_ms
            pole.phase = phase_ms, pass_ms, at_us

    def _speak(self, now_ms):
        """Tell of a change at once, and again; else of how things are, now and then."""
        armed, phase = self._armed, self.phase
        left_ms = 0  # a sign that only looks on warns nobody
        if armed.detector.lit and armed.config.mode == "active":
            left_ms = min(armed.detector.activation.left_ms(now_ms) + _MARGIN_MS, _LEFT_MAX_MS)
        lit = left_ms > 0
        if lit != self._lit:
            self._lit = lit
            self._copies = _COPIES
            self._group_ms = now_ms
        if self._copies:
            self._copies -= 1
        elif ticks_diff(now_ms, self._due_ms) < 0:
            return
        # By lot, so that two poles do not fall in step.
        self._due_ms = ticks_add(now_ms, (_LIT_BEAT_MS if lit else _BEAT_MS) + os.urandom(1)[0])
        question = 0
        if (self._alone or self._asks) and not self._copies:
            self._asks = False
            question = self._question = struct.unpack("I", os.urandom(4))[0] | 1
        number = self._number = self._number + 1
        answer, self._answer = self._answer, 0
        at_ms = phase.at(time.ticks_us()) // 1000
        frame = self.group.seal(armed.boot, number, question, answer, left_ms, at_ms, phase.pass_us // 1000)
        if self._radio:
            self._radio.send(frame)
        unheard = not self._radio or ticks_diff(now_ms, self._radio_ms) > poles.LOST_MS
        if unheard and ticks_diff(now_ms, self._group_ms) >= 0:
            self._group_ms = now_ms if lit else ticks_add(now_ms, _GROUP_BEAT_MS)
            self._outgoing = frame

    async def _do_seldom(self, away):
        rooms = loading.missing(_ROOMS)
        try:
            loading.load(rooms)
            from sign.hal import radio_room
            from sign.services import pole_room

            if away:
                radio_room.keep(self._radio)
            await pole_room.align(self, self._armed.lamps, self._armed.detector)
        except (OSError, MemoryError):
            pass  # next time
        radio_room = pole_room = self._seldom = None
        loading.leave(rooms)
