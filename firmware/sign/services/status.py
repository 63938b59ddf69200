"""What the sign says about itself, as JSON-ready dicts in the formats of the wire contract, version 1."""

import gc
import json

from machine import RTC
from sign import version
from sign.compat import const
from sign.core import faults as codes
from sign.core.events import ORDERS
from sign.hal import clock

FORMAT = 1
OFFLINE = b'{"v":1,"online":false}'
_TOLD_AT = const(12)  # in RTC memory, behind the record of `ladder`


class Status:
    """`armed` is the running sign (app.Armed), `schema` the hash of its configuration's table.

    `link` stays None on a sign without identity, `measuring` on one that measures nothing, `flight` without
    flight recorder; `panel` is the Panel, `duties` those of the sessions (`Publisher`), `looking` what tells
    somebody what the sign sees (`walk`, `watch`), None mostly.
    """

    def __init__(self, armed, schema):
        self.armed = armed
        self.link = self.flight = self.looking = None
        self.measuring = None
        self.panel = None
        self.refused = {}  # by topic, see `Publisher`
        self._schema = schema
        self.board = armed.wiring.get("board")

    def mark(self):
        """Small int that changes whenever the status document must be published again."""
        faults = self.armed.faults
        mark = (1 if self.armed.lamps.lit else 0) | (2 if self._current_proved() else 0)
        if clock.right:
            mark |= 64
        order = self.armed.detector.order
        if order:
            mark |= order.code + 4 * order.stands << 2
        for code in range(codes.COUNT):
            mark = mark << 1 | faults.is_active(code)
        return mark

    def document(self):
        armed = self.armed
        lamps = armed.lamps
        found = {
            "v": FORMAT,
            "online": True,
            "incarnation": armed.incarnation,
            "boot": armed.boot,
            "uptime_ms": armed.uptime.total_ms(),
            "t": clock.utc_ms(),
            "q": clock.quality(),
            "fw": version.VERSION,
            "schema": self._schema,
            "board": self.board,
            "mode": armed.config.mode,
            "config_version": armed.config.version,
            "lamps": {
                "on": lamps.lit,
                "pattern": lamps.pattern,
                "dim_pct": lamps.dim_pct,
                "current_proved": self._current_proved(),
            },
            "armed_ms": armed.armed_ms,
            "faults": self.faults(),
        }
        crash = _crash()
        if crash:
            found["crash"] = crash
        order = armed.detector.order
        if order and order.stands:
            found["order"] = {"code": codes.word(ORDERS, order.code), "left_s": order.left_s()}
        if self.link:
            found["certificate"] = self.link.keyring.fingerprint
            if self.link.keyring.error:
                found["renewal_error"] = self.link.keyring.error
        return found

    def faults(self):
        """Standing faults; those of the configuration are listed field by field."""
        found = [config_error(error, "config") for error in self.armed.config_errors]
        for name, _ in self.armed.faults.active():
            if name != codes.name(codes.CONFIG):
                found.append(self._with_reason(name))
        return found

    def telemetry(self):
        armed = self.armed
        told = {
            "v": FORMAT,
            "uptime_ms": armed.uptime.total_ms(),
            "heap_free": gc.mem_free(),
            "ticks": armed.detection.ticks,
            "ticks_late": armed.detection.late,
            "radar": _counters(armed.detector.radars[0]),
            "pir_edges": armed.detection.pir_edges,
            "outbox": {"held": armed.outbox.held, "dropped": armed.outbox.dropped},
            "reconnects": self.link.reconnects if self.link else 0,
            "recorder": self.flight is not None,
        }
        if len(armed.detector.radars) > 1:
            told["second"] = _counters(armed.detector.radars[1])
        if self.link:
            link = self.link.network.link
            told["link"] = {"kind": link.kind, "rssi_dbm": link.rssi_dbm()}
        if armed.poles:
            told["poles"] = armed.poles.told()
        if self.measuring:
            told["measured"] = self.measuring.values()
        return told

    def config_reported(self):
        armed = self.armed
        found = {
            "v": FORMAT,
            "version": armed.config.version,
            "schema": self._schema,
            "values": armed.config_changed,
            "errors": [config_error(error, None) for error in armed.config_errors],
        }
        if armed.desired:
            found["desired"] = armed.desired
        return found

    def is_online(self):
        """Whether the controller's broker is reached."""
        return self.link is not None and self.link.online

    def air_c10(self):
        """Tenths of a degree outside; None when nobody measures."""
        cdeg = self.measuring.air_cdeg if self.measuring else None
        return None if cdeg is None else cdeg // 10

    def _current_proved(self):
        """True or False, None where lamps are not judged."""
        watch = self.measuring.lamps if self.measuring else None
        return watch.proved if watch else None

    def _with_reason(self, name):
        why = self.armed.reasons.get(name)
        return {"code": name, "why": why} if why else {"code": name}


def _crash():
    """What failed before this start, as `ladder` has left it; None when nothing has."""
    told = RTC().memory()[_TOLD_AT:]
    return json.loads(told) if told else None


def _counters(radar):
    return {
        "frames": radar.frames,
        "skipped_bytes": radar.skipped_bytes,
        "bad_frames": radar.bad_frames,
    }


def config_error(error, code):
    """Dict of a (field, value, allowed) error of `config.load_bytes`, led by `code` when there is one."""
    found = {"field": error[0], "value": error[1], "why": error[2]}
    if code:
        found["code"] = code
    return found
