"""All that later ticks depend on, for the flight recorder alone: handed to a keeper, number by number, and
what that gives back is taken. The recorder writes them down; a replay gives recorded ones. Allocates nothing.

A keeper has `word`, `moment`, `cells` and `bytes`, as `Recorder` describes them. Each function here is as a
method of the object that it is given; objects that only some signs have bring a method `keep` of their own.
"""

from sign.core.faults import COUNT
from sign.core.intent import MEMORY_CELLS
from sign.core.tracker import (
    BORN_S_MM,
    CELLS,
    HOLDER,
    IDENT,
    LAST_IDENT,
    MAX_TRACKS,
    NOW_MS,
    POLARITY,
    R_WAYS,
    W_IDENT,
    WAY,
    S,
)
from sign.proto.ld2450 import HELD


def keep(self, keeper):
    """Hand over the whole of a detector, beside its configuration."""
    self.lit = keeper.word(self.lit)
    self._turn = keeper.word(self._turn)
    self.season.winter = keeper.word(self.season.winter)
    _activation(self.activation, keeper)
    _faults(self.faults, keeper)
    for i in range(len(self.radars)):
        if self._sinks[i]:
            self.radars[i].keep(keeper)
        else:
            _ld2450(self.radars[i], keeper)
    for sink in self._sinks:
        if sink:
            sink.keep(keeper)
    _view(self.view, keeper)
    _health(self.health, keeper)


def _activation(self, keeper):
    self.state = keeper.word(self.state)
    self._since_ms = keeper.moment(self._since_ms)
    self._seen_ms = keeper.moment(self._seen_ms)
    self._hold_now_ms = keeper.word(self._hold_now_ms)
    self._track = keeper.word(self._track)
    self._off_ms = keeper.moment(self._off_ms)
    self._tried_ms = keeper.moment(self._tried_ms)
    self._tries_ms = keeper.moment(self._tries_ms)
    self._trying = keeper.word(self._trying)


def _faults(self, keeper):
    keeper.bytes(self._active, COUNT)


def _ld2450(self, keeper):
    cells = self._cells
    self.frames = keeper.word(self.frames)
    self.bad_frames = keeper.word(self.bad_frames)
    cells[HELD] = keeper.word(cells[HELD])
    keeper.bytes(self._frame, cells[HELD])


def _view(self, keeper):
    _tracker(self.tracker, keeper, self.radars)
    _intent(self.intent, keeper)
    self._judged_ms = keeper.moment(self._judged_ms)
    self._warm_ms = keeper.moment(self._warm_ms)
    self._pulse_ms = keeper.moment(self._pulse_ms)
    self._car_ms = keeper.moment(self._car_ms)
    self._pulse = keeper.word(self._pulse)
    self._proved = keeper.word(self._proved)
    self._by_car = keeper.word(self._by_car)
    self._credit = keeper.word(self._credit)
    self.reason = keeper.word(self.reason)
    self.t_kerb_ms = keeper.word(self.t_kerb_ms)
    self.range_mm = keeper.word(self.range_mm)
    self.track = keeper.word(self.track)
    self.place = keeper.word(self.place)
    self.tracked = keeper.word(self.tracked)
    self.walked = keeper.word(self.walked)
    self.quiet = keeper.word(self.quiet)


def _tracker(self, keeper, radars):
    tracks, frame = self._tracks, self._frame
    frame[NOW_MS] = keeper.moment(frame[NOW_MS])
    frame[LAST_IDENT] = keeper.word(frame[LAST_IDENT])
    self.followed = keeper.word(self.followed)
    self.confirmed = keeper.word(self.confirmed)
    for radar in radars:
        keeper.cells(radar, POLARITY, R_WAYS - POLARITY)
    for i in range(MAX_TRACKS):
        at = i * CELLS
        tracks[at] = keeper.word(tracks[at])
        if tracks[at]:
            _one_track(self, keeper, radars, i)


def _one_track(self, keeper, radars, i):
    self.idents[i] = keeper.word(self.idents[i])
    # What the next frame begins with is left out.
    keeper.cells(self._tracks, i * CELLS + S, HOLDER - S)
    keeper.cells(self._tracks, i * CELLS + BORN_S_MM, 2)
    for radar in radars:
        at = R_WAYS + i * WAY
        # Those of a track that is gone never count again.
        if keeper.word(radar[at + W_IDENT] == self._tracks[i * CELLS + IDENT]):
            keeper.cells(radar, at, WAY)


def _intent(self, keeper):
    self.track = keeper.word(self.track)
    self.range_mm = keeper.word(self.range_mm)
    self.remembers = keeper.word(self.remembers)
    self._remembered_ms = keeper.moment(self._remembered_ms)
    self._vanished_ms = keeper.moment(self._vanished_ms)
    keeper.cells(self.memory, 0, MAX_TRACKS * MEMORY_CELLS)


def _health(self, keeper):
    _verdicts(self.verdicts, keeper)
    _share(self._seen, keeper)
    _share(self._paved, keeper)
    for line in self.lines:
        _line(line, keeper)
    _level(self._radar, keeper)
    _level(self._pir, keeper)
    _level(self._button, keeper)
    if self._second:
        _level(self._second, keeper)
    self._window = keeper.word(self._window)
    self._pulse_ms = keeper.moment(self._pulse_ms)
    self._target_ms = keeper.moment(self._target_ms)
    self._pulse_open = keeper.word(self._pulse_open)
    self._pir_was = keeper.word(self._pir_was)
    self._walked = keeper.word(self._walked)
    keeper.bytes(self.heard, len(self.heard))
    self.pir_heard = keeper.word(self.pir_heard)
    self.button_heard = keeper.word(self.button_heard)
    self.others_decide = keeper.word(self.others_decide)
    self.mode = keeper.word(self.mode)
    self.pending = keeper.word(self.pending)


def _verdicts(self, keeper):
    keeper.bytes(self.stands, len(self.stands))
    keeper.bytes(self._run, len(self.stands))


def _share(self, keeper):
    self.learned_pct = keeper.word(self.learned_pct)
    self.pct = keeper.word(self.pct)
    self._count = keeper.word(self._count)
    self._hits = keeper.word(self._hits)
    self._lower = keeper.word(self._lower)


def _level(self, keeper):
    self._level = keeper.word(self._level)
    self._edges = keeper.word(self._edges)
    self.was_on = keeper.word(self.was_on)
    self._was_off = keeper.word(self._was_off)


def _line(self, keeper):
    self.frame_ms = keeper.moment(self.frame_ms)
    self._window = keeper.word(self._window)
    self._frames = keeper.word(self._frames)
    self._bad_frames = keeper.word(self._bad_frames)
