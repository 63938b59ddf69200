from sign.core.doppler import Doppler


def walk(doppler, speed_mm_s, reported_mm_s, frames, start_mm=3000):
    """One track's hits, 100 ms apart."""
    doppler.begin(0, start_mm)
    for k in range(1, frames + 1):
        doppler.compare(0, start_mm + speed_mm_s * k // 10, reported_mm_s, 100)


def test_away_is_presumed_positive_but_not_proven():
    doppler = Doppler(1)
    assert doppler.polarity() == 1
    assert not doppler.proven()


def test_a_walk_that_fits_proves_the_polarity():
    doppler = Doppler(1)
    walk(doppler, 1300, 1300, 5)
    assert (doppler.polarity(), doppler.proven()) == (1, True)


def test_a_reversed_radar_is_found_out_within_three_frames_and_proven_soon():
    doppler = Doppler(1)
    walk(doppler, -1300, 1300, 3)
    assert doppler.polarity() == -1
    walk(doppler, 1300, -1300, 3)
    assert (doppler.polarity(), doppler.proven()) == (-1, True)


def test_speeds_that_fit_neither_way_are_no_longer_used():
    for moved, reported in ((1300, 0), (0, 1300)):
        doppler = Doppler(1)
        walk(doppler, moved, reported, 3)
        assert doppler.polarity() == 0


def test_what_is_proven_outlives_a_single_contradiction():
    doppler = Doppler(1)
    walk(doppler, 1300, 1300, 10)
    walk(doppler, 1300, -1300, 3)
    assert doppler.polarity() == 1


def test_impossible_speeds_and_long_gaps_change_nothing():
    doppler = Doppler(1)
    doppler.begin(0, 3000)
    doppler.compare(0, 3100, 327_670, 100)
    doppler.compare(0, 3100, -327_670, 1 << 29)
    assert doppler.polarity() == 1
