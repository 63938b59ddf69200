from sign.core import faults
from sign.core.battery import PATIENCE
from sign.core.config import load
from sign.services.power import Power


class Uptime:
    s = 0


class Network:
    asleep = False


class Link:
    def __init__(self):
        self.network, self.pauses = Network(), 0

    def pause(self):
        self.pauses += 1


class Armed:
    def __init__(self, config):
        self.config, errors = load(config)
        assert not errors, errors
        self.uptime, self.telemetry_s = Uptime(), 10
        self.standing = []

    def settle_fault(self, code, stands):
        name = faults.name(code)
        if stands and name not in self.standing:
            self.standing.append(name)
        elif not stands and name in self.standing:
            self.standing.remove(name)


class Status:
    def __init__(self, link, **config):
        self.armed, self.link = Armed(config), link


def held(power, mv, minutes):
    """What a sign does after some minutes at a voltage: faults, brightness at most, telemetry, radio."""
    armed = power._status.armed
    for _ in range(60 * minutes):
        armed.uptime.s += 1
        power.sample(mv, 1000 * armed.uptime.s)
    link = power._status.link
    return armed.standing, power.dim_max_pct, armed.telemetry_s, link and link.network.asleep


def test_a_solar_battery_that_runs_down_and_is_charged_again():
    link = Link()
    power = Power(Status(link, power_profile="solar"))
    assert held(power, 13_000, 5) == ([], 100, 10, False)
    assert held(power, 12_100, 3) == (["battery_saving"], 40, 300, False)
    assert held(power, 11_700, 3) == (["battery_low"], 40, 300, False)
    assert held(power, 11_700, 10) == (["battery_low"], 40, 300, True)
    assert link.pauses == 1
    assert held(power, 11_100, 2) == (["battery_last"], 0, 300, False)
    assert held(power, 11_100, 3) == (["battery_last"], 0, 300, True)
    assert held(power, 13_500, 5) == ([], 100, 10, False)


def test_a_sign_without_link_saves_light_all_the_same():
    power = Power(Status(None, power_profile="lighting_battery", saving_dim_pct=25))
    assert held(power, 11_700, 5) == (["battery_low"], 25, 300, None)
    assert power.stage() == 2


def test_stages_out_of_order_fall_back_to_their_defaults():
    config, errors = load({"battery_low_mv": 12_500})
    assert errors == [
        ("battery_low_mv", "12500", "below battery_saving_mv 12200 and above battery_last_mv 11200")
    ]
    assert config.battery_low_mv == 11_800
    assert PATIENCE == 60
