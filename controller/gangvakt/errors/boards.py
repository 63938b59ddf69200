"""Errors of a board at a serial port."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt.errors.base import GangvaktError


class PortMissing(GangvaktError):
    """There is no serial port to take, or there are several `candidates` and none was chosen."""

    def __init__(self, text: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.candidates = tuple(candidates)


class ServiceFailed(GangvaktError):
    """What was asked of the sign at serial port `port` did not work."""

    def __init__(self, port: str, text: str) -> None:
        super().__init__(f"{port}: {text}")
        self.port = port


class PortUnusable(ServiceFailed):
    """The port cannot be opened, or went away, because of `why`; `text` where more is known of it."""

    def __init__(self, port: str, why: str, text: str | None = None) -> None:
        advice = "see that the cable is in, no other program uses it and you may use it (`gangvakt doctor`)"
        super().__init__(port, text or f"cannot be used ({why}): {advice}")
        self.why = why


class SignSilent(ServiceFailed):
    """No answer to `verb` within `waited_s`; `last` is the last line that was printed."""

    def __init__(self, port: str, verb: str, waited_s: float, last: str) -> None:
        heard = f"; it last printed {last[:120]!r}" if last else "; it printed nothing"
        advice = "is its app running? Restart the board, or flash it"
        super().__init__(port, f"no answer to {verb} within {waited_s:.0f} s{heard}: {advice}")
        self.verb, self.waited_s, self.last = verb, waited_s, last


class SignRefused(ServiceFailed):
    """The sign refuses `verb`: `field`, `value` and what is `allowed`."""

    def __init__(self, port: str, verb: str, field: str, value: object, allowed: str) -> None:
        super().__init__(port, f"{verb} refused: {field} is {value!r}; allowed: {allowed}")
        self.verb, self.field, self.value, self.allowed = verb, field, value, allowed


class KerbUnclear(ServiceFailed):
    """The walk did not show the kerb line, because of `why`."""

    def __init__(self, port: str, why: str) -> None:
        super().__init__(port, f"kerb line not learned: {why}; walk again, or type it in with --kerb")
        self.why = why


class BoardTrouble(GangvaktError):
    """A board at `port` is not as it must be: `what` happened, and the `advice` that goes with it."""

    def __init__(self, port: str, what: str, advice: str) -> None:
        super().__init__(f"{port}: {what}: {advice}")
        self.port, self.what, self.advice = port, what, advice


class PortRefused(BoardTrouble):
    """The port cannot be opened: busy, gone or forbidden."""


class BoardSilent(BoardTrouble):
    """Nothing answers at the port, or it stopped answering."""


class WrongChip(BoardTrouble):
    """Another chip, or less flash, than the board file says."""


class OtherSign(BoardTrouble):
    """Another sign than the one that was written answers at the port."""


class LineNoisy(BoardTrouble):
    """What arrives from the board is garbled."""


class ConnectionLost(BoardTrouble):
    """The cable or the port went away in the middle."""


class PowerWeak(BoardTrouble):
    """The board's supply broke down while it was written."""


class FlashWorn(BoardTrouble):
    """The flash holds something else than what was written."""


class FilesDiffer(BoardTrouble):
    """Interpreter or files on the board are not those that were written."""


class SelfTestFailed(BoardTrouble):
    """The sign found fault with itself; `rows` names what."""

    def __init__(self, port: str, rows: Sequence[str]) -> None:
        super().__init__(
            port,
            f"the self-test found {', '.join(rows)}",
            "mend that and run the command again",
        )
        self.rows = tuple(rows)


class NeverOnline(BoardTrouble):
    """The controller has not seen the sign in time."""


class BoardDeclined(BoardTrouble):
    """The board carries something, or is a sign, that shall not be overwritten."""


class ToolFailed(BoardTrouble):
    """A tool ended in a way that is not known here; `what` is its last word."""
