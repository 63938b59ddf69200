"""What is left of rollouts and update files when their time is over. In a transaction of the caller."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.fleet.rollout_states import OVER
from gangvakt.store.acting import CONTROLLER
from gangvakt.store.audit import note
from gangvakt.store.tables_rollouts import ARTIFACTS, ROLLOUT_MOVES, ROLLOUT_SIGNS, ROLLOUTS

NEWEST_KEPT = 2  # files of a board: the one its signs have, and the one they would go back to
MOST = 20  # rollouts, each with some thousand rows, or files of a megabyte, in one transaction


async def delete_rollouts(connection: AsyncConnection, until_ms: int) -> int:
    """Those that ended before, with their signs and moves; how many. A draft never ends by itself."""
    ended = ROLLOUTS.c.state.in_(sorted(state.value for state in OVER)) & (ROLLOUTS.c.since_ms < until_ms)
    numbers = (
        await connection.scalars(select(ROLLOUTS.c.id).where(ended).order_by(ROLLOUTS.c.id).limit(MOST))
    ).all()
    if numbers:
        for column in (ROLLOUT_MOVES.c.rollout, ROLLOUT_SIGNS.c.rollout, ROLLOUTS.c.id):
            await connection.execute(delete(column.table).where(column.in_(numbers)))
        await note(
            connection, CONTROLLER, "rollout.delete-old", "rollouts", {"rollouts": list(numbers)}, None
        )
    return len(numbers)


async def delete_artifacts(connection: AsyncConnection, until_ms: int) -> int:
    """Files that were uploaded before and no rollout names, but for the newest of their kind; how many."""
    kind = (ARTIFACTS.c.board, ARTIFACTS.c.is_app)
    order = func.row_number().over(partition_by=kind, order_by=ARTIFACTS.c.sequence.desc()).label("place")
    placed = select(ARTIFACTS.c.id, order).subquery()
    newest = select(placed.c.id).where(placed.c.place <= NEWEST_KEPT)
    used = [
        select(column).where(column.is_not(None))
        for column in (ROLLOUT_SIGNS.c.artifact, ROLLOUT_SIGNS.c.back)
    ]
    old = select(ARTIFACTS.c.id).where(ARTIFACTS.c.made_ms < until_ms, ARTIFACTS.c.id.not_in(newest))
    for numbers in used:
        old = old.where(ARTIFACTS.c.id.not_in(numbers))
    gone = (await connection.scalars(old.order_by(ARTIFACTS.c.id).limit(MOST))).all()
    if gone:
        await connection.execute(delete(ARTIFACTS).where(ARTIFACTS.c.id.in_(gone)))
        await note(
            connection, CONTROLLER, "artifact.delete-old", "artifacts", {"artifacts": list(gone)}, None
        )
    return len(gone)
