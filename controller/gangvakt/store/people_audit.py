"""What is done about people, for the audit: the one place that its chain is joined to."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

COMMAND_LINE = "command line"
"""Whoever can write the data folder."""


async def note(
    connection: AsyncConnection,
    who: str,
    action: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Inside of the writer's transaction. No password, secret, code or token is ever given to it."""
