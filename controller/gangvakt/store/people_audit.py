"""What is done about people, for the audit: they stand in its chain by reference."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store import audit
from gangvakt.store.acting import COMMAND_LINE, CONTROLLER, acting
from gangvakt.store.audit import Person, Personal

__all__ = ["COMMAND_LINE", "note"]

ABOUT_PEOPLE = frozenset({"user", "login", "token", "session", "factor", "second-factor"})
"""What stands before the dot of an action whose subject is a person."""
PERSONAL_FIELDS = frozenset({"address", "agent", "subject", "name", "label"})


async def note(
    connection: AsyncConnection,
    who: str,
    action: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Inside of the writer's transaction. No password, secret, code or token is ever given to it."""
    about = Person(subject) if action.partition(".")[0] in ABOUT_PEOPLE else subject
    # Whoever calls from within the controller without a name of his own is known where he came in.
    known = {COMMAND_LINE: acting(), "controller": CONTROLLER}.get(who, who)
    await audit.note(connection, known, action, about, _told(before), _told(after))


def _told(state: Mapping[str, object] | None) -> dict[str, object] | None:
    if state is None:
        return None
    return {name: Personal(held) if name in PERSONAL_FIELDS else held for name, held in state.items()}
