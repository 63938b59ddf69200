"""Composition: what warns comes first and needs nothing else; network and service follow in asyncio."""

import asyncio
import time

import machine
from sign import loading
from sign.compat import const
from sign.core import events
from sign.core import faults as codes
from sign.core.config_values import field_index
from sign.core.detector import Detector
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.hal import store
from sign.hal.lamps import Lamps, LampsInUse
from sign.hal.pins import Inputs, StatusLed
from sign.hal.radar_port import RadarPort
from sign.services import identity as identity_room
from sign.services.detection import Detection

_OUTBOX_EVENTS = const(128)  # 4 KB of heap, 64 warnings
CAUSE_UNKNOWN = events.CAUSES.index("unknown")


class Armed:
    """The warning part of the sign, running since the end of the constructor.

    `identity` is None on a sign that has none; `reasons` says, by fault name, why a fault stands.
    """

    def __init__(self):
        self.faults = codes.Faults()
        self.reasons = {}
        self.uptime = Uptime(0)
        self._mount()
        self.wiring = store.board()
        self.config, self.config_errors = self._load_config()
        self.identity = self._identity()
        self.incarnation = self.identity["incarnation"] if self.identity else None
        self.boot = self._boot_number()
        self.outbox = Outbox(_OUTBOX_EVENTS, self.boot)
        pins = self.wiring["pins"]
        self.lamps = Lamps(pins, self.config.pattern, self.config.dim_pct)
        self.detector = Detector(self.config, time.ticks_ms(), self.faults)
        loading.forget("core.radars")
        ports = (RadarPort(self.wiring["radar"]),)
        self.detection = Detection(ports, Inputs(pins), self.detector, self.lamps, self.outbox, self.uptime)
        self._note_start()
        self.detection.start()
        self.armed_ms = time.ticks_ms()

    def _mount(self):
        try:
            store.mount()
        except store.StoreError as error:
            self._raise(codes.STORE, error)

    def _load_config(self):
        from sign.core.config import load_bytes

        loaded = load_bytes(store.read_bytes("config.json"))
        loading.forget("core.config")
        return loaded

    def _identity(self):
        try:
            identity = store.read_json("identity.json")
            wrong = identity_room.problem(identity)
            if wrong is None:
                return identity
            error = store.StoreError("identity.json", wrong)
        except store.StoreError as refused:
            error = refused
        self._raise(codes.IDENTITY, error)
        return None

    def _boot_number(self):
        number, error = store.next_boot()
        if error:
            self._raise(codes.STORE, error)
        return number

    def _raise(self, code, error):
        if self.faults.set(code, 0):  # what went wrong first is the cause of the rest
            self.reasons[codes.NAMES[code]] = "%s: %s" % (error.name, error.why)

    def _note_start(self):
        """Records of how this boot began. Once the tick runs, it alone may write to the outbox."""
        self.uptime.update(time.ticks_ms())
        cause = machine.reset_cause() - 1
        self.outbox.add(events.BOOT, self.uptime, cause if 0 <= cause < CAUSE_UNKNOWN else CAUSE_UNKNOWN)
        if self.config_errors:
            self.faults.set(codes.CONFIG, 0)
        for code in range(len(codes.NAMES)):
            if self.faults.is_active(code):
                self.outbox.add(events.FAULT_ON, self.uptime, code)
        for field, _, _ in self.config_errors:
            index = field_index(field)
            self.outbox.add(events.CONFIG_ERROR, self.uptime, index if index >= 0 else events.WHOLE_FILE)


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
    status = Status(armed)
    if armed.identity:
        _go_online(armed, status, supervisor)
    led = StatusLed(armed.wiring["pins"])
    alive = supervisor.watch("housekeeper")
    supervisor.start(housekeeper.run(armed.detector, led, status, alive))
    alive = supervisor.watch("console")
    supervisor.keep("console", Console(status, alive).run, alive)
    await supervisor.run(watchdog.start(), healthy)


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
