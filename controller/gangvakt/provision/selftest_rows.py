"""What of a sign's findings is well, and what is not: one row each, with its limit. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gangvakt.provision.board import BoardSpec

Finding = Mapping[str, Any]

RADAR_HZ = (8.0, 12.0)  # every kind reports ten times a second
BAD_FRAMES_PCT = 5.0
HEAP_FAIL_BYTES = 3_072  # less does not decode a message
HEAP_WARN_BYTES = 8_192  # free beside a technician, who takes as much
LATE_PER_1000 = (5.0, 50.0)  # warn, fail: beyond the second the sign itself raises a fault
GAP_WARN_MS = 1_200  # a handshake stalls the chip for 0.9 s, once a connection
DATA_FREE_BYTES = 16_384  # a new configuration is written beside the old one
AIR_C = (-40.0, 60.0)
LIGHT_MV = (1, 2_449)  # at its ends the converter sees a pin that is open or shorted, and no sensor
CHIP_C = (-40.0, 105.0)
RSSI_WARN_DBM = -80
# Radars that a LD2451 needs no frame of: it is silent while there is no vehicle.
SILENT_KINDS = frozenset({"ld2451"})
PASSING_FAULTS = frozenset({"tick_late"})  # a start raises it, ten good seconds clear it
WITHOUT_BLUETOOTH = frozenset({"c4001"})
NOBODY_ASKED = "lit, nobody was asked"


class Verdict(StrEnum):
    """What a row says."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    NOT_FITTED = "not fitted"


@dataclass(frozen=True)
class Row:
    """One thing that was looked at: what, what was found, what it should be."""

    what: str
    found: str
    limit: str
    verdict: Verdict


def within(value: float, low: float, high: float) -> Verdict:
    """OK inside of the limits."""
    return Verdict.OK if low <= value <= high else Verdict.FAIL


def board_row(hello: Finding, spec: BoardSpec) -> Row:
    """Whether it is the board that was meant."""
    found = str(hello.get("board"))
    verdict = Verdict.OK if found == spec.board.id else Verdict.FAIL
    return Row("board", f"{found}, firmware {hello.get('fw')}", spec.board.id, verdict)


def start_row(status: Finding, spec: BoardSpec) -> Row:
    """How soon it warned after power-on."""
    armed_ms, limit_ms = int(status["armed_ms"]), spec.tolerances.armed_ms
    verdict = Verdict.OK if armed_ms <= limit_ms else Verdict.FAIL
    return Row("start", f"armed after {armed_ms} ms", f"up to {limit_ms} ms", verdict)


def identity_row(hello: Finding) -> Row:
    """Whether it knows who it is."""
    sign = hello.get("sign")
    return Row("identity", str(sign or "none"), "a sign of a site", Verdict.OK if sign else Verdict.FAIL)


def radar_rows(before: Finding, after: Finding, expected: Mapping[int, str]) -> Iterator[Row]:
    """Rows of each radar port, from two findings a while apart; `expected` is the kind by port."""
    seconds = max(0.001, (int(after["ms"]) - int(before["ms"])) / 1000)
    for port in (0, 1):
        name = f"radar {port}"
        if port not in expected:
            yield Row(name, "-", "-", Verdict.NOT_FITTED)
        elif port >= len(after["radars"]):
            yield Row(name, "none", expected[port], Verdict.FAIL)
        else:
            yield from _radar(name, before["radars"][port], after["radars"][port], seconds)


def _radar(name: str, before: Finding, after: Finding, seconds: float) -> Iterator[Row]:
    kind = str(after["kind"])
    frames = int(after["frames"]) - int(before["frames"])
    rate_hz = frames / seconds
    low, high = RADAR_HZ
    verdict = within(rate_hz, low, high)
    if kind in SILENT_KINDS and not frames:
        verdict = Verdict.WARN
    yield Row(f"{name}, frames", f"{kind}, {rate_hz:.1f} a second", f"{low:.0f} to {high:.0f}", verdict)
    bad = int(after["bad_frames"]) - int(before["bad_frames"])
    bad_pct = 100 * bad / max(1, frames + bad)
    garbled = Verdict.FAIL if bad_pct > BAD_FRAMES_PCT else Verdict.OK
    yield Row(f"{name}, broken frames", f"{bad_pct:.0f} %", f"up to {BAD_FRAMES_PCT:.0f} %", garbled)
    yield _setup(name, after)
    if kind not in WITHOUT_BLUETOOTH:
        bluetooth = str(after.get("bluetooth", "not known to be off"))
        off = Verdict.OK if bluetooth == "off" else Verdict.FAIL
        yield Row(f"{name}, Bluetooth", bluetooth, "off, read back", off)
    yield Row(f"{name}, target now", _target(after.get("target_mm")), "-", Verdict.OK)


def _setup(name: str, radar: Finding) -> Row:
    done, version = radar.get("setup"), radar.get("version") or "version unknown"
    verdict = Verdict.OK if done == "done" else Verdict.FAIL
    return Row(f"{name}, set-up", f"{done or 'not yet'}, {version}", "done", verdict)


def _target(target: Any) -> str:
    if target is None:
        return "nobody"
    if isinstance(target, list):
        return "{:+.1f} m aside, {:.1f} m ahead".format(*(mm / 1000 for mm in target))
    return f"{target / 1000:.1f} m"


def pir_row(sensors: Finding, config: Finding) -> Row:
    """A PIR that never moved may be dead, or nobody walked by."""
    if not config["pir_enabled"]:
        return Row("PIR", "-", "-", Verdict.NOT_FITTED)
    edges = int(sensors["pir"]["edges"])
    found = f"{'active' if sensors['pir']['level'] else 'at rest'}, {edges} changes since the start"
    return Row("PIR", found, "changes when somebody moves", Verdict.OK if edges else Verdict.WARN)


def button_row(sensors: Finding, config: Finding) -> Row:
    """A button that is held while nobody touches it."""
    held = bool(sensors["button"]["level"])
    use = "asks for a warning" if config["button_enabled"] else "service button"
    return Row("button", f"{'held' if held else 'free'}, {use}", "free", Verdict.WARN if held else Verdict.OK)


def lamp_row(name: str, told: Finding, config: Finding, shone: bool | None) -> Row:
    """By its current where that is measured, else by the technician's word (None: nobody was asked)."""
    what, lamp_mv = f"lamp {name}", int(config["lamp_current_mv"])
    if told.get("cut_by"):
        return Row(what, f"cut short by {told['cut_by']}", "lit alone", Verdict.FAIL)
    if lamp_mv and told.get("mv") is not None and told["alone"]:
        should_mv = max(1, lamp_mv * int(told["dim_pct"]) // 100)
        pct = 100 * int(told["mv"]) / should_mv
        low, high = int(config["lamp_low_pct"]), int(config["lamp_high_pct"])
        found, limit = f"{pct:.0f} % of {should_mv} mV", f"{low} to {high} %"
        verdict = within(pct, low, high)
        return Row(what, found, limit, Verdict.FAIL if shone is False else verdict)
    if shone is None:
        return Row(what, NOBODY_ASKED, "seen to shine", Verdict.WARN)
    return Row(
        what, "seen to shine" if shone else "dark", "seen to shine", Verdict.OK if shone else Verdict.FAIL
    )


def power_rows(power: Finding, config: Finding, spec: BoardSpec) -> Iterator[Row]:
    """Light, supply, temperatures."""
    yield _light(power, config, spec)
    yield _supply(power, config, spec)
    yield _air(power, config)
    chip_c = power.get("chip_c")
    if chip_c is None:
        yield Row("chip temperature", "-", "-", Verdict.NOT_FITTED)
    else:
        low, high = CHIP_C
        yield Row(
            "chip temperature", f"{chip_c} deg C", f"{low:.0f} to {high:.0f}", within(chip_c, low, high)
        )


def _light(power: Finding, config: Finding, spec: BoardSpec) -> Row:
    if spec.analog.light is None or not config["light_enabled"]:
        return Row("light", "-", "-", Verdict.NOT_FITTED)
    mv, (low, high) = power.get("light_mv"), LIGHT_MV
    limit = f"{low} to {high} mV"
    if mv is None:
        return Row("light", "not read", limit, Verdict.FAIL)
    verdict = within(mv, low, high)
    doubt = "" if verdict is Verdict.OK else ", sensor not connected?"
    return Row("light", f"{mv} mV{doubt}", limit, verdict)


def _supply(power: Finding, config: Finding, spec: BoardSpec) -> Row:
    low, high = int(config["supply_low_mv"]), int(config["supply_high_mv"])
    if spec.analog.supply is None or not (low or high):
        return Row("supply", "-", "-", Verdict.NOT_FITTED)
    mv = power.get("supply_mv")
    limit = f"{low / 1000:.1f} to {high / 1000:.1f} V" if high else f"from {low / 1000:.1f} V"
    if mv is None:
        return Row("supply", "not read", limit, Verdict.FAIL)
    return Row("supply", f"{mv / 1000:.1f} V", limit, within(mv, low, high or float("inf")))


def _air(power: Finding, config: Finding) -> Row:
    if not config["thermometer_enabled"]:
        return Row("temperature", "-", "-", Verdict.NOT_FITTED)
    low, high = AIR_C
    limit, cdeg = f"{low:.0f} to {high:.0f} deg C", power.get("air_cdeg")
    if cdeg is None:
        return Row("temperature", "no answer", limit, Verdict.FAIL)
    return Row("temperature", f"{cdeg / 100:.1f} deg C", limit, within(cdeg / 100, low, high))


def chip_rows(before: Finding, after: Finding, clock_set: bool) -> Iterator[Row]:
    """Memory, flash, tick and clock, from two findings a while apart."""
    heap = int(after["heap_free"])
    verdict = Verdict.FAIL if heap < HEAP_FAIL_BYTES else Verdict.OK
    if verdict is Verdict.OK and heap < HEAP_WARN_BYTES:
        verdict = Verdict.WARN
    yield Row("memory", f"{heap / 1024:.1f} KB free", f"from {HEAP_WARN_BYTES / 1024:.0f} KB", verdict)
    yield _flash(after.get("data"))
    yield _tick(before, after)
    yield Row("clock", "set" if after["clock_right"] else "not set", "set", _clock(after, clock_set))


def _flash(data: Any) -> Row:
    limit = f"{DATA_FREE_BYTES // 1024} KB free"
    if data is None:
        return Row("flash", "data partition cannot be used", limit, Verdict.FAIL)
    free, size = data
    verdict = Verdict.OK if free >= DATA_FREE_BYTES else Verdict.FAIL
    return Row("flash", f"{free // 1024} of {size // 1024} KB free", limit, verdict)


def _tick(before: Finding, after: Finding) -> Row:
    """With the limit that decided, or both where all is well."""
    ticks, gap_ms = int(after["ticks"]) - int(before["ticks"]), int(after["worst_gap_ms"])
    if ticks <= 0:
        return Row("tick", "stands still", "100 a second", Verdict.FAIL)
    late = 1000 * (int(after["ticks_late"]) - int(before["ticks_late"])) / ticks
    found = f"{late:.1f} of 1000 late, longest gap {gap_ms} ms"
    (warn_late, fail_late), gap_limit = LATE_PER_1000, f"no gap over {GAP_WARN_MS} ms"
    if late > fail_late:
        return Row("tick", found, f"up to {fail_late:.0f} of 1000 late", Verdict.FAIL)
    exceeded = [f"up to {warn_late:.0f} of 1000 late"] if late > warn_late else []
    exceeded += [gap_limit] if gap_ms > GAP_WARN_MS else []
    if exceeded:
        return Row("tick", found, ", ".join(exceeded), Verdict.WARN)
    return Row("tick", found, f"up to {warn_late:.0f} of 1000 late, {gap_limit}", Verdict.OK)


def _clock(after: Finding, clock_set: bool) -> Verdict:
    return Verdict.OK if after["clock_right"] or clock_set else Verdict.WARN


def network_rows(network: Finding, *, needed: bool) -> Iterator[Row]:
    """Link and broker; where they are not `needed` yet, their absence is only worth a word."""
    kind = network.get("kind")
    missing = Verdict.FAIL if needed else Verdict.WARN
    if kind is None:
        yield Row("network", "none", "an identity with a network", missing)
        yield Row("broker", "not reached", "a session", missing)
        return
    if network["up"]:
        rssi = network.get("rssi_dbm")
        found = f"{kind}, {network['address']}" + ("" if rssi is None else f", {rssi} dBm")
        weak = rssi is not None and rssi < RSSI_WARN_DBM
        yield Row("network", found, f"joined, from {RSSI_WARN_DBM} dBm", Verdict.WARN if weak else Verdict.OK)
    else:
        yield Row("network", f"{kind}, {network['why']}", "joined", missing)
    yield _broker(network, missing)


def _broker(network: Finding, missing: Verdict) -> Row:
    """A sign without memory for both lets its session pause while a technician asks."""
    if network["broker"]:
        return Row("broker", "session open", "a session", Verdict.OK)
    if network["sessions"] and network["paused"]:
        return Row("broker", "session open until this test", "a session", Verdict.OK)
    closed = ", ".join(f"{reason} {count}" for reason, count in network["closed"].items())
    return Row("broker", f"not reached ({closed or 'not tried yet'})", "a session", missing)


def fault_row(status: Finding) -> Row:
    """Faults that stand by the sign's own word. Late ticks have a row of their own, over the test's time."""
    faults = list(status.get("faults", ()))
    verdict = Verdict.WARN if faults else Verdict.OK
    if any(fault.get("code") not in PASSING_FAULTS for fault in faults):
        verdict = Verdict.FAIL
    return Row("faults", "; ".join(map(_fault, faults)) or "none", "none", verdict)


def _fault(fault: Finding) -> str:
    words = [str(fault.get("code")), *(str(fault[key]) for key in ("field", "value", "why") if key in fault)]
    return " ".join(words)
