"""Each limit of the self-test, on findings as a sound sign tells them but for one thing."""

import pytest

from gangvakt.cli.selftest import last_line
from gangvakt.provision import device
from gangvakt.provision import selftest_rows as rows
from gangvakt.provision.board import load_board
from gangvakt.provision.selftest import SelftestReport
from gangvakt.provision.selftest_rows import Row, Verdict

SPEC = load_board("virtual")
CONFIG = {
    "pir_enabled": True,
    "button_enabled": True,
    "light_enabled": True,
    "thermometer_enabled": True,
    "lamp_current_mv": 600,
    "lamp_low_pct": 70,
    "lamp_high_pct": 140,
    "supply_low_mv": 10_000,
    "supply_high_mv": 15_000,
}
RADAR = {
    "kind": "ld2450",
    "frames": 0,
    "bad_frames": 0,
    "target_mm": None,
    "setup": "done",
    "version": "V1",
    "bluetooth": "off",
}
LAMP = {"lamp": "left", "alone": True, "mv": 528, "dim_pct": 88, "cut_by": None}
CHIP = {
    "ticks": 0,
    "ticks_late": 0,
    "worst_gap_ms": 20,
    "heap_free": 20_000,
    "data": [400_000, 524_288],
    "clock_right": True,
}
NETWORK = {
    "kind": "wifi",
    "up": True,
    "why": "got_ip",
    "address": "10.0.0.7",
    "rssi_dbm": -60,
    "broker": True,
    "sessions": 1,
    "paused": False,
    "closed": {},
}


def verdicts(found):
    return {row.what: row.verdict for row in found}


def radar(frames=30, ms=3000, expected="ld2450", **after):
    before = {"ms": 1000, "radars": [RADAR]}
    later = {"ms": 1000 + ms, "radars": [{**RADAR, "frames": frames, **after}]}
    return verdicts(rows.radar_rows(before, later, {0: expected}))


@pytest.mark.parametrize(
    ("frames", "verdict"),
    [(30, "ok"), (24, "ok"), (36, "ok"), (23, "fail"), (37, "fail"), (0, "fail")],
)
def test_a_radar_reports_ten_times_a_second(frames, verdict):
    assert radar(frames)["radar 0, frames"] == verdict


def test_a_vehicle_radar_may_be_silent():
    assert radar(0, kind="ld2451", expected="ld2451")["radar 0, frames"] is Verdict.WARN


def test_bluetooth_that_is_not_read_back_as_off_fails():
    assert radar()["radar 0, Bluetooth"] is Verdict.OK
    assert radar(bluetooth="not known to be off")["radar 0, Bluetooth"] is Verdict.FAIL
    assert "radar 0, Bluetooth" not in radar(kind="c4001")


def test_broken_frames_and_a_failed_set_up_fail():
    assert radar(bad_frames=1)["radar 0, broken frames"] is Verdict.OK
    assert radar(bad_frames=3)["radar 0, broken frames"] is Verdict.FAIL
    assert radar(setup="command 1 of 6 not answered")["radar 0, set-up"] is Verdict.FAIL
    assert radar()["radar 1"] is Verdict.NOT_FITTED


@pytest.mark.parametrize(
    ("change", "shone", "verdict"),
    [
        ({}, None, "ok"),
        ({"mv": 0}, None, "fail"),
        ({"mv": 300}, None, "fail"),
        ({"mv": 800}, None, "fail"),
        ({"mv": None}, None, "warn"),
        ({"mv": None}, True, "ok"),
        ({"mv": None}, False, "fail"),
        ({"alone": False}, None, "warn"),
        ({"cut_by": "a warning"}, None, "fail"),
        ({}, False, "fail"),
    ],
)
def test_a_lamp_is_judged_by_current_or_by_the_technician(change, shone, verdict):
    assert rows.lamp_row("left", {**LAMP, **change}, CONFIG, shone).verdict == verdict


def test_without_current_sensing_only_the_technician_knows():
    blind = {**CONFIG, "lamp_current_mv": 0}
    assert rows.lamp_row("left", LAMP, blind, None).verdict is Verdict.WARN
    assert rows.lamp_row("left", LAMP, blind, True).verdict is Verdict.OK


POWER = {"light_mv": 900, "supply_mv": 12_000, "air_cdeg": 450, "chip_c": 50}


@pytest.mark.parametrize(
    ("change", "what", "verdict"),
    [
        ({}, "supply", "ok"),
        ({"supply_mv": 9_900}, "supply", "fail"),
        ({"supply_mv": 15_100}, "supply", "fail"),
        ({"supply_mv": None}, "supply", "fail"),
        ({"light_mv": None}, "light", "fail"),
        ({"light_mv": 0}, "light", "fail"),
        ({"light_mv": 1}, "light", "ok"),
        ({"light_mv": 2_449}, "light", "ok"),
        ({"light_mv": 2_450}, "light", "fail"),
        ({"air_cdeg": None}, "temperature", "fail"),
        ({"air_cdeg": 8_500}, "temperature", "fail"),
        ({"air_cdeg": -3_000}, "temperature", "ok"),
        ({"chip_c": 120}, "chip temperature", "fail"),
        ({"chip_c": None}, "chip temperature", "not fitted"),
    ],
)
def test_what_is_measured_has_limits(change, what, verdict):
    assert verdicts(rows.power_rows({**POWER, **change}, CONFIG, SPEC))[what] == verdict


def test_a_light_sensor_at_the_converter_s_end_is_doubted():
    row = next(row for row in rows.power_rows({**POWER, "light_mv": 0}, CONFIG, SPEC) if row.what == "light")
    assert row.found == "0 mV, sensor not connected?"


def test_lamps_that_nobody_looked_at_are_one_note():
    unseen = [rows.lamp_row(name, {**LAMP, "mv": None}, CONFIG, None) for name in ("left", "right")]
    measured = rows.lamp_row("left", LAMP, CONFIG, None)
    assert device.Tested(SelftestReport({}, tuple(unseen))).notes == [device.LAMPS_UNSEEN]
    assert device.Tested(SelftestReport({}, (measured,))).notes == []


def test_what_the_site_does_not_use_is_not_fitted():
    off = {**CONFIG, "light_enabled": False, "thermometer_enabled": False, "pir_enabled": False}
    off |= {"supply_low_mv": 0, "supply_high_mv": 0}
    found = verdicts(rows.power_rows(POWER, off, SPEC))
    assert {found[what] for what in ("light", "supply", "temperature")} == {Verdict.NOT_FITTED}
    assert rows.pir_row({}, off).verdict is Verdict.NOT_FITTED


@pytest.mark.parametrize(
    ("change", "what", "verdict"),
    [
        ({}, "memory", "ok"),
        ({"heap_free": 5_000}, "memory", "warn"),
        ({"heap_free": 2_000}, "memory", "fail"),
        ({"data": None}, "flash", "fail"),
        ({"data": [8_000, 524_288]}, "flash", "fail"),
        ({"ticks": 0}, "tick", "fail"),
        ({"ticks_late": 2}, "tick", "warn"),
        ({"ticks_late": 20}, "tick", "fail"),
        ({"worst_gap_ms": 2_000}, "tick", "warn"),
        ({"clock_right": False}, "clock", "warn"),
    ],
)
def test_the_chip_has_limits(change, what, verdict):
    assert verdicts(rows.chip_rows(CHIP, {**CHIP, "ticks": 300, **change}, False))[what] == verdict


@pytest.mark.parametrize(
    ("change", "limit"),
    [
        ({}, "up to 5 of 1000 late, no gap over 1200 ms"),
        ({"ticks": 0}, "100 a second"),
        ({"ticks_late": 2}, "up to 5 of 1000 late"),
        ({"ticks_late": 20}, "up to 50 of 1000 late"),
        ({"worst_gap_ms": 1_201}, "no gap over 1200 ms"),
        ({"ticks_late": 2, "worst_gap_ms": 1_201}, "up to 5 of 1000 late, no gap over 1200 ms"),
    ],
)
def test_the_tick_s_row_shows_the_limit_that_decided(change, limit):
    found = rows.chip_rows(CHIP, {**CHIP, "ticks": 300, **change}, False)
    assert next(row.limit for row in found if row.what == "tick") == limit


@pytest.mark.parametrize(
    ("change", "needed", "found"),
    [
        ({}, True, ("ok", "ok")),
        ({"rssi_dbm": -85}, True, ("warn", "ok")),
        ({"rssi_dbm": None, "kind": "lan"}, True, ("ok", "ok")),
        ({"up": False, "broker": False}, True, ("fail", "fail")),
        ({"up": False, "broker": False}, False, ("warn", "warn")),
        ({"broker": False, "paused": True}, True, ("ok", "ok")),
        ({"broker": False, "paused": True, "sessions": 0}, True, ("ok", "fail")),
        ({"kind": None}, True, ("fail", "fail")),
    ],
)
def test_network_and_broker_are_needed_or_not_yet(change, needed, found):
    by_what = verdicts(rows.network_rows({**NETWORK, **change}, needed=needed))
    assert (by_what["network"], by_what["broker"]) == found


def test_a_start_that_takes_longer_than_the_board_allows_fails():
    limit_ms = SPEC.tolerances.armed_ms
    assert rows.start_row({"armed_ms": limit_ms}, SPEC).verdict is Verdict.OK
    assert rows.start_row({"armed_ms": limit_ms + 1}, SPEC).verdict is Verdict.FAIL


def test_a_standing_fault_fails_and_is_told_with_its_reason():
    assert rows.fault_row({"faults": []}).verdict is Verdict.OK
    row = rows.fault_row({"faults": [{"code": "radar_setup", "why": "not answered"}]})
    assert (row.found, row.verdict) == ("radar_setup not answered", Verdict.FAIL)


def test_late_ticks_are_judged_by_their_own_row():
    assert rows.fault_row({"faults": [{"code": "tick_late"}]}).verdict is Verdict.WARN
    both = [{"code": "tick_late"}, {"code": "store"}]
    assert rows.fault_row({"faults": both}).verdict is Verdict.FAIL


def test_another_board_or_no_identity_fails():
    assert rows.board_row({"board": "virtual"}, SPEC).verdict is Verdict.OK
    assert rows.board_row({"board": "other"}, SPEC).verdict is Verdict.FAIL
    assert rows.identity_row({"sign": None}).verdict is Verdict.FAIL


def test_a_warning_alone_does_not_fail_a_report():
    warned = Row("PIR", "at rest", "changes", Verdict.WARN)
    failed = Row("tick", "stands still", "100 a second", Verdict.FAIL)
    assert SelftestReport({}, (warned,)).ok
    assert not SelftestReport({}, (warned, failed)).ok
    assert SelftestReport({"sign": "a/b/c"}, (failed,)).as_json()["rows"][0]["verdict"] == "fail"


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ("", "[green]passed[/]"),
        ("w", "[green]passed[/], 1 warning"),
        ("www", "[green]passed[/], 3 warnings"),
        ("f", "[bold red]failed: radar 0, frames (1 of 2)[/]"),
        ("ffw", "[bold red]failed: radar 0, frames; radar 1, frames (2 of 4)[/], 1 warning"),
    ],
)
def test_the_last_line_names_what_failed_and_counts_the_warnings(verdicts, said):
    by_letter = {"f": Verdict.FAIL, "w": Verdict.WARN}
    told = [Row(f"radar {at}, frames", "-", "-", by_letter[letter]) for at, letter in enumerate(verdicts)]
    assert last_line(SelftestReport({}, (Row("board", "-", "-", Verdict.OK), *told))) == said
