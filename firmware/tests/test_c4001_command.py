from sign.proto import c4001_command as cc
from sign.proto.c4001_command import C4001Command
from sign.proto.exchange import DONE, FAILED, REFUSED, SILENT

LINE = b"$DFDMD,1,1,1.817,0.129,15304, , *\r\n"


def step(commander, expected, answer, now_ms):
    assert commander.poll(now_ms) == expected
    commander.feed(answer, 0, len(answer), now_ms + 50)
    return now_ms + 200


def refusal(make, *values):
    """The text of the ValueError."""
    try:
        make(*values)
    except ValueError as error:
        return str(error)
    return "none"


def test_a_script_goes_on_with_each_answer():
    commander = C4001Command()
    commander.start(cc.SET_UP_C4001, 0)
    now_ms = step(commander, b"sensorStop\r\n", LINE + b"sensorStop\r\nDone\r\nDFRobot:/>", 0)
    now_ms = step(commander, b"setRunApp 1\r\n", b"Done\r\nDFRobot:/>", now_ms)
    now_ms = step(commander, b"setRange 0.600 25.000\r\n", b"setRange 0.600 25.000\r\nDone\r\n", now_ms)
    now_ms = step(commander, b"saveConfig\r\n", b"save cfg complete\r\nDone\r\n", now_ms)
    assert commander.busy
    step(commander, b"sensorStart\r\n", b"Done\r\n" + LINE, now_ms)
    assert commander.state == DONE


def test_the_next_command_waits_for_the_answer_and_a_pause():
    commander = C4001Command()
    commander.start((cc.SPEED_MODE, cc.SAVE), 0)
    assert commander.poll(0) == cc.SPEED_MODE
    assert commander.poll(900) is None
    commander.feed(b"Done\r\n", 0, 6, 900)
    assert commander.poll(950) is None
    assert commander.poll(1000) == cc.SAVE


def test_the_prompt_alone_answers_the_stop():
    commander = C4001Command()
    commander.start((cc.STOP,), 0)
    step(commander, cc.STOP, b"DFRobot:/>", 0)
    assert commander.state == DONE


def test_the_prompt_before_an_echo_answers_nothing_else():
    commander = C4001Command()
    commander.start((cc.SPEED_MODE,), 0)
    step(commander, cc.SPEED_MODE, b"DFRobot:/> setRunApp 1\r\n", 0)
    assert commander.busy
    commander.feed(b"Done\r\n", 0, 6, 100)
    assert commander.state == DONE


def test_a_query_keeps_its_response_whether_done_or_the_prompt_ends_it():
    for end in (b"Done\r\n", b"DFRobot:/>"):
        commander = C4001Command()
        commander.start((cc.GET_RANGE,), 0)
        step(commander, cc.GET_RANGE, b"DFRobot:/> getRange\r\nResponse 0.600 25.000\r\n" + end, 0)
        assert commander.state == DONE
        assert commander.response() == "0.600 25.000"


def test_an_error_ends_the_script_with_its_last_command():
    commander = C4001Command()
    commander.start(cc.SET_UP_C4001, 0)
    now_ms = step(commander, cc.STOP, b"Done\r\n", 0)
    now_ms = step(commander, cc.SPEED_MODE, b"Error\r\n", now_ms)
    step(commander, cc.START, b"Done\r\n", now_ms)
    assert (commander.state, commander.failed, commander.why) == (FAILED, 1, REFUSED)


def test_a_dropped_command_is_sent_three_times_more():
    commander = C4001Command()
    commander.start((cc.SAVE,), 0)
    sent = [commander.poll(ms) for ms in range(0, 10_000, 100)]
    assert sent.count(cc.SAVE) == 4
    assert (commander.state, commander.why) == (FAILED, SILENT)


def test_endless_lines_do_no_harm():
    commander = C4001Command()
    commander.start((cc.SAVE,), 0)
    step(commander, cc.SAVE, b"x" * 500 + b"\r\nDone\r\n", 0)
    assert commander.state == DONE


def test_ranges_that_the_module_does_not_know_are_refused():
    for pair in ((500, 3000), (3000, 3000), (600, 25_001)):
        assert "600..25000" in refusal(cc.set_range, *pair), pair


def test_noise_in_a_response_is_a_question_mark():
    commander = C4001Command()
    commander.start((cc.VERSION,), 0)
    step(commander, cc.VERSION, b"Response v2\xff\xfe\r\nDone\r\n", 0)
    assert commander.response() == "v2??"
