"""Asking a radar: one request after the other, each repeated until it is answered, never waiting."""

from sign.compat import const, ticks_add, ticks_diff

# States. IDLE -start-> DUE -poll-> WAITING -answer-> DUE ... DONE, or, after the last retry, FAILED.
IDLE = const(0)
DUE = const(1)
WAITING = const(2)
DONE = const(3)
FAILED = const(4)

# Why it failed.
SILENT = const(1)
REFUSED = const(2)

RETRIES = const(3)


class Exchange:
    """Runs a script: a tuple of requests (bytes). Poll it, write what it returns, and feed it what comes.

    A step that fails ends the script, but its last request (the way out of the configuration) is still tried.
    Then `state` is FAILED, `failed` the index of the step and `why` SILENT or REFUSED. `sent` and `retries`
    count for telemetry.
    """

    def __init__(self, timeout_ms, gap_ms):
        self.state = IDLE
        self.failed = -1
        self.why = 0
        self.sent = self.retries = 0
        self._timeout_ms, self._gap_ms = timeout_ms, gap_ms
        self._script = ()
        self._step = self._tries = 0
        self._since_ms = 0

    @property
    def busy(self):
        """Whether it still wants to be polled and fed."""
        return self.state == DUE or self.state == WAITING

    def start(self, script, now_ms):
        """Begin a script; one that ran is dropped."""
        self._script = script
        self._step = self._tries = 0
        self.failed, self.why = -1, 0
        self._since_ms = ticks_add(now_ms, -self._gap_ms)
        self.state = DUE if script else DONE

    def poll(self, now_ms):
        """The bytes to write now, or None."""
        waited_ms = ticks_diff(now_ms, self._since_ms)
        if self.state == WAITING and waited_ms >= self._timeout_ms:
            self._on_timeout()
        elif self.state != DUE or waited_ms < self._gap_ms:
            return None
        return self._send(now_ms) if self.state == DUE else None

    def _request(self):
        return self._script[self._step]

    def _prepare(self):
        """Forget what was answered before the request that is about to be sent."""

    def _send(self, now_ms):
        self._prepare()
        self._since_ms = now_ms
        self._tries += 1
        self.sent += 1
        self.state = WAITING
        return self._request()

    def _on_timeout(self):
        if self._tries <= RETRIES:
            self.retries += 1
            self.state = DUE
        else:
            self._fail(SILENT)

    def _answered(self, now_ms, good):
        """The radar has answered the request that waits."""
        self._since_ms = now_ms
        if good:
            self._go_to(self._step + 1)
        else:
            self._fail(REFUSED)

    def _fail(self, why):
        if self.failed < 0:
            self.failed, self.why = self._step, why
        self._go_to(max(self._step + 1, len(self._script) - 1))

    def _go_to(self, step):
        self._step, self._tries = step, 0
        if step < len(self._script):
            self.state = DUE
        else:
            self.state = DONE if self.failed < 0 else FAILED
