"""A crossing that somebody watches for its minute: what its poles see while people walk to the kerb."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count

from gangvakt.clock import utc_ms
from gangvakt.fleet import LiveFleet, SiteId
from gangvakt.fleet.look import Look, LookTrack, TrackKind

POLES = ("north", "south")
WATCHED = SiteId("drammen", "engene")
KERB = {"kerb_b_x_mm": 4_000, "crossing_width_mm": 7_000}  # as the signs are configured
LOOK_S = 0.3
WALK_STEPS, NEAR_MM = 24, -2_800


async def keep_watched(fleet: LiveFleet) -> None:
    """Somebody watches one crossing, where somebody walks to the kerb, again and again."""
    for step in count():
        for pole in POLES:
            fleet.put_look(WATCHED.sign(pole), _look(*divmod(step, WALK_STEPS), pole))
        await asyncio.sleep(LOOK_S)


def _look(walk: int, step: int, pole: str) -> Look:
    across_mm = min(200 * step - 5_500, -1_000)
    walker = LookTrack(2 * walk + 2, 1_700, across_mm, 60, 700, TrackKind.PERSON)
    passer = LookTrack(2 * walk + 1, 250 * step - 4_000, -3_400, 800, 0, TrackKind.PERSON)
    empty = Look(utc_ms(), 300 * step, 48, (), (), "none", 0, None, False, False, False, True, False)
    if pole != POLES[0]:
        return empty
    if across_mm < NEAR_MM:
        return replace(empty, tracks=(walker, passer))
    t_kerb_ms = -across_mm * 1000 // walker.across_mm_s
    warned = replace(
        empty, tracks=(walker, passer), reason="approach", track=walker.ident, t_kerb_ms=t_kerb_ms
    )
    return replace(warned, warns=True, lamps=True, pir=True)
