from sign.core.light import AmbientLight

DAY_S = 86_400


class Site:
    light_enabled = True
    light_dark_mv = 200
    light_day_mv = 1200
    dim_pct = 100
    night_dim_pct = 30

    def __init__(self, **values):
        for name in values:
            setattr(self, name, values[name])


class Sky:
    """A light sensor that is read every second."""

    def __init__(self, **values):
        self.light = AmbientLight(Site(**values))
        self.now_ms = 0
        self.changes = 0

    def shine(self, mv, for_s, every_s=1):
        for _ in range(for_s // every_s):
            self.now_ms = (self.now_ms + 1000 * every_s) & 0x3FFFFFFF
            self.changes += self.light.sample(mv, self.now_ms)
        return self.light.dim_pct


def test_full_by_day_capped_at_night_between_at_dusk():
    sky = Sky()
    assert sky.shine(1500, 600) == 100
    assert sky.shine(100, 600) == 30
    assert 60 <= sky.shine(700, 900) <= 70


def test_before_the_first_sample_and_without_a_sensor_it_is_full():
    assert Sky().light.dim_pct == 100
    assert Sky(light_enabled=False).shine(0, 600) == 100
    assert Sky(light_dark_mv=1200).shine(0, 600) == 100


def test_the_night_cap_never_brightens():
    assert Sky(dim_pct=20).shine(0, 600) == 20


def test_headlights_and_flashes_change_nothing():
    sky = Sky()
    sky.shine(100, 900)
    sky.changes = 0
    for _ in range(200):
        sky.shine(3000, 2)
        sky.shine(100, 58)
    assert sky.changes == 0
    assert sky.light.dim_pct == 30


def test_a_wobble_at_dusk_does_not_flicker():
    sky = Sky()
    sky.shine(700, 900)
    sky.changes = 0
    for k in range(600):
        sky.shine(680 + 40 * (k % 2), 30)
    assert sky.changes == 0


def test_daylight_has_hysteresis():
    sky = Sky()
    sky.shine(900, 600)
    assert sky.light.daylight
    sky.shine(700, 600)
    assert sky.light.daylight
    sky.shine(500, 600)
    assert not sky.light.daylight
    sky.shine(700, 600)
    assert not sky.light.daylight


def test_a_sensor_that_knows_no_day_and_night_is_not_believed():
    sky = Sky()
    assert sky.shine(0, 2 * DAY_S - 100, 20) == 30
    assert not sky.light.stuck
    assert sky.shine(0, 200, 20) == 100
    assert sky.light.stuck
    sky.shine(800, 600)
    assert not sky.light.stuck


def test_a_sensor_that_sees_the_days_stays_believed():
    sky = Sky()
    for _ in range(6):
        sky.shine(80, DAY_S * 20 // 24, 20)
        sky.shine(130, DAY_S * 4 // 24, 20)  # the darkest day of the year
    assert not sky.light.stuck


def test_a_new_configuration_counts_at_once():
    sky = Sky()
    sky.shine(0, 600)
    sky.light.configure(Site(night_dim_pct=10))
    assert sky.light.dim_pct == 10
