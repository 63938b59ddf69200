"""Who is acting: known where somebody comes in, and told to the audit where something is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# No user can be called either: names of users have no spaces.
COMMAND_LINE = "command line"
CONTROLLER = "the controller"
# Written by rollouts and alarms for what nobody did: a user of that name would have done it.
RESERVED = frozenset({"controller"})

_acting: ContextVar[str] = ContextVar("acting", default=COMMAND_LINE)


def acting() -> str:
    """A user, a program or a way in; whoever can write the data folder, where nobody else came in."""
    return _acting.get()


def act_as(who: str) -> None:
    """From here on in this task and those that it begins."""
    _acting.set(who)


@contextmanager
def acting_as(who: str) -> Iterator[None]:
    """Within the block."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)
