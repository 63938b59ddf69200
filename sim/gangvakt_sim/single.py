"""One virtual board by itself: to look at with mpremote, or to replay tracks at."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from gangvakt.provision.board import BoardSpec, load_board
from gangvakt_sim.board import Stalls, VirtualBoard
from gangvakt_sim.children import ends_on_signals
from gangvakt_sim.faults.bench import afflict_bench, bench_faults
from gangvakt_sim.flash import FLASH_FILE, config_file, write_flash
from gangvakt_sim.replay import Outcome, Replay, chosen
from gangvakt_sim.say import Say, announce_interpreter
from gangvakt_sim.virtual_sign import VirtualSign
from gangvakt_sim.world.losses import NONE, REAL, Ld2450Losses, load_losses
from gangvakt_sim.world.scene import Scene, load_scene
from gangvakt_sim.world.track import Track
from gangvakt_sim.world.track_csv import read_tracks


def hold_board(board: str, state: Path, firmware_dir: Path, say: Say, faults: Sequence[str] = ()) -> None:
    """Start one board and keep it until a signal. SimError or GangvaktError when it does not start."""
    spec, flash = load_board(board), state / FLASH_FILE
    planned = bench_faults(faults)
    announce_interpreter(say)
    if not flash.exists():
        write_flash(flash, spec, {}, firmware_dir)
        say.step(f"flash made from {firmware_dir}")
    with ends_on_signals():
        try:
            with VirtualBoard(spec, flash, stalls=Stalls.default()) as virtual:
                say.step(f"{spec.board.name} started")
                say.line(_how_to_use(virtual.port, flash))
                if planned:
                    afflict_bench(virtual, planned, say)
                threading.Event().wait()
        except KeyboardInterrupt:
            say.line("\nThe board is off; its flash is kept.")


def _how_to_use(port: str, flash: Path) -> str:
    return (
        f"\nIts serial port is [bold]{escape(port)}[/]. To use it:\n"
        f"  mpremote connect {port}          # what it prints; Ctrl-C stops the app, Ctrl-] leaves\n"
        f"  mpremote connect {port} ls :/\n"
        f"Its flash is {escape(str(flash))}: remove the file to have it made anew from the firmware.\n"
        "Ctrl-C switches it off."
    )


@dataclass(frozen=True)
class ReplayOptions:
    """What `gangvakt-sim walk` was told."""

    tracks: Path
    scene: str
    ids: tuple[str, ...]
    limit: int | None
    out: Path | None
    seed: int
    losses_file: Path | None
    perfect_radar: bool

    def losses(self) -> Ld2450Losses:
        """Those of a real module, unless told otherwise. LossesError for a bad file."""
        if self.perfect_radar:
            return NONE
        return load_losses(self.losses_file) if self.losses_file else REAL


def replay_tracks(options: ReplayOptions, say: Say) -> None:
    """Play tracks at a fresh board with the first sign of the scene. SimError when that cannot be done."""
    scene, spec = load_scene(options.scene), load_board("virtual")
    losses = options.losses()
    tracks = chosen(read_tracks(options.tracks), options.ids, options.limit)
    announce_interpreter(say)
    with ends_on_signals():
        try:
            with _fresh_sign(scene, spec, say) as sign:
                replay = Replay(scene, scene.signs[0], sign, losses, options.seed)
                _report(replay, tracks, options.out, say)
        except KeyboardInterrupt:
            say.line("\nStopped; the tracks so far stand above.")


@contextmanager
def _fresh_sign(scene: Scene, spec: BoardSpec, say: Say) -> Iterator[VirtualSign]:
    """A board that was never anywhere else: it has no identity and no network, only the sign's geometry."""
    with tempfile.TemporaryDirectory(prefix="gangvakt-") as folder:
        flash = Path(folder) / FLASH_FILE
        write_flash(flash, spec, {"config.json": config_file(scene, scene.signs[0])})
        say.step("flash made")
        with VirtualBoard(spec, flash, stalls=Stalls.default()) as board:
            sign = VirtualSign(spec, board)
            sign.wait_armed()
            say.step("sign is armed")
            yield sign


def _report(replay: Replay, tracks: Sequence[Track], out: Path | None, say: Say) -> None:
    least_s = sum(track.end_s - track.start_s for track in tracks)
    say.line(f"{len(tracks)} tracks, {least_s / 60:.1f} minutes and the time the lamps stay on after each.")
    for outcome in replay.outcomes(tracks):
        say.step(_line(outcome))
        if out:
            with out.open("a") as file:
                file.write(outcome.as_json() + "\n")


def _line(outcome: Outcome) -> str:
    lit = ", ".join(f"{a:.2f}-{'end' if b is None else f'{b:.2f}'} s" for a, b in outcome.lit) or "dark"
    kerb = "no kerb" if outcome.kerb_s is None else f"kerb {outcome.kerb_s:.2f} s"
    lead = "" if outcome.lead_s is None else f"  lead [bold]{outcome.lead_s:+.2f} s[/]"
    return f"{escape(outcome.track.id)}  lit {lit}  {kerb}{lead}"
