"""What may be wrong between this computer and a sign's app, and what to do about it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gangvakt.errors import PortMissing, PortUnusable, ServiceFailed, SignSilent
from gangvakt.provision.ports import candidates, find_port, is_url
from gangvakt.provision.selftest_rows import Verdict
from gangvakt.provision.service_line import ServiceLine

ANSWER_S = 8.0
# VID:PID of the USB adapters of common boards: what the driver is called where one must be installed.
DRIVERS = {
    "10C4:EA60": "CP210x (Silicon Labs)",
    "1A86:7523": "CH340 (WCH)",
    "1A86:55D4": "CH9102 (WCH)",
    "1A86:55D3": "CH343 (WCH)",
    "0403:6001": "FT232 (FTDI)",
    "303A:1001": "none: the chip's own USB",
}
# By the fault's name, or how it begins: the first that fits.
FAULT_ADVICE = (
    ("config", "put right what it names: `config-put` over this port, or the site at the controller"),
    ("identity", "give it one: `gangvakt flash` with its site"),
    ("store", "the data partition is damaged: flash the board again"),
    (
        "pole_lost",
        "check the pole it names: power, radio channel (`pole_channel`), and the crossing's group key",
    ),
    ("radar_setup", "power off and on; then check the radar's cable, TX and RX may be swapped"),
    (
        "radar_silent",
        "check the radar's supply (5 V) and cable, and the site's radar_kind",
    ),
    ("second_silent", "check the second radar's supply and cable, and the site's second_kind"),
    ("radar_garbled", "check ground and length of the radar's cable"),
    ("second_garbled", "check ground and length of the second radar's cable"),
    ("radar_blocked", "clear snow, dirt and parked things from before the radar"),
    ("radar_moved", "turn the radar back, or learn the kerb line anew: `gangvakt walk --learn-kerb`"),
    ("radar_", "walk before it with `gangvakt walk`; replace the radar where it does not follow you"),
    ("second_", "walk before it with `gangvakt walk`; replace the radar where it does not follow you"),
    ("pir_", "check the PIR's cable and what warms it: sun, exhausts"),
    ("button_", "free the button, and check its cable"),
    ("lamp_", "check the lamp and its cable; `gangvakt selftest` lights one after the other"),
    ("lamps", "power off and on; the chip's pulse hardware did not start"),
    ("supply_", "measure the supply at the board; check fuse and street lighting's feed"),
    ("light_stuck", "clean the light sensor, check its cable"),
    ("thermometer", "check the thermometer's cable and its pull-up"),
    ("tick_late", "restart the sign; send the output of `gangvakt logs --json` where it comes again"),
    ("outbox_full", "events were lost while the controller was out of reach: check the network"),
    ("no_sensor", "none of the sensors can be believed: see the faults beside it"),
    ("one_sensor", "only one sensor can be believed: see the faults beside it"),
    ("stuck_on", "something stands in view without end: look what it is"),
)

# Reasons of a session that waits by intent: for a technician, or because somebody is in view.
PASSING = frozenset({"paused", "memory", "postponed"})
NOT_TRIED = (
    "wait half a minute and ask again; then check the site's Wi-Fi or the cable: `gangvakt selftest` tells "
    "how the network is"
)
BROKER_TRIED = "see that the controller runs, and what `gangvakt logs` of the sign says"
# By the reason that the sign counts.
BROKER_ADVICE = {
    "dns": "the controller's name is not found: check the site's broker address and the network's DNS",
    "tcp": "the controller is not reached: see that it runs, check the site's broker address and firewalls",
    "tls": "sign and controller do not trust each other, or a clock is wrong: flash the sign again",
}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do where it is not well."""

    what: str
    found: str
    verdict: Verdict
    advice: str = ""


def examine(given: str | None, note: Callable[[str], None] = lambda text: None) -> Iterator[Finding]:
    """From the USB plug to the app, as far as it goes; the port is found where none is given. `note` is a
    ServiceLine's."""
    if given is None or not is_url(given):
        yield from _plugs()
    try:
        port = find_port(given)
    except PortMissing as error:
        yield Finding("port", "none to take", Verdict.FAIL, str(error))
        return
    yield from (hindrances := tuple(_permission(port)))
    if hindrances:
        return
    try:
        with ServiceLine(port, note=note) as line:
            yield Finding("port", f"{port} opens", Verdict.OK)
            yield from _app(line)
    except PortUnusable as error:
        yield Finding("port", f"{port}: {error.why}", Verdict.FAIL, _open_advice(error.why))


def fault_advice(fault: Mapping[str, Any]) -> str:
    """What to do about a fault that the sign names."""
    code = str(fault.get("code"))
    return next((advice for name, advice in FAULT_ADVICE if code.startswith(name)), "see firmware/README.md")


def _plugs() -> Iterator[Finding]:
    found = candidates()
    if not found:
        yield Finding("USB", "no serial adapter", Verdict.WARN, "use a cable with data lines, another socket")
    for candidate in found:
        driver = DRIVERS.get(candidate.usb)
        known = f", driver {driver}" if driver else ", no adapter that boards usually have"
        yield Finding("USB", f"{candidate}{known}", Verdict.OK)


def _permission(port: str) -> Iterator[Finding]:
    if is_url(port) or sys.platform == "win32":
        return
    path = Path(port)
    if not path.exists():
        yield Finding("device", f"{port} is not there", Verdict.FAIL, "plug the board in; see the list above")
    elif not stat.S_ISCHR(path.stat().st_mode):
        yield Finding("device", f"{port} is no serial port", Verdict.FAIL, "name a port of the list above")
    elif not os.access(path, os.R_OK | os.W_OK):
        advice = f"sudo usermod -aG {path.group()} $USER, then log in again"
        yield Finding("device", f"{port} may not be used by you", Verdict.FAIL, advice)


def _open_advice(why: str) -> str:
    if "xclusive" in why or "lock" in why or "busy" in why.lower() or "denied" in why.lower():
        return "close the other program that uses it (a terminal, an IDE, another gangvakt)"
    return "plug the board in again; try another cable and socket"


def _app(line: ServiceLine) -> Iterator[Finding]:
    try:
        hello = line.wait_ready(ANSWER_S)
    except SignSilent as error:
        yield _silence(line.noise, error)
        return
    found = f"firmware {hello.get('fw')}, MicroPython {hello.get('micropython')}, board {hello.get('board')}"
    yield Finding("app", found, Verdict.OK)
    yield Finding("chip", str(hello.get("chip")), Verdict.OK)
    sign = hello.get("sign")
    yield Finding("sign", str(sign or "no identity"), Verdict.OK if sign else Verdict.WARN)
    try:
        status = line.ask("status")
    except ServiceFailed as error:
        yield Finding("status", "no answer", Verdict.FAIL, str(error))
        return
    for fault in status.get("faults", ()):
        words = " ".join(str(fault[key]) for key in ("code", "field", "value", "why") if key in fault)
        yield Finding("fault", words, Verdict.FAIL, fault_advice(fault))
    if not status.get("faults"):
        yield Finding("faults", "none", Verdict.OK)
    if sign:
        yield _broker(line)


def _broker(line: ServiceLine) -> Finding:
    try:
        details = line.ask("details")
    except ServiceFailed as error:
        return Finding("broker", "not known", Verdict.FAIL, str(error))
    if details.get("online"):
        return Finding("broker", "session open", Verdict.OK)
    closed: Mapping[str, int] = details.get("closed_reasons") or {}
    told = ", ".join(f"{reason} {count}" for reason, count in closed.items())
    if closed and PASSING.issuperset(closed):
        advice = "it pauses while somebody asks at this port: see at the controller whether it comes back"
        return Finding("broker", f"no session now ({told})", Verdict.WARN, advice)
    return Finding("broker", f"no session ({told or 'not tried yet'})", Verdict.FAIL, broker_advice(closed))


def broker_advice(closed: Mapping[str, int]) -> str:
    """What to do about a session that does not come, by the reason that is counted most."""
    counts = {reason: count for reason, count in closed.items() if reason not in PASSING}
    if not counts:
        return NOT_TRIED
    return BROKER_ADVICE.get(max(counts, key=lambda reason: counts[reason]), BROKER_TRIED)


def _silence(noise: Sequence[str], error: SignSilent) -> Finding:
    """What the silence means, by what else was printed."""
    text = "\n".join(noise)
    if "safe mode" in text:
        return Finding("app", "safe mode: " + error.last, Verdict.FAIL, "read what failed, flash it again")
    if ">>>" in text:
        return Finding("app", "stopped at a prompt", Verdict.FAIL, "restart it: `gangvakt shell` and leave")
    if "invalid header" in text:
        return Finding("app", "the flash is blank", Verdict.FAIL, "flash it: `gangvakt flash`")
    if "waiting for download" in text:
        return Finding("app", "waits to be flashed", Verdict.FAIL, "let go of BOOT and press EN (reset)")
    if text.strip():
        return Finding("app", f"prints {error.last[:60]!r}", Verdict.FAIL, "is it a board with our firmware?")
    return Finding("app", "no answer, nothing printed", Verdict.FAIL, "press EN (reset); flash it")
