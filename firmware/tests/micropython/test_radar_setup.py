import asyncio
import time

import fakes  # the chip's modules, before those that import them

fakes.Machine.UART = None

from sign.compat import ticks_add
from sign.core import faults
from sign.proto.c4001 import PRESENCE, SPEED
from sign.proto.hlk_frame import PAYLOAD
from sign.proto.radar_command import HEADER, NO_MAC, VEHICLES, request
from sign.services import log, radar_setup

log.enable(False)
radar_setup._RESTART_MS = 20
VERSION = b"\x00\x00\x02\x01\x16\x24\x06\x22"
TELLS = {
    0xA0: VERSION,
    0xA5: NO_MAC,
    0x91: b"\x02\x00",
    0xC1: bytes(26),
    0x12: VEHICLES,
    0xFF: b"\x01\x00\x40\x00",
}


class Port:
    """A radar line whose module answers at once, as the tick would pass it on."""

    def __init__(self, answer):
        self.answer = answer
        self.written = []
        self.bauds = []
        self.exchange = None

    def set_baud(self, baud):
        self.bauds.append(baud)

    def command(self, exchange):
        self.exchange = exchange

    async def tick(self):
        """A hundred times as fast as it would be, or waiting for answers that never come would take long."""
        ahead_ms = 0
        while True:
            if self.exchange and self.exchange.busy:
                ahead_ms += 100
                now_ms = ticks_add(time.ticks_ms(), ahead_ms)
                out = self.exchange.poll(now_ms)
                if out:
                    self.written.append(out)
                    answer = self.answer(out)
                    self.exchange.feed(answer, 0, len(answer), now_ms)
            await asyncio.sleep_ms(1)


def hlk(tells=TELLS, refused=()):
    """Answers of a Hi-Link module."""

    def answer(out):
        code = out[PAYLOAD]
        body = bytes((code, 1, 1 if code in refused else 0, 0)) + tells.get(code, b"")
        return HEADER + bytes((len(body), 0)) + body + request(0)[-4:]

    return answer


class Radar:
    frames = 5
    mode = PRESENCE


class Detector:
    quiet = True

    def __init__(self, count):
        self.radars = [Radar() for _ in range(count)]


class Detection:
    def __init__(self):
        self.wanted = {}

    def want_fault(self, code, active):
        self.wanted[code] = active


class Armed:
    def __init__(self, *ports):
        self.ports = [port for _, port in ports]
        self.radars = [{"kind": kind} for kind, _ in ports]
        self.detector = Detector(len(ports))
        self.detection = Detection()
        self.reasons = {}


def set_up(*ports):
    armed = Armed(*ports)

    async def run():
        tasks = [asyncio.create_task(port.tick()) for _, port in ports]
        await radar_setup.run(armed)
        for task in tasks:
            task.cancel()

    asyncio.new_event_loop()
    asyncio.run(run())
    return armed


def codes(port):
    return [out[PAYLOAD] for out in port.written]


def test_modules_that_are_right_are_asked_and_left_alone():
    ports = [(kind, Port(hlk())) for kind in ("ld2450", "ld2410", "ld2451")]
    armed = set_up(*ports)
    assert [told["setup"] for told in armed.radars] == ["done"] * 3
    assert [told["bluetooth"] for told in armed.radars] == ["off"] * 3
    assert armed.radars[0]["version"] == "V1.02.22062416"
    assert [codes(port)[-1] for _, port in ports] == [0xFE] * 3
    assert not armed.detection.wanted


def test_bluetooth_is_switched_off_and_looked_at_again_after_the_restart():
    tells = dict(TELLS)
    tells[0xA5] = b"\x8f\x27\x2e\xb8\x0f\x65"
    port = Port(hlk(tells))
    armed = set_up(("ld2450", port))
    assert codes(port)[6:9] == [0xFF, 0xA4, 0xA3]
    assert codes(port)[9:] == codes(port)[:6]
    assert armed.radars[0]["bluetooth"] == "not known to be off"


def test_a_module_that_declines_is_a_fault_with_its_reason_and_the_next_one_is_set_up():
    declining = Port(hlk(refused=(0x91,)))
    armed = set_up(("ld2450", declining), ("ld2450", Port(hlk())))
    assert armed.radars[0]["setup"] == "command 4 of 6 refused"
    assert armed.radars[1]["setup"] == "done"
    assert codes(declining)[-1] == 0xFE
    (code,) = armed.detection.wanted
    assert faults.names()[code] == "radar_setup"
    assert armed.reasons == {"radar_setup": "port 0 ld2450: command 4 of 6 refused"}


def test_whatever_goes_wrong_stops_nothing():
    port = Port(hlk())
    port.command = None
    armed = set_up(("ld2450", port))
    assert "radar_setup" in armed.reasons


def test_a_ld2451_is_looked_for_at_its_other_baud_rate():
    port = Port(lambda out: hlk()(out) if port.bauds[-1] == 256_000 else b"")
    armed = set_up(("ld2451", port))
    assert port.bauds == [115_200, 256_000]
    assert armed.radars[0]["setup"] == "done"


def c4001(out):
    told = {b"getSWV": b"Response V1.0.1\r\n", b"getRange": b"Response 0.600 25.000\r\n"}
    return told.get(out.strip(), b"") + b"Done\r\nDFRobot:/>"


def test_a_c4001_is_changed_only_when_it_reports_presence_alone():
    port = Port(c4001)
    armed = Armed(("c4001", port))
    for mode, written in ((SPEED, 2), (PRESENCE, 7)):
        Radar.mode = mode
        port.written = []
        armed = set_up(("c4001", port))
        assert armed.radars[0]["setup"] == "done"
        assert len(port.written) == written, port.written
    assert armed.radars[0]["version"] == "V1.0.1"
