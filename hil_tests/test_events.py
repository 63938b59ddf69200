import time

import pytest
from hil_tests.rig import ask, lit, wait_until
from hil_tests.walks import to_the_kerb

ONLINE_S = 30
WARNING = ["activation_on", "activation_off"]


@pytest.fixture
def street(enrolled, rig, radar):
    """A started sign with identity, and people before it. It goes before its controller does."""
    rig.start(enrolled)
    rig.expect("armed ")
    with radar:
        yield radar


def held(rig):
    return ask(rig, "status")["telemetry"]["outbox"]["held"]


def is_of_the_sign(event):
    """A computer with much else to do makes the sign's ticks late, which it tells truly."""
    return event.get("code") != "tick_late"


def kinds_held(rig):
    return [event["kind"] for event in ask(rig, "events")["events"] if is_of_the_sign(event)]


def test_a_sign_reports_status_configuration_and_its_boot(rig, street, controller):
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    status = controller.on("/status")[-1]
    assert (status["online"], status["boot"], status["q"]) == (True, 1, "uptime")
    assert controller.on("/config/reported")[-1]["values"]["hold_min_ms"] == 3000
    wait_until(lambda: held(rig) == 0, 10, "empty outbox")
    wait_until(lambda: controller.on("/telemetry"), 15, "telemetry")
    link = controller.on("/telemetry")[-1]["link"]
    assert (link["kind"], type(link["rssi_dbm"])) == ("wifi", int)


def test_a_warning_reaches_the_controller_once_acknowledged_it_is_let_go(rig, street, controller):
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    street.play(to_the_kerb())
    wait_until(lambda: controller.events("activation_off"), 30, "activation_off")
    (begun,) = controller.events("activation_on")
    assert begun["reason"] == "approach"
    assert 0 < begun["t_kerb_ms"] <= 4000
    wait_until(lambda: held(rig) == 0, 10, "empty outbox")
    assert [status["lamps"]["on"] for status in controller.on("/status")[-2:]] == [True, False]


def test_without_a_broker_it_warns_all_the_same_and_reports_later(rig, street, controller):
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    wait_until(lambda: held(rig) == 0, 10, "empty outbox")
    controller.stop()
    street.play(to_the_kerb())
    wait_until(lambda: lit(rig), 6, "light")
    street.finish()
    wait_until(lambda: kinds_held(rig) == WARNING, 30, "both events of the warning held")
    controller.start()
    wait_until(lambda: controller.events("activation_off"), 60, "activation_off")
    wait_until(lambda: held(rig) == 0, 10, "empty outbox")


def test_what_the_controller_does_not_acknowledge_is_kept(rig, street, controller):
    controller.acknowledging = False
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    assert held(rig) > 0
    controller.acknowledging = True
    wait_until(lambda: held(rig) == 0, 40, "empty outbox")


def test_events_outlive_a_loss_of_power_and_are_told_once_each_in_their_order(rig, street, controller):
    wait_until(lambda: controller.events("boot"), ONLINE_S, "boot event")
    wait_until(lambda: held(rig) == 0, 10, "empty outbox")
    controller.stop()
    controller.messages.clear()
    street.play(to_the_kerb())
    wait_until(lambda: lit(rig), 6, "light")
    street.finish()
    wait_until(lambda: kinds_held(rig) == WARNING, 30, "both events of the warning held")
    wait_until(lambda: ask(rig, "status")["details"]["unwritten"] == 0, 5, "both in flash")
    rig.power_cycle()
    rig.expect("armed ")
    controller.start()
    wait_until(lambda: controller.events("resumed"), 60, "what flash held")
    wait_until(lambda: held(rig) == 0, 10, "empty outbox")
    told = [(batch["boot"], event) for batch in controller.on("/event") for event in batch["events"]]
    kinds = [(boot, event["kind"]) for boot, event in told if is_of_the_sign(event)]
    assert kinds[:3] == [(1, "activation_on"), (1, "activation_off"), (2, "boot")]
    numbers = [(boot, event["seq"]) for boot, event in told]
    assert numbers == sorted(set(numbers))
    (resumed,) = controller.events("resumed")
    assert (resumed["last_boot"], resumed["dropped"], resumed["damaged"]) == (1, 0, 0)
    assert [batch["over"] for batch in controller.on("/event")][:1] == [True]


def test_the_controllers_time_comes_with_its_acknowledgement(rig, street, controller):
    controller.telling_time = True
    wait_until(lambda: controller.events("clock_set"), ONLINE_S, "the time is noted")
    (noted,) = controller.events("clock_set")
    assert abs(noted["utc_ms"] - time.time() * 1000) < 10_000
    status = ask(rig, "status")["status"]
    assert status["q"] == "utc"
    assert abs(status["t"] - time.time() * 1000) < 2_000
