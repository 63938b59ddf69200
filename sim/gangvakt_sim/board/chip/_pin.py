"""machine.Pin: reading and writing take no heap."""

import micropython

import _arg
import _chip as _c
import _regs as R

_EXISTING = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
_EXISTING += (25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39)
_FIRST_INPUT_ONLY = 34
_OUTPUT_BIT = 2
_KEEP = object()
_pins = {}
_handlers = {}
_set = object.__setattr__


@micropython.viper
def _level(n: int) -> int:
    """What the pad shows."""
    p = ptr32(_c.ram)
    mode = p[R.GPIO_MODE + n]
    if mode & 2:
        if mode & 4:
            if p[R.GPIO_OUT + n]:
                pass
            else:
                return 0
        else:
            return p[R.GPIO_OUT + n]
    if p[R.GPIO_IN + n]:
        return p[R.GPIO_IN + n] - 1
    if p[R.GPIO_PULL + n] & 2:
        return 1
    if mode & 4:
        return 1
    return 0


@micropython.viper
def _write(n: int, level: int):
    """Set the output latch; an edge on the pad is logged and may interrupt."""
    p = ptr32(_c.ram)
    before = int(_level(n))
    p[R.GPIO_OUT + n] = level
    after = int(_level(n))
    if before != after:  # noqa: SIM102 (no `and` in viper)
        if p[R.GPIO_FUNC + n] == R.FUNC_GPIO:
            _c.log(R.LOG_EDGE, _c.now(), n, after, 0, 0)
            _edge(n, after)


@micropython.viper
def _edge(n: int, level: int):
    p = ptr32(_c.ram)
    if p[R.GPIO_TRIGGER + n] & (2 - level):
        p[R.GPIO_FIRED + n] = p[R.GPIO_FIRED + n] + 1
        if p[R.IRQ_OFF] == 0:
            _c.kick(None)


def _attach(n, func, channel=0):
    """Connect the pad to a peripheral (FUNC_*) or back to the GPIO latch."""
    if _c.get(R.GPIO_FUNC + n) != func or func != R.FUNC_GPIO:
        _c.put(R.GPIO_FUNC + n, func)
        _c.log(R.LOG_FUNC, _c.now(), n, func, channel, 0)


class IRQ:
    """What Pin.irq() gives."""

    def __init__(self, pin):
        self._pin = pin
        self._handler = None

    def __repr__(self):
        return "<IRQ>"

    @micropython.native
    def __call__(self, *args):
        _arg.count(args, 0, 0)

    @micropython.native
    def trigger(self, *args):
        _arg.count(args, 0, 1)
        word = R.GPIO_TRIGGER + self._pin._n
        before = _c.get(word)
        if args:
            _c.put(word, _arg.integer(args[0]) & 3)
        return before

    @micropython.native
    def _fire(self, times):
        while times > 0:
            _c.enqueue(self._handler, self._pin)
            times -= 1


class Pin:
    """A pin; one object for each number."""

    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2
    WAKE_LOW = 4
    WAKE_HIGH = 5
    DRIVE_0 = 0
    DRIVE_1 = 1
    DRIVE_2 = 2
    DRIVE_3 = 3

    class board:
        """Names of a board's pins: the generic image has none."""

    @micropython.native
    def __new__(cls, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        n = args[0]
        if type(n) is Pin:
            pin = n
        elif type(n) is not int or n not in _EXISTING:
            raise ValueError("invalid pin")
        else:
            pin = _pins.get(n)
            if pin is None:
                pin = object.__new__(cls)
                _set(pin, "_n", n)
                _pins[n] = pin
        if len(args) > 1 or kw:
            pin._configure(args[1:], kw)
        return pin

    def __init__(self, *args, **kw):
        pass

    __setattr__ = _arg.no_setattr

    @micropython.native
    def __repr__(self):
        return "Pin(%d)" % self._n

    @micropython.native
    def _configure(self, args, kw):
        mode, pull, value, _, _ = _arg.parse(
            args,
            kw,
            (("mode", None), ("pull", _KEEP)),
            (("value", _KEEP), ("drive", _KEEP), ("hold", _KEEP)),
        )
        n = self._n
        if mode is not None:
            mode = _arg.integer(mode)
            if n >= _FIRST_INPUT_ONLY and mode & _OUTPUT_BIT:
                raise ValueError("pin can only be input")
            _attach(n, R.FUNC_GPIO)
        if value is not _KEEP:
            _write(n, 1 if value else 0)
        if mode is not None:
            before = _level(n)
            _c.put(R.GPIO_MODE + n, mode)
            if _level(n) != before:
                _c.log(R.LOG_EDGE, _c.now(), n, _level(n), 0, 0)
        if pull is not _KEEP:
            _c.put(R.GPIO_PULL + n, 0 if pull is None or n >= _FIRST_INPUT_ONLY else _arg.integer(pull) & 3)

    @micropython.native
    def init(self, *args, **kw):
        self._configure(args, kw)

    @micropython.native
    def value(self, level=_KEEP, *more):
        if level is _KEEP:
            return _level(self._n)
        if more:
            raise TypeError("function expected at most 2 arguments, got %d" % (len(more) + 2))
        _write(self._n, 1 if level else 0)

    @micropython.native
    def __call__(self, level=_KEEP, *more):
        if level is _KEEP:
            return _level(self._n)
        if more:
            raise TypeError("function expected at most 1 arguments, got %d" % (len(more) + 1))
        _write(self._n, 1 if level else 0)

    @micropython.viper
    def on(self):
        _write(self._n, 1)

    @micropython.viper
    def off(self):
        _write(self._n, 0)

    @micropython.native
    def toggle(self):
        _write(self._n, 1 - _c.get(R.GPIO_OUT + self._n))

    @micropython.native
    def irq(self, *args, **kw):
        given = bool(args or kw)
        handler, trigger, _ = _arg.parse(args, kw, (("handler", None), ("trigger", 3), ("wake", None)))
        trigger = _arg.integer(trigger)
        n = self._n
        irq = _handlers.get(n)
        if irq is None:
            irq = _handlers[n] = IRQ(self)
            _c.pin_handlers[n] = irq
        if given:
            irq._handler = handler
            _c.put(R.GPIO_TRIGGER + n, 0 if handler is None else trigger & 3)
        return irq
