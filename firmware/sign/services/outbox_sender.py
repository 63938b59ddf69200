"""Sends what the outbox holds, batch by batch, and lets go only what the controller says it has stored."""

import json

from sign.compat import const, ticks_diff
from sign.core.events import describe

_FORMAT = const(1)
BATCH_MAX = const(8)  # each is 0.1 KB of text
ACK_TIMEOUT_MS = const(20_000)


class OutboxSender:
    """At most one batch is under way; it is sent again after 20 s without an answer, or after `restart`."""

    def __init__(self, outbox, uptime, incarnation, boot):
        self._outbox = outbox
        self._uptime = uptime
        self._incarnation = incarnation
        self._boot = boot
        self._awaited_seq = 0  # last of the batch under way, 0 when there is none
        self._sent_ms = 0
        self.bad_acks = 0

    def restart(self):
        """A new connection: nothing is under way."""
        self._awaited_seq = 0

    def due(self, now_ms):
        """Whether `batch` has something to send now."""
        if self._awaited_seq and ticks_diff(now_ms, self._sent_ms) < ACK_TIMEOUT_MS:
            return False
        return self._outbox.held > 0

    def batch(self, now_ms):
        """The oldest events as the wire's dict for `pieces`; from now on it is under way.

        A generator describes them: a description takes 0.3 KB, so that there is one at a time.
        """
        records = self._outbox.peek(BATCH_MAX)
        self._awaited_seq = records[-1][2] if records else 0
        self._sent_ms = now_ms
        return {
            "v": _FORMAT,
            "incarnation": self._incarnation,
            "boot": self._boot,
            "uptime_ms": self._uptime.total_ms(),
            "t": None,
            "events": (describe(record) for record in records),
        }

    def on_ack(self, payload):
        """Take the controller's event/ack; one that is malformed or for another life is only counted."""
        seq = self._acked_seq(payload)
        if seq is None:
            self.bad_acks += 1
            return
        self._outbox.ack(self._boot, seq)
        if seq >= self._awaited_seq:
            self._awaited_seq = 0

    def _acked_seq(self, payload):
        try:
            ack = json.loads(payload)
            mine = (
                ack["v"] == _FORMAT and ack["incarnation"] == self._incarnation and ack["boot"] == self._boot
            )
            seq = ack["seq"]
        except (ValueError, KeyError, TypeError, RuntimeError):
            return None
        return seq if mine and type(seq) is int and seq >= 0 else None
