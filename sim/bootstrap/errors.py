"""The errors of the set-up.

SetupError            a step cannot be done; its text is one line that says what to do
+-- CommandFailed     a program was run and failed
"""

from __future__ import annotations

from pathlib import Path


class SetupError(Exception):
    """A step cannot be done. The text is one line: what is wrong, and what to install or set."""


class CommandFailed(SetupError):
    """`program` ended with `code`; its last word is `reason`, all of its output is in `log`."""

    def __init__(self, program: str, code: int, reason: str, log: Path) -> None:
        super().__init__(f"{program} failed ({reason or f'exit code {code}'}); its output is in {log}")
        self.program = program
        self.code = code
        self.reason = reason
        self.log = log
