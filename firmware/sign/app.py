"""The running sign. What warns comes first and needs nothing else; network and service follow in asyncio.

How it is put together stands in `starting`, which is left once everything runs.
"""

import asyncio
import sys

from sign import loading
from sign.core.faults import Faults
from sign.hal.lamps import LampsInUse


class Armed:
    """The warning part of the sign, which `starting.arm` fills and starts.

    `identity` is None on a sign that has none; `reasons` says, by fault name, why a fault stands; `radars`
    holds by port what is known of the module there; `attended`: a technician has the memory of the session.
    `trial` is the record of a configuration on trial, or None; `desired` what is told of the one that the
    controller wants, None when there is nothing to tell.
    """

    def __init__(self):
        self.faults = Faults()
        self.reasons = {}
        self.borrowed = ""  # rooms that need a session's memory for a while
        self.attended = False
        self.keeper = None  # of events and time, on a sign with an identity
        self.vehicles = None  # the VehicleLog of a sign whose radar sees vehicles
        self.poles = None  # the PoleSync of a sign that may have others beside it

    def kinds(self):
        """What kind of radar there is at each port."""
        first, second = self.config.radar_kind, self.config.second_kind
        return (first,) if second == "none" else (first, second)

    def has_memory(self):
        """Whether a secure session fits: not beside what sets up the radars, nor beside a technician where
        all is configured."""
        return not (self.borrowed or self.attended)

    def put_away(self):
        """Before a reset: no further tick, and what only memory holds goes to flash. It never fails."""
        self.detection.stop()
        if self.vehicles:
            try:
                self.vehicles.put_away()
            except MemoryError:
                pass  # the reset matters more than a few counts
        self.outbox.move_all()

    def settle_fault(self, code, stands):
        """Raise or clear a fault that a task judges, if that is news."""
        if self.faults.is_active(code) != bool(stands):
            self.detection.want_fault(code, stands)


def run(healthy, for_service, rung):
    """Run the sign until Ctrl-C or an error, dark lamps then. `healthy` is called as the housekeeper says.

    `for_service`: the session waits until the technician is gone, whose work finds the heap in larger pieces
    than after one; `rung`: that of the ladder (`start_up` says what each means), and 8 where a brown-out led
    here.
    """
    from sign import starting

    armed = Armed()
    armed.rung, armed.brown_out = rung & 7, rung >> 3
    armed.attended = for_service
    try:
        starting.arm(armed)
    except LampsInUse as error:
        print("%s: left over from a soft reset, resetting the chip" % error)
        import ladder

        ladder.restart()
    try:
        starting.announce(armed)
        starting = None
        asyncio.run(_serve(armed, healthy))
    finally:
        armed.put_away()


async def _serve(armed, healthy):
    from sign import starting

    # Now: none of it may delay the arming.
    starting.leave_arming(armed)
    loading.load_listed("SERVICES")
    supervisor, feed, status = starting.serve(armed, healthy)
    if armed.lost or armed.config.radar_setup:
        armed.borrowed = "some"  # no session before that is through
        starting.begin_settling(armed, supervisor)
    # Nobody reads them any more.
    armed.wiring = armed.identity = None
    starting = None
    loading.leave(loading.listed("START_ONLY"))
    if armed.config.recorder != "off":
        loading.load(loading.RECORD)
        sys.modules["sign.services.recording_start"].start(status)
        loading.leave(loading.RECORD)
    await supervisor.run(feed)
