"""Status, telemetry and configuration: from checked JSON to the values of the live model."""

from __future__ import annotations

from typing import Any

from gangvakt.fleet import Answer, Crash, DesiredFate, Fault, Lamps, ReportedConfig, SignStatus, Telemetry
from gangvakt.ingest.quick import fits
from gangvakt.ingest.schema import check


def parse_status(message: dict[str, Any]) -> SignStatus | None:
    """None is the last will: the sign is offline."""
    if message.get("online") is False:
        check("StatusOffline", message)
        return None
    _check_often("StatusOnline", message)
    return SignStatus(
        incarnation=message["incarnation"],
        boot=int(message["boot"]),
        uptime_ms=int(message["uptime_ms"]),
        firmware=message["fw"],
        schema=message["schema"],
        board=message["board"],
        mode=message["mode"],
        config_version=int(message["config_version"]),
        lamps=_lamps(message["lamps"]),
        armed_ms=_maybe_int(message.get("armed_ms")),
        faults=tuple(_fault(fault) for fault in message["faults"]),
        clock_ok=message["q"] != "uptime",
        certificate=message.get("certificate"),
        renewal_error=message.get("renewal_error"),
        order=message.get("order", {}).get("code"),
        order_left_s=_maybe_int(message.get("order", {}).get("left_s")),
        crash=_crash(message.get("crash")),
    )


def _check_often(schema: str, message: dict[str, Any]) -> None:
    """As `check`, which takes ten times as long and says what is wrong."""
    if not fits(schema, message):
        check(schema, message)


def parse_telemetry(message: dict[str, Any]) -> Telemetry:
    _check_often("Telemetry", message)
    radar, outbox = message.get("radar", {}), message.get("outbox", {})
    measured, poles = message.get("measured", {}), message.get("poles", {})
    link = message.get("link", {})
    return Telemetry(
        uptime_ms=int(message["uptime_ms"]),
        heap_free=_maybe_int(message.get("heap_free")),
        ticks=_maybe_int(message.get("ticks")),
        ticks_late=_maybe_int(message.get("ticks_late")),
        radar_frames=_maybe_int(radar.get("frames")),
        radar_skipped_bytes=_maybe_int(radar.get("skipped_bytes")),
        radar_bad_frames=_maybe_int(radar.get("bad_frames")),
        pir_edges=_maybe_int(message.get("pir_edges")),
        outbox_held=_maybe_int(outbox.get("held")),
        outbox_dropped=_maybe_int(outbox.get("dropped")),
        reconnects=_maybe_int(message.get("reconnects")),
        supply_mv=_maybe_int(measured.get("supply_mv")),
        current_proved=measured.get("current_proved"),
        self_tests=_maybe_int(measured.get("self_tests")),
        ahead_ms=_maybe_int(poles.get("ahead_ms")),
        light_mv=_maybe_int(measured.get("light_mv")),
        daylight=measured.get("daylight"),
        battery_stage=_maybe_int(measured.get("battery_stage")),
        link=link.get("kind"),
        rssi_dbm=_maybe_int(link.get("rssi_dbm")),
    )


def parse_config(message: dict[str, Any]) -> ReportedConfig:
    check("ConfigReported", message)
    errors = tuple(_fault({"code": "config"} | error) for error in message["errors"])
    return ReportedConfig(
        int(message["version"]),
        message["schema"],
        dict(message["values"]),
        errors,
        _fate(message.get("desired")),
    )


def _fate(told: dict[str, Any] | None) -> DesiredFate | None:
    if told is None:
        return None
    errors = tuple(_fault({"code": "config"} | error) for error in told["errors"])
    return DesiredFate(_maybe_int(told["version"]), told["state"], errors)


def parse_answer(message: dict[str, Any]) -> Answer:
    """Unreadable when it does not follow the wire contract."""
    check("Response", message)
    named = ("id", "ok", "answer", "told", "repeated", "field", "value", "allowed")
    return Answer(**{name: message[name] for name in named if name in message})


def _lamps(lamps: dict[str, Any]) -> Lamps:
    return Lamps(lamps["on"], lamps["pattern"], int(lamps["dim_pct"]), lamps.get("current_proved"))


def _crash(crash: dict[str, Any] | None) -> Crash | None:
    if crash is None:
        return None
    counts = {name: int(crash.get(name, 0)) for name in ("crashes", "hangs", "brown_outs")}
    boot, firmware = _maybe_int(crash.get("boot")), crash.get("firmware")
    return Crash(crash["cause"], crash["rung"], crash["text"], boot, firmware, **counts)


def _fault(fault: dict[str, Any]) -> Fault:
    return Fault(fault["code"], fault.get("field"), fault.get("value"), fault.get("why"))


def _maybe_int(value: Any) -> int | None:
    return None if value is None else int(value)
