import sys

import fakes  # the chip's modules, before those that import them


class Pin:
    """Level by number; what cannot be made is in `broken`."""

    IN, OUT = 0, 1
    levels = {}
    broken = ()

    def __init__(self, number, mode=None, value=None):
        if number in Pin.broken:
            raise ValueError("invalid pin")
        self.number = number
        if value is not None:
            Pin.levels[number] = value

    def __call__(self, *value):
        if not value:
            return Pin.levels.get(self.number, 0)
        Pin.levels[self.number] = 1 if value[0] else 0


class PWM:
    works = True
    duty = None

    def __init__(self, pin, freq, duty_u16):
        if not PWM.works:
            raise RuntimeError("out of PWM channels")

    def duty_u16(self, value):
        PWM.duty = value


class UART:
    waiting = b""

    def __init__(self, number, **settings):
        pass

    def read(self):
        data, UART.waiting = UART.waiting, None
        return data


class WDT:
    pass


for name, fake in (("Pin", Pin), ("PWM", PWM), ("UART", UART), ("WDT", WDT)):
    setattr(fakes.Machine, name, fake)
sys.modules.pop("last", None)
import last

PINS = {"lamp_left": 25, "lamp_right": 26, "dim": 27, "pir": 34, "status_led": 2}
BOARD = {"pins": PINS, "radar": {"uart": 2, "rx": 16, "tx": 17}}
HEADER, FOOTER = b"\xaa\xff\x03\x00", b"\x55\xcc"
MOVING = HEADER + b"\x10\x82\x10\x86\x30\x80\x68\x01" + bytes(16) + FOOTER
STANDING = HEADER + b"\x10\x82\x10\x86\x00\x80\x68\x01" + bytes(16) + FOOTER
EMPTY = HEADER + bytes(24) + FOOTER


def lit_while(hold, demands, step_ms=1_000, begin_ms=0):
    """How long it is lit, in steps, while the demand is what it says."""
    lit = 0
    for number, demand in enumerate(demands):
        hold.update(demand, begin_ms + number * step_ms)
        lit += hold.lit
    return lit


def seen(*frames):
    """What the radar says after each of them."""
    radar, found = last.Presence(BOARD["radar"]), []
    for frame in frames:
        UART.waiting = frame
        found.append(radar.read())
    return found


def sign(flags=last.UNKNOWN):
    Pin.levels, Pin.broken, PWM.works, PWM.duty = {}, (), True, None
    return last.sign_of(BOARD, flags)


def test_light_lasts_from_the_demand_to_eight_seconds_after_it():
    hold = last.Hold()
    assert lit_while(hold, [0] * 5 + [1] * 3 + [0] * 30) == 10
    assert not hold.lit


def test_a_demand_without_end_is_cut_and_counts_again_after_a_pause():
    hold = last.Hold()
    assert lit_while(hold, [1] * 900) == 300
    assert lit_while(hold, [0] * 3 + [1] * 10, begin_ms=900_000) == 10


def test_the_lamps_take_turns_and_the_led_calls_for_help():
    shown = sign()
    turns = set()
    for ms in range(0, 2_000, 100):
        shown.show(True, ms)
        turns.add((Pin.levels[25], Pin.levels[26]))
    assert turns == {(0, 1), (1, 0)}
    assert PWM.duty == 65_535
    shown.show(False, 2_000)
    assert (Pin.levels[25], Pin.levels[26], PWM.duty) == (0, 0, 0)


def test_brightness_is_that_of_the_last_good_start_and_a_shadow_stays_dark():
    for flags, duty in ((40 | last.HAS_PIR, 26_214), (last.HAS_PIR, 0)):
        sign(flags).show(True, 0)
        assert PWM.duty == duty


def test_without_pwm_it_shines_in_full():
    sign()
    PWM.works = False
    last.sign_of(BOARD, last.UNKNOWN).show(True, 0)
    assert Pin.levels[27] == 1


def test_it_is_lit_by_the_pir_only_where_there_is_one():
    shown = sign()
    Pin.levels[34] = 1
    assert shown.somebody()
    assert not sign(100).somebody()


def test_a_broken_pir_or_radar_costs_the_lamps_nothing_and_broken_lamps_no_reset():
    sign()
    Pin.broken = (34,)
    assert last.sign_of(BOARD, last.UNKNOWN) is not None
    Pin.broken = (25,)
    assert last.sign_of(BOARD, last.UNKNOWN) is None
    for nothing in (None, {}, {"pins": {}}, {"pins": []}, []):
        assert last.sign_of(nothing, last.UNKNOWN) is None


def test_the_radar_asks_for_light_when_somebody_moves_in_two_frames():
    assert seen(MOVING, MOVING, MOVING, EMPTY, MOVING) == [False, True, True, False, False]
    assert seen(STANDING, STANDING, EMPTY) == [False] * 3


def test_frames_may_come_in_pieces_and_among_garbage():
    assert seen(b"\x00\xaa\xff" + MOVING[:7], MOVING[7:] + b"\xff" * 9, MOVING)[-1]
    noise = bytes(range(256)) * 8
    assert not any(seen(noise, None, noise))
    radar = last.Presence(BOARD["radar"])
    for _ in range(50):
        UART.waiting = noise + HEADER
        radar.read()
        assert len(radar._held) < 64
