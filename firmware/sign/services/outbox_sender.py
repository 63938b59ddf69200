"""Sends what the outbox holds, batch by batch, and lets go only what the controller says it has stored."""

import json

from sign.compat import const, ticks_diff
from sign.core.events import describe

_FORMAT = const(1)
BATCH_MAX = const(8)  # each is 0.1 KB of text
ACK_TIMEOUT_MS = const(20_000)
# The controller's time comes with its answer; it is right within the time that the answer took.
_PROMPT_MS = const(4_000)


class OutboxSender:
    """At most one batch is under way; it is sent again after 20 s without an answer, or after `restart`.

    `utc_ms()` tells the time, None while it is unknown; `hear(utc_ms, age_ms)` is told the controller's.
    """

    def __init__(self, outbox, uptime, incarnation, boot, utc_ms, hear):
        self._outbox = outbox
        self._uptime = uptime
        self._incarnation = incarnation
        self._boot = boot
        self._utc_ms = utc_ms
        self._hear = hear
        self._records = None  # of the batch to be sent now
        self._is_under_way = False
        self._sent_boot = boot  # and the last sequence number of that boot that was sent
        self._sent_seq = 0
        self._sent_up_ms = self._sent_ms = 0
        self.bad_acks = 0

    def restart(self):
        """A new connection: nothing is under way."""
        self._is_under_way = False

    def due(self, now_ms):
        """Whether there is a `batch` to send now."""
        if self._is_under_way and ticks_diff(now_ms, self._sent_ms) < ACK_TIMEOUT_MS:
            return False
        if self._outbox.held:
            self._records = self._outbox.peek(BATCH_MAX)
        return bool(self._records)

    def batch(self, now_ms):
        """The oldest events as the wire's dict for `pieces`; from now on it is under way.

        A generator describes them: a description takes 0.3 KB, so that there is one at a time.
        """
        records, self._records = self._records, None
        boot, seq = records[-1][1:3]
        self._is_under_way = True
        self._sent_boot, self._sent_seq = boot, seq
        self._sent_ms, self._sent_up_ms = now_ms, self._uptime.total_ms()
        return {
            "v": _FORMAT,
            "incarnation": self._incarnation,
            "boot": boot,
            "over": boot != self._boot,
            "uptime_ms": self._sent_up_ms,
            "t": self._utc_ms(),
            "events": (describe(record) for record in records),
        }

    def on_ack(self, payload, now_ms):
        """Take the controller's event/ack; True for one that is malformed, or for what was not sent."""
        try:
            ack = json.loads(payload)
            boot, seq = ack["boot"], ack["seq"]
            mine = ack["v"] == _FORMAT and ack["incarnation"] == self._incarnation
            if not mine or boot != self._sent_boot or type(seq) is not int or not 0 <= seq <= self._sent_seq:
                raise ValueError
        except (ValueError, KeyError, TypeError, RuntimeError):
            self.bad_acks += 1
            return True
        self._outbox.ack(boot, seq)
        passed_ms = ticks_diff(now_ms, self._sent_ms)
        if self._is_under_way and ack.get("up") == self._sent_up_ms and passed_ms <= _PROMPT_MS:
            self._hear(ack.get("t"), passed_ms // 2)
        if seq == self._sent_seq:
            self._is_under_way = False
