from sign.core import faults
from sign.core.faults import Faults


def test_a_fault_is_reported_once_with_the_time_it_began():
    held = Faults()
    assert held.set(faults.CONFIG, 5)
    assert not held.set(faults.CONFIG, 9)
    assert held.active() == [("config", 5)]
    assert held.any


def test_a_withdrawn_fault_is_gone():
    held = Faults()
    held.set(faults.CONFIG, 5)
    held.set(faults.STORE, 6)
    assert held.clear(faults.CONFIG)
    assert not held.clear(faults.CONFIG)
    assert held.active() == [("store", 6)]
    held.clear(faults.STORE)
    assert not held.any


def test_every_code_has_a_name_of_its_own():
    assert faults.name(faults.TICK_LATE) == "tick_late"
    assert [faults.name(code) for code in range(faults.COUNT)] == faults.names()
    assert faults.name(faults.COUNT) is None
    assert len(set(faults.names())) == len(faults.names())
