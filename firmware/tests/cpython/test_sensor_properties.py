"""Whatever the sensors' lines carry: what is whole is found, every byte is accounted for, nothing breaks."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sign.proto import c4001_command, ds18b20, radar_command
from sign.proto.c4001 import C4001
from sign.proto.c4001_command import C4001Command
from sign.proto.exchange import DONE, FAILED, RETRIES
from sign.proto.hlk_frame import PAYLOAD, HlkFrame
from sign.proto.ld2410 import FOOTER, HEADER, Ld2410
from sign.proto.ld2451 import MAX_TARGETS, Ld2451
from sign.proto.radar_command import RadarCommand

# Rich in what the parsers look for.
marks = st.sampled_from([HEADER, HEADER + b"\r\0", FOOTER, HEADER[:2], b"\x23\0", b"U\0", b"$DFDMD,", b"*"])
noise = st.lists(marks | st.binary(max_size=12)).map(b"".join)
cuts = st.lists(st.integers(0, 10_000), max_size=12)
u8, u16 = st.integers(0, 255), st.integers(0, 0xFFFF)


def pieces(data, where):
    """The data cut at the given places (modulo its length)."""
    edges = sorted({0, len(data), *(w % (len(data) + 1) for w in where)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def payloads(parser, chunks):
    """The payload of every frame."""
    found = []
    for chunk in chunks:
        at = 0
        while True:
            at = parser.feed(chunk, at, len(chunk))
            if not parser.ready:
                assert at == len(chunk)
                break
            found.append(bytes(parser.frame[PAYLOAD : PAYLOAD + parser.length]))
    return found


def framed(payload, header=HEADER, footer=FOOTER):
    return header + len(payload).to_bytes(2, "little") + payload + footer


def accounted(parser, found):
    """Bytes of frames, of garbage, and those that wait for more."""
    waiting = parser._held - parser._taken
    return sum(10 + len(payload) for payload in found) + parser.skipped_bytes + waiting


basic = st.binary(min_size=9, max_size=9).map(lambda body: b"\x02\xaa" + body + b"\x55\x00")
engineering = st.binary(min_size=31, max_size=31).map(lambda body: b"\x01\xaa" + body + b"\x55\x00")
presence = st.lists(basic | engineering, max_size=6)
vehicle = st.tuples(u8, u8, u8, u8, u8).map(bytes)
vehicles = st.lists(
    st.lists(vehicle, max_size=MAX_TARGETS).map(lambda v: bytes((len(v), 1)) + b"".join(v)) | st.just(b""),
    max_size=6,
)


@given(presence, cuts)
def test_presence_reports_survive_any_split(sent, where):
    radar = Ld2410()
    assert payloads(radar, pieces(b"".join(map(framed, sent)), where)) == sent
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (len(sent), 0, 0)


@given(vehicles, cuts)
def test_vehicle_reports_survive_any_split(sent, where):
    radar = Ld2451()
    assert payloads(radar, pieces(b"".join(map(framed, sent)), where)) == sent
    assert (radar.frames, radar.skipped_bytes, radar.bad_frames) == (len(sent), 0, 0)


@given(st.sampled_from([Ld2410, Ld2451, lambda: HlkFrame(HEADER, FOOTER, 20)]), noise, cuts)
def test_any_bytes_are_accounted_for(make, data, where):
    parser = make()
    found = payloads(parser, pieces(data, where))
    assert accounted(parser, found) == len(data)
    assert parser._held - parser._taken < len(parser.frame)


@given(noise, presence.filter(bool), cuts)
def test_presence_reports_are_found_back_after_noise(before, sent, where):
    """Noise may swallow what lies within one report's length of it, never more."""
    quiet = framed(b"\x02\xaa" + bytes(9) + b"\x55\x00")
    found = payloads(Ld2410(), pieces(before + quiet * 2 + b"".join(map(framed, sent)) + quiet * 2, where))
    assert any(found[i : i + len(sent)] == sent for i in range(len(found)))


@given(noise, vehicles.filter(bool), cuts)
def test_vehicle_reports_are_found_back_after_noise(before, sent, where):
    quiet = framed(b"") * 9
    found = payloads(Ld2451(), pieces(before + quiet + b"".join(map(framed, sent)) + quiet, where))
    assert any(found[i : i + len(sent)] == sent for i in range(len(found)))


@given(presence.filter(bool), st.integers(1, 22), cuts)
def test_a_cut_report_costs_only_itself(sent, kept, where):
    """However it was cut: frames that lay inside the false one come out as soon as that is known."""
    radar = Ld2410()
    whole = framed(b"\x02\xaa" + bytes(9) + b"\x55\x00")
    assert payloads(radar, pieces(whole[:kept] + b"".join(map(framed, sent)), where)) == sent
    assert radar.skipped_bytes == kept


@given(presence, st.integers(0, 200), u8)
def test_one_wrong_byte_costs_at_most_its_own_report(sent, at, value):
    data = bytearray(b"".join(map(framed, sent)))
    if data:
        data[at % len(data)] = value
    quiet = framed(b"\x02\xaa" + bytes(9) + b"\x55\x00")
    found = payloads(Ld2410(), [bytes(data) + quiet * 3])
    assert len(found) >= len(sent) - 1 + 3


@given(st.binary(max_size=60))
def test_any_presence_report_gives_values_in_bounds(body):
    radar = Ld2410()
    payloads(radar, [framed(b"\x02\xaa" + body[:9].ljust(9) + b"\x55\x00")])
    assert 0 <= radar.moving_mm <= 655_350
    assert 0 <= radar.static_energy <= 255


text_noise = st.binary(max_size=40) | st.text("$*,.-0123456789 DFHMP", max_size=60).map(str.encode)
walker = st.tuples(st.integers(0, 25_000), st.integers(-10_000, 10_000), st.integers(0, 60_000))
speed_lines = st.lists(st.none() | walker, max_size=5)


def speed_line(target):
    if target is None:
        return b"$DFDMD,0, , , , , , *\r\n"
    return b"$DFDMD,1,1,%.3f,%.3f,%d, , *\r\n" % (target[0] / 1000, target[1] / 1000, target[2])


def lines(radar, chunks):
    found = []
    for chunk in chunks:
        at = 0
        while at < len(chunk):
            at = radar.feed(chunk, at, len(chunk))
            if radar.ready:
                found.append((radar.range_mm, radar.speed_mm_s, radar.energy) if radar.present else None)
    return found


@given(speed_lines, cuts)
def test_speed_lines_survive_any_split(sent, where):
    assert lines(C4001(), pieces(b"".join(map(speed_line, sent)), where)) == sent


@given(text_noise, speed_lines.filter(bool), cuts)
def test_speed_lines_are_found_back_after_noise(before, sent, where):
    found = lines(C4001(), pieces(before + b"".join(map(speed_line, sent)), where))
    assert found[len(found) - len(sent) :] == sent


@given(st.lists(text_noise).map(b"".join), cuts)
def test_any_text_is_accounted_for_and_plausible(data, where):
    radar = C4001()
    seen = 0
    for chunk in pieces(data, where):
        at = 0
        while at < len(chunk):
            held, skipped, begun = radar._held, radar.skipped_bytes, at
            at = radar.feed(chunk, at, len(chunk))
            seen += at - begun
            if radar.ready:
                assert 0 <= radar.range_mm <= 30_000
                assert abs(radar.speed_mm_s) <= 20_000
                assert radar._held == 0
            else:
                assert radar._held == held + at - begun - (radar.skipped_bytes - skipped)
    assert seen == len(data)


def run(commander, script, answer, for_ms=60_000):
    """Everything that was written; `answer` gives what comes back for it."""
    written = []
    commander.start(script, 0)
    for now_ms in range(0, for_ms, 50):
        if not commander.busy:
            break
        out = commander.poll(now_ms)
        if out:
            written.append(out)
            back = answer(len(written), out)
            commander.feed(back, 0, len(back), now_ms)
    return written


scripts = st.lists(
    st.sampled_from(
        [radar_command.ENABLE, radar_command.VERSION, radar_command.QUERY_MODE, radar_command.END]
    ),
    min_size=1,
    max_size=5,
).map(tuple)


@given(scripts, st.lists(st.binary(max_size=40) | noise, max_size=40))
def test_any_answers_end_a_script_within_its_retries(script, answers):
    """Done or failed, and never more often written than once and three times more for each request."""
    commander = RadarCommand()
    written = run(commander, script, lambda n, _: answers[n] if n < len(answers) else b"")
    assert commander.state in (DONE, FAILED)
    assert len(written) <= (1 + RETRIES) * len(script)


@given(scripts, st.sets(st.integers(1, 12), max_size=3))
def test_up_to_three_lost_answers_lose_no_script(script, lost):
    commander = RadarCommand()

    def answer(n, out):
        code = out[6]
        ack = framed(bytes((code, 1, 0, 0)) + bytes(8), radar_command.HEADER, radar_command.FOOTER)
        return b"" if n in lost else ack

    written = run(commander, script, answer)
    assert commander.state == DONE
    assert len(written) - commander.retries == len(script)


@given(
    st.lists(
        st.binary(max_size=60) | st.sampled_from([b"Done\r\n", b"Error\r\n", b"Done", b"\r\n"]), max_size=40
    )
)
def test_any_text_answers_end_a_script_within_its_retries(answers):
    commander = C4001Command()
    script = c4001_command.SET_UP_C4001
    written = run(commander, script, lambda n, _: answers[n] if n < len(answers) else b"")
    assert commander.state in (DONE, FAILED)
    assert len(written) <= (1 + RETRIES) * len(script)


@given(st.binary(min_size=9, max_size=9))
def test_any_scratchpad_is_a_temperature_or_unknown(data):
    cdeg = ds18b20.temperature_cdeg(data)
    assert cdeg == ds18b20.UNKNOWN or -5_500 <= cdeg <= 12_500
