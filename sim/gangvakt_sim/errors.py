"""What can go wrong in the simulator.

SimError
+-- SimRefusal        a value that is out of bounds: where, value, allowed
    +-- TrackError    ... in a file of recorded tracks (also line and column)
    +-- SceneError    ... in a site file
    +-- FramesError   ... in a file of recorded sensor bytes (also line)
    +-- FlightError   ... in a flight recording of a sign
    +-- LossesError   ... in the radar's table of losses
    +-- BoardRefusal  ... in what shall be done to a virtual board
    +-- FaultRefusal  ... in a fault or a schedule of faults
    +-- OrderRefusal  ... in what the page of a street orders (which order)
+-- BoardFailed       a virtual board does not do what it should (what it printed)
    +-- BoardTimeout  ... in the time allowed
+-- SoakFailed        an invariant did not hold: which, and when
+-- DriverFailed      the firmware does not run in virtual time
+-- BrowserMissing    there is no browser for the tests of the pages
+-- InterpreterMissing there is no MicroPython that could run the firmware here
+-- StreetError       the simulated street could not be started or kept running
"""

from __future__ import annotations


class SimError(Exception):
    """Base of all; the text is one line that says what to do."""


class SimRefusal(SimError):
    """A value was refused: `source` (a file), `field`, `value`, and what is `allowed`."""

    def __init__(self, source: str, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{source}: {field} is {value!r}; allowed: {allowed}")
        self.source, self.field, self.value, self.allowed = source, field, value, allowed


class TrackError(SimRefusal):
    """A file of tracks that does not fit, at a `line` (from 1; 0 = the file as a whole) and a `column`."""

    def __init__(self, path: str, line: int, column: str, value: object, allowed: str) -> None:
        super().__init__(f"{path}, line {line}" if line else path, column, value, allowed)
        self.path, self.line, self.column = path, line, column


class SceneError(SimRefusal):
    """A site file that does not fit."""


class FramesError(SimRefusal):
    """A file of recorded sensor bytes that does not fit, at a `line` (from 1; 0 = the file as a whole)."""

    def __init__(self, path: str, line: int, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{path}, line {line}" if line else path, field, value, allowed)
        self.path, self.line = path, line


class FlightError(SimRefusal):
    """A flight recording that does not fit."""


class LossesError(SimRefusal):
    """A table of radar losses that does not fit."""


class FaultRefusal(SimRefusal):
    """A fault that there is not, or one that was told what it does not take."""


class OrderRefusal(SimRefusal):
    """What the page of a street ordered is out of bounds; `ident` is the order's, "" where it has none."""

    def __init__(self, ident: str, field: str, value: object, allowed: str) -> None:
        super().__init__("order", field, value, allowed)
        self.ident = ident


class StreetError(SimError):
    """The street with its signs could not be started or kept running."""


class SoakFailed(SimError):
    """An invariant of a sign's life did not hold."""


class DriverFailed(SimError):
    """The firmware, run in virtual time, ended with an error."""


class InterpreterMissing(SimError):
    """There is no MicroPython here that could run the firmware."""


class BrowserMissing(SimError):
    """There is no browser that could show the pages."""


class BoardRefusal(SimRefusal):
    """A value for a virtual board out of bounds."""


class BoardFailed(SimError):
    """A virtual board does not start or stopped; `printed` is what it had printed last."""

    def __init__(self, text: str, printed: str = "") -> None:
        super().__init__(f"{text}; it printed:\n{printed}" if printed else text)
        self.printed = printed


class BoardTimeout(BoardFailed):
    """What was awaited from a virtual board did not come in time."""
