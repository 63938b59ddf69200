"""How long a sensor has had nobody about it."""

from __future__ import annotations

from collections.abc import Sequence

from gangvakt_sim.world.track import Actor


class Company:
    """Is told the present at every step."""

    def __init__(self) -> None:
        self._alone_since_s: float | None = None

    def note(self, t_s: float, actors: Sequence[Actor]) -> None:
        """Who is there at a time."""
        if actors:
            self._alone_since_s = None
        elif self._alone_since_s is None:
            self._alone_since_s = t_s

    def gone_for(self, t_s: float, least_s: float) -> bool:
        """Whether nobody has been there for longer than that."""
        return self._alone_since_s is not None and t_s > self._alone_since_s + least_s
