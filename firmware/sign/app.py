"""The running sign. What warns comes first and needs nothing else; network and service follow in asyncio.

How it is put together stands in `starting`, which is left once everything runs.
"""

import asyncio

import machine
from sign import loading
from sign.core.faults import Faults
from sign.hal.lamps import LampsInUse


class Armed:
    """The warning part of the sign, which `starting.arm` fills and starts.

    `identity` is None on a sign that has none; `reasons` says, by fault name, why a fault stands; `radars`
    holds by port what is known of the module there; `attended`: a technician has the memory of the session.
    """

    def __init__(self):
        self.faults = Faults()
        self.reasons = {}
        self.borrowed = ""  # rooms that need a session's memory for a while
        self.attended = False
        self.poles = None  # the PoleSync of a sign that may have others beside it

    def kinds(self):
        """What kind of radar there is at each port."""
        first, second = self.config.radar_kind, self.config.second_kind
        return (first,) if second == "none" else (first, second)

    def has_memory(self):
        """Whether a secure session fits: not beside what sets up the radars, nor beside a technician where
        all is configured."""
        return not (self.borrowed or self.attended)

    def settle_fault(self, code, stands):
        """Raise or clear a fault that a task judges, if that is news."""
        if self.faults.is_active(code) != bool(stands):
            self.detection.want_fault(code, stands)


def run(healthy, last_crash, for_service=False):
    """Run the sign until Ctrl-C or an error, dark lamps then. `healthy()` is called after a good minute.

    `last_crash` is the text of the error that ended the app before this start, or ""; `for_service`: the
    session waits until the technician is gone, whose work finds the heap in larger pieces than after one.
    """
    from sign import starting

    armed = Armed()
    armed.attended = for_service
    try:
        starting.arm(armed)
    except LampsInUse as error:
        print("%s: left over from a soft reset, resetting the chip" % error)
        machine.reset()
    try:
        starting.announce(armed, last_crash)
        starting = None
        asyncio.run(_serve(armed, healthy))
    finally:
        armed.detection.stop()


async def _serve(armed, healthy):
    from sign import starting

    # Now: none of it may delay the arming.
    starting.leave_arming(armed)
    loading.load_listed("SERVICES")
    supervisor, feed = starting.serve(armed)
    if armed.config.radar_setup:
        armed.borrowed = loading.missing(starting.set_up_rooms(armed))
        supervisor.start(_set_up_radars(armed))
    # Nobody reads them any more.
    armed.wiring = armed.identity = None
    starting = None
    loading.leave(loading.listed("START_ONLY"))
    await supervisor.run(feed, healthy)


async def _set_up_radars(armed):
    loading.load(armed.borrowed)
    from sign.services import radar_setup

    await radar_setup.run(armed)
    radar_setup = None
    loading.leave(armed.borrowed)
    armed.borrowed = ""
