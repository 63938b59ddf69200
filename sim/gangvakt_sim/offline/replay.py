"""Replays tracks or recorded bytes at one sign: rendered, decided by the real firmware, and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gangvakt_sim.offline.decision import Decision
from gangvakt_sim.offline.drive import decide
from gangvakt_sim.offline.outcome import Outcome, outcome_of
from gangvakt_sim.offline.recording import moments
from gangvakt_sim.offline.render import sensors_for
from gangvakt_sim.offline.spool import Recording
from gangvakt_sim.offline.stream import SignStream
from gangvakt_sim.sign_code import FIRMWARE
from gangvakt_sim.world.crossing import Crossing
from gangvakt_sim.world.losses import REAL, Ld2450Losses
from gangvakt_sim.world.messages import sign_config
from gangvakt_sim.world.scene import Scene, SignPole
from gangvakt_sim.world.track import Track, TrackWorld

Progress = Callable[[int, int], None]  # how many recordings are done, of how many

LEAD_IN_S = 1.0  # the sign has been at rest for that long when a recording begins


@dataclass(frozen=True)
class Replayed:
    """Outcomes in the order of the recordings, and what it took."""

    outcomes: list[Outcome]
    virtual_s: float
    ticks: int  # that were really run


@dataclass(frozen=True)
class Site:
    """One sign of a scene as it is replayed at.

    `may_skip`: idle stretches are leapt over, with equal results. `firmware` holds the sources that decide.
    """

    scene: Scene
    pole: SignPole
    seed: int = 1
    losses: Ld2450Losses = REAL
    may_skip: bool = True
    firmware: Path = FIRMWARE

    def begin(self, stream: SignStream) -> None:
        """A new sign, at rest."""
        stream.begin(sign_config(self.scene, self.pole), may_skip=self.may_skip)


def _unheard(done: int, of: int) -> None:
    pass


def replay_each(site: Site, tracks: Sequence[Track], progress: Progress = _unheard) -> Replayed:
    """Each track alone, at a sign at rest; its losses depend on the seed and the track's name only."""

    def live(stream: SignStream) -> None:
        for number, track in enumerate(tracks):
            progress(number, len(tracks))
            world = TrackWorld([track.shifted(LEAD_IN_S - track.start_s)])
            site.begin(stream)
            sensors = sensors_for(site.pole, world, f"{site.seed}/{track.id}", site.losses)
            sensors.write(stream, LEAD_IN_S + track.end_s - track.start_s)

    decisions = decide(live, site.firmware)
    pairs = zip(tracks, decisions, strict=True)
    return _replayed([_of_track(site, t, d, t.start_s - LEAD_IN_S) for t, d in pairs], decisions)


def replay_together(site: Site, tracks: Sequence[Track]) -> Replayed:
    """All tracks in one world, by their times."""
    origin_s = min(track.start_s for track in tracks) - LEAD_IN_S
    end_s = max(track.end_s for track in tracks)

    def live(stream: SignStream) -> None:
        world = TrackWorld([track.shifted(-origin_s) for track in tracks])
        site.begin(stream)
        sensors_for(site.pole, world, str(site.seed), site.losses).write(stream, end_s - origin_s)

    decisions = decide(live, site.firmware)
    return _replayed([_of_track(site, track, decisions[0], origin_s) for track in tracks], decisions)


def replay_recordings(site: Site, recordings: Sequence[Recording], progress: Progress = _unheard) -> Replayed:
    """Each recording's bytes as they are, at a sign at rest."""

    def live(stream: SignStream) -> None:
        for number, recording in enumerate(recordings):
            progress(number, len(recordings))
            site.begin(stream)
            _send(stream, recording)

    decisions = decide(live, site.firmware)
    outcomes = [
        outcome_of(r.id, d, r.start_s - LEAD_IN_S, (r.start_s, r.end_s))
        for r, d in zip(recordings, decisions, strict=True)
    ]
    return _replayed(outcomes, decisions)


def _send(stream: SignStream, recording: Recording) -> None:
    origin_s = recording.start_s - LEAD_IN_S
    for at_ms, sent in moments(recording, origin_s):
        if isinstance(sent.data, bool):
            stream.pir(at_ms, sent.data)
        elif sent.data:
            stream.receive(at_ms, sent.data, sent.port)
    stream.end(round((recording.end_s - origin_s) * 1000))


def _of_track(site: Site, track: Track, decision: Decision, origin_s: float) -> Outcome:
    stride = Crossing(site.scene, site.pole).stride(track)
    return outcome_of(track.id, decision, origin_s, (track.start_s, track.end_s), (track, stride))


def _replayed(outcomes: list[Outcome], decisions: Sequence[Decision]) -> Replayed:
    virtual_s = sum(decision.end_ms for decision in decisions) / 1000
    return Replayed(outcomes, virtual_s, sum(decision.stepped for decision in decisions))
