"""All that is made from the firmware for a flash, built twice: with an empty cache and with a full one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from gangvakt.provision.cache import ENVIRONMENT
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median
from gangvakt_sim.errors import StreetError

BOARD = "esp32-devkitc"
BUILD = f"""
from gangvakt.provision.board import load_board
from gangvakt.provision.layout import app_images, data_image
spec = load_board("{BOARD}")
app_images(spec)
data_image(spec, {{}})
"""
TIMEOUT_S = 60.0
FIRST = Reference(3.0, "target", Bound.AT_MOST)
SECOND = Reference(1.0, "target", Bound.AT_MOST)


def measure(bench: Bench) -> list[Figure]:
    """Medians of whole programs, from their start to their end."""
    builds = bench.times(5, 3)
    first_s, second_s = zip(*(_twice(bench.folder / str(number)) for number in range(builds)), strict=True)
    bench.say.step(f"image: {builds} times two builds")
    how = f"median of {builds}, the program's start included, for {BOARD}"
    return [
        Figure("image, first build", median(first_s), "s", f"{how}; empty cache", FIRST),
        Figure("image, second build", median(second_s), "s", how, SECOND),
    ]


def _twice(cache: Path) -> tuple[float, float]:
    return _build(cache), _build(cache)


def _build(cache: Path) -> float:
    begun_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", BUILD],
        env={**os.environ, ENVIRONMENT: str(cache)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    if done.returncode:
        raise StreetError(f"image: {done.stderr.strip().splitlines()[-1]}")
    return time.monotonic() - begun_s
