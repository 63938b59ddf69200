"""The root of all errors, and of all that is out of bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class GangvaktError(Exception):
    """Base of all; the text is one line that says what to do."""


class Refusal(GangvaktError):
    """A value was refused: `source` (a file, form or message), `field`, `value`, and what is `allowed`."""

    def __init__(self, source: str, field: str, value: object, allowed: str) -> None:
        super().__init__(f"{source}: {field} is {value!r}; allowed: {allowed}")
        self.source, self.field, self.value, self.allowed = source, field, value, allowed


class NameRefused(Refusal):
    """A name that cannot stand in a topic, a certificate and a path alike."""


class SettingRefused(Refusal):
    """A setting or command line option out of bounds."""


class PasswordRefused(Refusal):
    """A new password that is too weak; the value is never carried."""


class Unreadable(Refusal):
    """A message that does not follow the wire contract."""


@dataclass(frozen=True)
class RowRefusal:
    """What is wrong in one row: its `line` or number in the file, `field`, `value` and what is `allowed`."""

    line: int
    field: str
    value: object
    allowed: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} is {self.value!r}; allowed: {self.allowed}"


class ImportRefused(Refusal):
    """Of a file nothing was taken; `rows` is all that is wrong in it, of which this tells the first."""

    def __init__(self, source: str, rows: Sequence[RowRefusal]) -> None:
        first = rows[0]
        super().__init__(f"{source} line {first.line}", first.field, first.value, first.allowed)
        self.rows = tuple(rows)
