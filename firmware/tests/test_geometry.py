from sign.core.config import load
from sign.core.geometry import Geometry
from sign.core.tracker import REACH_MM


def geometry(**values):
    config, errors = load(values)
    assert errors == []
    return Geometry(config)


def placed(site, x, y, port=0):
    """(s, q) of a target, computed as the tracker does."""
    sx, sy, s0, qx, qy, q0 = site.places[port]
    return ((sx * x + sy * y) >> 14) + s0, ((qx * x + qy * y) >> 14) + q0


def near(a, b, within=4):
    return abs(a[0] - b[0]) <= within and abs(a[1] - b[1]) <= within


def test_a_radar_that_looks_along_the_kerb_sees_the_road_on_its_right():
    # Kerb along +y: the roadway is on its right, towards +x.
    along = geometry(sensor_x_mm=-500, sensor_azimuth_cdeg=9000, kerb_b_y_mm=4000)
    assert along.length_mm == 4000
    assert not along.folded
    assert near(placed(along, 1500, 2000), (1000, 2000))


def test_a_radar_that_looks_at_the_kerb():
    # Looks along +x from 3 m before the kerb; its right is -y.
    across = geometry(sensor_x_mm=-3000, sensor_y_mm=2000, kerb_b_y_mm=4000)
    assert near(placed(across, 0, 2500), (-500, 2000))
    assert near(placed(across, 700, 2500), (-500, 1300))


def test_a_slanted_site():
    # Kerb (0.17, 0.88) to (-2.73, 3.78) m, radar at (-3.6, 4.4) looking along (0.45, -0.89).
    site = geometry(
        sensor_x_mm=-3600,
        sensor_y_mm=4400,
        sensor_azimuth_cdeg=-6318,
        kerb_a_x_mm=170,
        kerb_a_y_mm=880,
        kerb_b_x_mm=-2730,
        kerb_b_y_mm=3780,
    )
    assert abs(site.length_mm - 4101) < 2
    assert abs(placed(site, 0, 0)[0] + 177) < 6
    # 4 m ahead of the radar: (-1.795, 0.83) m.
    assert near(placed(site, 0, 4000), (-1424, 1354), 8)


def test_the_second_radar_sees_the_same_plane():
    # Beyond the roadway at (8, 2) m, looking back along -x: its right is +y.
    site = geometry(
        sensor_azimuth_cdeg=9000,
        second_x_mm=8000,
        second_y_mm=2000,
        second_azimuth_cdeg=18_000,
        kerb_b_y_mm=4000,
    )
    assert near(placed(site, 1000, 2500), placed(site, 500, 7000, port=1))


def test_the_offset_of_a_place_is_the_radars_own():
    site = geometry(sensor_x_mm=-700, sensor_y_mm=300, sensor_azimuth_cdeg=1234, kerb_b_y_mm=4000)
    assert placed(site, 0, 0) == (-700, 300)


def test_without_a_kerb_line_the_first_radars_axis_stands_for_it():
    folded = geometry(sensor_x_mm=5000, sensor_y_mm=-3000, sensor_azimuth_cdeg=4500)
    assert folded.folded
    assert folded.length_mm > 0
    assert near(placed(folded, -700, 3000), (-700, 3000))


def test_without_a_kerb_line_the_second_radar_is_placed_by_the_first_ones_axis():
    # The first looks along +y from the origin; the second along -x from (4, 3) m.
    folded = geometry(
        sensor_azimuth_cdeg=9000, second_x_mm=4000, second_y_mm=3000, second_azimuth_cdeg=18_000
    )
    assert near(placed(folded, 0, 4000, port=1), (0, 3000))
    assert near(placed(folded, 500, 1000, port=1), (3000, 3500))


def test_sums_of_products_at_the_corners_of_the_reach_stay_within_32_bits():
    site = geometry(
        sensor_azimuth_cdeg=4500,
        kerb_b_x_mm=4000,
        sensor_x_mm=50_000,
        sensor_y_mm=-50_000,
        second_azimuth_cdeg=-13_500,
    )
    for sx, sy, _, qx, qy, _ in site.places:
        assert (abs(sx) + abs(sy)) * REACH_MM < 1 << 31
        assert (abs(qx) + abs(qy)) * REACH_MM < 1 << 31
