import sys

SLOW_HZ = 160_000_000


class Machine:
    """A chip that cannot run at the speed that the others have."""

    SOFT_RESET = 5
    cause = 1
    asked = []

    def freq(hz):
        Machine.asked.append(hz)
        if hz > SLOW_HZ:
            raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz or 160MHz")

    def reset_cause():
        return Machine.cause


class Slots:
    counted = []
    path = "/b"

    def start(counts):
        Slots.counted.append(counts)
        if Slots.path is None:
            raise OSError("no app in any slot")
        return Slots.path


class Last:
    fed = 0

    def keep_fed():
        Last.fed += 1


sys.modules["machine"] = Machine


CPU_HZ = 240_000_000


def boot(cause=1, path="/b"):
    """The search path that a start leaves in front of the one that there was."""
    sys.modules["slots"], sys.modules["last"] = Slots, Last
    Machine.cause, Slots.path = cause, path
    sys.modules.pop("boot", None)
    before = len(sys.path)
    __import__("boot")
    assert Machine.asked[-1] == CPU_HZ
    found = sys.path[: len(sys.path) - before]
    del sys.path[: len(found)]
    return found


def test_a_chip_that_is_slower_starts_the_app_all_the_same():
    assert boot() == ["/b"]
    assert Slots.counted[-1]


def test_who_chose_the_slot_does_not_stay_in_memory():
    boot()
    assert "slots" not in sys.modules


def test_without_an_app_the_start_goes_on():
    assert boot(path=None) == []


def test_a_soft_reset_does_not_count_and_the_watchdog_is_fed():
    before = Last.fed
    boot(cause=Machine.SOFT_RESET)
    assert not Slots.counted[-1]
    assert Last.fed == before + 1
