"""How late ticks and warnings are beside all else that a sign does, and what an update takes of its heap."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gangvakt.provision.update_file import UpdateFile, build_update
from gangvakt.provision.update_keys import UpdateKeys
from gangvakt_sim.bench.boards import armed_board, status_of
from gangvakt_sim.bench.context import Bench
from gangvakt_sim.bench.figures import Bound, Figure, Reference, median, nothing, percentile
from gangvakt_sim.bench.latency import LATE_MS, precedence, quick_switching
from gangvakt_sim.bench.ruler import Nap, Ruler
from gangvakt_sim.bench.ticks import Spans, with_probe
from gangvakt_sim.bench.updated import Seen, config, street, updated
from gangvakt_sim.board import Stalls
from gangvakt_sim.errors import StreetError

THOROUGH_S, QUICK_S = 300, 60  # 30,000 due times of each kind, or 6,000
WORD = b"the benchmark's passphrase"
NEWER = "99.0.0"
KB = 1024
LATE_TICK = Reference(5.0, "the sign counts it", Bound.AT_MOST)
LATE_WARNING = Reference(50.0, "", Bound.AT_MOST)
PEAK = Reference(40.0, "above idle", Bound.AT_MOST)
PROBE_MS = 100
# In a copy of the firmware, on a board without stalls: what is alive on the heap, all the time.
LIVE_PROBE = f"""
def _probe(timer):
    import gc
    gc.collect()
    print("live %d" % gc.mem_alloc())


machine.Timer(3).init(mode=machine.Timer.PERIODIC, period={PROBE_MS}, callback=_probe)
"""
LIVE = re.compile(r"^live (\d+)$", re.MULTILINE)
ARMED = "armed "


def measure(bench: Bench) -> list[Figure]:
    """All kinds at the same time, so that they share whatever else the computer does."""
    seconds = bench.times(THOROUGH_S, QUICK_S)
    firmware, probed = with_probe(bench.folder / "firmware"), _with_live_probe(bench.folder / "probed")
    keys = UpdateKeys(bench.folder / "keys")
    keys.create(WORD)
    updates = [_update(bench, keys, folder) for folder in (firmware, probed)]
    trusted = keys.trusted()
    with precedence(), quick_switching(), Ruler() as ruler, ThreadPoolExecutor(4) as pool:
        alone = pool.submit(_still, bench, firmware, "alone", seconds, "off")
        recorded = pool.submit(_still, bench, firmware, "recorded", seconds, "on")
        stalled = pool.submit(
            updated, bench, "online", firmware, updates[0], trusted, Stalls.default(), seconds
        )
        measured = pool.submit(updated, bench, "heap", probed, updates[1], trusted, None, QUICK_S)
        online, updating = stalled.result()
        kinds = {
            "without a session": alone.result(),
            "in a session": online,
            "during an update": updating,
            "with the recorder": recorded.result(),
        }
        heap = measured.result()
    late = ruler.later_than(LATE_MS)
    size = f"{len(updates[0].body) / KB:.0f} KB in {updating.seconds:.0f} s"
    bench.say.step(f"lateness: updated by {size}")
    figures = [_tick(name, seen, late) for name, seen in kinds.items()]
    return [*figures, _worst(kinds.values(), late), *_warnings(updating, late, size), _peak(*heap)]


def _with_live_probe(folder: Path) -> Path:
    with_probe(folder)
    with (folder / "boot.py").open("a") as boot:
        boot.write(LIVE_PROBE)
    return folder


def _update(bench: Bench, keys: UpdateKeys, firmware: Path) -> UpdateFile:
    """The same firmware under a higher version, signed."""
    folder = firmware.with_name(f"{firmware.name}-{NEWER}")
    shutil.copytree(firmware, folder)
    (folder / "sign" / "version.py").write_text(f'VERSION = "{NEWER}"\n')
    return build_update(bench.spec, keys, lambda: WORD, folder)


def _still(bench: Bench, firmware: Path, name: str, seconds: float, recorder: str) -> Seen:
    """A sign without a network, with or without the flight recorder."""
    files, folder = config({"recorder": recorder}), bench.folder / name
    with (
        armed_board(bench.spec, folder, files, stalls=Stalls.default(), firmware_dir=firmware) as board,
        street(board, name) as people,
    ):
        if status_of(board)["telemetry"]["recorder"] is not (recorder == "on"):
            raise StreetError(f"lateness: the sign's recorder is not {recorder}")
        return people.watch(seconds)


def _tick(name: str, seen: Seen, late: Sequence[Nap]) -> Figure:
    """Of the due times that no listed stall and no late computer touched."""
    stalls, naps = Spans(seen.stalls), Spans((nap.due_us, nap.ended_us) for nap in late)
    free = [tick for tick in seen.ticks if not stalls.touch(tick.due_us, tick.began_us)]
    quiet = [tick.late_ms for tick in free if not naps.touch(tick.due_us, tick.began_us)]
    name = f"lateness: tick, {name}, p99.9"
    how = f"{len(quiet)} due times; apart from {len(seen.ticks) - len(free)} in listed stalls"
    how += f" and {len(free) - len(quiet)} by a late computer"
    return Figure(name, percentile(quiet, 99.9), "ms", how, LATE_TICK) if quiet else nothing(name, how)


def _worst(kinds: Iterable[Seen], late: Sequence[Nap]) -> Figure:
    """What the listed stalls themselves cost a tick, at worst."""
    naps = Spans((nap.due_us, nap.ended_us) for nap in late)
    waited = []
    for seen in kinds:
        stalls = Spans(seen.stalls)
        waited += [
            tick.late_ms
            for tick in seen.ticks
            if stalls.touch(tick.due_us, tick.began_us) and not naps.touch(tick.due_us, tick.began_us)
        ]
    name, how = "lateness: tick, in listed stalls, max", f"{len(waited)} due times of all kinds"
    longest = Reference(Stalls.default().worst_us("tls_handshake") / 1000, "the longest listed")
    return Figure(name, max(waited), "ms", how, longest) if waited else nothing(name, how)


def _warnings(seen: Seen, late: Sequence[Nap], size: str) -> list[Figure]:
    """From deciding frame to light while the update came, and where a listed stall lay between."""
    free = [walked for walked in seen.walked if walked.waited_for is None]
    quiet = [one.ms for one in free if not any(nap.disturbs(one.sent_us, one.lit_us) for nap in late)]
    waited = [walked.ms for walked in seen.walked if walked.waited_for is not None]
    how = f"{len(quiet)} walks during the whole of it, {size}; apart from {len(waited)} in listed stalls"
    how += f" and {len(free) - len(quiet)} by a late computer"
    name, in_stalls = "lateness: warning, during an update", "lateness: warning, in its listed stalls"
    return [
        Figure(f"{name}, max", max(quiet), "ms", how, LATE_WARNING) if quiet else nothing(name, how),
        Figure(f"{in_stalls}, max", max(waited), "ms", f"{len(waited)} walks")
        if waited
        else nothing(in_stalls, "no deciding frame came during one"),
    ]


def _peak(before: Seen, during: Seen) -> Figure:
    """Of what is alive, by a collection each time: garbage is no demand."""
    idle = [int(live) for live in LIVE.findall(before.printed)]
    busy = [int(live) for live in LIVE.findall(during.printed.split(ARMED)[0])]
    name = "lateness: heap's peak during an update"
    if not idle or not busy:
        return nothing(name, "the probe said nothing")
    how = f"alive after {len(busy)} collections; idle in a session: {median(idle) / KB:.1f} KB"
    return Figure(name, (max(busy) - median(idle)) / KB, "KB", how, PEAK)
