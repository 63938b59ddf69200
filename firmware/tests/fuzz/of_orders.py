"""Commands of the controller, with all the verbs there are."""

import json

from fuzz import chip
from fuzz.kept import Kept
from fuzz.parser import JsonParser
from fuzz.running_sign import Sign, preload
from sign.services import commands

preload()
commands.time = chip.Time
ANSWER_MAX = 4_000  # a description of every field of the configuration is the longest
DONE_MAX = 8
COMMANDS = (
    '"verb": "hello"',
    '"verb": "status"',
    '"verb": "telemetry"',
    '"verb": "details"',
    '"verb": "selftest", "args": "sensors"',
    '"verb": "selftest", "args": "chip"',
    '"verb": "selftest", "args": "network"',
    '"verb": "lamp", "args": {"lamp": "left", "s": 3}',
    '"verb": "walk", "args": true',
    '"verb": "watch", "args": 60',
    '"verb": "config"',
    '"verb": "config", "args": ["lead_ms", "mode"]',
    '"verb": "config-put", "args": {"lead_ms": 4500, "dim_pct": null}',
    '"verb": "kerb", "args": {"a": [0, 0], "b": [5000, 100]}',
    '"verb": "log", "args": 12',
    '"verb": "log-on"',
    '"verb": "log-off"',
    '"verb": "events", "args": 1',
    '"verb": "clock", "args": 1800000000',
    '"verb": "identify", "args": 5',
    '"verb": "restart", "args": "service"',
    '"verb": "reboot"',
    '"verb": "flash", "args": 3',
    '"verb": "force-on", "args": 30, "within_s": 60',
    '"verb": "mute", "args": 5, "expires": 1900000000',
    '"verb": "shadow", "args": true',
    '"verb": "recording-hold", "args": 1',
    '"verb": "recording-release"',
    '"verb": "recording-list"',
    '"verb": "recording-fetch", "args": 1',
    '"verb": "recording-read", "args": [1, 0]',
)


class Command(JsonParser):
    """Every command gets one answer, that is JSON and small; of what it orders nothing lasts for ever."""

    def __init__(self):
        super().__init__()
        self.sign, self.done = Sign(), []

    def seeds(self):
        found = ['{"v": 1, "id": "%d", %s}' % (n, what) for n, what in enumerate(COMMANDS)]
        return [text.encode() for text in found]

    def take(self, data):
        self.sign.begin_anew()
        Kept.files.clear()
        answer, job = commands.obey(self.sign, self.done, data, chip.Time.now_ms, False)
        text = json.dumps(answer)
        assert len(text) < ANSWER_MAX, len(text)
        assert answer["v"] == 1 and len(self.done) <= DONE_MAX
        order = self.sign.detector.order
        assert order is None or 0 < order.lasts_ms <= 240 * 60_000
        assert job is None or job.every_ms > 0
        if answer["ok"]:
            return None
        if answer.get("repeated"):
            return "repeated"
        assert answer["allowed"] and (answer["field"] or answer["allowed"] == "no such field"), answer
        assert answer["allowed"] != "one that works", (
            "a verb failed instead of refusing: %s" % answer["value"]
        )
        return "field " + answer["field"][:16]

    def goes_on(self):
        self.sign.begin_anew()
        del self.done[:]
        good = b'{"v": 1, "id": "fresh", "verb": "mute", "args": 1}'
        answer, _ = commands.obey(self.sign, self.done, good, chip.Time.now_ms, False)
        assert answer == {"v": 1, "id": "fresh", "ok": True, "answer": {"mute": 1}}, answer
