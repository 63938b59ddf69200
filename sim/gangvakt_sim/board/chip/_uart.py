"""machine.UART 1 and 2: rings in shared memory; any() and readinto() take no heap."""

import io as _io

import micropython

import _arg
import _chip as _c
import _regs as R
from _pin import Pin

_HARDWARE_FIFO = 128
_DEFAULT_PINS = {0: (1, 3), 1: (10, 9), 2: (17, 16)}
_PARITY = {None: None, 0: 0, 1: 1}
_SCALE_115200 = 115201  # what the divider really makes of 115200
_SUPPORTED_IRQ = 0x1003
_KEEP = object()
_POLL_IN = 1
_POLL_OUT = 4
_uarts = {}
_LINE = (("baudrate", 0), ("bits", 0), ("parity", _KEEP), ("stop", 0))
_PINS = (("tx", None), ("rx", None), ("rts", None), ("cts", None))
_BUFFERS = (("txbuf", -1), ("rxbuf", -1))
_REST = (("timeout", _KEEP), ("timeout_char", _KEEP), ("invert", -1), ("flow", -1))
_PARAMETERS = _LINE + _PINS + _BUFFERS + _REST


@micropython.viper
def _available(b: int) -> int:
    p = ptr32(_c.ram)
    return (p[b + R.U_RX_HEAD] - p[b + R.U_RX_TAIL]) & 0x3FFFFFFF


@micropython.viper
def _take(b: int, ring: int, buf, start: int, n: int) -> int:
    """Move up to `n` received bytes into `buf`; how many."""
    p = ptr32(_c.ram)
    src = ptr8(_c.ram)
    dst = ptr8(buf)
    tail = p[b + R.U_RX_TAIL]
    have = (p[b + R.U_RX_HEAD] - tail) & 0x3FFFFFFF
    if n > have:
        n = have
    i = 0
    while i < n:
        dst[start + i] = src[ring + ((tail + i) & (R.UART_RING - 1))]
        i += 1
    p[b + R.U_RX_TAIL] = (tail + n) & 0x3FFFFFFF
    return n


@micropython.viper
def _give(b: int, ring: int, buf, start: int, n: int) -> int:
    """Move up to `n` bytes of `buf` to the wire; how many (the host may lag behind)."""
    p = ptr32(_c.ram)
    dst = ptr8(_c.ram)
    src = ptr8(buf)
    head = p[b + R.U_TX_HEAD]
    room = R.UART_RING - ((head - p[b + R.U_TX_TAIL]) & 0x3FFFFFFF)
    if n > room:
        n = room
    i = 0
    while i < n:
        dst[ring + ((head + i) & (R.UART_RING - 1))] = src[start + i]
        i += 1
    p[b + R.U_TX_HEAD] = (head + n) & 0x3FFFFFFF
    return n


class _Stream(_io.IOBase):
    """What the interpreter polls in place of the UART."""

    def __init__(self, uart):
        self._uart = uart

    @micropython.native
    def ioctl(self, request, flags):
        if request != 3:
            return 0
        uart = self._uart
        if not uart._open:
            return 0
        ready = _POLL_IN if _available(uart._word) else 0
        if uart._backlog() < uart._txbuf:
            ready |= _POLL_OUT
        return ready & flags


class irq:
    """What UART.irq() gives."""

    def __init__(self, uart):
        self._uart = uart
        self._handler = None
        self._trigger = 0

    @micropython.native
    def __call__(self, *args):
        if self._handler:
            self._handler(self._uart)

    @micropython.native
    def flags(self):
        return self._trigger

    @micropython.native
    def trigger(self, *args):
        before = self._trigger
        if args:
            self._arm(args[0])
        return before

    @micropython.native
    def _arm(self, trigger):
        trigger = _arg.integer(trigger)
        if trigger & ~_SUPPORTED_IRQ:
            raise ValueError("trigger 0x%04x unsupported" % (trigger & ~_SUPPORTED_IRQ))
        self._trigger = trigger
        _c.put(self._uart._word + R.U_IRQ, trigger if self._handler else 0)

    @micropython.native
    def _fire(self, times):
        if self._handler:
            _c.enqueue(self._handler, self._uart)


class UART:
    """A serial port; one object for each number."""

    INV_TX = 32
    INV_RX = 4
    INV_RTS = 64
    INV_CTS = 8
    RTS = 1
    CTS = 2
    IRQ_RX = 1
    IRQ_RXIDLE = 0x1000
    IRQ_BREAK = 2

    @micropython.native
    def __new__(cls, *args, **kw):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        n = _arg.integer(args[0])
        if not 0 <= n < R.UARTS:
            raise ValueError("UART(%d) does not exist" % n)
        uart = _uarts.get(n)
        if uart is None:
            uart = _uarts[n] = object.__new__(cls)
            uart._n = n
            uart._word = R.UART + R.UART_WORDS * n
            uart._rx_ring = R.UART_RX_BYTE + R.UART_RING * n
            uart._tx_ring = R.UART_TX_BYTE + R.UART_RING * n
            uart._pollable = _Stream(uart)
            uart._irq = irq(uart)
            uart._dead = False
            _c.uart_handlers[n] = uart._irq
        uart._defaults()
        uart._settle(_c.put, args[1:], kw)
        return uart

    def __init__(self, *args, **kw):
        pass

    @micropython.native
    def _defaults(self):
        self._baud = 115200
        self._bits = 8
        self._parity = None
        self._stop = 1
        self._tx, self._rx = _DEFAULT_PINS[self._n]
        self._rts = self._cts = -1
        self._txbuf = self._rxbuf = 256
        self._timeout = self._timeout_char = 0
        self._invert = self._flow = 0
        self._dead = False
        self._open = True
        self._done_us = _c.now()
        self._busy = False
        _c.put(self._word + R.U_IRQ, 0)
        self._irq._handler = None
        self._irq._trigger = 0

    @micropython.native
    def __repr__(self):
        text = "UART(%d, baudrate=%d, bits=%d, parity=%s, stop=%s, tx=%d, rx=%d, rts=%d, cts=%d, " % (
            self._n,
            _SCALE_115200 if self._baud == 115200 else self._baud,
            self._bits,
            self._parity,
            self._stop,
            self._tx,
            self._rx,
            self._rts,
            self._cts,
        )
        text += "txbuf=%d, rxbuf=%d, timeout=%d, timeout_char=%d, irq=%d" % (
            self._txbuf,
            self._rxbuf,
            self._timeout,
            self._timeout_char,
            self._irq._trigger,
        )
        if self._flow:
            text += ", flow=" + "|".join(name for bit, name in ((1, "RTS"), (2, "CTS")) if self._flow & bit)
        return text + ")"

    @micropython.native
    def _settle(self, put, args, kw):
        values = _arg.parse(args, kw, _PARAMETERS)
        if self._dead_after_buffers(values[8], values[9]):
            baud = _arg.integer(values[0])
            if baud > 0:
                self._baud = baud
            raise _c.esp_error(*_c.ESP_FAIL)
        self._set_line(values)
        self._set_pins(values[4:8])
        self._set_rest(values)
        word = self._word
        put(word + R.U_BAUD, self._baud)
        put(word + R.U_RXBUF, self._rxbuf + _HARDWARE_FIFO)
        if not _c.get(word + R.U_OPEN):
            put(word + R.U_RX_TAIL, _c.get(word + R.U_RX_HEAD))
        put(word + R.U_OPEN, 1)

    @micropython.native
    def _dead_after_buffers(self, txbuf, rxbuf):
        """Take the sizes over; True if the driver refuses: then only the constructor revives the port."""
        if txbuf >= 0:
            self._txbuf = _arg.integer(txbuf)
        if rxbuf >= 0:
            self._rxbuf = _arg.integer(rxbuf)
        # The driver wants more than its hardware FIFO, or no transmit buffer at all.
        if self._rxbuf <= _HARDWARE_FIFO or 0 < self._txbuf <= _HARDWARE_FIFO:
            self._dead = True
            self._open = False
            _c.put(self._word + R.U_OPEN, 0)
        return self._dead

    @micropython.native
    def _set_line(self, values):
        baud, bits, parity, stop = values[:4]
        if _arg.integer(baud) > 0:
            self._baud = baud
        if _arg.integer(bits):
            if not 5 <= bits <= 8:
                raise ValueError("invalid data bits")
            self._bits = bits
        if parity is not _KEEP:
            self._parity = None if parity is None else _arg.integer(parity) & 1
        if _arg.integer(stop):
            if stop not in (1, 2):
                raise ValueError("invalid stop bits")
            self._stop = stop

    @micropython.native
    def _set_pins(self, pins):
        numbers = [-1 if pin is None else Pin(pin)._n for pin in pins]
        if numbers[0] >= 0:
            self._tx = numbers[0]
        if numbers[1] >= 0:
            self._rx = numbers[1]
        if numbers[2] >= 0:
            self._rts = numbers[2]
        if numbers[3] >= 0:
            self._cts = numbers[3]
        if self._tx >= 34:
            raise _c.esp_error(*_c.ESP_FAIL)

    @micropython.native
    def _set_rest(self, values):
        timeout, char, invert, flow = values[10:]
        if timeout is not _KEEP:
            self._timeout = max(_arg.integer(timeout), 0)
        if char is not _KEEP:
            self._timeout_char = max(_arg.integer(char), 0)
        if invert != -1:
            if _arg.integer(invert) & ~0x6C:
                raise ValueError("invalid inversion mask")
            self._invert = invert
        if flow != -1:
            if _arg.integer(flow) & ~3:
                raise ValueError("invalid flow control mask")
            self._flow = flow

    @micropython.native
    def init(self, *args, **kw):
        if not self._open and not self._dead:
            raise _c.esp_error(*_c.INVALID_STATE)
        if self._dead:
            self._dead_after_buffers(kw.get("txbuf", -1), kw.get("rxbuf", -1))
        self._settle(_c.put, args, kw)

    @micropython.viper
    def deinit(self):
        self._close()

    @micropython.native
    def _close(self):
        self._open = False
        _c.put(self._word + R.U_OPEN, 0)
        _c.put(self._word + R.U_IRQ, 0)

    @micropython.native
    def any(self):
        if not self._open:
            raise _c.esp_error(*_c.ESP_FAIL)
        return _available(self._word)

    @micropython.native
    def _await_byte(self, ms):
        """True if a byte is there within `ms`; callbacks run meanwhile."""
        if _available(self._word):
            return True
        if ms <= 0:
            return False
        end = (_c.now() + 1000 * ms) & 0x3FFFFFFF
        while not _available(self._word):
            left = _c.until(end)
            if left <= 0:
                return False
            _c.idle(min(left, 1000))
        return True

    @micropython.native
    def _fill(self, buf, n):
        """Read up to `n` bytes into `buf`: how many; None = nothing came in time."""
        if not self._open:
            return None
        done = 0
        wait = self._timeout
        while done < n:
            if not self._await_byte(wait):
                return done if done else None
            done += _take(self._word, self._rx_ring, buf, done, n - done)
            wait = self._timeout_char
        return done

    @micropython.native
    def read(self, size=-1, *more):
        if more:
            raise TypeError("function expected at most 2 arguments, got %d" % (2 + len(more)))
        if size == 0:
            return b""
        if size is None or size < 0:
            if not self._open or not self._await_byte(self._timeout):
                return None
            data = bytearray()
            while self._await_byte(self._timeout_char):
                piece = bytearray(_available(self._word))
                _take(self._word, self._rx_ring, piece, 0, len(piece))
                data.extend(piece)
            return bytes(data)
        buf = bytearray(size)
        n = self._fill(buf, size)
        return None if n is None else bytes(buf[:n])

    @micropython.native
    def readinto(self, buf, size=-1, *more):
        if more:
            raise TypeError("function expected at most 3 arguments, got %d" % (3 + len(more)))
        n = len(buf)
        if 0 <= size < n:
            n = size
        return self._fill(buf, n)

    @micropython.native
    def readline(self, size=-1):
        line = bytearray()
        piece = bytearray(1)
        while size < 0 or len(line) < size:
            if self._fill(piece, 1) is None:
                break
            line.extend(piece)
            if piece == b"\n":
                break
        return bytes(line) if line else None

    @micropython.native
    def _byte_us(self):
        return (1 + self._bits + (self._parity is not None) + self._stop) * 1000000 // self._baud

    @micropython.native
    def _backlog(self):
        """Bytes that are not on the wire yet."""
        if not self._busy:
            return 0
        left = _c.until(self._done_us)
        if left <= 0:
            self._busy = False
            return 0
        return left // max(self._byte_us(), 1)

    @micropython.native
    def write(self, data, *span):
        data = _arg.buffer(data)
        if isinstance(data, str):
            data = data.encode()
        if span:
            start = span[0] if len(span) > 1 else 0
            end = span[-1] if len(span) < 2 else start + span[1]
            data = memoryview(data)[start:end]
        if not self._open:
            return None
        done = 0
        while done < len(data):
            backlog = self._backlog()
            room = self._txbuf + _HARDWARE_FIFO - backlog
            if room <= 0:
                _c.idle(max(self._byte_us(), 100))
            else:
                n = _give(self._word, self._tx_ring, data, done, min(room, len(data) - done))
                if not n:
                    _c.idle(1000)
                self._extend(n)
                done += n
        return done

    @micropython.native
    def _extend(self, n):
        start = self._done_us if self._busy and _c.until(self._done_us) > 0 else _c.now()
        self._done_us = (start + n * self._byte_us()) & 0x3FFFFFFF
        self._busy = True

    @micropython.native
    def flush(self):
        while self._backlog():
            _c.idle(500)

    @micropython.native
    def txdone(self):
        return self._backlog() == 0

    @micropython.viper
    def sendbreak(self):
        pass

    @micropython.native
    def irq(self, *args, **kw):
        handler, trigger, _ = _arg.parse(args, kw, (("handler", None), ("trigger", 0), ("hard", False)))
        irq = self._irq
        if args or kw:
            before = irq._handler
            irq._handler = handler
            try:
                irq._arm(trigger)
            except ValueError as error:
                irq._handler = before
                raise error
        return irq
