from sign.core import events
from sign.core.outbox import Outbox
from sign.core.uptime import Uptime


def described(kind, code=0, a=0, b=0, c=0):
    uptime = Uptime(0)
    uptime.update(123_456)
    outbox = Outbox(1, 3)
    outbox.add(kind, uptime, code, a, b, c)
    return events.describe(outbox.peek(1)[0])


def test_an_activation_on_the_wire():
    assert described(events.ACTIVATION_ON, 1, 2100, 3200, 2) == {
        "seq": 1,
        "kind": "activation_on",
        "up": 123_456,
        "reason": "approach",
        "t_kerb_ms": 2100,
        "range_mm": 3200,
        "track": 2,
    }


def test_an_unknown_time_to_the_kerb_is_null():
    assert described(events.ACTIVATION_ON, 4, -1)["t_kerb_ms"] is None


def test_the_other_kinds_name_their_cause():
    assert described(events.ACTIVATION_OFF, 1, 300_000)["cause"] == "stuck_cap"
    assert described(events.ACTIVATION_OFF, 1, 300_000)["on_ms"] == 300_000
    assert described(events.BOOT, 2)["cause"] == "watchdog"
    assert described(events.FAULT_ON, 1)["code"] == "radar_silent"
    assert described(events.CONFIG_ERROR, 0)["field"] == "version"
    assert described(events.CONFIG_ERROR, events.WHOLE_FILE)["field"] == "config"


def test_how_utc_and_uptime_belong_together_is_an_event():
    assert described(events.CLOCK_SET, 0, 20_833, 12_345)["utc_ms"] == 20_833 * 86_400_000 + 12_345


def test_what_flash_held_at_the_start_is_an_event():
    event = described(events.RESUMED, 2, 16, 41, 126)
    assert (event["last_boot"], event["last_seq"], event["dropped"], event["damaged"]) == (16, 41, 126, 2)


def test_vehicles_by_speed_are_an_event():
    event = described(events.VEHICLES, 1 << 12 | 3600, 3 | 2 << 10 | 1023 << 20, 0, 7 << 10)
    assert event["period_s"] == 3600
    assert event["from_kmh"] == 45
    assert event["counts"] == "3 2 1023 0 0 0 0 7 0"


def test_numbers_of_a_newer_firmware_stay_readable():
    assert described(events.BOOT, 77)["cause"] == "code-77"
    assert described(99)["kind"] == "code-99"
