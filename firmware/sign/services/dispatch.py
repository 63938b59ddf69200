"""The verbs: who is asked at the serial port and who gets a command of the controller do the same.

A verb is a function `verb(status, obj)` of a room below `verbs`, which is loaded for it and then forgotten;
it answers a dict, or a dict and a job that goes on.
"""

import sys

from sign import loading
from sign.proto.service import ServiceError

# By room, below services.verbs; a dash in a verb is an underscore in the function's name.
_VERBS = """
about hello status telemetry details
selftest selftest
lamp lamp
walk walk
watch watch
site config config-put kerb
chores log log-on log-off events clock identify restart reboot
orders flash force-on mute shadow
keeping recording-hold recording-release recording-list recording-fetch recording-read
"""
# What else a room needs to be loaded.
_BESIDE = {
    "lamp": "core.patterns core.slots",
    "watch": "core.picture",
    "orders": "core.order",
    "keeping": "services.stall proto.recording services.recording",
}


def verbs():
    """All verbs."""
    return [verb for line in _VERBS.strip().split("\n") for verb in line.split(" ")[1:]]


def room_of(verb):
    """The room below services.verbs that obeys; None for what is no verb."""
    for line in _VERBS.strip().split("\n"):
        words = line.split(" ")
        if verb in words[1:]:
            return words[0]
    return None


def refusal(error):
    """A ServiceError as it is told."""
    return {"field": error.field, "value": error.value, "allowed": error.allowed}


class Dispatch:
    """Has the room of one verb loaded at a time; `status` is a Status."""

    def __init__(self, status):
        self._status = status
        self._room, self._borrowed = None, ""

    def ask(self, verb, obj):
        """(answer, job or None). ServiceError when it is refused."""
        room = room_of(verb)
        if room is None:
            raise ServiceError("verb", verb, ", ".join(verbs()))
        self.enter(room)
        found = getattr(self.entered(), verb.replace("-", "_"))(self._status, obj)
        return found if isinstance(found, tuple) else (found, None)

    def enter(self, room):
        """Have that room loaded, and no other."""
        if room != self._room:
            if self._room:
                loading.leave(self._borrowed)
            self._room, self._borrowed = None, ""
            if room:
                rooms = loading.missing("%s services.verbs.%s" % (_BESIDE.get(room, ""), room))
                loading.load(rooms)
                self._room, self._borrowed = room, rooms

    def entered(self):
        """The room that is loaded."""
        return sys.modules["sign.services.verbs." + self._room]
