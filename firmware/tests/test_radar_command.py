import binascii

from sign.proto import radar_command as rc
from sign.proto.exchange import DONE, FAILED, REFUSED, RETRIES, SILENT
from sign.proto.radar_command import RadarCommand

REPORT = b"\xaa\xff\x03\x00" + bytes(24) + b"\x55\xcc"


def frame(text):
    body = binascii.unhexlify(text.replace(" ", ""))
    return rc.HEADER + bytes((len(body), 0)) + body + rc.FOOTER


SET_UP = (rc.ENABLE, rc.VERSION, rc.MULTI_TARGET, rc.BLUETOOTH_OFF, rc.RESTART)
ACKS = {
    0xFF: frame("ff01 0000 0100 4000"),
    0xFE: frame("fe01 0000"),
    0x90: frame("9001 0000"),
    0x91: frame("9101 0000 0200"),
    0xA0: frame("a001 0000 0000 0201 16240622"),
    0xA3: frame("a301 0000"),
    0xA4: frame("a401 0000"),
    0xA5: frame("a501 0000 8f27 2eb8 0f65"),
    0x12: frame("1201 0000 6402 0102"),
    0x63: frame("6301 0000"),
    0xC1: frame("c101 0000 0100 e803 0010 18fc 0000" + "0000" * 8),
}


def answering(others):
    """ACKS with some of them replaced."""
    acks = dict(ACKS)
    acks.update(others)
    return acks


class Wire:
    """A radar that answers, and what the commander wrote to it."""

    def __init__(self, acks=ACKS):
        self.commander = RadarCommand()
        self.acks = dict(acks)
        self.written = []
        self.now_ms = 0

    def run(self, script, for_ms=30_000):
        self.commander.start(script, self.now_ms)
        end_ms = self.now_ms + for_ms
        while self.commander.busy and self.now_ms < end_ms:
            out = self.commander.poll(self.now_ms)
            if out:
                self.written.append(out)
                self.hear(self.acks.get(out[6], b""))
            self.now_ms += 10
        return self.commander

    def hear(self, data):
        self.commander.feed(data, 0, len(data), self.now_ms)

    def codes(self):
        return [out[6] for out in self.written]


def refusal(make, *values):
    """The text of the ValueError."""
    try:
        make(*values)
    except ValueError as error:
        return str(error)
    return "none"


def test_the_makers_requests():
    assert binascii.unhexlify("fdfcfbfa0400ff00010004030201") == rc.ENABLE
    assert binascii.unhexlify("fdfcfbfa0200fe0004030201") == rc.END
    assert binascii.unhexlify("fdfcfbfa0200900004030201") == rc.MULTI_TARGET
    assert binascii.unhexlify("fdfcfbfa0400a400000004030201") == rc.BLUETOOTH_OFF
    assert rc.baud(256_000) == binascii.unhexlify("fdfcfbfa0400a100070004030201")


def test_zones_are_twos_complement():
    sent = rc.zones(1, ((1000, 4096, -1000, 0),))
    assert len(sent) == 38
    assert sent[4:18] == binascii.unhexlify("1c00c2000100e803001018fc0000")
    assert sent[18:] == bytes(16) + rc.FOOTER


def test_values_that_no_module_knows_are_refused():
    for make, value in ((rc.baud, (250_000,)), (rc.zones, (1, ((0, 0, 1, 1),) * 4))):
        assert "allowed" in refusal(make, *value), value


def test_a_script_runs_in_order_and_keeps_what_it_was_told():
    wire = Wire()
    commander = wire.run(rc.check("ld2450"))
    assert commander.state == DONE
    assert wire.codes() == [0xFF, 0xA0, 0xA5, 0x91, 0xC1, 0xFE]
    assert commander.mode == rc.MULTI
    assert commander.version_text() == "V1.02.22062416"
    assert commander.zone_mode == 1
    assert list(commander.zones[:4]) == [1000, 4096, -1000, 0]
    assert commander.retries == 0


def test_a_module_that_is_set_as_it_should_be_is_left_alone():
    off = frame("a501 0000 0805 0403 0201")
    unzoned = frame("c101 0000 0000" + "0000" * 12)
    wanted = {0xA5: off, 0xC1: unzoned, 0x12: frame("1201 0000" + binascii.hexlify(rc.VEHICLES).decode())}
    for kind in ("ld2450", "ld2410", "ld2451"):
        assert rc.changes(kind, Wire(answering(wanted)).run(rc.check(kind))) == (), kind


def test_what_differs_is_set_and_bluetooth_takes_a_restart():
    off = {0xA5: frame("a501 0000 0805 0403 0201")}
    told = Wire(answering(off)).run(rc.check("ld2450"))
    assert rc.changes("ld2450", told) == (rc.ENABLE, rc.zones(0, ()), rc.END)
    single = {0x91: frame("9101 0000 0100"), 0xC1: frame("c101 0000 0000" + "0000" * 12)}
    told = Wire(answering(single)).run(rc.check("ld2450"))
    assert rc.changes("ld2450", told) == (rc.ENABLE, rc.MULTI_TARGET, rc.BLUETOOTH_OFF, rc.RESTART)
    told = Wire().run(rc.check("ld2451"))
    assert rc.changes("ld2451", told) == (rc.ENABLE, rc.SET_VEHICLES, rc.BLUETOOTH_OFF, rc.RESTART)


def test_the_set_up_switches_bluetooth_off_and_restarts():
    wire = Wire()
    assert wire.run(SET_UP).state == DONE
    assert wire.written[-2:] == [rc.BLUETOOTH_OFF, rc.RESTART]


def test_nothing_is_polled_twice_and_nothing_before_its_time():
    commander = RadarCommand()
    assert commander.poll(0) is None
    commander.start((rc.ENABLE, rc.END), 0)
    assert commander.poll(0) == rc.ENABLE
    assert commander.poll(10) is None
    commander.feed(ACKS[0xFF], 0, len(ACKS[0xFF]), 20)
    assert commander.poll(30) is None  # the module wants a pause
    assert commander.poll(100) == rc.END


def test_a_silent_module_is_asked_four_times_and_then_let_go():
    wire = Wire({})
    commander = wire.run(rc.check("ld2450"))
    assert (commander.state, commander.failed, commander.why) == (FAILED, 0, SILENT)
    assert wire.codes() == [0xFF] * (1 + RETRIES) + [0xFE] * (1 + RETRIES)


def test_a_lost_answer_costs_one_retry():
    commander = RadarCommand()
    commander.start((rc.ENABLE,), 0)
    assert commander.poll(0) == rc.ENABLE
    assert commander.poll(499) is None
    assert commander.poll(500) == rc.ENABLE
    commander.feed(ACKS[0xFF], 0, len(ACKS[0xFF]), 510)
    assert (commander.state, commander.retries) == (DONE, 1)


def test_a_refusal_is_final_but_the_configuration_is_left():
    wire = Wire()
    wire.acks[0x90] = frame("9001 0100")
    commander = wire.run(SET_UP[:-1] + (rc.END,))
    assert (commander.state, commander.failed, commander.why, commander.status) == (FAILED, 2, REFUSED, 0)
    assert wire.codes() == [0xFF, 0xA0, 0x90, 0xFE]


def test_answers_are_found_between_reports_and_garbage():
    commander = RadarCommand()
    commander.start((rc.ENABLE,), 0)
    commander.poll(0)
    data = REPORT + b"\xfd\xfc" + REPORT[:11] + ACKS[0xFF] + REPORT
    for i in range(len(data)):
        commander.feed(data, i, i + 1, i)
    assert commander.state == DONE


def test_answers_to_something_else_are_ignored():
    commander = RadarCommand()
    commander.start((rc.MULTI_TARGET,), 0)
    commander.poll(0)
    for other in (ACKS[0xFF], rc.MULTI_TARGET, frame("9001")):
        commander.feed(other, 0, len(other), 10)
    assert commander.busy
    commander.feed(ACKS[0x90], 0, len(ACKS[0x90]), 20)
    assert commander.state == DONE


def test_a_module_that_reports_again_has_left_the_configuration():
    commander = RadarCommand()
    commander.start((rc.END,), 0)
    commander.poll(0)
    for _ in range(3):
        commander.feed(REPORT, 0, len(REPORT), 100)
    assert commander.state == DONE


def test_reports_end_nothing_but_the_configuration():
    commander = RadarCommand()
    commander.start((rc.ENABLE, rc.END), 0)
    commander.poll(0)
    for _ in range(9):
        commander.feed(REPORT, 0, len(REPORT), 100)
    assert commander.busy


def test_the_wrap_of_the_ticks_is_no_time_out():
    commander = RadarCommand()
    commander.start((rc.ENABLE,), 0x3FFFFFF0)
    assert commander.poll(0x3FFFFFF0) == rc.ENABLE
    assert commander.poll(5) is None
    assert commander.poll(600) == rc.ENABLE
