"""What can go wrong in the simulator.

SimError
+-- SimRefusal        a value that is out of bounds: where, value, allowed
    +-- TrackError    ... in a file of recorded tracks (also line and column)
    +-- SceneError    ... in a scene file
    +-- LossesError   ... in the radar's table of losses
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
    """A scene file that does not fit."""


class LossesError(SimRefusal):
    """A table of radar losses that does not fit."""


class StreetError(SimError):
    """The street with its signs could not be started or kept running."""


class InterpreterMissing(SimError):
    """There is no MicroPython here that could run the firmware."""
