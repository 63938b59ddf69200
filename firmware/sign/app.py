"""Composition: what warns comes first and needs nothing else; network and service follow in asyncio."""

import asyncio
import time

import machine
from sign import loading
from sign.compat import const
from sign.core import events
from sign.core import faults as codes
from sign.core.detector import Detector
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.hal.lamps import Lamps, LampsInUse
from sign.hal.pins import Inputs, StatusLed
from sign.hal.radar_port import RadarPort, baud_rates
from sign.services.detection import Detection

_OUTBOX_EVENTS = const(128)  # 4 KB of heap, 64 warnings
CAUSE_UNKNOWN = events.CAUSES.index("unknown")


class Armed:
    """The warning part of the sign, running since the end of the constructor.

    `identity` is None on a sign that has none; `reasons` says, by fault name, why a fault stands; `radars`
    holds by port what is known of the module there.
    """

    def __init__(self):
        from sign.services import start_up

        self.faults = codes.Faults()
        self.reasons = {}
        self.uptime = Uptime(0)
        start_up.read(self)
        self.outbox = Outbox(_OUTBOX_EVENTS, self.boot)
        pins = self.wiring["pins"]
        self.ports = self._ports()
        self.radars = [{"kind": kind} for kind in self.kinds()]
        segments = start_up.lamp_segments(self.pattern)
        self.lamps = Lamps(pins, self.pattern.name, segments, self.config.dim_pct)
        self.detector = Detector(self.config, time.ticks_ms(), self.faults)
        self.detection = Detection(
            self.ports, Inputs(pins), self.detector, self.lamps, self.outbox, self.uptime
        )
        self._note_start(start_up.error_numbers(self))
        self.detection.start()
        self.armed_ms = time.ticks_ms()

    def settle_fault(self, code, stands):
        """Raise or clear a fault that a task judges, if that is news."""
        if self.faults.is_active(code) != bool(stands):
            self.detection.want_fault(code, stands)

    def _ports(self):
        tables = (self.wiring["radar"], self.wiring.get("second"))
        return tuple(RadarPort(tables[n], baud_rates(kind)[0]) for n, kind in enumerate(self.kinds()))

    def kinds(self):
        """What kind of radar there is at each port."""
        first, second = self.config.radar_kind, self.config.second_kind
        return (first,) if second == "none" else (first, second)

    def _note_start(self, error_numbers):
        """Records of how this boot began. Once the tick runs, it alone may write to the outbox."""
        self.uptime.update(time.ticks_ms())
        cause = machine.reset_cause() - 1
        self.outbox.add(events.BOOT, self.uptime, cause if 0 <= cause < CAUSE_UNKNOWN else CAUSE_UNKNOWN)
        if self.config_errors:
            self.faults.set(codes.CONFIG, 0)
        for code in range(len(codes.NAMES)):
            if self.faults.is_active(code):
                self.outbox.add(events.FAULT_ON, self.uptime, code)
        for number in error_numbers:
            self.outbox.add(events.CONFIG_ERROR, self.uptime, number)


def run(healthy, last_crash):
    """Run the sign until Ctrl-C or an error, dark lamps then. `healthy()` is called after a good minute.

    `last_crash` is the text of the error that ended the app before this start, or "".
    """
    try:
        armed = Armed()
    except LampsInUse as error:
        print("%s: left over from a soft reset, resetting the chip" % error)
        machine.reset()
    try:
        _announce(armed, last_crash)
        asyncio.run(_serve(armed, healthy))
    finally:
        armed.detection.stop()


def _announce(armed, last_crash):
    print("armed %d ms" % armed.armed_ms)
    print("lamps %s, started %d us apart" % (armed.lamps.pattern, armed.lamps.skew_us))
    for field, value, allowed in armed.config_errors:
        print("config %s: %s refused, allowed %s, default in force" % (field, value, allowed))
    for name, why in armed.reasons.items():
        print("fault %s: %s" % (name, why))
    if armed.identity is None:
        print("no identity: detection runs alone, without network")
    if last_crash:
        print("last start ended with", last_crash)


async def _serve(armed, healthy):
    # Loaded now: none of it may delay the arming.
    loading.load(loading.SERVICES)
    from sign.hal import watchdog
    from sign.services import housekeeper
    from sign.services.console import Console
    from sign.services.status import Status
    from sign.services.supervisor import Supervisor

    supervisor = Supervisor(armed.detection, armed.outbox)
    asyncio.get_event_loop().set_exception_handler(supervisor.on_task_error)
    status = Status(armed, _schema_hash())
    if armed.identity:
        _go_online(armed, status, supervisor)
    _start_measuring(armed, status, supervisor)
    if armed.config.radar_setup:
        supervisor.start(_set_up_radars(armed))
    led = StatusLed(armed.wiring["pins"])
    alive = supervisor.watch("housekeeper")
    supervisor.start(housekeeper.run(armed.detector, armed.lamps, led, status, alive))
    alive = supervisor.watch("console")
    supervisor.keep("console", Console(status, alive).run, alive)
    loading.leave(loading.START_ONLY)
    await supervisor.run(watchdog.start(), healthy)


def _schema_hash():
    from sign.services import start_up

    return start_up.schema_hash()


def _start_measuring(armed, status, supervisor):
    """The sign warns without any of it."""
    if not _measures(armed.config):
        return
    try:
        loading.load(loading.MEASURING)
        from sign.services.measuring import Measuring

        status.measuring = measuring = Measuring(armed)
    except (ValueError, OSError) as error:
        print("cannot measure:", error)
        return
    alive = supervisor.watch("measuring")
    supervisor.keep("measuring", lambda: measuring.run(alive), alive)
    if measuring.lamps:
        lamps_alive = supervisor.watch("lamps")
        supervisor.keep("lamps", lambda: measuring.lamps.run(lamps_alive), lamps_alive)


def _measures(config):
    supply, night = config.supply_low_mv or config.supply_high_mv, config.night_from_h != config.night_to_h
    return config.light_enabled or config.thermometer_enabled or config.lamp_current_mv or supply or night


async def _set_up_radars(armed):
    kinds = armed.kinds()
    rooms = [loading.SET_UP]
    if "c4001" in kinds:
        rooms.append(loading.SET_UP_C4001)
    if any(kind != "c4001" for kind in kinds):
        rooms.append(loading.SET_UP_HLK)
    borrowed = loading.missing(" ".join(rooms))
    loading.load(borrowed)
    from sign.services import radar_setup

    await radar_setup.run(armed)
    radar_setup = None
    loading.leave(borrowed)


def _go_online(armed, status, supervisor):
    """Whatever is wrong on the side of the network, the sign goes on warning."""
    try:
        loading.load(loading.ONLINE)
        from sign.services import online

        status.link = online.start(armed, status, supervisor)
    except Exception as error:
        why = error.why if hasattr(error, "why") else repr(error)
        armed.reasons[codes.NAMES[codes.IDENTITY]] = why
        armed.detection.want_fault(codes.IDENTITY, True)
        print("cannot go online, detection runs alone:", why)
