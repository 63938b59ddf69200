"""The steps from a blank board to a registered sign, and their order."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """Where a run is."""

    IDENTIFY = "identify"
    BUILD = "build"
    ENROL = "enrol"
    WRITE = "write"
    START = "start"
    INSPECT = "inspect"
    RESTART = "restart"
    ONLINE = "online"
    SELF_TEST = "self-test"
    REGISTER = "register"
    LABEL = "label"
    DONE = "done"
    FAILED = "failed"


# The only way there is; from every step but the last, FAILED can follow as well.
NEXT = {
    Step.IDENTIFY: Step.BUILD,
    Step.BUILD: Step.ENROL,  # before the identity is made: it is pending for an hour only
    Step.ENROL: Step.WRITE,
    Step.WRITE: Step.START,  # esptool compares each region by digest as it writes
    Step.START: Step.INSPECT,
    Step.INSPECT: Step.RESTART,
    Step.RESTART: Step.ONLINE,
    Step.ONLINE: Step.SELF_TEST,  # afterwards, so that it finds network and clock as they will be
    Step.SELF_TEST: Step.REGISTER,
    Step.REGISTER: Step.LABEL,
    Step.LABEL: Step.DONE,
}
