"""What a page knows of one pole that it watches. Pure: seconds are told.

```mermaid
stateDiagram-v2
    [*] --> idle
    idle --> asked: ASK
    asked --> shown: LOOK
    asked --> silent: MISSED, or END
    asked --> refused: REFUSE
    shown --> silent: MISSED
    shown --> over: END
    silent --> shown: LOOK
    silent --> over: END
    refused --> asked: ASK
    silent --> asked: ASK
    over --> asked: ASK
```

Whoever else watches the pole is seen to: a LOOK shows it from any state.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

WATCH_S = 60
# Four pictures a second come, unless the line is busy; that much later the sign is missed.
MISSED_S = 4.0


class WatchState(Enum):
    """What is said of the pole."""

    IDLE = "idle"
    ASKED = "asked"
    SHOWN = "shown"
    SILENT = "silent"
    REFUSED = "refused"
    OVER = "over"


class WatchEvent(Enum):
    """What happens to it."""

    ASK = "ask"
    LOOK = "look"
    MISSED = "missed"
    REFUSE = "refuse"
    END = "end"


_S, _E = WatchState, WatchEvent
# What is not listed changes nothing.
TRANSITIONS: Mapping[tuple[WatchState, WatchEvent], WatchState] = {
    (_S.IDLE, _E.ASK): _S.ASKED,
    (_S.REFUSED, _E.ASK): _S.ASKED,
    (_S.SILENT, _E.ASK): _S.ASKED,
    (_S.OVER, _E.ASK): _S.ASKED,
    **{(state, _E.LOOK): _S.SHOWN for state in _S},
    (_S.ASKED, _E.MISSED): _S.SILENT,
    (_S.SHOWN, _E.MISSED): _S.SILENT,
    (_S.ASKED, _E.REFUSE): _S.REFUSED,
    (_S.ASKED, _E.END): _S.SILENT,
    (_S.SHOWN, _E.END): _S.OVER,
    (_S.SILENT, _E.END): _S.OVER,
}


class PoleWatch:
    """One pole; `state` and `until_s`, when its time is over."""

    def __init__(self) -> None:
        self.state = WatchState.IDLE
        self.until_s = 0.0
        self._heard_s: float | None = None  # None: it has not answered yet

    def ask(self) -> None:
        """The sign is being asked, which may take a while."""
        if self.state is not WatchState.SHOWN:
            self._heard_s = None
        self._happen(WatchEvent.ASK)

    def answered(self, now_s: float) -> None:
        """It obeys: pictures come from now on."""
        self._heard_s, self.until_s = now_s, now_s + WATCH_S

    def refused(self) -> None:
        self._happen(WatchEvent.REFUSE)

    def missed(self) -> None:
        """It is not connected, or did not answer."""
        self._happen(WatchEvent.MISSED)

    def look(self, now_s: float, left_s: int) -> None:
        """A picture came."""
        self._heard_s, self.until_s = now_s, now_s + left_s
        self._happen(WatchEvent.LOOK)

    def tick(self, now_s: float) -> None:
        """Notices what did not come."""
        if self._heard_s is None:
            return
        if now_s >= self.until_s:
            self._happen(WatchEvent.END)
        elif now_s - self._heard_s >= MISSED_S:
            self._happen(WatchEvent.MISSED)

    def _happen(self, event: WatchEvent) -> None:
        self.state = TRANSITIONS.get((self.state, event), self.state)
