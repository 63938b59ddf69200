"""How what somebody does gets into the audit: in the transaction in which it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


class Note(Protocol):
    """Writes who did what to what, with the state before and after."""

    async def __call__(
        self,
        connection: AsyncConnection,
        who: str,
        action: str,
        subject: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> object: ...


async def noted_nowhere(
    connection: AsyncConnection,
    who: str,
    action: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Where there is no audit."""
