"""Heap of the running app, alone and with a session to its controller."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from gangvakt.provision.image import FIRMWARE_DIR
from gangvakt_sim.bench.boards import armed_board, configured, online_sign, status_of
from gangvakt_sim.bench.context import Bench, wait_until
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median
from gangvakt_sim.board import Stalls, VirtualBoard

KB = 1024
# The design's figures: the app, and what Wi-Fi and one TLS session take of the same memory.
APP_KB, WIFI_KB, TLS_KB = 60, 16, 37
ALONE = Reference(APP_KB, "design", Bound.AT_MOST)
ONLINE = Reference(APP_KB + WIFI_KB + TLS_KB, "design: app, Wi-Fi, TLS", Bound.AT_MOST)
QUESTIONS = 5
PROBE_MS = 20_000  # both signs are ready by then, and have been asked
PROBED_S = 30.0
BLOCK_BYTES = 16  # of the 32-bit heap
LARGEST = re.compile(r"max free sz: (\d+)\n")
# In a copy of the firmware: once, after the start, collect and let the interpreter describe its heap.
PROBE = f"""
def _probe(timer):
    import gc
    import micropython
    gc.collect()
    print("heap after collection: %d used" % gc.mem_alloc())
    micropython.mem_info()


machine.Timer(3).init(mode=machine.Timer.ONE_SHOT, period={PROBE_MS}, callback=_probe)
"""
USED = re.compile(r"heap after collection: (\d+) used")


def measure(bench: Bench) -> list[Figure]:
    """Used after start, in KB, by the sign's own word and after a collection; the largest free piece."""
    firmware = _with_probe(bench.folder / "firmware")
    folder, stalls = bench.folder / "alone", Stalls.default()
    with (
        armed_board(bench.spec, folder, configured(), stalls=stalls, firmware_dir=firmware) as alone,
        online_sign(bench, firmware) as online,
    ):
        bench.say.step("ram: one sign alone, one online")
        return [*_figures(alone, "alone", ALONE), *_figures(online.board, "online", ONLINE)]


def _with_probe(folder: Path) -> Path:
    shutil.copytree(FIRMWARE_DIR, folder, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    with (folder / "boot.py").open("a") as boot:
        boot.write(PROBE)
    return folder


def _figures(board: VirtualBoard, name: str, design: Reference) -> list[Figure]:
    told = _told(board)
    wait_until(lambda: LARGEST.search(board.output.text()) is not None, PROBED_S, "heap's description")
    printed = board.output.text()
    used, largest = (int(pattern.findall(printed)[0]) for pattern in (USED, LARGEST))
    boot = Reference(board.memory_free / KB, "free at boot")
    seconds = PROBE_MS // 1000
    return [
        Figure(
            f"ram, {name}, as told by the sign", told / KB, "KB", f"median of {QUESTIONS} answers", design
        ),
        Figure(
            f"ram, {name}, after a collection",
            used / KB,
            "KB",
            f"gc.mem_alloc {seconds} s after boot",
            design,
        ),
        Figure(f"ram, {name}, largest free piece", largest * BLOCK_BYTES / KB, "KB", "mem_info then", boot),
    ]


def _told(board: VirtualBoard) -> float:
    """`heap_used` as the console says it: with the garbage of the moment."""
    told = []
    for _ in range(QUESTIONS):
        told.append(status_of(board)["details"]["heap_used"])
        time.sleep(1)
    return median(told)
