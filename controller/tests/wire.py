"""Messages as a sign sends them."""

from __future__ import annotations

import json
from typing import Any

from gangvakt.ingest.looks import HEAD, TRACK

INCARNATION = "9f3ac01b"
NOW_MS = 1_800_000_000_000


def event(seq: int, up_ms: int = 1000, **fields: object) -> dict[str, object]:
    return {"seq": seq, "kind": "activation_on", "up": up_ms, "reason": "approach"} | fields


def batch(*events: object, **fields: object) -> dict[str, Any]:
    head = {"v": 1, "incarnation": INCARNATION, "boot": 3, "uptime_ms": 5000, "t": None}
    return head | {"events": list(events)} | fields


def status(**fields: object) -> dict[str, Any]:
    return {
        "v": 1,
        "online": True,
        "incarnation": INCARNATION,
        "boot": 3,
        "uptime_ms": 1234,
        "t": None,
        "q": "uptime",
        "fw": "0.1.0",
        "schema": "0123abcd",
        "board": "virtual",
        "mode": "active",
        "config_version": 1,
        "lamps": {"on": False, "pattern": "alternating", "dim_pct": 100, "current_proved": True},
        "armed_ms": 480,
        "faults": [{"code": "config", "field": "hold_min_ms", "value": "-3", "why": "5000..30000"}],
    } | fields


def as_bytes(message: object) -> bytes:
    return json.dumps(message).encode()


def a_look(*tracks: tuple[int, ...], ranges: tuple[int, int] = (0xFFFF, 0xFFFF), **told: int) -> bytes:
    """A picture of what a sign sees: number, place along and across, both speeds and kind of each track."""
    names = {"left_s": 60, "flags": 5, "reason": 1, "ms": 5_000, "track": 7, "t_kerb_ms": 1_100} | told
    head = HEAD.pack(1, *names.values(), *ranges)
    return head + b"".join(TRACK.pack(*track) for track in tracks)
