"""Gathers figures of the running fleet, and every hour asks what they say."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gangvakt.fleet import LiveFleet, SignEvent, SignId, SignState, SiteId
from gangvakt.fleet.activity import Activity
from gangvakt.fleet.alarm import Condition
from gangvakt.fleet.alarm_classes import (
    BATTERY,
    CLOCK_DRIFT,
    MANY_ACTIVATIONS,
    NO_ACTIVATIONS,
    OUT_OF_SYNC,
)
from gangvakt.fleet.alarm_statistics import (
    BATTERY_SAMPLES,
    BATTERY_SPAN_MS,
    DRIFT_SAMPLES,
    SYNC_SAMPLES,
    battery_trend,
    certificate_ending,
    clock_drift,
    many_activations,
    mixed,
    no_activations,
    out_of_sync,
)
from gangvakt.fleet.events import QUALITY_DOUBTFUL, QUALITY_UTC
from gangvakt.fleet.life_cycle import LifeOf, always_in_service, is_watched
from gangvakt.fleet.power import Feed, PowerOf
from gangvakt.fleet.presence import Sight
from gangvakt.provision.lifetimes import Kind, Lifetime

SOURCE = "statistics"
ROUND_MS = 3_600_000
ACTIVATION = "activation_on"
# As in the table of the firmware; a sign with other thresholds reports them.
BATTERY_LAST_MV = 11_200
BATTERY_SAMPLES_KEPT = 10 * 24
SAMPLES_KEPT = 12
OF_SIGNS = frozenset({NO_ACTIVATIONS, MANY_ACTIVATIONS, CLOCK_DRIFT, OUT_OF_SYNC, BATTERY})
BATTERIES = (Feed.SOLAR, Feed.LIGHTING_BATTERY)


@dataclass
class _Figures:
    """Of one sign; only what it has ever told takes room."""

    activity: Activity = field(default_factory=Activity)
    stamps_ahead_ms: deque[int] = field(default_factory=lambda: deque(maxlen=SAMPLES_KEPT))
    steps_ahead_ms: deque[int] = field(default_factory=lambda: deque(maxlen=SAMPLES_KEPT))
    supply: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=BATTERY_SAMPLES_KEPT))


class Statistics:
    """`lifetimes` are all certificates known. Activations are counted again from the store after a start;
    voltages and clocks are gathered anew."""

    def __init__(
        self,
        fleet: LiveFleet,
        power: PowerOf,
        lifetimes: Callable[[], Sequence[Lifetime]] = tuple,
        life_of: LifeOf = always_in_service,
    ) -> None:
        self._fleet, self._power, self._lifetimes, self._life_of = fleet, power, lifetimes, life_of
        self._figures: dict[SignId, _Figures] = {}
        self._there: dict[str, SignId] = {}

    def restore(self, hours: Iterable[tuple[SignId, int, int]]) -> None:
        """Activations that are stored: (sign, UTC ms of the hour, how many)."""
        for sign, at_ms, count in hours:
            self._of(sign).activity.add(at_ms, count)

    def put_event(self, event: SignEvent) -> None:
        """One stored event."""
        figures = self._of(event.sign)
        if event.kind == ACTIVATION and event.quality != QUALITY_DOUBTFUL:
            figures.activity.add(event.utc_ms)
        if event.quality == QUALITY_UTC:
            figures.stamps_ahead_ms.append(event.utc_ms - event.received_ms)

    def round(self, now_ms: int, sight: Callable[[SignId], Sight | None]) -> set[Condition]:
        """Everything that the figures say is wrong now. Of signs that are not there, in repair or retired,
        nothing is said."""
        there = [
            state
            for state in self._fleet.signs()
            if _is_there(sight(state.id)) and is_watched(self._life_of(str(state.id)))
        ]
        self._there = {str(state.id): state.id for state in there}
        found = {one for state in there for one in self._of_sign(state, now_ms)}
        poles: dict[SiteId, dict[SignId, Mapping[str, object]]] = {}
        for state in there:
            poles.setdefault(state.id.site_id, {})[state.id] = _values(state)
        for site, values in poles.items():
            found |= set(mixed(site, values))
        return found | set(self._certificates(now_ms))

    def knows(self, code: str, name: str) -> bool:
        """Whether the last round could say if `code` is wrong with `name`: the sign was there, and there were
        figures enough. What it does not know is as it was."""
        there = self._there.get(name)
        if there is None:
            return code not in OF_SIGNS
        figures = self._of(there)
        gathered = {
            CLOCK_DRIFT: len(figures.stamps_ahead_ms) >= DRIFT_SAMPLES,
            OUT_OF_SYNC: len(figures.steps_ahead_ms) >= SYNC_SAMPLES,
            BATTERY: len(figures.supply) >= BATTERY_SAMPLES
            and figures.supply[-1][0] - figures.supply[0][0] >= BATTERY_SPAN_MS,
        }
        return gathered.get(code, True)

    def _of(self, sign: SignId) -> _Figures:
        return self._figures.setdefault(sign, _Figures())

    def _of_sign(self, state: SignState, now_ms: int) -> Iterator[Condition]:
        figures = self._of(state.id)
        self._sample(state, figures, now_ms)
        count, usual = figures.activity.compare(now_ms)
        values = state.config.values if state.config else {}
        empty_mv = values.get("battery_last_mv", BATTERY_LAST_MV)
        asked = [
            no_activations(state.id, count, usual),
            many_activations(state.id, count, usual),
            clock_drift(state.id, figures.stamps_ahead_ms),
            out_of_sync(state.id, figures.steps_ahead_ms),
            battery_trend(
                state.id, figures.supply, empty_mv if isinstance(empty_mv, int) else BATTERY_LAST_MV
            ),
        ]
        yield from (one for one in asked if one is not None)

    def _sample(self, state: SignState, figures: _Figures, now_ms: int) -> None:
        telemetry = state.telemetry
        if telemetry is None:
            return
        if telemetry.ahead_ms is not None:
            figures.steps_ahead_ms.append(telemetry.ahead_ms)
        if telemetry.supply_mv is not None and self._power(state.id).feed in BATTERIES:
            figures.supply.append((now_ms, telemetry.supply_mv))

    def _certificates(self, now_ms: int) -> Iterator[Condition]:
        for one in self._lifetimes():
            if one.kind in (Kind.OLD_AUTHORITY, Kind.BUNDLE):
                continue  # these may end in peace
            name = one.name if one.kind is Kind.SIGN else one.kind.value
            found = certificate_ending(name, one.kind.value, int(one.ends.timestamp() * 1000), now_ms)
            if found is not None:
                yield found


def _is_there(sight: Sight | None) -> bool:
    return sight is not None and sight.presence.value in ("fine", "patchy")


def _values(state: SignState) -> dict[str, object]:
    """The sign's own word on its mode comes first: a command may have changed it."""
    values: dict[str, object] = dict(state.config.values) if state.config else {}
    return values | ({"mode": state.status.mode} if state.status else {})
