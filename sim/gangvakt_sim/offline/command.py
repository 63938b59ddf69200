"""`gangvakt-sim replay`: options in, one JSON line a recording and a table out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.errors import SceneError, SimRefusal
from gangvakt_sim.interpreter import find_interpreter
from gangvakt_sim.offline.recording import read_recordings
from gangvakt_sim.offline.replay import Replayed, Site, replay_each, replay_recordings, replay_together
from gangvakt_sim.offline.sighting import sightings
from gangvakt_sim.offline.spool import spool
from gangvakt_sim.offline.summary import outcome_table
from gangvakt_sim.picture.recorded import draw_recorded
from gangvakt_sim.picture.replayed import draw_replayed
from gangvakt_sim.replay import chosen
from gangvakt_sim.say import Progress, Say, announce_interpreter
from gangvakt_sim.sign_code import FIRMWARE
from gangvakt_sim.world.losses import NONE, REAL, load_losses
from gangvakt_sim.world.scene import VEHICLES_ONLY, Scene, Sensor, SignPole, load_scene
from gangvakt_sim.world.track_csv import read_tracks


@dataclass(frozen=True)
class ReplayOptions:
    """What `gangvakt-sim replay` was told."""

    site: str
    sign: str | None = None
    tracks: Path | None = None
    frames: Path | None = None
    ids: tuple[str, ...] = ()
    limit: int | None = None
    sensor: str | None = None
    seed: int = 1
    together: bool = False
    losses_file: Path | None = None
    perfect_radar: bool = False
    json: Path | None = None
    plot: Path | None = None
    firmware: Path = FIRMWARE


def replay(options: ReplayOptions, say: Say) -> None:
    """Replay, write what was asked for, and print the table. SimError when that cannot be done."""
    site = site_of(options)
    announce_interpreter(say)
    start = time.monotonic()
    replayed = _replayed(options, site, say)
    took_s = time.monotonic() - start
    if options.json:
        options.json.write_text("".join(outcome.as_json() + "\n" for outcome in replayed.outcomes))
    _tell_speed(replayed, took_s, say)
    if options.json:
        say.step(f"{len(replayed.outcomes)} lines in {options.json}")
    if options.plot:
        say.step(f"{replayed.outcomes[0].name} drawn in {options.plot}")
    say.line()
    say.table(outcome_table(replayed.outcomes))


def site_of(options: ReplayOptions) -> Site:
    """The site, its sign and its losses. SceneError or LossesError for what does not fit."""
    scene = load_scene(options.site)
    pole = scene.sign(options.sign) if options.sign else scene.signs[0]
    losses = load_losses(options.losses_file) if options.losses_file else REAL
    return Site(
        scene,
        _with_sensor(scene, pole, options.sensor),
        options.seed,
        NONE if options.perfect_radar else losses,
        firmware=options.firmware,
    )


def _with_sensor(scene: Scene, pole: SignPole, kind: str | None) -> SignPole:
    """The pole with only the sensor of that kind, at the place of the first one if it has none.

    A sensor that sees vehicles only is no sign's only one: it comes second, behind the site's first.
    """
    if kind is None:
        return pole
    known = [sensor for sensor in pole.sensors if sensor.kind == kind]
    first, port = pole.sensors[0], "second" if kind == VEHICLES_ONLY else pole.sensors[0].port
    try:
        place = first.model_dump(exclude={"kind", "port", "range_m", "half_fan_deg"})
        sensor = known[0] if known else Sensor.model_validate({**place, "kind": kind, "port": port})
    except ValueError as error:
        kinds = "ld2450 | c4001 | ld2410 | ld2451"
        raise SceneError(scene.name, "--sensor", kind, kinds) from error
    sensors = (first, sensor) if kind == VEHICLES_ONLY else (sensor,)
    return pole.model_copy(update={"sensors": sensors})


def _replayed(options: ReplayOptions, site: Site, say: Say) -> Replayed:
    """Replay what was asked for, and draw it if that was asked for too."""
    if (options.tracks is None) == (options.frames is None):
        both = f"{options.tracks} and {options.frames}" if options.tracks else None
        raise SimRefusal("options", "--tracks", both, "either --tracks or --frames")
    return _frames_replayed(options, site, say) if options.frames else _tracks_replayed(options, site, say)


def _tracks_replayed(options: ReplayOptions, site: Site, say: Say) -> Replayed:
    assert options.tracks is not None
    tracks = chosen(read_tracks(options.tracks), options.ids, options.limit)
    if not tracks:
        raise SimRefusal(str(options.tracks), "tracks", 0, "at least one")
    _check_plot(options, len(tracks))
    replayed = replay_together(site, tracks) if options.together else replay_each(site, tracks, Progress(say))
    if options.plot:
        options.plot.write_text(draw_replayed(site.scene, site.pole, replayed.outcomes[0]))
    return replayed


def _frames_replayed(options: ReplayOptions, site: Site, say: Say) -> Replayed:
    assert options.frames is not None
    ports = [sensor.port for sensor in site.pole.sensors]
    with spool() as kept:
        recordings = chosen(read_recordings(options.frames, kept, ports), options.ids, options.limit)
        _check_plot(options, len(recordings))
        replayed = replay_recordings(site, recordings, Progress(say))
        if options.plot:
            span_s = recordings[0].start_s, recordings[0].end_s
            seen = sightings(recordings[0], site.pole)
            drawn = draw_recorded(site.scene, site.pole, replayed.outcomes[0], seen, span_s)
            options.plot.write_text(drawn)
    return replayed


def _check_plot(options: ReplayOptions, count: int) -> None:
    if options.plot and count != 1:
        raise SimRefusal("options", "--plot", f"{count} recordings", "exactly one, chosen by --track")


def _tell_speed(replayed: Replayed, took_s: float, say: Say) -> None:
    hours = replayed.virtual_s / 3600
    factor = replayed.virtual_s / max(took_s, 1e-9)
    say.step(f"{hours:.2f} h of virtual time in {took_s:.1f} s: {factor:.0f} times real time")
    say.step(f"decided by {find_interpreter()}")
