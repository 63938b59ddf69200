"""Sets up the radars by commands after the start. Each is asked first, and what is right is left alone.

Loaded for that time only. A module that is being set up sees nobody for some tenths of a second (two seconds
when it must restart), so it waits until nobody is in view; the tick goes on meanwhile.
"""

import asyncio
import time

from sign.compat import const, ticks_diff
from sign.core.faults import name
from sign.hal.radar_port import baud_rates
from sign.proto.exchange import DONE, REFUSED
from sign.services import log

# Places in faults.names().
_RADAR_SETUP = const(36)
_POLL_MS = const(50)
_RESTART_MS = const(3_000)  # until a module hears again, and has reported for a while
_ANYWAY_MS = const(300_000)  # something stands in view without end, perhaps because of a wrong setting
_FIRST_REPORT_MS = const(2_000)


async def run(armed):
    """Set up the radar of each port. What came of it stands in `armed.radars` by port (`setup`: "done" or
    what failed, `version`, `bluetooth`); a failure is the fault RADAR_SETUP.
    """
    failures = []
    for number in range(len(armed.ports)):
        told = armed.radars[number]
        await _quiet(armed.detector)
        try:
            why = await _set_up(armed.ports[number], armed.detector.radars[number], told)
        except Exception as error:  # whatever it is, the sign goes on warning
            why = repr(error)
        told["setup"] = why or "done"
        log.say("radar %d %s: set-up %s %s" % (number, told["kind"], told["setup"], told.get("version", "")))
        if why:
            failures.append("port %d %s: %s" % (number, told["kind"], why))
    if failures:
        armed.reasons[name(_RADAR_SETUP)] = "; ".join(failures)
        armed.detection.want_fault(_RADAR_SETUP, True)


async def _quiet(detector):
    since_ms = time.ticks_ms()
    while not detector.quiet and ticks_diff(time.ticks_ms(), since_ms) < _ANYWAY_MS:
        await asyncio.sleep_ms(_POLL_MS)


async def _set_up(port, radar, told):
    """Why it failed, or ""."""
    if told["kind"] == "c4001":
        return await _set_up_c4001(port, radar, told)
    return await _set_up_hlk(port, told)


async def _set_up_hlk(port, told):
    from sign.proto.radar_command import NO_MAC, RESTART, RadarCommand, changes, check

    kind, command = told["kind"], RadarCommand()
    for baud in baud_rates(kind):
        port.set_baud(baud)
        why = await _talk(port, command, check(kind))
        if command.failed != 0:
            break  # it answered
    else:
        port.set_baud(baud_rates(kind)[0])
    script = () if why else changes(kind, command)
    if script:
        why = await _talk(port, command, script)
        if not why and script[-1] == RESTART:
            await asyncio.sleep_ms(_RESTART_MS)
            why = await _talk(port, command, check(kind))
    told["version"] = command.version_text()
    told["bluetooth"] = "off" if command.mac == NO_MAC else "not known to be off"
    return why


async def _set_up_c4001(port, radar, told):
    from sign.proto import c4001_command
    from sign.proto.c4001 import SPEED

    command = c4001_command.C4001Command()
    why = await _talk(port, command, (c4001_command.VERSION,))
    told["version"] = command.response()
    why = why or await _talk(port, command, (c4001_command.GET_RANGE,))
    since_ms = time.ticks_ms()
    while not radar.frames and ticks_diff(time.ticks_ms(), since_ms) < _FIRST_REPORT_MS:
        await asyncio.sleep_ms(_POLL_MS)
    if why or (command.response() == c4001_command.RANGE and radar.mode == SPEED):
        return why
    return await _talk(port, command, c4001_command.SET_UP_C4001)


async def _talk(port, command, script):
    """Run a script; why it failed, or ""."""
    command.start(script, time.ticks_ms())
    port.command(command)
    while command.busy:
        await asyncio.sleep_ms(_POLL_MS)
    if command.state == DONE:
        return ""
    return "command %d of %d %s" % (
        command.failed + 1,
        len(script),
        "refused" if command.why == REFUSED else "not answered",
    )
