import binascii

from sign.proto.ld2451 import MAX_TARGETS, Ld2451

VECTOR = binascii.unhexlify("f4f3f2f1110003018a28003c158a1e013c0f765f003c0ff8f7f6f5")
NOBODY = binascii.unhexlify("f4f3f2f10000f8f7f6f5")
KMH_60 = 16_666  # mm/s


def reports_in(radar, data):
    found, at = [], 0
    while True:
        at = radar.feed(data, at, len(data))
        if not radar.ready:
            return found
        found.append([tuple(radar.targets[5 * i : 5 * i + 5]) for i in range(radar.count)])


def test_the_makers_vector():
    radar = Ld2451()
    assert reports_in(radar, VECTOR) == [
        [(10, 40_000, 0, KMH_60, 21), (10, 30_000, 1, KMH_60, 15), (-10, 95_000, 0, KMH_60, 15)]
    ]
    assert radar.alarm == 1
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (1, 0, 0)


def test_a_report_without_vehicles_empties_the_list():
    radar = Ld2451()
    assert reports_in(radar, VECTOR + NOBODY)[1] == []
    assert (radar.count, radar.alarm) == (0, 0)


def test_the_count_must_agree_with_the_length():
    radar = Ld2451()
    wrong = VECTOR[:6] + b"\x02" + VECTOR[7:]
    assert len(reports_in(radar, wrong + VECTOR)) == 1
    assert radar.bad_frames == 1
    assert radar.count == 3


def test_more_vehicles_than_a_module_reports_are_refused_at_once():
    radar = Ld2451()
    length = 2 + 5 * (MAX_TARGETS + 1)
    assert reports_in(radar, VECTOR[:4] + bytes((length, 0)) + NOBODY) == [[]]
    assert radar.bad_frames == 1


def test_several_reports_inside_a_false_one_are_all_seen():
    radar = Ld2451()
    false = VECTOR[:4] + bytes((2 + 5 * 4, 0))
    assert reports_in(radar, false + NOBODY + NOBODY + NOBODY) == [[], [], []]
    assert (radar.bad_frames, radar.skipped_bytes) == (1, 6)
