"""A sign that answers over the broker as the firmware does, without one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from gangvakt.fleet import Answer, SignId
from gangvakt.orders import Commander

SENSORS = {
    "ms": 1000,
    "radars": [
        {
            "kind": "ld2450",
            "frames": 100,
            "bad_frames": 0,
            "target_mm": None,
            "setup": "done",
            "version": "2.04",
            "bluetooth": "off",
        }
    ],
    "pir": {"level": False, "edges": 4},
    "button": {"level": False},
    "quiet": True,
    "lit": False,
}
CHIP = {
    "ms": 1000,
    "uptime_ms": 60_000,
    "heap_free": 60_000,
    "ticks": 6000,
    "ticks_late": 0,
    "worst_gap_ms": 40,
    "data": [200_000, 262_144],
    "clock_right": True,
    "outbox_dropped": 0,
}
NETWORK = {
    "kind": "wifi",
    "up": True,
    "why": "",
    "address": "192.0.2.7",
    "rssi_dbm": -61,
    "drops": 0,
    "broker": True,
    "sessions": 1,
    "paused": False,
    "closed": {},
    "sign": "drammen/storgata/north",
}
CONFIG: dict[str, Any] = {
    "radar_kind": "ld2450",
    "second_kind": "none",
    "pir_enabled": True,
    "button_enabled": False,
    "light_enabled": False,
    "thermometer_enabled": False,
    "lamp_current_mv": 0,
    "lamp_low_pct": 60,
    "lamp_high_pct": 140,
    "supply_low_mv": 10_500,
    "supply_high_mv": 15_000,
    **dict.fromkeys(("sensor_x_mm", "sensor_y_mm", "second_x_mm", "second_y_mm", "second_azimuth_cdeg"), 0),
    "sensor_azimuth_cdeg": 9_000,
    "kerb_a_x_mm": 2_000,
    "kerb_a_y_mm": 4_000,
    "kerb_b_x_mm": -2_000,
    "kerb_b_y_mm": 4_000,
    "crossing_width_mm": 7_000,
}
STEP = {
    "ms": 5000,
    "targets": [[[300, 2_500, -900]]],
    "tracks": [[3, -1_500, 1_700, 900, 0]],
    "reason": "approach",
    "t_kerb_ms": 1_700,
    "warns": True,
    "lamps": True,
    "pir": True,
    "late": 0,
    "worst_gap_ms": 12,
}


class AnsweringSign:
    """Its `send` is a Commander's; `asked` is what it was told. `refuse` names verbs that it refuses, each
    with field, value and what is allowed."""

    def __init__(self) -> None:
        self.commander: Commander | None = None
        self.asked: list[tuple[str, Any]] = []
        self.refuse: dict[str, tuple[str, object, str]] = {}
        self.walks = True  # whether its walk test tells anything
        self._frames = 0
        self._walk: asyncio.Task[None] | None = None

    async def send(self, sign: SignId, message: bytes) -> bool:
        command = json.loads(message)
        verb, args, ident = command["verb"], command.get("args"), command["id"]
        self.asked.append((verb, args))
        if verb in self.refuse:
            field, value, allowed = self.refuse[verb]
            self._put(sign, Answer(ident, False, field=field, value=value, allowed=allowed))
            return True
        self._put(sign, Answer(ident, True, self._answer(verb, args)))
        if verb == "lamp":
            told = {"lamp": args["lamp"], "alone": True, "mv": None, "dim_pct": 80, "cut_by": None}
            asyncio.get_running_loop().call_later(0.01, self._put, sign, Answer(ident, True, told=told))
        if verb == "walk":
            self._end_walk()
            self._walk = asyncio.create_task(self._tell(sign, ident)) if args and self.walks else None
        return True

    async def close(self) -> None:
        """Nothing is told any more."""
        self._end_walk()

    def _put(self, sign: SignId, answer: Answer) -> None:
        """Only once whoever sent it waits."""
        assert self.commander is not None
        asyncio.get_running_loop().call_soon(self.commander.put, sign, answer)

    async def _tell(self, sign: SignId, ident: str) -> None:
        while True:
            await asyncio.sleep(0.05)
            self._put(sign, Answer(ident, True, told=STEP))

    def _end_walk(self) -> None:
        if self._walk is not None:
            self._walk.cancel()

    def _answer(self, verb: str, args: Any) -> Any:
        answers: dict[str, Callable[[], Any]] = {
            "hello": lambda: {"board": "esp32-devkitc", "fw": "0.1.0", "sign": "drammen/storgata/north"},
            "config": lambda: {"values": {name: CONFIG[name] for name in args}},
            "selftest": lambda: self._finding(args),
            "status": lambda: {"armed_ms": 900, "faults": []},
        }
        return answers[verb]() if verb in answers else {verb: args}

    def _finding(self, part: str) -> Any:
        """Ten frames a second."""
        if part in ("power", "network"):
            return {"supply_mv": 12_100} if part == "power" else NETWORK
        self._frames += 1 if part == "sensors" else 0
        at = {"ms": 1000 * self._frames}
        if part == "chip":
            return {**CHIP, **at, "ticks": 100 * self._frames}
        radar = {**SENSORS["radars"][0], "frames": 10 * self._frames}  # type: ignore[index]
        return {**SENSORS, **at, "radars": [radar]}
