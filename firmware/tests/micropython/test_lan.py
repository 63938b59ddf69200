import sys

WIRING = {
    "phy": "PHY_LAN8710",
    "phy_addr": 0,
    "mdc": 23,
    "mdio": 18,
    "ref_clk": 17,
    "ref_clk_mode": "out",
}


class Machine:
    class Pin:
        IN, OUT = 1, 3

        def __init__(self, number):
            self.number = number


class Network:
    PHY_LAN8710 = 7
    made = None

    class LAN:
        def __init__(self, **given):
            Network.made = given
            self.is_active = False

        def active(self, on):
            self.is_active = on


sys.modules["machine"] = Machine
sys.modules["network"] = Network

from sign.hal.lan import LanLink


def started(**changes):
    wiring = dict(WIRING)
    wiring.update(changes)
    LanLink(wiring).start()
    return Network.made


def test_the_network_chip_is_driven_by_the_board_s_wiring():
    given = started(power=12)
    pins = {name: given[name].number for name in ("mdc", "mdio", "power", "ref_clk")}
    assert pins == {"mdc": 23, "mdio": 18, "power": 12, "ref_clk": 17}
    assert (given["phy_type"], given["phy_addr"]) == (7, 0)


def test_a_network_chip_that_is_always_powered_has_no_such_pin():
    assert started()["power"] is None


def test_the_clock_goes_the_way_that_the_board_says():
    assert started()["ref_clk_mode"] == Machine.Pin.OUT
    assert started(ref_clk_mode="in")["ref_clk_mode"] == Machine.Pin.IN
