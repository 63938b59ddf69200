"""The self-test over the broker: findings and limits of the one at the serial port, while the sign warns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gangvakt.errors import SignMute, SignRefused
from gangvakt.orders.asking import Asking
from gangvakt.provision import selftest_rows as rows
from gangvakt.provision.board import load_board
from gangvakt.provision.selftest import FIELDS, LAMP_S, LAMPS, RATE_S, SelftestReport
from gangvakt.provision.selftest_rows import Row, Verdict

LAMP_TRIES = 8
BETWEEN_TRIES_S = 2.0  # whoever stands in the radar's view steps aside
LAMP_ANSWER_S = LAMP_S + 10.0
STEPS = ("sensors", *(f"lamp_{name}" for name in LAMPS), "power", "network", "faults")
"""What it looks at, one after the other."""

Say = Callable[[str], None]
Found = Callable[[Row], None]


class Selftest:
    """`say` is told each of STEPS as it begins, `found` each row."""

    def __init__(
        self,
        asking: Asking,
        say: Say,
        found: Found,
        *,
        rate_s: float = RATE_S,
        retry_s: float = BETWEEN_TRIES_S,
    ) -> None:
        self._asking, self._say, self._found = asking, say, found
        self._rate_s, self._retry_s = rate_s, retry_s
        self._rows: list[Row] = []

    async def run(self) -> SelftestReport:
        """SignAway, SignMute, SignRefused, and BoardError for a board that this controller does not know."""
        self._say("sensors")
        hello = await self._asking.ask("hello")
        spec = load_board(str(hello.get("board")))
        config = await self._asking.config(*FIELDS)
        self._take([rows.board_row(hello, spec), rows.identity_row(hello)])
        await self._sensors(config)
        for name in LAMPS:
            self._say(f"lamp_{name}")
            self._take([await self._lamp(name, config)])
        self._say("power")
        self._take(rows.power_rows(await self._part("power"), config, spec))
        self._say("network")
        self._take(rows.network_rows(await self._part("network"), needed=True))
        self._say("faults")
        status = await self._asking.ask("status")
        self._take([rows.start_row(status, spec), rows.fault_row(status)])
        return SelftestReport(hello, tuple(self._rows))

    async def _sensors(self, config: Mapping[str, Any]) -> None:
        before, chip = await self._part("sensors"), await self._part("chip")
        await asyncio.sleep(self._rate_s)
        after, chip_after = await self._part("sensors"), await self._part("chip")
        kinds = {0: str(config["radar_kind"])}
        if config["second_kind"] != "none":
            kinds[1] = str(config["second_kind"])
        self._take(rows.radar_rows(before, after, kinds))
        self._take([rows.pir_row(after, config), rows.button_row(after, config)])
        self._take(rows.chip_rows(chip, chip_after, False))

    async def _lamp(self, name: str, config: Mapping[str, Any]) -> Row:
        """Again and again while somebody is in view."""
        refused: SignRefused | None = None
        for _ in range(LAMP_TRIES):
            try:
                return rows.lamp_row(name, await self._light(name), config, None)
            except SignRefused as error:
                refused = error
                await asyncio.sleep(self._retry_s)
        assert refused is not None
        return Row(f"lamp {name}", f"not lit: {refused.value}", refused.allowed, Verdict.FAIL)

    async def _light(self, name: str) -> dict[str, Any]:
        asking, args = self._asking, {"lamp": name, "s": LAMP_S}
        async with asking.commander.telling(asking.sign, "lamp", args, asking.user) as (answer, told):
            asking.checked("lamp", answer)
            try:
                async with asyncio.timeout(LAMP_ANSWER_S):
                    return dict(await told.get())
            except TimeoutError:
                raise SignMute(str(asking.sign), "lamp", LAMP_ANSWER_S) from None

    async def _part(self, name: str) -> dict[str, Any]:
        return dict(await self._asking.ask("selftest", name))

    def _take(self, found: Iterable[Row]) -> None:
        for row in found:
            self._rows.append(row)
            self._found(row)
