"""Composition of the sign. Left when the start is over: only functions that put the running sign together."""

import asyncio
import sys
import time
from binascii import unhexlify

import machine
from sign import loading
from sign.compat import const, micropython
from sign.core import events
from sign.core import faults as codes
from sign.core.detector import Detector
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime
from sign.hal.lamps import Lamps
from sign.hal.pins import Inputs
from sign.hal.radar_port import RadarPort, baud_rates
from sign.services.detection import Detection

_PROBATION = "core.probation services.probation"
_NTP_PORT = const(123)
_OUTBOX_EVENTS = const(20)  # 640 bytes of heap; from there they go to flash


def arm(armed):
    """Make what warns and start it. LampsInUse after a soft reset."""
    from sign.services import start_up  # kept by nobody, so that it can be left before this room

    armed.uptime = Uptime(time.ticks_ms())
    start_up.read(armed)
    armed.outbox = Outbox(_OUTBOX_EVENTS, armed.boot)
    pins = armed.wiring["pins"]
    armed.ports = _ports(armed)
    armed.radars = [{"kind": kind} for kind in armed.kinds()]
    segments = start_up.lamp_segments(armed.pattern)
    armed.lamps = Lamps(pins, armed.pattern.name, segments, armed.config.dim_pct)
    armed.detector = Detector(armed.config, time.ticks_ms(), armed.faults)
    armed.inputs = Inputs(pins)
    armed.detection = Detection(
        armed.ports, armed.inputs, armed.detector, armed.lamps, armed.outbox, armed.uptime
    )
    _note_start(armed, start_up.error_numbers(armed))
    armed.detection.start()
    armed.armed_ms = time.ticks_ms()


def announce(armed):
    """Say on the serial port what was started, and what is not as it should be."""
    print("armed %d ms" % armed.armed_ms)
    print("lamps %s, started %d us apart" % (armed.lamps.pattern, armed.lamps.skew_us))
    for field, value, allowed in armed.config_errors:
        print("config %s: %s refused, allowed %s, default in force" % (field, value, allowed))
    for name, why in armed.reasons.items():
        print("fault %s: %s" % (name, why))
    if armed.identity is None:
        print("no identity: detection runs alone, without network")


def leave_arming(armed):
    """Give back what only arming needs: the services find their place in it."""
    from sign.services import start_up

    armed.schema = start_up.schema_hash()
    start_up = None
    loading.leave(loading.listed("ARMING_ONLY"))


def serve(armed, healthy):
    """Start all tasks; (Supervisor, `feed` of the watchdog, Status). `healthy` is the housekeeper's."""
    from sign.hal import watchdog
    from sign.services import housekeeper
    from sign.services.keyboard import Keyboard
    from sign.services.status import Status
    from sign.services.supervisor import Supervisor

    supervisor = Supervisor(armed.detection, armed.outbox)
    asyncio.get_event_loop().set_exception_handler(supervisor.on_task_error)
    status = Status(armed, armed.schema)
    if armed.identity:
        _join_poles(armed, supervisor)
        _keep_events(armed, status)
        _go_online(armed, status, supervisor)
    _count_vehicles(armed)
    _start_measuring(armed, status, supervisor)
    if armed.trial:
        _watch_trial(armed, status, supervisor)
    _try_out(status, supervisor)
    alive = supervisor.watch("housekeeper")
    supervisor.start(housekeeper.run(status, alive, healthy))
    alive = supervisor.watch("console")
    _add_panel(armed, status, alive)
    supervisor.keep("console", Keyboard(status, alive).run, alive)
    return supervisor, watchdog.start(), status


def begin_settling(armed, supervisor):
    """Start what is done once after the start."""
    from sign import settling

    supervisor.start(settling.settle(armed, loading.listed("REBUILD"), _set_up_rooms(armed)))
    settling = None
    loading.forget("settling")


def _set_up_rooms(armed):
    """List of the rooms that setting up the radars needs."""
    kinds = armed.kinds()
    found = [loading.listed("SET_UP")]
    if "c4001" in kinds:
        found.append(loading.listed("SET_UP_C4001"))
    if any(kind != "c4001" for kind in kinds):
        found.append(loading.listed("SET_UP_HLK"))
    return " ".join(found)


def _ports(armed):
    tables = (armed.wiring["radar"], armed.wiring.get("second"))
    return tuple(RadarPort(tables[n], baud_rates(kind)[0]) for n, kind in enumerate(armed.kinds()))


def _note_start(armed, error_numbers):
    """Records of how this boot began. Once the tick runs, it alone may write to the outbox."""
    armed.uptime.update(time.ticks_ms())
    cause = machine.reset_cause() - 1
    known = 0 <= cause < events.CAUSE_UNKNOWN
    cause = cause if known else events.CAUSE_UNKNOWN
    armed.outbox.add(events.BOOT, armed.uptime, events.CAUSE_BROWN_OUT if armed.brown_out else cause)
    if armed.config_errors:
        armed.faults.set(codes.CONFIG, 0)
    for code in range(codes.COUNT):
        if armed.faults.is_active(code):
            armed.outbox.add(events.FAULT_ON, armed.uptime, code)
    for number in error_numbers:
        armed.outbox.add(events.CONFIG_ERROR, armed.uptime, number)


def _start_measuring(armed, status, supervisor):
    """The sign warns without any of it."""
    if not _measures(armed.config):
        return
    try:
        loading.load_listed("MEASURING")
        from sign.services.measuring import Measuring

        status.measuring = measuring = Measuring(armed)
        if _has_battery(armed.config):
            loading.load_listed("BATTERY")
            from sign.services.power import Power

            measuring.power = Power(status)
    except (ValueError, OSError) as error:
        print("cannot measure:", error)
        return
    for name, task in (("measuring", measuring), ("lamps", measuring.lamps)):
        if task:
            task.alive = supervisor.watch(name)
            supervisor.keep(name, task.run, task.alive)


def _count_vehicles(armed):
    """The sign warns without that, too."""
    gate = armed.detector.gate
    if not gate:
        return
    try:
        loading.load_listed("VEHICLES")
        from sign.services.vehicles import VehicleLog

        armed.vehicles = VehicleLog(armed, gate.counts)
    except Exception as error:
        print("cannot count vehicles:", repr(error))


def _add_panel(armed, status, alive):
    from sign.hal.pins import service_button, status_led
    from sign.services.panel import Panel

    pins = armed.wiring["pins"]
    status.panel = Panel(status, status_led(pins))
    held = service_button(pins, armed.config.button_enabled)
    if held:
        loading.load_listed("POLE")
        from sign.services.pole import Pole

        status.panel.pole = Pole(status, held, alive)


def _watch_trial(armed, status, supervisor):
    loading.load(_PROBATION)
    from sign.services import probation

    supervisor.start(probation.watch(armed, status))


def _try_out(status, supervisor):
    """An app or interpreter on trial is watched; whatever is wrong with the slots, it goes on warning."""
    try:
        from sign.hal import app_slot

        is_tried, app_slot = app_slot.trial() is not None, None
        if is_tried:
            loading.load(loading.TRIAL)
            from sign.services import trial

            supervisor.start(trial.run(status))
        else:
            loading.leave(loading.TRIAL)
    except Exception as error:
        sys.print_exception(error)


def _measures(config):
    supply, night = config.supply_low_mv or config.supply_high_mv, config.night_from_h != config.night_to_h
    supply = supply or _has_battery(config)
    return config.light_enabled or config.thermometer_enabled or config.lamp_current_mv or supply or night


def _has_battery(config):
    return config.power_profile in ("lighting_battery", "solar")


def _join_poles(armed, supervisor):
    """Alone or not, the sign warns."""
    if not (armed.config.pole_sync and armed.identity.get("group_key")):
        return
    try:
        loading.load_listed("POLES")
        from sign.services import pole_start

        armed.poles = pole_start.start(armed, supervisor)
    except Exception as error:
        print("cannot speak with other poles:", repr(error))


def _keep_events(armed, status):
    """The sign warns, and tells what it can, without that too."""
    loading.load_listed("KEEPING")
    from sign.services.keeper import Keeper

    armed.keeper = Keeper(armed, status, _time_servers(armed))
    try:
        ring = armed.outbox.flash = _ring(armed.incarnation)
        damaged, boot, seq = _newest(ring)
        event = events.RESUMED, armed.uptime, damaged, boot, seq, ring.dropped
        micropython.schedule(armed.outbox.note, event)
    except Exception as error:
        print("events stay in memory:", error)


def _ring(incarnation):
    from sign.core import ring_mount
    from sign.hal import store

    return ring_mount.mount(store.raw("outbox"), unhexlify(incarnation))


def _newest(ring):
    """(damaged records behind it, boot, seq) of the newest readable record; boot 0 where there is none."""
    for at in range(ring.head - 1, max(ring.head - 9, -1), -1):
        record = ring.read(at)
        if record:
            return ring.head - 1 - at, record[1], record[2]
    return 0, 0, 0


def _time_servers(armed):
    """[(host, port)] of the configuration, else where the controller is."""
    found = []
    for server in armed.config.ntp_servers.split() or [host for host, _ in armed.identity["brokers"]]:
        host, _, port = server.partition(":")
        found.append((host, int(port) if port.isdigit() else _NTP_PORT))
    return found


def _go_online(armed, status, supervisor):
    """Whatever is wrong on the side of the network, the sign goes on warning."""
    try:
        loading.load_listed("ONLINE")
        from sign.services import online

        status.link = online.start(armed, status, supervisor)
    except Exception as error:
        why = error.why if hasattr(error, "why") else repr(error)
        armed.reasons[codes.name(codes.IDENTITY)] = why
        armed.detection.want_fault(codes.IDENTITY, True)
        print("cannot go online, detection runs alone:", why)
