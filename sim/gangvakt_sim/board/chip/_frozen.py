"""The rarely used frozen modules of the stock image, loaded at first use from files beside this one.

What the firmware itself uses is loaded beforehand, or it would take what the chip has in its flash from the
program's heap.

The chip's own file system hides this machine's, so the files are read through a file system object that is
kept and never mounted. A placeholder stands in sys.modules until somebody asks it for a name.
"""

import sys as _sys

import _vfs

_FOLDER = __file__.rsplit("/", 1)[0] + "/frozen"
_disk = _vfs._Posix(_FOLDER)

# Module: its file.
_FILES = {
    "neopixel": "neopixel.py",
    "onewire": "onewire.py",
    "ds18x20": "ds18x20.py",
    "dht": "dht.py",
    "ntptime": "ntptime.py",
}
_USED = ("onewire",)
_ABSENT = ("bluetooth", "btree", "webrepl", "_webrepl", "umqtt.simple", "umqtt.robust")


class _Placeholder:
    """A module whose file is run when the first name is asked for."""

    def __init__(self, name, file):
        self.__name__ = name
        self._file = file
        self._names = None

    def __repr__(self):
        return "<module '%s'>" % self.__name__

    def __getattr__(self, name):
        if self._names is None:
            self._load()
        if name not in self._names:
            raise AttributeError("'module' object has no attribute '%s'" % name)
        return self._names[name]

    def _load(self):
        self._names = {"__name__": self.__name__}
        with _disk.open("/" + self._file, "r") as source:
            exec(compile(source.read(), self._file, "exec"), self._names)


class _Absent:
    """A module of the image that the virtual board does not model: it imports, and using it fails loudly."""

    def __init__(self, name):
        self.__name__ = name

    def __repr__(self):
        return "<module '%s'>" % self.__name__

    def __getattr__(self, name):
        raise NotImplementedError("%s.%s is not modelled by the virtual board" % (self.__name__, name))


class _Package:
    """umqtt: only its two modules."""


def install():
    """Put the placeholders into sys.modules."""
    for name, file in _FILES.items():
        _sys.modules[name] = _Placeholder(name, file)
    for name in _USED:
        _sys.modules[name]._load()
    for name in _ABSENT:
        _sys.modules[name] = _Absent(name)
    package = _Package()
    package.simple = _sys.modules["umqtt.simple"]
    package.robust = _sys.modules["umqtt.robust"]
    package.__path__ = "umqtt"
    _sys.modules["umqtt"] = package
    _sys.modules["urequests"] = __import__("requests")
