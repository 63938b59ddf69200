"""From power-on to armed: a sign with identity and without any network, cold each time."""

from __future__ import annotations

import time

from gangvakt.fleet import SignId
from gangvakt.provision.identity import Wifi, make_identity
from gangvakt.provision.pki import Pki
from gangvakt_sim.bench.boards import MUNICIPALITY, SIGN, SITE, configured, status_of
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.controller import HOST
from gangvakt_sim.flash import FLASH_FILE, SSID, write_flash
from gangvakt_sim.virtual_sign import VirtualSign

NOBODY_LISTENS = 9  # the discard port: never reached, since there is no network


def measure(bench: Bench) -> list[Figure]:
    """Median and worst, by the sign's own clock and seen from its serial port."""
    identity = make_identity(
        Pki.open(bench.folder / "pki"),
        SignId(MUNICIPALITY, SITE, SIGN),
        [(HOST, NOBODY_LISTENS)],
        Wifi(SSID, "absent-network"),
    )
    write_flash(bench.folder / FLASH_FILE, bench.spec, configured(identity))
    boots = bench.times(10, 3)
    told_ms, seen_ms = zip(*(_boot(bench) for _ in range(boots)), strict=True)
    bench.say.step(f"armed: {boots} boots")
    how = f"{boots} cold boots, identity, no network, stalls on"
    limit = Reference(bench.spec.tolerances.armed_ms, "limit of hil_tests", Bound.AT_MOST)
    return [
        Figure("armed, told by the sign, median", median(told_ms), "ms", how, limit),
        Figure("armed, told by the sign, worst", max(told_ms), "ms", how, limit),
        Figure("armed, seen from outside, median", median(seen_ms), "ms", "power-on to serial line", limit),
        Figure("armed, seen from outside, worst", max(seen_ms), "ms", "power-on to serial line", limit),
    ]


def _boot(bench: Bench) -> tuple[float, float]:
    """(ms by the sign's `armed_ms`, ms from power-on until its line `armed` came)."""
    board = VirtualBoard(bench.spec, bench.folder / FLASH_FILE, stalls=Stalls.default())
    begun_s = time.monotonic()
    with board:
        VirtualSign(bench.spec, board).wait_armed()
        seen_ms = 1000 * (time.monotonic() - begun_s)
        return float(status_of(board)["status"]["armed_ms"]), seen_ms
