from sign.core import faults, probation
from sign.core.probation import DEADLINE_S, SETTLED_S, losses, verdict


def test_nothing_is_said_before_silent_radars_would_be_noticed():
    assert verdict(SETTLED_S - 1, True, []) is None
    assert verdict(SETTLED_S - 1, False, ["radar_silent"]) is None


def test_a_sign_that_sees_and_reaches_its_broker_keeps_the_configuration():
    assert verdict(SETTLED_S, True, []) == ""
    assert verdict(DEADLINE_S + 1, True, []) == ""


def test_lost_sensors_end_the_trial_whatever_the_broker_says():
    assert verdict(SETTLED_S, True, ["second_silent", "no_sensor"]) == "second_silent no_sensor"


def test_a_broker_that_is_not_reached_ends_the_trial_at_the_deadline():
    assert verdict(DEADLINE_S - 1, False, []) is None
    assert verdict(DEADLINE_S, False, []) == "no broker in 600 s"


def test_what_weather_brings_is_no_loss():
    assert losses(["radar_blocked", "supply_low", "radar_silent"]) == ["radar_silent"]
    assert losses(["battery_saving"]) == ["battery_saving"]  # it would silence the radio some minutes later
    assert all([name in faults.names() for name in probation.LOSSES.split()])
