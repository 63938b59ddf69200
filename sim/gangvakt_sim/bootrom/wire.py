"""One direction of the serial line, as fast as this machine or as its baud rate."""

from __future__ import annotations

from collections import deque

BITS_PER_BYTE = 10  # with start and stop bit


class Wire:
    """Bytes go in, and come out once they would have crossed the line."""

    def __init__(self, paced: bool) -> None:
        self._paced = paced
        self._free_s = 0.0
        self._under_way: deque[tuple[float, bytes]] = deque()

    def push(self, data: bytes, baud: int, now_s: float) -> None:
        """Send; what is under way goes first."""
        if self._paced:
            self._free_s = max(now_s, self._free_s) + len(data) * BITS_PER_BYTE / baud
        self._under_way.append((self._free_s, data))

    def pop(self, now_s: float) -> bytes:
        """What has arrived."""
        arrived = []
        while self._under_way and self._under_way[0][0] <= now_s:
            arrived.append(self._under_way.popleft()[1])
        return b"".join(arrived)

    def clear(self) -> None:
        """What is under way is lost."""
        self._under_way.clear()

    @property
    def next_s(self) -> float | None:
        """When the next bytes arrive; None = nothing is under way."""
        return self._under_way[0][0] if self._under_way else None
