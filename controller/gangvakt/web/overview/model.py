"""The one model of all open overviews: rows are made once, and what changed is told once."""

from __future__ import annotations

import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gangvakt.api.services import Services
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet import SignId, SignState, SiteId
from gangvakt.fleet.presence import Presence
from gangvakt.fleet.view import Municipalities
from gangvakt.web.overview.rows import Row, row_of

REFRESH_S = 1.0
EARLY_S = 0.1  # timers of pages come a little early or late; each second shall have its refresh
# Signs that are looked at anew though they said nothing: a fleet of 10,000 in ten seconds.
SWEPT = 1000
PATCHES_KEPT = 10  # a page that missed more of them asks for all rows
MOST_TOLD = 2000  # rows in a message; more are better fetched, packed
PLACES_S = 60.0


@dataclass(frozen=True)
class Patch:
    """What changed on the way to `version` from the one before."""

    version: int
    rows: tuple[Row, ...]
    gone: tuple[str, ...]


class OverviewModel:
    """For one event loop. Costs nothing while no page asks."""

    def __init__(
        self,
        services: Services,
        clock_ms: ClockMs = utc_ms,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._services, self._clock_ms, self._monotonic_s = services, clock_ms, monotonic_s
        self.version = 0
        self._states: tuple[SignState, ...] = ()
        self._rows: dict[SignId, Row] = {}
        self._patches: deque[Patch] = deque(maxlen=PATCHES_KEPT)
        self._alarms: Counter[str] = Counter()
        self._alarms_revision = -1
        self._updating: frozenset[SignId] = frozenset()
        self._next_swept = 0
        self._refreshed_s = self._placed_s = -PLACES_S
        self._titles: dict[str, str] = {}
        self._encoded: dict[tuple[int, Municipalities], str] = {}

    async def refresh(self) -> None:
        """Looks at the fleet, unless that was done within this second."""
        now_s = self._monotonic_s()
        if now_s - self._placed_s >= PLACES_S:
            self._placed_s = now_s
            self._titles = {one.site: one.title for one in await self._services.registry.sites.all()}
        if now_s - self._refreshed_s < REFRESH_S - EARLY_S:
            return
        self._refreshed_s = now_s
        states = self._services.fleet.signs()
        made = {state.id: self._row(state) for state in self._suspects(states)}
        changed = {sign: row for sign, row in made.items() if self._rows.get(sign) != row}
        gone = self._gone(states)
        self._states = states
        if changed or gone:
            self._take(changed, gone)

    def snapshot(self, seen: Municipalities) -> str:
        """All that is seen, as JSON: `version`, `nowS`, `rows`, and `sites` with titles and places."""
        rows, told = [], {}
        for sign, row in self._rows.items():
            if seen is not None and sign.municipality not in seen:
                continue
            rows.append(row)
            name = row.sign.rpartition("/")[0]
            if name not in told:
                told[name] = (self._titles.get(name, sign.site), self._place(sign.site_id))
        return json.dumps(
            {"version": self.version, "nowS": self._now_s(), "rows": rows, "sites": told},
            separators=(",", ":"),
        )

    def since(self, version: int, seen: Municipalities) -> str | None:
        """What changed since `version`, as JSON that `seen` pages share; None for nothing.

        Its `from` is later than `version` where too much was missed: then all has to be fetched.
        """
        if version == self.version:
            return None
        key = (version, seen)
        if key not in self._encoded:
            patches = [one for one in self._patches if one.version > version]
            rows = {row.sign: row for one in patches for row in one.rows if _is_seen(row.sign, seen)}
            gone = [sign for one in patches for sign in one.gone if _is_seen(sign, seen)]
            is_whole = bool(patches) and patches[0].version == version + 1 and len(rows) <= MOST_TOLD
            if not is_whole:
                rows, gone = {}, []
            begins = version if is_whole else self.version
            told = {"from": begins, "version": self.version, "nowS": self._now_s()}
            self._encoded[key] = json.dumps(
                {**told, "rows": [*rows.values()], "gone": gone}, separators=(",", ":")
            )
        return self._encoded[key]

    def _suspects(self, states: tuple[SignState, ...]) -> Iterable[SignState]:
        """Those whose row may be another one now."""
        if len(states) != len(self._states):
            found = [state for state in states if state.id not in self._rows]
            held = {state.id: state for state in self._states}
            found += [state for state in states if held.get(state.id) is not state]
        else:
            found = [new for new, old in zip(states, self._states, strict=True) if new is not old]
        found += states[self._next_swept : self._next_swept + SWEPT]
        self._next_swept = self._next_swept + SWEPT if self._next_swept + SWEPT < len(states) else 0
        found += [state for sign in self._concerned() if (state := self._services.fleet.sign(sign))]
        return found

    def _concerned(self) -> set[SignId]:
        """Signs whose alarms, or whose updates, are others than before."""
        updating = self._services.rollouts.updating() if self._services.rollouts else frozenset()
        concerned = set(updating ^ self._updating)
        self._updating = updating
        alarms = self._services.patrol.alarms if self._services.patrol else None
        if alarms is not None and alarms.revision != self._alarms_revision:
            self._alarms_revision = alarms.revision
            before, self._alarms = self._alarms, Counter(one.object for one in alarms.open())
            names = {name for name in before.keys() | self._alarms if before[name] != self._alarms[name]}
            concerned |= {SignId.parse(name) for name in names if name.count("/") == 2}
        return concerned

    def _row(self, state: SignState) -> Row:
        services = self._services
        sight = services.patrol.sight(state.id) if services.patrol else None
        name = str(state.id)
        return row_of(
            state,
            sight.presence if sight else Presence.UNKNOWN,
            services.registry.power_profile.life_of(name),
            alarms=self._alarms[name],
            is_updating=state.id in self._updating,
        )

    def _gone(self, states: tuple[SignState, ...]) -> list[SignId]:
        if len(states) >= len(self._rows):
            return []
        there = {state.id for state in states}
        return [sign for sign in self._rows if sign not in there]

    def _take(self, changed: dict[SignId, Row], gone: list[SignId]) -> None:
        self.version += 1
        self._encoded.clear()
        self._rows |= changed
        for sign in gone:
            del self._rows[sign]
        self._patches.append(Patch(self.version, tuple(changed.values()), tuple(map(str, gone))))

    def _place(self, site: SiteId) -> tuple[float, float] | None:
        return self._services.positions(site)

    def _now_s(self) -> int:
        return self._clock_ms() // 1000


def _is_seen(sign: str, seen: Municipalities) -> bool:
    return seen is None or sign.partition("/")[0] in seen
