"""SQLite's connections: each has a thread of its own, and none outlives the database that opened it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from threading import Thread
from weakref import WeakSet

import aiosqlite

END_S = 10.0  # of a statement under way; a thread that takes longer dies with the process


class Connector:
    """Opens connections of one file.

    Where a task is cancelled while it opens or uses a connection, SQLAlchemy tells the connection's thread to
    stop and waits for nothing: the thread then answers to an event loop that may be closed by now.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads: WeakSet[Thread] = WeakSet()

    async def __call__(self) -> aiosqlite.Connection:
        connection = aiosqlite.connect(self._path, check_same_thread=False)
        thread = connection._thread  # as SQLAlchemy does: there is no other way to it
        thread.daemon = True
        self._threads.add(thread)
        return await connection

    async def ended(self) -> None:
        """Waits for the threads of all connections; they must have been told to stop."""
        for thread in tuple(self._threads):
            if thread.is_alive():
                await asyncio.to_thread(thread.join, END_S)
