import sys

SLOW_HZ = 160_000_000


class Machine:
    """A chip that cannot run at the speed that the others have."""

    SOFT_RESET = 5
    asked = []

    def freq(hz):
        Machine.asked.append(hz)
        if hz > SLOW_HZ:
            raise ValueError("frequency must be 20MHz, 40MHz, 80Mhz or 160MHz")

    def reset_cause():
        return 1


sys.modules["machine"] = Machine


def test_a_chip_that_is_slower_starts_the_app_all_the_same():
    before = len(sys.path)
    import boot

    assert Machine.asked == [boot.CPU_HZ]
    assert len(sys.path) == before + 1
    assert sys.path[0] == boot.slot()
