"""What a virtual radar module is to the sign at the other end of the wire, and what can be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class RadarModule(Protocol):
    """A module that can be configured over its serial line."""

    @property
    def reporting(self) -> bool:
        """Whether it sends reports; not while it is being configured."""

    def receive(self, data: bytes) -> bytes:
        """Hear what the sign wrote, in any pieces; what the module answers to it."""


@dataclass
class ModuleFaults:
    """Named faults; a test sets them at any time."""

    deaf: bool = False  # hears nothing, answers nothing, goes on reporting
    answers_to_lose: int = 0  # so many of the next answers get lost on their way
    refused: frozenset[int | str] = frozenset()  # commands that it declines

    def passes(self) -> bool:
        """Whether the next answer arrives."""
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            return False
        return True
