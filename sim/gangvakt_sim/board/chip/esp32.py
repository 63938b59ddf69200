"""esp32 of the stock image."""

import micropython

import _arg
from _chk import no_name as __getattr__  # noqa: F401
from _nvs import NVS  # noqa: F401
from _partition import Partition  # noqa: F401
from _pin import Pin as _Pin
from _rmt import RMT  # noqa: F401

HEAP_DATA = 4
HEAP_EXEC = 1
WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True

_RTC_PINS = (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39)
_DATA_REGIONS = ((7288, 0, 0, 0), (14192, 4000, 3800, 3900), (150000, 60000, 50000, 55000))
_DATA_REGIONS += ((15072, 13000, 12000, 12900), (31000, 26000, 25000, 25900), (15072, 13000, 12000, 12900))
_EXEC_REGIONS = ((15072, 13000, 12000, 12900), (31000, 26000, 25000, 25900), (15072, 13000, 12000, 12900))


class PCNT:
    """The pulse counter is not modelled."""

    def __init__(self, *args, **kw):
        raise NotImplementedError("PCNT on the virtual board")


class ULP:
    """The co-processor is not modelled."""

    RESERVE_MEM = 2040

    def set_wakeup_period(self, index, us):
        raise NotImplementedError("ULP on the virtual board")

    load_binary = run = set_wakeup_period


@micropython.viper
def idf_heap_info(capabilities):
    return list(_regions(capabilities))


def _regions(capabilities):
    return _DATA_REGIONS if _arg.integer(capabilities) == HEAP_DATA else _EXEC_REGIONS


@micropython.viper
def raw_temperature() -> int:
    return 128


def _rtc_pin(pin):
    if type(pin) is not _Pin or pin._n not in _RTC_PINS:
        raise ValueError("invalid pin")


@micropython.native
def wake_on_ext0(*args, **kw):
    pin, _ = _arg.parse(args, kw, (), (("pin", False), ("level", 0)))
    if pin is not None:
        _rtc_pin(pin)


@micropython.native
def wake_on_ext1(*args, **kw):
    pins, _ = _arg.parse(args, kw, (("pins", None), ("level", 0)))
    if pins is not None:
        for pin in _arg.sequence(pins):
            _rtc_pin(pin)


@micropython.viper
def wake_on_touch(wake):
    pass


@micropython.viper
def wake_on_ulp(wake):
    pass


@micropython.viper
def gpio_deep_sleep_hold(enable):
    pass


del micropython
