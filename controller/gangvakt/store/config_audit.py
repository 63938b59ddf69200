"""What is done to configurations and by commands, for the audit: the one place where its chain is joined."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.store import audit


async def note(
    connection: AsyncConnection,
    who: str,
    action: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Inside of the writer's transaction, as its last statement."""
    await audit.note(connection, who, action, subject, before, after)
