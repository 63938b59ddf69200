"""Does anybody mean to cross? Judged for each track from its place and movement before the kerb.

*on_road*: the radar has put somebody on the roadway of the crossing. *at_kerb*: somebody stands in the
waiting zone; the radar loses people who stand still, so one who vanished there is remembered. *approach*: the
learned score of how people move before they cross (`features`, `score`) says so, somebody walks plainly
towards the kerb, or a cyclist heads over the crossing. Vehicles are never a reason. Where no kerb line is
known, a plain rule of heading and time to the radar's axis stands in for the score.
"""

from array import array

from sign.compat import const, micropython, ptr32, ticks_diff
from sign.core.features import COUNT, FAR_AWAY_MS, fill_bins, measure
from sign.core.isqrt import isqrt
from sign.core.score import score
from sign.core.tracker import MAX_TRACKS

NONE = const(0)
APPROACH = const(1)
AT_KERB = const(2)
ON_ROAD = const(3)

# What the rules alone may say of a track beside the reasons.
_ASK = const(-1)  # the score decides
_NO_PERSON = const(-2)

# Standing a step onto the road is still waiting, not crossing.
_WAIT_BEYOND_MM = const(400)
_KNOWN_HITS = const(4)  # before that the velocity across the beam is a guess
EVERYBODY = const(0x3FFFFFFF)  # as `proven_ms`
_WORD_HITS = const(5)  # ghosts of rain are short, and some fall into a PIR's pulse
SETTLED_HITS = const(11)  # no ghost of a LD2450 lasts longer than ten frames
_CYCLIST_MM_S = const(2_500)  # nobody on foot keeps that up
_VEHICLE_MM_S = const(5_000)  # along the road
_RUSH_MM_S = const(7_000)  # whatever the direction
# A car in a queue creeps as slowly as people walk, but along its lane, and it came from beside the crossing.
_LANE_MM = const(900)
_LANE_BESIDE_MM = const(300)
_ACROSS_MM = const(700)  # across the road: no ghost goes so far straight
_BESIDE_MM = const(1_000)  # the crossing's end: further off nobody is on the way to it
# Who walks plainly to the kerb meets it so far within the crossing, and is not slower.
_INSIDE_MM = const(-200)
_SLOWEST_MM_S = const(250)
_LEAVING_MM_S = const(-300)  # walks away, beyond the noise of the speed
_RANGE_MAX_MM = const(16_000)
_NEARS_FROM_MM = const(-2_000)  # further away, on a sign with a PIR only who comes nearer may mean it
_LOST_MS = const(450)  # nobody begins to approach while nobody sees it
# A branch that sways is seen for long and goes nowhere.
_SWAY_MM = const(900)
_SWAY_LONG_MS = const(1_500)
_SWAY_LONG_MM = const(1_300)
_SWAY_KERB_MS = const(2_500)
_SWAY_LOST_MS = const(150)

# Cells of a track's memory; the first is its ident.
MEMORY_CELLS = const(8)
_STILL = const(1)
_NEAREST = const(2)
_FRAMES = const(3)  # for which it has been on the road, or approached without a kerb line
_ZONE = const(4)  # 0 outside the waiting zone, 1 moving there, 2 standing there
_STANDS_MS = const(5)  # since when
_WAITS = const(6)
VEHICLE = const(7)

# What the cell _WAITS says.
_TOOK_OVER = const(1)  # it came up where somebody who waits was lost
_WAITED = const(2)

# Cells of the limits, from configuration and geometry.
_L_WIDTH = const(0)
_L_LENGTH = const(1)
_L_SIDE = const(2)
_L_ROAD = const(3)
_L_CONFIRM = const(4)
_L_WAIT_ZONE = const(5)
_L_WAIT_SPEED = const(6)
_L_WAIT_MS = const(7)
_L_DEPTH = const(8)
_L_LEAD_MS = const(9)
_L_CYCLIST_MS = const(10)
_L_CLOSING = const(11)
_L_HEADING = const(12)
_L_FOLDED = const(13)
_L_NOW_MS = const(14)
_L_HITS = const(15)  # that this track needs to be believed
_LIMITS = const(16)


class Intent:
    """Judges all tracks of a tracker. After `evaluate`:

    `reason`; `t_kerb_ms`, -1 unknown; `range_mm` from the first radar, at most 16 m where it is further in
    either direction; `track`, the ident of who asked last; `vehicle`: one is in view; `settled`: somebody
    walks who is no vehicle, no branch and surely no ghost, `place` says where (see `view`); `remembers`:
    somebody waited, was lost and counts as waiting still. `memory`: MEMORY_CELLS of each track, the first its
    ident.
    """

    def __init__(self, config, geometry):
        self.reason = NONE
        self.t_kerb_ms = -1
        self.range_mm = 0
        self.track = 0
        self.vehicle = self.settled = False
        self.place = 0
        self._config = config
        self._length_mm = geometry.length_mm
        self._folded = geometry.folded
        self._radar_s, self._radar_q = geometry.places[0][2], geometry.places[0][5]
        self.memory = array("i", [0] * (MAX_TRACKS * MEMORY_CELLS))
        self._values = array("i", [0] * COUNT)
        self._bins = bytearray(COUNT)
        self._limits = array("i", [0] * _LIMITS)
        self._fill_limits(config, geometry)
        self.remembers = False
        self._remembered_ms = self._vanished_ms = 0
        self.set_winter(False)

    def _fill_limits(self, config, geometry):
        limits = self._limits
        limits[_L_WIDTH], limits[_L_LENGTH] = config.crossing_width_mm, geometry.length_mm
        limits[_L_SIDE], limits[_L_ROAD] = config.side_margin_mm, config.road_margin_mm
        limits[_L_CONFIRM] = config.confirm_frames
        limits[_L_WAIT_ZONE], limits[_L_WAIT_SPEED] = config.wait_zone_mm, config.wait_speed_mm_s
        limits[_L_WAIT_MS] = config.wait_ms
        limits[_L_DEPTH], limits[_L_CYCLIST_MS] = config.approach_depth_mm, config.cyclist_lead_ms
        limits[_L_CLOSING], limits[_L_HEADING] = config.closing_min_mm_s, config.heading_max_pct
        limits[_L_FOLDED] = 1 if geometry.folded else 0

    def set_winter(self, winter):
        """Count approaches from further away in winter."""
        config = self._config
        self._limits[_L_LEAD_MS] = max(config.lead_ms, config.winter_lead_ms) if winter else config.lead_ms

    @micropython.native
    def evaluate(self, tracker, now_ms, proven_ms=EVERYBODY):
        """Judge every track; the strongest reason wins, the nearest kerb among equals. Those born within the
        last `proven_ms` are believed soon (at once if that is EVERYBODY), all others when no ghost would last
        so long.
        """
        memory, limits = self.memory, self._limits
        limits[_L_NOW_MS] = now_ms
        self._proven_ms = proven_ms
        self._young_hits = 0 if proven_ms == EVERYBODY else _WORD_HITS
        self.reason = NONE
        self.t_kerb_ms = -1
        self.vehicle = self.settled = False
        self.place = 0
        at = -MEMORY_CELLS
        for i in range(MAX_TRACKS):
            ident = tracker.idents[i]
            at += MEMORY_CELLS
            if memory[at] != ident:
                if memory[at]:
                    self._forget(at, now_ms)
                memory[at] = ident
            if ident:
                tracker.look(i, now_ms)
                self._judge(tracker.seen, ident, at)
        if self.remembers:
            self._recall(now_ms)

    def refresh(self, now_ms):
        """Something warm moves: whoever waited and was lost is still there, within the cap."""
        if self.remembers and ticks_diff(now_ms, self._vanished_ms) < self._config.wait_cap_ms:
            self._remembered_ms = now_ms

    @micropython.native
    def _judge(self, seen, ident, at):
        memory, values = self.memory, self._values
        if self._folded and seen[0] > 0:
            seen[0], seen[2] = -seen[0], -seen[2]
        self._limits[_L_HITS] = SETTLED_HITS if seen[6] + seen[10] > self._proven_ms else self._young_hits
        measure(seen, memory, at, self._length_mm, values)
        verdict = _rules(seen, memory, at, self._limits, values)
        if verdict == _NO_PERSON:
            self.vehicle = True
            return
        hits = seen[7]
        if hits >= SETTLED_HITS and values[10] >= _SWAY_MM:
            self.settled = True
            beside = values[1] > _BESIDE_MM and not self._folded
            self.place = 2 if seen[4] > _WAIT_BEYOND_MM and beside else 1
        if self.remembers and hits < _KNOWN_HITS and memory[at + _ZONE]:
            # Somebody new, right where one was lost: it is the same person, seen again.
            self.remembers = False
            memory[at + _WAITS] = _TOOK_OVER
        if hits < self._limits[_L_HITS]:
            return
        if verdict == _ASK:
            fill_bins(values, self._bins)
            verdict = APPROACH if score(self._bins) >= self._config.approach_score else NONE
        if verdict:
            self._offer(verdict, values[4] if verdict == APPROACH else 0, seen, ident)

    def _offer(self, reason, t_kerb_ms, seen, ident):
        if reason < self.reason or (reason == self.reason and t_kerb_ms >= self.t_kerb_ms):
            return
        self.reason, self.t_kerb_ms, self.track = reason, t_kerb_ms, ident
        s, q = seen[0] - self._radar_s, seen[1] - self._radar_q
        near = -_RANGE_MAX_MM < s < _RANGE_MAX_MM and -_RANGE_MAX_MM < q < _RANGE_MAX_MM
        self.range_mm = isqrt(s * s + q * q) if near else _RANGE_MAX_MM

    def _forget(self, at, now_ms):
        """Clear a track's memory; if its person vanished while waiting, remember that somebody waits."""
        memory = self.memory
        if memory[at + _WAITS]:
            self.remembers = True
            self._remembered_ms = now_ms
            if memory[at + _WAITS] == _WAITED:
                self._vanished_ms = now_ms
        for cell in range(at, at + MEMORY_CELLS):
            memory[cell] = 0

    def _recall(self, now_ms):
        config = self._config
        if (
            ticks_diff(now_ms, self._remembered_ms) > config.wait_memory_ms
            or ticks_diff(now_ms, self._vanished_ms) > config.wait_cap_ms
        ):
            self.remembers = False
        elif self.reason < AT_KERB:
            self.reason = AT_KERB
            self.t_kerb_ms = 0


@micropython.viper
def _rules(seen, memory, at: int, limits, values) -> int:
    """What is plain without the score. (Inner functions are handed arrays, not pointers: see `tracker`.)"""
    if int(_is_vehicle(memory, at, ptr32(values)[2], ptr32(seen)[3])) or int(_creeps(seen, limits)):
        return _NO_PERSON
    if int(_is_on_road(seen, memory, at, limits)):
        return ON_ROAD
    if int(_waits(seen, memory, at, limits)):
        return AT_KERB
    return int(_approaches(seen, memory, at, limits, values))


@micropython.viper
def _is_vehicle(memory: ptr32, at: int, vs: int, vq: int) -> int:
    """Faster than people on the road or than anybody: for good, a car that brakes stays a car."""
    across = vs if vs >= 0 else 0 - vs
    along = vq if vq >= 0 else 0 - vq
    speed = across + along // 3
    if along > across:
        speed = along + across // 3
    if speed > _RUSH_MM_S or (speed > _VEHICLE_MM_S and along > vs):
        memory[at + VEHICLE] = 1
    if memory[at + VEHICLE] or (speed > _CYCLIST_MM_S and along > across + (across >> 1)):
        return 1
    return 0


@micropython.viper
def _creeps(seen: ptr32, limits: ptr32) -> int:
    """Whether it was seen first on the road and goes along it, or came from beside the crossing and did not
    cross yet: a car in a queue, as slow as people.
    """
    across = seen[4] - seen[8] if seen[4] > seen[8] else seen[8] - seen[4]
    along = seen[5] - seen[9] if seen[5] > seen[9] else seen[9] - seen[5]
    if limits[_L_FOLDED] or seen[8] <= limits[_L_ROAD]:
        return 0
    if seen[9] < 0 - _LANE_BESIDE_MM or seen[9] > limits[_L_LENGTH] + _LANE_BESIDE_MM:
        return 1 if along >= across else 0
    return 1 if along > _LANE_MM and along > 3 * across else 0


@micropython.viper
def _is_on_road(seen: ptr32, memory: ptr32, at: int, limits: ptr32) -> int:
    """Whether the radar has put the track on the crossing's roadway for long enough: in frames, of which one
    elsewhere takes away two. What no PIR has seen and was seen first on the road must have come across it.
    """
    s = seen[4]
    q = seen[5]
    side = limits[_L_SIDE]
    frames = memory[at + _FRAMES]
    if limits[_L_FOLDED]:
        return 0
    across = s - seen[8] if s > seen[8] else seen[8] - s
    doubted = limits[_L_HITS] == SETTLED_HITS and seen[8] > limits[_L_ROAD] and across < _ACROSS_MM
    if s > limits[_L_ROAD] and s < limits[_L_WIDTH] and q >= 0 - side and q <= limits[_L_LENGTH] + side:
        memory[at + _FRAMES] = frames + 1 if frames < 250 else frames
        return 1 if frames + 1 >= limits[_L_CONFIRM] and not doubted else 0
    memory[at + _FRAMES] = frames - 2 if frames > 2 else 0
    return 0


@micropython.viper
def _waits(seen: ptr32, memory: ptr32, at: int, limits: ptr32) -> int:
    """Whether the track has stood in the waiting zone for long enough."""
    s = seen[0]
    q = seen[1]
    side = limits[_L_SIDE]
    outside = s < 0 - limits[_L_WAIT_ZONE] or s > _WAIT_BEYOND_MM
    if outside or q < 0 - side or q > limits[_L_LENGTH] + side:
        memory[at + _ZONE] = 0
        memory[at + _WAITS] = 0
        return 0
    slow = limits[_L_WAIT_SPEED]
    vs = seen[2]
    vq = seen[3]
    if seen[7] < _KNOWN_HITS or vs <= 0 - slow or vs >= slow or vq <= 0 - slow or vq >= slow:
        memory[at + _ZONE] = 1
        return 0
    if memory[at + _ZONE] != 2:
        memory[at + _ZONE] = 2
        memory[at + _STANDS_MS] = limits[_L_NOW_MS]
    stood_ms = (limits[_L_NOW_MS] - memory[at + _STANDS_MS]) & 0x3FFFFFFF
    if stood_ms < limits[_L_WAIT_MS] or seen[7] < limits[_L_HITS]:
        return 0
    memory[at + _WAITS] = _WAITED
    return 1


@micropython.viper
def _sways(seen: ptr32, travel_mm: int, t_kerb_ms: int) -> int:
    """Whether what no PIR has seen may be a branch: it moves and goes nowhere, and the kerb is far."""
    if travel_mm < _SWAY_MM or t_kerb_ms > _SWAY_KERB_MS or seen[10] > _SWAY_LOST_MS:
        return 1
    return 1 if seen[6] > _SWAY_LONG_MS and travel_mm < _SWAY_LONG_MM else 0


@micropython.viper
def _approaches(seen_cells, memory: ptr32, at: int, limits: ptr32, values: ptr32) -> int:
    """Bounds that no score may overrule, and what is plain without it."""
    seen = ptr32(seen_cells)
    s = values[0]
    vs = values[2]
    vq = seen[3]
    t_kerb_ms = values[4]
    hit = values[5]
    far = int(FAR_AWAY_MS)
    known = seen[7] >= _KNOWN_HITS
    if vs > _CYCLIST_MM_S:
        return APPROACH if known and hit <= 0 and t_kerb_ms <= limits[_L_CYCLIST_MS] else NONE
    if s < 0 - limits[_L_DEPTH] or (t_kerb_ms != far and t_kerb_ms > limits[_L_LEAD_MS]):
        return NONE
    if limits[_L_FOLDED]:
        # Straight and fast enough towards the radar's axis.
        along = vq if vq >= 0 else 0 - vq
        holds = vs >= limits[_L_CLOSING] and along * 100 <= vs * limits[_L_HEADING] and hit <= limits[_L_SIDE]
        frames = memory[at + _FRAMES]
        if not holds:
            frames = frames - 2 if frames > 2 else 0
        elif frames < 250:
            frames += 1
        memory[at + _FRAMES] = frames
        return APPROACH if holds and known and frames >= limits[_L_CONFIRM] else NONE
    if limits[_L_HITS] and t_kerb_ms == far and s < _NEARS_FROM_MM:
        return NONE
    beside = values[1] if t_kerb_ms == far else hit
    if beside > _BESIDE_MM or (known and vs < _LEAVING_MM_S):
        return NONE
    if seen[10] > _LOST_MS or (
        limits[_L_HITS] == SETTLED_HITS and int(_sways(seen_cells, values[10], t_kerb_ms))
    ):
        return NONE
    straight = vs > _SLOWEST_MM_S and 0 - vs < 2 * vq and 2 * vq < vs
    if straight and known and s >= 0 - limits[_L_WAIT_ZONE] and hit <= _INSIDE_MM:
        return APPROACH
    return _ASK
