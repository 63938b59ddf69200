"""machine.I2C, SoftI2C, SPI, SoftSPI with nothing connected, as the image shows them (corpus: bus_args).

Every I2C address stays unanswered (ENODEV) and SPI reads zeros. State of a hardware bus outlives its object,
as on the chip.
"""

import micropython

from _chk import as_buffer, as_int

_ENODEV = 19
_SOURCE_HZ = 80000000
# The driver's timing leaves 8 clock ticks of a period out.
_I2C_LOST_TICKS = 8
_I2C_DEFAULT_HZ = 400000
_I2C_PINS = [(18, 19), (25, 26)]
_SPI_PINS = {1: (14, 13, 12), 2: (18, 23, 19)}
_SPI_DEFAULT_HZ = 500000


@micropython.native
def pin_number(pin):
    """Return the GPIO number of a Pin or a plain number."""
    return pin if isinstance(pin, int) else int(str(pin)[4:-1])


@micropython.native
def _only(given, allowed):
    for name in given:
        if name not in allowed:
            raise TypeError("extra keyword arguments given")


class _I2CBus:
    """The methods that hardware and software I2C share; nobody answers."""

    @micropython.native
    def _refuse(self):
        raise OSError(_ENODEV)

    @micropython.native
    def scan(self):
        """Return the addresses that answer: none."""
        return []

    @micropython.native
    def readfrom(self, addr, nbytes, stop=True):
        as_int(addr), as_int(nbytes)
        self._refuse()

    @micropython.native
    def readfrom_into(self, addr, buf, stop=True):
        as_int(addr), as_buffer(buf)
        self._refuse()

    @micropython.native
    def writeto(self, addr, buf, stop=True):
        as_int(addr), as_buffer(buf)
        self._refuse()

    @micropython.native
    def writevto(self, addr, vector, stop=True):
        as_int(addr)
        self._refuse()

    @micropython.native
    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        self._memory(addrsize)

    @micropython.native
    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        as_buffer(buf)
        self._memory(addrsize)

    @micropython.native
    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        as_buffer(buf)
        self._memory(addrsize)

    @micropython.native
    def _memory(self, addrsize):
        if as_int(addrsize) not in (8, 16, 24, 32):
            raise ValueError("invalid addrsize")
        self._refuse()


class I2C(_I2CBus):
    """Hardware bus 0 or 1; a bus keeps its pins until told otherwise."""

    @micropython.native
    def __new__(cls, bus=0, **given):
        if as_int(bus) == -1:
            print("Warning: I2C(-1, ...) is deprecated, use SoftI2C(...) instead")
            return SoftI2C(**given)
        return object.__new__(cls)

    @micropython.native
    def __init__(self, bus=0, **given):
        if not 0 <= bus < len(_I2C_PINS):
            raise ValueError("I2C(%d) doesn't exist" % bus)
        _only(given, ("scl", "sda", "freq", "timeout"))
        scl, sda = _I2C_PINS[bus]
        _I2C_PINS[bus] = (pin_number(given.get("scl", scl)), pin_number(given.get("sda", sda)))
        self._bus = bus
        self._freq_hz = _SOURCE_HZ // (
            _SOURCE_HZ // as_int(given.get("freq", _I2C_DEFAULT_HZ)) - _I2C_LOST_TICKS
        )

    @micropython.native
    def __repr__(self):
        return "I2C(%d, scl=%d, sda=%d, freq=%d)" % ((self._bus,) + _I2C_PINS[self._bus] + (self._freq_hz,))

    @micropython.native
    def init(self, *_args, **_given):
        """Exists and is refused, like all single steps on the hardware bus."""
        raise OSError("I2C operation not supported")

    start = stop = readinto = write = init


class SoftI2C(_I2CBus):
    """Bit-banged bus on any two pins."""

    @micropython.native
    def __init__(self, *_bus, **given):
        for name in ("scl", "sda"):
            if name not in given:
                raise TypeError("'%s' argument required" % name)
        _only(given, ("scl", "sda", "freq", "timeout"))
        self._pins = (pin_number(given["scl"]), pin_number(given["sda"]))
        half_period_us = max(1, 500000 // as_int(given.get("freq", _I2C_DEFAULT_HZ)))
        self._freq_hz = 500000 // half_period_us

    @micropython.native
    def __repr__(self):
        return "SoftI2C(scl=%d, sda=%d, freq=%d)" % (self._pins + (self._freq_hz,))

    @micropython.native
    def init(self, **given):
        """Set the bus up again."""
        self.__init__(**given)

    @micropython.native
    def start(self):
        """Send a start condition into the void."""

    stop = start

    @micropython.native
    def write(self, buf):
        """Return the number of acknowledged bytes: none."""
        as_buffer(buf)
        return 0

    @micropython.native
    def readinto(self, buf, nack=True):
        """Read the idle bus: ones."""
        for index in range(len(as_buffer(buf))):
            buf[index] = 0xFF


class _SPIBus:
    """Transfers that SPI and SoftSPI share; the input line reads zero."""

    MSB = 0
    LSB = 1

    @micropython.native
    def _begin(self):
        """A hook for the hardware bus, which refuses transfers after deinit()."""

    @micropython.native
    def write(self, buf):
        """Clock `buf` out."""
        as_buffer(buf)
        self._begin()

    @micropython.native
    def read(self, nbytes, write=0x00):
        """Return `nbytes` zeros."""
        self._begin()
        return bytes(as_int(nbytes))

    @micropython.native
    def readinto(self, buf, write=0x00):
        """Fill `buf` with zeros."""
        self._begin()
        for index in range(len(as_buffer(buf))):
            buf[index] = 0

    @micropython.native
    def write_readinto(self, write_buf, read_buf):
        """Clock out and in at the same time; both buffers have one length."""
        if len(as_buffer(write_buf)) != len(as_buffer(read_buf)):
            raise ValueError("buffers must be the same length")
        self.readinto(read_buf)


class SPI(_SPIBus):
    """Hardware bus 1 or 2."""

    @micropython.native
    def __new__(cls, bus=-1, *args, **given):
        if as_int(bus) == -1:
            print("Warning: SPI(-1, ...) is deprecated, use SoftSPI(...) instead")
            return SoftSPI(*args, **given)
        return object.__new__(cls)

    @micropython.native
    def __init__(self, bus=-1, baudrate=_SPI_DEFAULT_HZ, **given):
        if bus not in _SPI_PINS:
            raise ValueError("SPI(%d) doesn't exist" % bus)
        self._id = bus
        self._settings = {"polarity": 0, "phase": 0, "bits": 8, "firstbit": 0}
        self._pins = dict(zip(("sck", "mosi", "miso"), _SPI_PINS[bus]))
        self.init(baudrate, **given)

    @micropython.native
    def init(self, baudrate=None, **given):
        """Set the bus up again; what is not named stays."""
        _only(given, ("polarity", "phase", "bits", "firstbit", "sck", "mosi", "miso"))
        for name, value in given.items():
            if name in self._settings:
                self._settings[name] = as_int(value)
            else:
                self._pins[name] = -1 if value is None else pin_number(value)
        if not 0 < self._settings["bits"] <= 64:
            raise ValueError("invalid bits")
        if baudrate is not None:
            self._baudrate = as_int(baudrate)
        self._is_open = True

    @micropython.native
    def deinit(self):
        """Give the bus up; transfers are refused until init()."""
        self._is_open = False

    @micropython.native
    def _begin(self):
        if not self._is_open:
            raise OSError("transfer on deinitialized SPI")

    @micropython.native
    def __repr__(self):
        text = (
            "SPI(id=%d, baudrate=%d, polarity=%d, phase=%d, bits=%d, firstbit=%d, sck=%d, mosi=%d, miso=%d)"
        )
        s, p = self._settings, self._pins
        values = (s["polarity"], s["phase"], s["bits"], s["firstbit"], p["sck"], p["mosi"], p["miso"])
        return text % ((self._id, self._baudrate) + values)


class SoftSPI(_SPIBus):
    """Bit-banged bus; all three pins are required."""

    @micropython.native
    def __init__(self, baudrate=_SPI_DEFAULT_HZ, *, polarity=0, phase=0, firstbit=0, **given):
        _only(given, ("bits", "sck", "mosi", "miso"))
        if not all(given.get(name) is not None for name in ("sck", "mosi", "miso")):
            raise ValueError("must specify all of sck/mosi/miso")
        pins = tuple(pin_number(given[name]) for name in ("sck", "mosi", "miso"))
        self._shown = (as_int(baudrate), polarity, phase, firstbit) + pins

    @micropython.native
    def __repr__(self):
        text = "SoftSPI(baudrate=%d, polarity=%d, phase=%d, firstbit=%d, sck=%d, mosi=%d, miso=%d)"
        return text % self._shown

    @micropython.native
    def init(self, *args, **given):
        """Set the bus up again."""
        names = ("baudrate", "polarity", "phase", "firstbit", "sck", "mosi", "miso")
        settings = dict(zip(names, self._shown))
        settings.update(given)
        self.__init__(*(args or (settings.pop("baudrate"),)), **settings)

    @micropython.native
    def deinit(self):
        """Give the pins up."""
