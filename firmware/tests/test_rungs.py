import rungs

STEPS = {rungs.STAYS: "stays", rungs.CLIMBS: "climbs", rungs.GIVES_UP: "gives up"}
C, H = rungs.CRASH, rungs.HANG


def fresh():
    return bytearray(rungs.SIZE)


def climb(kinds, record=None, other_slots=0, on_trial=False):
    """What each failure does: (rung it leads to, pause in s); `other_slots` are good ones left."""
    record = record or fresh()
    way = []
    for kind in kinds:
        if rungs.failed(record, kind, on_trial) == rungs.GIVES_UP:
            rungs.given_up(record, other_slots > 0)
            other_slots -= 1
        way.append((rungs.NAMES[record[rungs.RUNG]], rungs.pause_s(record)))
        rungs.rested(record)
    return way


def test_crashes_climb_from_rung_to_rung_and_end_at_the_minimal_sign():
    assert climb((C,) * 7) == [
        ("normal", 0),
        ("normal", 10),
        ("backup", 2),
        ("backup", 0),
        ("default", 2),
        ("default", 0),
        ("last", 600),
    ]


def test_hangs_are_borne_less_often_than_crashes():
    assert [rung for rung, _ in climb((H,) * 6)] == [
        "normal",
        "backup",
        "backup",
        "default",
        "default",
        "last",
    ]


def test_crashes_and_hangs_are_counted_apart():
    record = fresh()
    assert climb((C, C, H), record)[-1][0] == "normal"
    assert (record[rungs.CRASHES], record[rungs.HANGS], record[rungs.FAILURES]) == (2, 1, 3)


def test_the_other_slot_begins_with_the_configuration_in_force():
    way = [rung for rung, _ in climb((C,) * 14, other_slots=1)]
    assert way[6:8] == ["normal", "normal"]
    assert way[-1] == "last"


def test_a_slot_on_trial_is_left_after_two_failures_and_the_configuration_is_not_blamed():
    assert [rung for rung, _ in climb((C, H), other_slots=1, on_trial=True)] == ["normal", "normal"]
    assert climb((C, C), other_slots=0, on_trial=True)[-1][0] == "last"


def test_from_the_minimal_sign_the_app_gets_one_try_each_time_after_twice_the_pause():
    record = fresh()
    climb((C,) * 7, record)
    assert record[rungs.RUNG] == rungs.NORMAL
    pauses = [pause for _, pause in climb((C,) * 9, record)]
    assert pauses == [1200, 2400, 4800, 9600, 19200, 38400, 76800, 86400, 86400]


def test_counts_end_at_what_a_byte_holds():
    record = fresh()
    climb((C,) * 600, record)
    assert record[rungs.FAILURES] == record[rungs.LASTS] == rungs.COUNT_MAX
    assert rungs.pause_s(record) == 0


def test_every_way_of_failing_ends_at_the_minimal_sign_within_ten_failures():
    for number in range(1 << 10):
        kinds = [H if number >> bit & 1 else C for bit in range(10)]
        assert "last" in [rung for rung, _ in climb(kinds)]


def test_a_record_that_no_failure_could_have_made_is_none():
    assert rungs.is_possible(fresh())
    assert rungs.is_possible(bytes((rungs.LAST, 0, 0, 0, 1, 7, rungs.IDLE, 1)))
    for garbled in (
        b"",
        bytes(rungs.SIZE - 1),
        bytes((rungs.LAST + 1, 0, 0, 0, 1, 7, 0, 1)),
        bytes((rungs.LAST, 0, 0, 0, 0, 7, 0, 1)),  # it had no turn yet: half of the first one is no time
        bytes((0, 0, 0, 0, 0, 0, rungs.FAILED + 1, 0)),
    ):
        assert not rungs.is_possible(garbled), garbled
