"""Radar targets to tracks, in the plane of the crossing: integers only, every array made once.

Places are in 1/16 mm: `s` across the kerb line (positive on the roadway), `q` along it; velocities in
1/16 mm/s. A radar measures well along its beam and badly across it, so each correction is split in two: gains
along the beam shrink with the number of hits, gains across it with distance, too (`sim/learning/gains.py`
computes the tables). Several radars feed the same tracks.

No maker says which sign of the reported speed means "away", and drivers disagree. So the reported speed of
each track is added up and compared with the way its positions have gone: what fits speaks for one polarity or
the other, what fits neither speaks against using it at all.
"""

from array import array

from sign.compat import const, micropython, ptr8, ptr16, ptr32

MAX_TRACKS = const(6)
REACH_MM = const(12_000)  # of a radar: with it the products below stay small ints
LATENCY_MS = const(150)  # a frame shows the world of that long ago
COAST_MS = const(1_000)  # most bursts of lost frames are shorter

# Made by `python -m learning.gains`: by number of hits, 1.. ; across: rows for ranges of 1.5 m each; along:
# without and with a reported speed.
_ACROSS_ALPHA_256 = (
    b"\xff\xa1\xa0\x9a\x8e\x81\x75\x6c\x64\x5f\x5a\x57\x55\x54\x53\x53"
    b"\xff\x8a\x76\x76\x75\x70\x6a\x63\x5d\x57\x52\x4d\x4a\x47\x44\x42"
    b"\xff\x85\x67\x60\x60\x60\x5e\x5a\x56\x51\x4d\x49\x46\x42\x40\x3d"
    b"\xff\x83\x60\x55\x53\x53\x52\x51\x4f\x4c\x49\x46\x42\x40\x3d\x3b"
)
_ACROSS_BETA_64 = (
    b"\x00\xa6\xbb\x97\x73\x59\x47\x3b\x33\x2e\x2b\x29\x28\x28\x28\x28"
    b"\x00\x33\x53\x5a\x53\x46\x3b\x31\x2a\x24\x20\x1d\x1a\x19\x17\x16"
    b"\x00\x18\x2b\x36\x39\x36\x30\x2a\x25\x20\x1c\x19\x17\x15\x13\x12"
    b"\x00\x0e\x1a\x23\x27\x28\x27\x24\x20\x1d\x1a\x17\x15\x13\x11\x10"
)
_ALONG_ALPHA_256 = (
    b"\xff\xa5\xa5\x9d\x8f\x82\x76\x6d\x65\x60\x5c\x59\x57\x56\x56\x55"
    b"\xff\x81\x58\x44\x39\x32\x2d\x2a\x28\x26\x25\x24\x24\x23\x23\x23"
)
_ALONG_BETA_64 = (
    b"\x00\xbc\xc9\x9d\x75\x5a\x48\x3d\x35\x31\x2e\x2c\x2b\x2b\x2b\x2b"
    b"\x00\x07\x08\x09\x0a\x0a\x0b\x0b\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c"
)
_ALONG_DELTA_256 = b"\xfa\x92\x7b\x74\x72\x71\x70\x70\x70\x70\x70\x70\x70\x70\x70\x70"
_GAINS = const(16)
_NEAR = const(2_250 << 4)  # between the first two rows, in 1/16 mm
_ROW = const(1_500 << 4)

# Three sigma across the beam at 5 m, and a step; 1 mm more for each ms that it was not seen.
_GATE_MIN_MM = const(800)
_GATE_MAX_MM = const(1_600)
_CLOSE_MM = const(600)  # a hit further away may be anything: it counts for the place, not as a confirmation
_FAR = const(0x3FFFFFFF)
_BIRTH_MS = const(250)  # two hits within three frames make a track
_DT_MAX_MS = const(500)
_SPEED_MAX = const(16 * 16_000)  # 16 m/s
_FIRST_SPEED_MM_S = const(7_000)  # believed of a first hit
_NONE = const(-1)
_TICKS_MASK = const(0x3FFFFFFF)

# The learning of what a radar's reported speed means.
_WAY_MM = const(250)  # enough to tell the polarities apart above the noise of the range
PRESUMED = const(1)  # most modules report speeds away from them as positive
_SURE = const(8)

# States of a track.
_FREE = const(0)
_TENTATIVE = const(1)
_CONFIRMED = const(2)

# Cells of a track.
CELLS = const(14)
_STATE = const(0)
S = const(1)
_Q = const(2)
_VS = const(3)
_VQ = const(4)
_SEEN_MS = const(5)
_BORN_MS = const(6)
_HITS = const(7)
IDENT = const(8)
HOLDER = const(9)  # the target that the track has taken
_PRICE = const(10)  # squared distance to it
_GATE_MM = const(11)
BORN_S_MM = const(12)  # where it was seen first
_BORN_Q_MM = const(13)

# Cells of the frame that is being worked on.
NOW_MS = const(0)
LAST_IDENT = const(1)
_TARGETS = const(2)  # then so many cells for each target
_TARGET = const(4)
_T_S = const(0)
_T_Q = const(1)
_T_SPEED = const(2)
_T_OWNED = const(3)
_ORPHAN = const(0)
_OWNED = const(1)
_IGNORED = const(2)

# Cells of a radar: its place (see geometry), what is known of it, the targets of its last frame, and for each
# track what its ways are compared by.
RADAR_CELLS = const(14 + MAX_TRACKS * 4)
_R_SX = const(0)
_R_SY = const(1)
_R_S0 = const(2)
_R_QX = const(3)
_R_QY = const(4)
_R_Q0 = const(5)
POLARITY = const(6)
_R_COUNT = const(7)
_R_LAST = const(8)
R_WAYS = const(14)
WAY = const(4)
W_IDENT = const(0)
_W_SEEN_MS = const(1)
_W_MARK_MM = const(2)  # range at which the comparison began
_W_GONE_MM = const(3)  # way by the reported speed since


class Tracker:
    """Up to six tracks of one crossing. `idents[i]` names track i, 1..32767, from its second hit until it
    ends; it is 0 while the track is free or only a first guess. `followed`: how many there are, first
    guesses among them; `confirmed`: how many are more than that.

    After `look(i, now_ms)`, `seen` holds of track i: 0-3 s, q (mm), vs, vq (mm/s) at `now_ms`, the radar's
    latency made good; 4-5 s, q as of the last frame, latency and all; 6 age, from first to last hit (ms);
    7 close hits, up to 255; 8-9 s, q of the first hit; 10 how long it was not seen (ms).
    """

    def __init__(self, now_ms=0):
        self._tracks = array("i", [0] * (MAX_TRACKS * CELLS))
        self._frame = array("i", [0] * (_TARGETS + 3 * _TARGET))
        self._frame[NOW_MS] = now_ms
        self.idents = array("h", [0] * MAX_TRACKS)
        self.seen = array("i", [0] * 11)
        self.followed = self.confirmed = 0

    def update(self, radar, targets, count, now_ms):
        """Take one frame of the radar with the cells `radar` (place and polarity): x, y, speed, resolution of
        `count` targets, as received at `now_ms`, which never goes back.
        """
        tracks, frame = self._tracks, self._frame
        _predict(tracks, frame, now_ms)
        _take(frame, radar, targets, count)
        _claim_all(tracks, frame, count)
        _follow_all(tracks, frame, radar)
        _expire(tracks, now_ms)
        _begin_all(tracks, frame, radar, count)
        counts = _tell(tracks, self.idents)
        self.followed, self.confirmed = counts >> 3, counts & 7

    def expire(self, now_ms):
        """Let go tracks that no frame has confirmed for too long (the radar may have fallen silent)."""
        _expire(self._tracks, now_ms)
        counts = _tell(self._tracks, self.idents)
        self.followed, self.confirmed = counts >> 3, counts & 7

    def look(self, i, now_ms):
        """Fill `seen` with track i as it is at `now_ms`."""
        _look(self._tracks, self._frame, self.seen, i * CELLS, now_ms)

    def look_into(self, seen, i, now_ms):
        """The same into an array of the caller's: for tasks, between whose steps the tick looks, too."""
        _look(self._tracks, self._frame, seen, i * CELLS, now_ms)


# A call from viper code makes an object of each pointer, which allocates; so inner functions are handed the
# arrays themselves.


@micropython.viper
def _tell(tracks: ptr32, idents: ptr16) -> int:
    """Fill `idents`; how many are followed, times 8, and how many confirmed."""
    counts = 0
    for i in range(MAX_TRACKS):
        at = i * CELLS
        idents[i] = 0
        if tracks[at + _STATE]:
            counts += 8
        if tracks[at + _STATE] == _CONFIRMED:
            counts += 1
            idents[i] = tracks[at + IDENT]
    return counts


@micropython.viper
def _expire(tracks: ptr32, now_ms: int):
    for i in range(MAX_TRACKS):
        at = i * CELLS
        unseen_ms = (now_ms - tracks[at + _SEEN_MS]) & _TICKS_MASK
        if tracks[at + _STATE] and unseen_ms > COAST_MS:
            tracks[at + _STATE] = _FREE


@micropython.viper
def _look(tracks: ptr32, frame: ptr32, seen: ptr32, at: int, now_ms: int):
    ahead_ms = (now_ms - frame[NOW_MS]) & _TICKS_MASK
    if ahead_ms > _DT_MAX_MS:
        ahead_ms = _DT_MAX_MS
    ahead_ms += LATENCY_MS
    vs = tracks[at + _VS]
    vq = tracks[at + _VQ]
    seen[0] = (tracks[at + S] + vs * ahead_ms // 1000) >> 4
    seen[1] = (tracks[at + _Q] + vq * ahead_ms // 1000) >> 4
    seen[2] = vs >> 4
    seen[3] = vq >> 4
    seen[4] = tracks[at + S] >> 4
    seen[5] = tracks[at + _Q] >> 4
    seen[6] = (tracks[at + _SEEN_MS] - tracks[at + _BORN_MS]) & _TICKS_MASK
    seen[7] = tracks[at + _HITS]
    seen[8] = tracks[at + BORN_S_MM]
    seen[9] = tracks[at + _BORN_Q_MM]
    seen[10] = (now_ms - tracks[at + _SEEN_MS]) & _TICKS_MASK


@micropython.viper
def _predict(tracks: ptr32, frame: ptr32, now_ms: int):
    dt_ms = (now_ms - frame[NOW_MS]) & _TICKS_MASK
    if dt_ms > _DT_MAX_MS:
        dt_ms = _DT_MAX_MS
    frame[NOW_MS] = now_ms
    for i in range(MAX_TRACKS):
        at = i * CELLS
        if tracks[at + _STATE]:
            tracks[at + S] += tracks[at + _VS] * dt_ms // 1000
            tracks[at + _Q] += tracks[at + _VQ] * dt_ms // 1000
            tracks[at + HOLDER] = _NONE
            tracks[at + _PRICE] = _FAR
            unseen_ms = (now_ms - tracks[at + _SEEN_MS]) & _TICKS_MASK
            gate = _GATE_MIN_MM + unseen_ms
            tracks[at + _GATE_MM] = gate if gate < _GATE_MAX_MM else _GATE_MAX_MM


@micropython.viper
def _take(frame: ptr32, radar: ptr32, targets: ptr32, count: int):
    """Put the targets into the crossing's plane; those out of reach and stale slots do not count."""
    before = radar[_R_COUNT]
    for k in range(count):
        x = targets[4 * k]
        y = targets[4 * k + 1]
        t = _TARGETS + k * _TARGET
        frame[t + _T_OWNED] = _ORPHAN
        if x < 0 - REACH_MM or x > REACH_MM or y < 0 - REACH_MM or y > REACH_MM:
            frame[t + _T_OWNED] = _IGNORED
        for b in range(before):
            # A slot that was freed may repeat its coordinates to the bit.
            if radar[_R_LAST + 2 * b] == x and radar[_R_LAST + 2 * b + 1] == y:
                frame[t + _T_OWNED] = _IGNORED
        if frame[t + _T_OWNED] == _ORPHAN:
            frame[t + _T_SPEED] = targets[4 * k + 2]
            frame[t + _T_S] = ((radar[_R_SX] * x + radar[_R_SY] * y) >> 14) + radar[_R_S0]
            frame[t + _T_Q] = ((radar[_R_QX] * x + radar[_R_QY] * y) >> 14) + radar[_R_Q0]
    for k in range(count):
        radar[_R_LAST + 2 * k] = targets[4 * k]
        radar[_R_LAST + 2 * k + 1] = targets[4 * k + 1]
    radar[_R_COUNT] = count


@micropython.viper
def _claim_all(tracks: ptr32, frame: ptr32, count: int):
    """Give each target the nearest track within its gate that nobody nearer has; who had it looks on."""
    for k in range(count):
        t = _TARGETS + k * _TARGET
        while frame[t + _T_OWNED] == _ORPHAN:
            best = _NONE
            best_away = _FAR
            for i in range(MAX_TRACKS):
                at = i * CELLS
                if not tracks[at + _STATE]:
                    continue
                gate = tracks[at + _GATE_MM]
                ds = frame[t + _T_S] - (tracks[at + S] >> 4)
                dq = frame[t + _T_Q] - (tracks[at + _Q] >> 4)
                if ds < 0 - gate or ds > gate or dq < 0 - gate or dq > gate:
                    continue
                away = ds * ds + dq * dq
                if away < best_away and away < tracks[at + _PRICE] and away <= gate * gate:
                    best = at
                    best_away = away
            if best < 0:
                break
            loser = tracks[best + HOLDER]
            tracks[best + HOLDER] = t
            tracks[best + _PRICE] = best_away
            frame[t + _T_OWNED] = _OWNED
            if loser >= 0:
                frame[loser + _T_OWNED] = _ORPHAN
                t = loser


@micropython.viper
def _follow_all(tracks, frame, radar):
    """Correct each track by its target; a first guess that is not confirmed soon goes."""
    cells = ptr32(tracks)
    now_ms = ptr32(frame)[NOW_MS]
    for i in range(MAX_TRACKS):
        at = i * CELLS
        if not cells[at + _STATE]:
            continue
        if cells[at + HOLDER] >= 0:
            _correct(tracks, frame, radar, at)
            cells[at + _SEEN_MS] = now_ms
            cells[at + _STATE] = _CONFIRMED
            if cells[at + _HITS] < 255 and cells[at + _PRICE] <= _CLOSE_MM * _CLOSE_MM:
                cells[at + _HITS] += 1
        elif cells[at + _STATE] == _TENTATIVE and (now_ms - cells[at + _BORN_MS]) & _TICKS_MASK > _BIRTH_MS:
            cells[at + _STATE] = _FREE


@micropython.viper
def _correct(tracks: ptr32, frame: ptr32, radar_cells, at: int):
    radar = ptr32(radar_cells)
    t = tracks[at + HOLDER]
    s = tracks[at + S]
    q = tracks[at + _Q]
    vs = tracks[at + _VS]
    vq = tracks[at + _VQ]
    # Range of the predicted place (to 3 %, no root needed) and the beam's direction there, in 1/256.
    ds = s - (radar[_R_S0] << 4)
    dq = q - (radar[_R_Q0] << 4)
    longer = ds if ds >= 0 else 0 - ds
    shorter = dq if dq >= 0 else 0 - dq
    if shorter > longer:
        swap = shorter
        shorter = longer
        longer = swap
    longer += 16
    reach = longer - (longer >> 3) + (shorter >> 1)
    if reach < longer:
        reach = longer
    us = (ds << 8) // reach
    uq = (dq << 8) // reach
    rs = (frame[t + _T_S] << 4) - s
    rq = (frame[t + _T_Q] << 4) - q
    along = (rs * us + rq * uq) >> 8
    told = frame[t + _T_SPEED]
    hits = tracks[at + _HITS]
    before = radar[POLARITY]
    # The way by positions and the way by the reported speed, since they were compared last.
    w = R_WAYS + at // CELLS * WAY
    range_mm = (reach + along) >> 4
    since_ms = (frame[NOW_MS] - radar[w + _W_SEEN_MS]) & _TICKS_MASK
    radar[w + _W_SEEN_MS] = frame[NOW_MS]
    if radar[w + W_IDENT] != tracks[at + IDENT] or since_ms > COAST_MS:
        radar[w + W_IDENT] = tracks[at + IDENT]
        radar[w + _W_MARK_MM] = range_mm
        radar[w + _W_GONE_MM] = 0
    else:
        gone = radar[w + _W_GONE_MM] + told * since_ms // 1000
        way = range_mm - radar[w + _W_MARK_MM]
        radar[w + _W_GONE_MM] = gone
        if gone >= _WAY_MM or gone <= 0 - _WAY_MM or way >= _WAY_MM or way <= 0 - _WAY_MM:
            _vote(radar_cells, way, gone)
            radar[w + _W_MARK_MM] = range_mm
            radar[w + _W_GONE_MM] = 0
    if hits == 0:
        # Nonsense is found out at the second hit; it must not lead the gate away from that.
        if told > _FIRST_SPEED_MM_S:
            told = _FIRST_SPEED_MM_S
        elif told < 0 - _FIRST_SPEED_MM_S:
            told = 0 - _FIRST_SPEED_MM_S
    cell = hits if hits < _GAINS else _GAINS - 1
    row = 0
    if reach >= _NEAR:
        row = (reach - _NEAR) // _ROW + 1
        if row > 3:
            row = 3
    alpha_256 = ptr8(_ACROSS_ALPHA_256)
    beta_64 = ptr8(_ACROSS_BETA_64)
    alpha = alpha_256[row * _GAINS + cell]
    beta = beta_64[row * _GAINS + cell]
    alpha_256 = ptr8(_ALONG_ALPHA_256)
    beta_64 = ptr8(_ALONG_BETA_64)
    score = radar[POLARITY]
    row = _GAINS if told != 0 and score != 0 else 0
    place = (alpha_256[row + cell] - alpha) * along >> 8
    gained = beta_64[row + cell] * along >> 6
    speed = gained - (beta * along >> 6)
    if row:
        if score < 0:
            told = 0 - told
        missing = (told << 4) - ((vs * us + vq * uq) >> 8) - gained
        # What was taken the wrong way round so far is put right at once.
        if before * score <= 0:
            cell = 0
        speed += ptr8(_ALONG_DELTA_256)[cell] * missing >> 8
    tracks[at + S] = s + (alpha * rs >> 8) + (place * us >> 8)
    tracks[at + _Q] = q + (alpha * rq >> 8) + (place * uq >> 8)
    vs += (beta * rs >> 6) + (speed * us >> 8)
    vq += (beta * rq >> 6) + (speed * uq >> 8)
    tracks[at + _VS] = vs if vs < _SPEED_MAX else _SPEED_MAX
    tracks[at + _VQ] = vq if vq < _SPEED_MAX else _SPEED_MAX
    if vs < 0 - _SPEED_MAX:
        tracks[at + _VS] = 0 - _SPEED_MAX
    if vq < 0 - _SPEED_MAX:
        tracks[at + _VQ] = 0 - _SPEED_MAX


@micropython.viper
def _vote(radar: ptr32, way: int, gone: int):
    """Let the two ways speak for a polarity: never 0 after a vote that was clear."""
    score = radar[POLARITY]
    off = way - gone if way > gone else gone - way
    off_reversed = way + gone if way + gone > 0 else 0 - way - gone
    if 2 * off < off_reversed:
        score += 2 if score == -1 else 1
    elif 2 * off_reversed < off:
        score -= 2 if score == 1 else 1
    elif off or off_reversed:
        score = score - 1 if score > 0 else score + 1 if score < 0 else 0
    if score > _SURE:
        score = _SURE
    elif score < 0 - _SURE:
        score = 0 - _SURE
    radar[POLARITY] = score


@micropython.viper
def _begin_all(tracks, frame, radar, count: int):
    """Targets without a track begin new ones, as long as there are free ones."""
    cells = ptr32(tracks)
    work = ptr32(frame)
    for k in range(count):
        t = _TARGETS + k * _TARGET
        if work[t + _T_OWNED] == _ORPHAN:
            for i in range(MAX_TRACKS):
                at = i * CELLS
                if not cells[at + _STATE]:
                    work[LAST_IDENT] = work[LAST_IDENT] % 32767 + 1
                    cells[at + _STATE] = _TENTATIVE
                    cells[at + IDENT] = work[LAST_IDENT]
                    cells[at + S] = work[t + _T_S] << 4
                    cells[at + _Q] = work[t + _T_Q] << 4
                    cells[at + _VS] = cells[at + _VQ] = cells[at + _HITS] = 0
                    cells[at + _SEEN_MS] = cells[at + _BORN_MS] = work[NOW_MS]
                    cells[at + BORN_S_MM] = work[t + _T_S]
                    cells[at + _BORN_Q_MM] = work[t + _T_Q]
                    cells[at + HOLDER] = t
                    # The first hit has gains of its own: the place stays, a reported speed is taken.
                    _correct(tracks, frame, radar, at)
                    cells[at + _HITS] = 1
                    break
