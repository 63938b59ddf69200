from array import array

from sign.core import features
from sign.core.features import COUNT, FAR_AWAY_MS, NAMES, NOWHERE_MM, fill_bins, measure

LENGTH_MM = 4000


class Track:
    """A track's memory, measured frame by frame."""

    def __init__(self, length_mm=LENGTH_MM):
        self.length_mm = length_mm
        self.memory = array("i", [0] * 16)

    def measured(self, s=-1500, q=2000, vs=0, vq=0, measured=None, age_ms=1000, hits=11, began=(-1500, 2000)):
        """All features by name."""
        at_s, at_q = measured or (s, q)
        seen = array("i", [s, q, vs, vq, at_s, at_q, age_ms, hits, began[0], began[1]])
        values = array("i", [0] * COUNT)
        measure(seen, self.memory, 8, self.length_mm, values)
        return dict(zip(NAMES, values))


def measured(**seen):
    return Track().measured(**seen)


def near(a, b, part=0.07):
    return abs(a - b) <= part * abs(b) + 1


def test_every_feature_has_a_name():
    assert len(NAMES) == COUNT


def test_distances_are_to_the_kerb_and_beside_the_crossing():
    assert measured(s=-1234)["s"] == -1234
    assert [measured(q=q)["off"] for q in (-700, 0, 2000, 4000, 4700)] == [700, 0, -2000, 0, 700]


def test_speeds_are_towards_the_kerb_and_out_of_the_crossings_middle():
    assert measured(vs=-900)["vs"] == -900
    assert [measured(q=q, vq=300)["vout"] for q in (1000, 3000)] == [-300, 300]
    assert [measured(q=q, vq=-300)["vout"] for q in (1000, 3000)] == [300, -300]


def test_the_speed_is_right_to_7_per_cent():
    for vs, vq in ((1000, 0), (0, -1000), (600, 800), (-707, 707), (900, -300)):
        assert near(measured(vs=vs, vq=vq)["speed"], (vs * vs + vq * vq) ** 0.5), (vs, vq)


def test_time_to_the_kerb():
    assert measured(s=-1500, vs=1000)["t_kerb"] == 1500
    assert measured(s=300, vs=1000)["t_kerb"] == 0
    assert measured(s=-9000, vs=1000)["t_kerb"] == FAR_AWAY_MS
    assert measured(s=-9000, vs=0)["t_kerb"] == FAR_AWAY_MS
    assert measured(s=-100, vs=-1000)["t_kerb"] == FAR_AWAY_MS


def test_where_the_kerb_will_be_met():
    assert measured(s=-1500, q=2000, vs=1000)["hit"] == -2000
    assert measured(s=-1500, q=2000, vs=1000, vq=2000)["hit"] == 1000
    assert measured(s=-1500, q=2000, vs=1000, vq=-2000)["hit"] == 1000
    assert measured(s=-1500, q=2000, vs=0, vq=2000)["hit"] == NOWHERE_MM


def test_left_and_right_are_the_same():
    left = measured(s=-1500, q=1000, vs=1000, vq=400)
    right = measured(s=-1500, q=3000, vs=1000, vq=-400)
    assert left == dict(right, travel=left["travel"])


def test_who_stands_is_counted_and_who_walks_on_soon_is_not():
    track = Track()
    stood = [track.measured(vs=100)["still"] for _ in range(5)]
    assert stood == [1, 2, 3, 4, 5]
    assert [track.measured(vs=1000)["still"] for _ in range(4)] == [3, 1, 0, 0]


def test_standing_is_counted_up_to_a_bound():
    track = Track()
    assert [track.measured()["still"] for _ in range(300)][-1] <= 30


def test_the_nearest_to_the_kerb_is_kept_once_places_are_sure():
    track = Track()
    assert track.measured(s=-500, hits=1)["nearest"] == -500
    assert track.measured(s=-900, hits=3)["nearest"] == -900
    assert track.measured(s=-700, hits=4)["nearest"] == -700
    assert track.measured(s=-2000, hits=9)["nearest"] == -700


def test_the_travel_is_from_the_first_hit_to_the_last_measured_place():
    seen = measured(s=-100, q=0, measured=(-900, 2800), began=(-1500, 2000))
    assert near(seen["travel"], 1000)


def test_another_tracks_memory_is_left_alone():
    track = Track()
    for _ in range(5):
        track.measured()
    assert list(track.memory[:8]) == [0] * 8


def binned(k, value):
    values, bins = array("i", [0] * COUNT), bytearray(COUNT)
    values[k] = value
    fill_bins(values, bins)
    return bins[k]


def test_bins_at_their_bounds():
    for k in range(COUNT):
        signed = features._LOW[k]
        low = (signed - 256 if signed >= 128 else signed) * 256
        wide = 1 << features._SHIFT[k]
        assert binned(k, low) == binned(k, low - 1) == binned(k, -2_000_000) == 0, NAMES[k]
        assert binned(k, low + wide - 1) == 0, NAMES[k]
        assert binned(k, low + wide) == 1, NAMES[k]
        assert binned(k, low + 255 * wide - 1) == 254, NAMES[k]
        for value in (low + 255 * wide, low + 256 * wide, 2_000_000):
            assert binned(k, value) == 255, (NAMES[k], value)


def test_bins_reach_as_far_as_people_do():
    for name, low, high in (("s", -6000, 6000), ("vs", -3000, 3000), ("t_kerb", 200, FAR_AWAY_MS)):
        k = NAMES.index(name)
        assert 0 < binned(k, low) < binned(k, high) < 255, name
