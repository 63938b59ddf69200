"""What a rollout sees of its signs: their status, what they say of their offers, alarms and neighbours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from gangvakt.fleet import LiveFleet, SignId, SignState
from gangvakt.fleet.rollout_desk import AT_IT, See, Sight
from gangvakt.fleet.rollout_states import ON_THE_WAY
from gangvakt.fleet.rollout_states import SignState as InRollout
from gangvakt.fleet.rollouts import Entry, Rollout
from gangvakt.upkeep.offers import OfferFolder

REFRESH_MS = 60_000
LISTENED_TO = ON_THE_WAY | {InRollout.RETURNING}
LONGEST_DETAIL = 200

AlarmOf = Callable[[SignId, int], str | None]
OutOfUse = Callable[[], Awaitable[frozenset[SignId]]]


def no_alarm(sign: SignId, since_ms: int) -> str | None:
    """Where there are no alarms."""
    return None


async def nobody() -> frozenset[SignId]:
    """Where all signs are in use."""
    return frozenset()


class Eyes:
    """Looks at the live model and at the offers' files."""

    def __init__(
        self, fleet: LiveFleet, offers: OfferFolder, alarm_of: AlarmOf, out_of_use: OutOfUse
    ) -> None:
        self._fleet, self._offers = fleet, offers
        self._alarm_of, self._out_of_use = alarm_of, out_of_use
        self._out: frozenset[SignId] = frozenset()
        self._refreshed_ms: int | None = None

    async def refresh(self, now_ms: int, *, again: bool = False) -> None:
        """Who is out of use; once a minute, or `again`."""
        if again or self._refreshed_ms is None or now_ms - self._refreshed_ms >= REFRESH_MS:
            self._out, self._refreshed_ms = await self._out_of_use(), now_ms

    def is_in_use(self, sign: SignId) -> bool:
        return sign not in self._out

    def on(self, rollout: Rollout) -> See:
        """For one look at the signs of a rollout."""
        away: dict[SignId, SignState] = {}
        sites = rollout.crossings
        for state in self._fleet.signs():
            if state.id.site_id in sites and not state.online and self.is_in_use(state.id):
                away[state.id] = state
        by_site: dict[object, list[SignState]] = {}
        for state in away.values():
            by_site.setdefault(state.id.site_id, []).append(state)

        def see(entry: Entry) -> Sight:
            others = [one for one in by_site.get(entry.sign.site_id, ()) if one.id != entry.sign]
            return self._see(entry, others[0] if others else None)

        return see

    def _see(self, entry: Entry, away: SignState | None) -> Sight:
        state = self._fleet.sign(entry.sign)
        is_online = state is not None and state.online
        gone = away if is_online else state
        report, detail = self._report(entry)
        return Sight(
            online=is_online,
            firmware=state.status.firmware if state and state.status else None,
            report=report,
            detail=detail,
            alarm=self._alarm(entry),
            away=str(away.id) if away else None,
            gone_ms=(gone.offline_since_ms or gone.last_seen_ms or 0) if gone else 0,
        )

    def _alarm(self, entry: Entry) -> str | None:
        if entry.state is not InRollout.CONFIRMED or entry.offered_ms is None:
            return None
        return self._alarm_of(entry.sign, entry.offered_ms)

    def _report(self, entry: Entry) -> tuple[str | None, str]:
        """What it says of the offer that it has now; an older word is none."""
        told = self._offers.reported(entry.sign) if entry.offered_ms is not None else None
        if told is None:
            return None, ""
        if entry.state is InRollout.WAITING:  # the offer was taken back: perhaps too late
            return (str(told.get("state")), "") if told.get("state") in AT_IT else (None, "")
        if entry.state not in LISTENED_TO:
            return None, ""
        held = self._offers.get(entry.sign)
        if held is None or (told.get("id"), told.get("attempt")) != (held.id, held.attempt):
            return None, ""
        return str(told.get("state")), _detail(told)


def _detail(told: dict[str, Any]) -> str:
    if "field" not in told:
        return ""
    return f"{told['field']} is {told.get('value')!r}; allowed: {told.get('allowed')}"[:LONGEST_DETAIL]
