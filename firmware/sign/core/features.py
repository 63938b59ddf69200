"""What tells people who mean to cross from those who pass by: eleven numbers of a track, and their bins.

By index: 0 distance to the kerb (mm, positive on the roadway); 1 distance beside the crossing (negative
within it); 2 speed towards the kerb (mm/s); 3 speed along the kerb, positive away from the crossing's middle;
4 time to the kerb (ms); 5 how far beside the crossing the kerb will be met (mm); 6 age of the track (ms);
7 how long it has stood still (frames); 8 the nearest it has been to the kerb (mm); 9 speed (mm/s); 10 how far
it has come since it was seen first (mm): a branch sways fast and goes nowhere.
"""

from sign.compat import const, micropython, ptr8, ptr32

COUNT = const(11)
NAMES = ("s", "off", "vs", "vout", "t_kerb", "hit", "age", "still", "nearest", "speed", "travel")
FAR_AWAY_MS = const(6_000)
NOWHERE_MM = const(5_000)
_CLOSING_MM_S = const(150)  # slower is not towards the kerb
_HIT_AHEAD_MS = const(4_000)
_STILL_MM_S = const(400)
_STILL_MAX = const(30)
_YOUNG_HITS = const(3)  # until then places are too rough to be the nearest

# Bins: (value - low) >> shift, 0..255.
_LOW = b"\xe0\xf0\xf0\xf0\x00\xf0\x00\x00\xe0\x00\x00"  # in 256, signed
_SHIFT = b"\x06\x05\x05\x05\x05\x05\x04\x00\x06\x04\x05"

# Cells of a track's memory, see intent.
_STILL = const(1)
_NEAREST = const(2)


@micropython.viper
def measure(seen: ptr32, memory: ptr32, at: int, length_mm: int, values: ptr32):
    """Fill `values` from what the tracker has `seen`; `memory` from `at` on is what was kept of the track."""
    s = seen[0]
    off = seen[1] - (length_mm >> 1)
    vs = seen[2]
    vq = seen[3]
    half = length_mm >> 1
    if s > memory[at + _NEAREST] or seen[7] <= _YOUNG_HITS:
        memory[at + _NEAREST] = s
    speed = int(_length(vs, vq))
    still = memory[at + _STILL]
    if speed < _STILL_MM_S:
        if still < _STILL_MAX:
            still += 1
    else:
        still = still - 2 if still > 2 else 0
    memory[at + _STILL] = still
    t_kerb_ms = FAR_AWAY_MS
    hit = NOWHERE_MM
    if vs > _CLOSING_MM_S:
        t_kerb_ms = 0
        if s < 0:
            t_kerb_ms = (0 - s) * 1000 // vs
            if t_kerb_ms > FAR_AWAY_MS:
                t_kerb_ms = FAR_AWAY_MS
        ahead_ms = t_kerb_ms if t_kerb_ms < _HIT_AHEAD_MS else _HIT_AHEAD_MS
        hit = off + vq * ahead_ms // 1000
        hit = hit - half if hit >= 0 else 0 - hit - half
    values[0] = s
    values[1] = off - half if off >= 0 else 0 - off - half
    values[2] = vs
    values[3] = vq if off > 0 else 0 - vq
    values[4] = t_kerb_ms
    values[5] = hit
    values[6] = seen[6]
    values[7] = still
    values[8] = memory[at + _NEAREST]
    values[9] = speed
    values[10] = int(_length(seen[4] - seen[8], seen[5] - seen[9]))


@micropython.viper
def _length(x: int, y: int) -> int:
    """Of a vector, to 7 %."""
    if x < 0:
        x = 0 - x
    if y < 0:
        y = 0 - y
    return x + y * 3 // 8 if x > y else y + x * 3 // 8


@micropython.viper
def fill_bins(values: ptr32, bins: ptr8):
    """The bins of `values`."""
    lows = ptr8(_LOW)
    shifts = ptr8(_SHIFT)
    for k in range(COUNT):
        low = lows[k]
        if low >= 128:
            low -= 256
        value = (values[k] - (low << 8)) >> shifts[k]
        if value < 0:
            value = 0
        elif value > 255:
            value = 255
        bins[k] = value
