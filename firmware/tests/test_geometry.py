from sign.core.config import load
from sign.core.geometry import REACH_MM, Geometry


def geometry(**values):
    config, errors = load(values)
    assert errors == []
    return Geometry(config)


def near(a, b, within=4):
    return abs(a - b) <= within


def test_a_radar_that_looks_along_the_kerb_sees_the_road_on_its_right():
    # Kerb along +y: the roadway is on its right, towards +x.
    along = geometry(sensor_x_mm=-500, sensor_azimuth_cdeg=9000, kerb_b_y_mm=4000)
    assert along.length_mm == 4000
    assert near(along.s_mm(1500, 2000), 1000)
    assert near(along.q_mm(1500, 2000), 2000)
    assert near(along.s_speed(1000, 0), 1000)
    assert near(along.q_speed(0, 1000), 1000)


def test_a_radar_that_looks_at_the_kerb():
    # Looks along +x from 3 m before the kerb; its right is -y.
    across = geometry(sensor_x_mm=-3000, sensor_y_mm=2000, sensor_azimuth_cdeg=0, kerb_b_y_mm=4000)
    assert near(across.s_mm(0, 2500), -500)
    assert near(across.q_mm(700, 2500), 1300)
    assert near(across.s_speed(0, 1200), 1200)
    assert near(across.q_speed(1000, 0), -1000)


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
    assert near(site.length_mm, 4101)
    assert near(site.s_mm(0, 0), -177, 6)
    # 4 m ahead of the radar: (-1.795, 0.83) m.
    assert near(site.s_mm(0, 4000), -1424, 8)
    assert near(site.q_mm(0, 4000), 1354, 8)


def test_without_a_kerb_line_the_radars_axis_stands_for_it():
    folded = geometry()
    assert folded.folded
    assert folded.s_mm(-700, 3000) == -700
    assert folded.q_mm(-700, 3000) == 3000


def test_corners_of_the_reach_stay_small_ints():
    site = geometry(sensor_azimuth_cdeg=4500, kerb_b_x_mm=4000, sensor_x_mm=50_000, sensor_y_mm=-50_000)
    for x in (-REACH_MM, REACH_MM):
        for y in (-REACH_MM, REACH_MM):
            assert abs(site._sx * x + site._sy * y) < 1 << 30
            assert abs(site._qx * x + site._qy * y) < 1 << 30
