"""machine.Timer 0..3: soft callbacks, queued by the ticker."""

import micropython

import _arg
import _chip as _c
import _regs as R

_timers = {}
_set = object.__setattr__


class Timer:
    """A hardware timer; one object for each number."""

    ONE_SHOT = 0
    PERIODIC = 1

    @micropython.native
    def __new__(cls, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        n = _arg.integer(args[0])
        if not 0 <= n < R.TIMERS:
            raise ValueError("invalid Timer number")
        timer = _timers.get(n)
        if timer is None:
            timer = _timers[n] = object.__new__(cls)
            timer._n = n
            timer._word = R.TIMER + R.TIMER_WORDS * n
            timer._us = 0
            timer._repeat = 0
            timer._set = False
            timer._callback = None
            _c.timer_handlers[n] = timer
        if len(args) > 1 or kw:
            timer._init(args[1:], kw)
        return timer

    def __init__(self, *args, **kw):
        pass

    @micropython.native
    def __repr__(self):
        mode = "PERIODIC" if self._repeat else "ONE_SHOT"
        return "Timer(%d, mode=%s, period=%d)" % (self._n, mode, self._us // 1000)

    @micropython.native
    def _init(self, args, kw):
        mode, callback, period, tick_hz, freq = _arg.parse(
            args,
            kw,
            (),
            (("mode", 1), ("callback", None), ("period", 0xFFFFFFFF), ("tick_hz", 1000), ("freq", None)),
        )
        self._stop()
        period = period if freq is not None else _arg.integer(period)
        self._us = (
            int(1000000 / _arg.number(freq))
            if freq is not None
            else period * 1000000 // _arg.integer(tick_hz)
        )
        self._repeat = 1 if _arg.integer(mode) else 0
        self._callback = callback
        self._start()

    @micropython.native
    def _start(self):
        word = self._word
        us = max(self._us, 1)
        now_s, now_us = _c._monotonic()
        due = now_us + us
        _c.put(word + R.T_REPEAT, self._repeat)
        _c.put(word + R.T_NEXT_S, now_s + due // 1000000)
        _c.put(word + R.T_NEXT_US, due % 1000000)
        _c.put(word + R.T_PERIOD_S, us // 1000000)
        _c.put(word + R.T_PERIOD_US, us % 1000000)
        _c.put(word + R.T_ACTIVE, 1)
        self._set = True
        _c.poke()

    @micropython.native
    def _stop(self):
        _c.put(self._word + R.T_ACTIVE, 0)
        _c.fired(self._word + R.T_FIRED, self._n)
        self._set = False

    @micropython.native
    def _fire(self, times):
        if self._set:
            while times > 0:
                _c.enqueue(self._callback, self)
                times -= 1

    @micropython.native
    def init(self, *args, **kw):
        if args:
            raise TypeError("extra positional arguments given")
        self._init(args, kw)

    @micropython.native
    def deinit(self):
        self._stop()

    @micropython.native
    def value(self):
        if not self._set:
            raise ValueError("timer not set")
        now_s, now_us = _c._monotonic()
        word = self._word
        left = (_c.get(word + R.T_NEXT_S) - now_s) * 1000000 + _c.get(word + R.T_NEXT_US) - now_us
        return max(self._us - left, 0) // 1000
