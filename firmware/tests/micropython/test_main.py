import json
import sys


class RTC:
    """Memory that outlives resets."""

    kept = b""

    def memory(self, *data):
        if data:
            RTC.kept = bytes(data[0])
        return RTC.kept


class Reset(BaseException):
    """The chip starts anew."""


class Machine:
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
    RTC = RTC
    cause = PWRON_RESET

    def WDT(timeout):
        Machine.watchdog_ms = timeout

    def reset_cause():
        return Machine.cause

    def reset():
        raise Reset


class Loading:
    def load_listed(name):
        pass


class App:
    """Does what `ending` says, and keeps what it was started with."""

    ending = None

    def run(healthy, for_service, rung):
        App.healthy, App.for_service, App.rung = healthy, for_service, rung
        App.starts += 1
        sys.modules["last"] = Last
        App.ending()


class Last:
    rested_s = []

    def run(seconds):
        Last.rested_s.append(seconds)

    def keep_fed():
        Last.fed = True


class Slots:
    """One other slot, until it is taken."""

    others = 0
    trial = False

    def on_trial():
        return Slots.trial

    def give_up():
        Slots.others -= 1
        return Slots.others >= 0


class Package:
    loading, app = Loading, App


sys.modules["machine"], sys.modules["sign"] = Machine, Package
SERVICE = b"GVKS"


def broken():
    raise OSError(5, "planted")


def stopped():
    raise KeyboardInterrupt


def cut_off():
    """As if the chip were reset in the midst of the app."""
    raise Reset


def start(cause, ending=cut_off):
    """One start of main.py; what the minimal sign stood in for, in seconds."""
    Machine.cause, App.ending, App.starts = cause, ending, 0
    Last.rested_s = []
    for name in ("main", "ladder", "rungs"):
        sys.modules.pop(name, None)
    sys.modules["last"], sys.modules["slots"] = Last, Slots
    try:
        import main
    except Reset:
        pass
    return Last.rested_s


def power_on(ending=cut_off, others=0, trial=False):
    RTC.kept, Slots.others, Slots.trial = b"", others, trial
    return start(Machine.PWRON_RESET, ending)


def record():
    import ladder

    return ladder.Ladder().record


def last_crash():
    """What the status will say."""
    told = RTC.kept[12:]
    return json.loads(told)["text"] if told else ""


def counts():
    """(crashes, hangs, brown-outs) on this rung."""
    import rungs

    found = record()
    return found[rungs.CRASHES], found[rungs.HANGS], found[rungs.BROWN_OUTS]


def starts_until_last(cause, ending):
    """Rungs of the app's starts until the minimal sign stands in for longer."""
    tried = []
    for _ in range(40):
        rested = start(cause, ending)
        if rested and rested[0] >= 600:
            return tried
        if App.starts:
            tried.append(App.rung)
    raise AssertionError(tried)


def test_the_watchdog_runs_before_anything_is_read():
    power_on()
    assert Machine.watchdog_ms == 20_000
    assert (App.starts, App.rung, last_crash()) == (1, 0, "")


def test_a_crash_is_noted_with_modules_functions_and_rung():
    power_on(broken)
    start(Machine.HARD_RESET)
    assert App.starts == 1
    assert last_crash().startswith("test_main.run > test_main.broken: OSError: ")
    import ladder

    told = ladder.Ladder().told
    assert b'"cause": "crash"' in told
    assert b'"rung": "normal"' in told
    assert counts() == (1, 0, 0)


def test_crashes_climb_to_the_minimal_sign():
    power_on(broken)
    assert starts_until_last(Machine.HARD_RESET, broken) == [0, 0, 1, 1, 2, 2]


def test_watchdog_resets_climb_too_and_say_so():
    power_on()
    assert starts_until_last(Machine.WDT_RESET, cut_off) == [0, 1, 1, 2, 2]
    import ladder

    assert b"watchdog" in ladder.Ladder().told


def test_a_panic_of_the_interpreter_is_a_crash():
    power_on()
    start(Machine.HARD_RESET)
    assert counts() == (1, 0, 0)


def test_brown_outs_are_counted_and_told_but_never_climb():
    power_on()
    for number in range(1, 30):
        start(Machine.PWRON_RESET)
        assert App.rung == 8
        assert counts() == (0, 0, number)


def test_four_hundred_mornings_of_a_feeder_are_nothing():
    for _ in range(400):
        power_on()
        assert (App.rung, last_crash(), counts()) == (0, "", (0, 0, 0))


def test_a_restart_that_somebody_wants_is_no_failure():
    power_on(restart)
    for _ in range(10):
        start(Machine.HARD_RESET, restart)
        assert (App.rung, counts()) == (0, (0, 0, 0))


def restart():
    import ladder

    ladder.restart()


def test_ctrl_c_leaves_a_prompt_with_a_watchdog_that_is_fed_and_counts_for_nothing():
    Last.fed = False
    power_on(stopped)
    assert Last.fed
    start(Machine.HARD_RESET)
    assert counts() == (0, 0, 0)


def test_an_app_that_is_well_stands_on_the_first_rung_and_what_failed_is_kept_until_it_is_told():
    power_on(broken)
    while App.rung == 0:
        start(Machine.HARD_RESET, broken)
    start(Machine.HARD_RESET)
    App.healthy(False)
    start(Machine.PWRON_RESET)
    assert App.rung == 8
    assert last_crash()
    App.healthy(True)
    start(Machine.PWRON_RESET)
    assert last_crash() == ""


def test_the_other_slot_takes_over_after_the_default_configuration_failed():
    power_on(broken, others=1)
    tried = starts_until_last(Machine.HARD_RESET, broken)
    assert tried == [0, 0, 1, 1, 2, 2] + [0, 0, 0, 1, 1, 2, 2]


def test_a_slot_on_trial_that_fails_twice_is_given_up():
    power_on(broken, others=1, trial=True)
    start(Machine.HARD_RESET, broken)
    start(Machine.HARD_RESET, broken)
    assert (Slots.others, App.starts) == (0, 0)


def test_memory_that_ended_and_a_missing_module_are_failures_like_others():
    def no_memory():
        raise MemoryError("memory allocation failed, allocating 4096 bytes")

    def no_module():
        raise ImportError("no module named 'sign.core.config'")

    for ending in (no_memory, no_module):
        power_on(ending)
        assert starts_until_last(Machine.HARD_RESET, ending) == [0, 0, 1, 1, 2, 2]


def test_what_failed_is_at_most_four_hundred_characters_with_the_error_itself():
    def deep(n):
        if n:
            deep(n - 1)
        raise ValueError("\xe5" * 900)

    power_on(lambda: deep(30))
    start(Machine.HARD_RESET)
    assert len(last_crash()) <= 400
    assert "test_main.deep: ValueError: ???" in last_crash()
    assert len(RTC.kept) < 2048


def test_a_start_for_service_is_one_start():
    power_on(broken)
    kept = RTC.kept
    RTC.kept = SERVICE + kept
    start(Machine.HARD_RESET, restart)
    assert App.for_service
    assert "planted" in last_crash()
    start(Machine.HARD_RESET)
    assert not App.for_service


def test_foreign_bytes_in_rtc_memory_are_no_record():
    for kept in (SERVICE, b"GVK", b"\xff" * 90, b"GVK2\xff" + bytes(30), b"GVK2" + bytes(8) + b"{"):
        RTC.kept = kept
        start(Machine.HARD_RESET)
        assert (App.rung, last_crash()) == (0, "")


def test_where_even_the_ladder_fails_the_minimal_sign_stands_in():
    class Nothing:
        pass

    power_on(stopped)
    sys.modules["ladder"], sys.modules["last"] = Nothing, Last
    Last.rested_s = []
    sys.modules["main"].fail(OSError(5))
    assert Last.rested_s == [60]
