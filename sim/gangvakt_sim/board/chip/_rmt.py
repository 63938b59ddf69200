"""esp32.RMT with its driver's limits: durations cut to 15 bits, 126 pulses in a loop, waiting for a pass."""

import micropython

import _arg
import _chip as _c
import _regs as R
from _pin import Pin, _attach

_SOURCE_HZ = 80_000_000
_DURATION_MASK = 0x7FFF
_MAX_LOOP_PULSES = 126
_LONG_WAIT_US = 400_000_000
_bitstream = [7]


@micropython.native
def _word(channel, field):
    return R.RMT + R.RMT_WORDS * channel + field


class RMT:
    """A transmitting channel."""

    PULSE_MAX = 32767

    @micropython.native
    def __init__(self, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        channel, pin, div, idle, carrier = _arg.parse(
            args,
            kw,
            (("id", 0),),
            (("pin", _arg.REQUIRED), ("clock_div", 8), ("idle_level", False), ("tx_carrier", None)),
        )
        channel = _arg.integer(channel)
        pin = Pin(pin)._n
        div = _arg.integer(div)
        if channel == _bitstream[0]:
            raise ValueError("channel used by bitstream")
        if not 1 <= div <= 255:
            raise ValueError("clock_div must be between 1 and 255")
        if carrier is not None:
            self._check_carrier(carrier)
        if not 0 <= channel < R.RMTS or pin >= 34:
            raise _c.esp_error(*_c.INVALID_ARG)
        self._channel = channel
        self._pin = pin
        self._div = div
        self._idle = 1 if idle else 0
        self._loop = False
        self._alive = True
        self._configure()
        if _c.get(_word(channel, R.R_INSTALLED)):
            self._alive = False
            raise _c.esp_error(*_c.INVALID_STATE)
        _c.put(_word(channel, R.R_INSTALLED), 1)
        _c.put(_word(channel, R.R_BUSY), 0)

    def _check_carrier(self, carrier):
        frequency, duty, _ = _arg.sequence(carrier, 3)
        if frequency <= 0:
            raise ValueError("tx_carrier frequency must be >0")
        if not 0 <= duty <= 100:
            raise ValueError("tx_carrier duty must be 0..100")

    @micropython.native
    def _configure(self):
        # The driver writes the registers before it finds out whether the channel is taken.
        channel = self._channel
        if _c.get(_word(channel, R.R_LOOPING)):
            self._leave_loop()
        _c.put(_word(channel, R.R_PIN), self._pin)
        _c.put(_word(channel, R.R_DIV), self._div)
        _c.put(_word(channel, R.R_IDLE), self._idle)
        _c.log(R.LOG_RMT_CONFIG, _c.now(), channel, self._pin, self._div, self._idle)
        _attach(self._pin, R.FUNC_RMT, channel)

    @micropython.native
    def __repr__(self):
        if not self._alive:
            return "RMT()"
        return "RMT(channel=%d, pin=%d, source_freq=%d, clock_div=%d, idle_level=%d)" % (
            self._channel,
            self._pin,
            _SOURCE_HZ,
            self._div,
            self._idle,
        )

    @staticmethod
    @micropython.native
    def source_freq():
        return _SOURCE_HZ

    @staticmethod
    @micropython.native
    def bitstream_channel(*args):
        if args:
            if args[0] is not None and not 0 <= _arg.integer(args[0]) < R.RMTS:
                raise ValueError("invalid channel")
            _bitstream[0] = args[0]
        return _bitstream[0]

    @micropython.viper
    def clock_div(self):
        return self._div

    @micropython.viper
    def deinit(self):
        self._deinit()

    @micropython.native
    def _deinit(self):
        if self._alive:
            self._alive = False
            _c.put(_word(self._channel, R.R_INSTALLED), 0)
            _c.put(_word(self._channel, R.R_LOOPING), 0)
            _c.put(_word(self._channel, R.R_BUSY), 0)
            _c.log(R.LOG_RMT_OFF, _c.now(), self._channel, 0, 0, 0)

    @micropython.native
    def _leave_loop(self):
        """Stop after the pass that runs now."""
        channel = self._channel
        now = _c.now()
        length = max(_c.get(_word(channel, R.R_PASS_US)), 1)
        passed = (now - _c.get(_word(channel, R.R_START_US))) & 0x3FFFFFFF
        end = now + length - passed % length
        _c.put(_word(channel, R.R_END_US), end & 0x3FFFFFFF)
        _c.put(_word(channel, R.R_LOOPING), 0)
        _c.put(_word(channel, R.R_BUSY), 1)
        _c.log(R.LOG_RMT_STOP, now, channel, 0, 0, 0)

    @micropython.native
    def _sending(self):
        """us until the last pulse is out; 0 = idle; a loop never ends."""
        channel = self._channel
        if _c.get(_word(channel, R.R_LOOPING)):
            return _LONG_WAIT_US
        if not _c.get(_word(channel, R.R_BUSY)):
            return 0
        left = _c.until(_c.get(_word(channel, R.R_END_US)))
        if left <= 0:
            _c.put(_word(channel, R.R_BUSY), 0)
            return 0
        return left

    @micropython.native
    def wait_done(self, *args, timeout=0):
        if args:
            raise TypeError("extra positional arguments given")
        if not self._alive:
            return False
        left = self._sending()
        if left == 0:
            return True
        timeout = _arg.integer(timeout) * 1000
        # This wait is inside the driver: no callback runs.
        _c.stall_us(min(left, timeout))
        return left <= timeout

    @micropython.viper
    def loop(self, enable: int):
        self._set_loop(enable)

    @micropython.native
    def _set_loop(self, enable):
        self._loop = bool(enable)
        if not enable and self._alive and _c.get(_word(self._channel, R.R_LOOPING)):
            self._leave_loop()

    @micropython.native
    def write_pulses(self, *args, **kw):
        if kw:
            raise TypeError("function doesn't take keyword arguments")
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        _arg.count(args, 1, 2)
        durations, levels = self._pulses(*args)
        if not self._alive:
            raise _c.esp_error(*_c.ESP_FAIL)
        if self._loop:
            if len(durations) > _MAX_LOOP_PULSES:
                raise ValueError("Too many pulses for loop")
            if _c.get(_word(self._channel, R.R_LOOPING)):
                self._leave_loop()
        # Both the driver's wait for the running pass and its semaphore block without running callbacks.
        _c.stall_us(self._sending())
        self._send(durations, levels)

    def _pulses(self, durations, levels=True):
        """The two sequences; one of them may be a number for the other's whole length."""
        if type(levels) is bool or type(levels) is int:
            durations = _arg.sequence(durations)
            first = 1 if levels else 0
            if not len(durations):
                raise ValueError("No pulses")
            return [_arg.integer(d) for d in durations], [(i & 1) ^ first for i in range(len(durations))]
        levels = _arg.sequence(levels)
        if type(durations) is int:
            if not len(levels):
                raise ValueError("No pulses")
            return [durations] * len(levels), [1 if v else 0 for v in levels]
        durations = _arg.sequence(durations)
        if len(durations) != len(levels):
            raise ValueError("duration and data must have same length")
        if not len(levels):
            raise ValueError("No pulses")
        return [_arg.integer(d) for d in durations], [1 if v else 0 for v in levels]

    @micropython.native
    def _send(self, durations, levels):
        channel = self._channel
        start = _c.get(R.PULSE_HEAD)
        ticks = 0
        open_end = True
        count = 0
        for i in range(len(durations)):
            duration = durations[i] & _DURATION_MASK
            if open_end:
                if duration == 0:
                    open_end = False  # the transmitter takes a length of 0 as the end
                else:
                    ticks += duration
                    count += 1
                    _c.push_pulse(duration, levels[i])
        now = _c.now()
        length = (ticks * self._div + 79) // 80
        _c.put(_word(channel, R.R_FIRST), start)
        _c.put(_word(channel, R.R_COUNT), count)
        _c.put(_word(channel, R.R_START_US), now)
        _c.put(_word(channel, R.R_PASS_US), length)
        _c.put(_word(channel, R.R_END_US), (now + length) & 0x3FFFFFFF)
        looping = 1 if self._loop else 0
        _c.put(_word(channel, R.R_LOOPING), looping)
        _c.put(_word(channel, R.R_BUSY), 1)
        _c.log(R.LOG_RMT_START, now, channel, start, count, looping)
