"""The ring at the size that the boards give it, which is more than the chip's heap."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from test_ring import BOOT, SLOTS, again, made, seqs


def test_80_sectors_hold_a_day_of_400_an_hour():
    _flash, ring = made(9_800, 80)
    assert ring.dropped == 0


def test_96_sectors_hold_ten_thousand_records():
    _flash, ring = made(11_000, 96)
    assert ring.dropped == 0
    assert len(seqs(ring)) == 11_000


def test_mounting_takes_a_short_read_a_sector_and_few_more():
    for waiting in (0, 3, SLOTS):
        flash, ring = made(3000, 96)
        ring.ack(BOOT, 3000 - waiting)
        flash.reads = 0
        again(flash)
        assert flash.reads <= 96 + 24
