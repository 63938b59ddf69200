"""The one live model: ingest feeds it, pages and API read snapshots of it."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet.broadcast import Broadcast, Changes
from gangvakt.fleet.events import Change, ChangeKind, SignEvent
from gangvakt.fleet.look import Look
from gangvakt.fleet.names import SignId, SiteId
from gangvakt.fleet.scene import Scene, World
from gangvakt.fleet.signs import ReportedConfig, SignState, SignStatus, Telemetry

RECENT_EVENTS = 500  # for all signs together: some pages full
WORLD_FRESH_MS = 5000  # the simulator sends 10 a second; after 5 s without, it is gone
LOOK_FRESH_MS = 3000  # a sign that is watched sends four a second


class LiveFleet:
    """Signs, recent events and simulated crossings. Cheap: writers replace frozen values, readers share them.

    For one event loop only. `revision` grows with every change.
    """

    def __init__(self, clock_ms: ClockMs = utc_ms) -> None:
        self.revision = 0
        self._clock_ms = clock_ms
        self._signs: dict[SignId, SignState] = {}
        self._names: list[SignId] = []  # ordered; what they are is in _signs
        self._ordered: tuple[SignState, ...] | None = ()
        self._events: deque[SignEvent] = deque(maxlen=RECENT_EVENTS)
        self._scenes: dict[SiteId, Scene] = {}
        self._worlds: dict[SiteId, World] = {}
        self._looks: dict[SignId, Look] = {}
        self._broadcast = Broadcast()

    def signs(self) -> tuple[SignState, ...]:
        """Every known sign, ordered by its name."""
        if self._ordered is None:
            self._ordered = tuple(map(self._signs.__getitem__, self._names))
        return self._ordered

    def page(
        self, after: SignId | None, limit: int, wanted: Callable[[SignState], bool]
    ) -> tuple[SignState, ...]:
        """At most `limit` wanted signs behind `after`, ordered by their names."""
        start = bisect_right(self._names, after) if after is not None else 0
        behind = (self._signs[name] for name in islice(self._names, start, None))
        return tuple(islice(filter(wanted, behind), limit))

    def sign(self, sign: SignId) -> SignState | None:
        return self._signs.get(sign)

    def sites(self) -> tuple[SiteId, ...]:
        """Every site with a sign or a scene, ordered."""
        return tuple(sorted({sign.site_id for sign in self._signs} | set(self._scenes)))

    def signs_of(self, site: SiteId) -> tuple[SignState, ...]:
        return tuple(state for state in self.signs() if state.id.site_id == site)

    def recent_events(self, sign: SignId | None = None, limit: int = 50) -> tuple[SignEvent, ...]:
        """Newest first; at most RECENT_EVENTS are kept here, all of them are in the store."""
        newest = reversed(self._events)
        wanted: Iterable[SignEvent] = newest if sign is None else (e for e in newest if e.sign == sign)
        return tuple(islice(wanted, limit))

    def scenes(self) -> tuple[SiteId, ...]:
        """Every site with a scene, ordered."""
        return tuple(sorted(self._scenes))

    def scene(self, site: SiteId) -> Scene | None:
        return self._scenes.get(site)

    def world(self, site: SiteId) -> World | None:
        """The newest instant; None without a simulator or when it fell silent."""
        world = self._worlds.get(site)
        if world is None or self._clock_ms() - world.received_ms > WORLD_FRESH_MS:
            return None
        return world

    def look(self, sign: SignId) -> Look | None:
        """What it sees now; None unless somebody watches it, and soon after it fell silent."""
        look = self._looks.get(sign)
        if look is not None and self._clock_ms() - look.received_ms > LOOK_FRESH_MS:
            del self._looks[sign]
            return None
        return look

    def subscribe(self, capacity: int = 256) -> Changes:
        """A queue of the changes from now on; close it, or use it as a context manager."""
        return self._broadcast.subscribe(capacity)

    def restore(self, states: Iterable[SignState], events: Sequence[SignEvent] = ()) -> None:
        """What the store remembers: nobody is online before he has said so himself. `events` oldest first."""
        self._signs |= {state.id: replace(state, online=False) for state in states}
        self._names = sorted(self._signs)
        self._events.extend(events)
        self._ordered = None
        self.revision += 1

    def put_status(self, sign: SignId, status: SignStatus, now_ms: int) -> None:
        self._update(sign, now_ms, {"online": True, "offline_since_ms": None, "status": status})

    def put_offline(self, sign: SignId, now_ms: int) -> None:
        """The broker said so (last will); the sign itself was not heard, so `last_seen_ms` stays."""
        before = self._signs.get(sign, SignState(sign))
        since_ms = before.offline_since_ms or now_ms
        self._replace(replace(before, online=False, offline_since_ms=since_ms))

    def put_seen(self, sign: SignId, now_ms: int) -> None:
        """It was heard with something that only the store keeps."""
        self._replace((self._signs.get(sign) or SignState(sign)).seen_at(now_ms))

    def put_telemetry(self, sign: SignId, telemetry: Telemetry, now_ms: int) -> None:
        self._update(sign, now_ms, {"telemetry": telemetry})

    def put_config(self, sign: SignId, config: ReportedConfig, now_ms: int) -> None:
        self._update(sign, now_ms, {"config": config})

    def put_events(self, events: Sequence[SignEvent]) -> None:
        """Stored events, in the order they were stored."""
        self._events.extend(events)
        self.revision += len(events)
        if not len(self._broadcast):
            return
        for event in events:
            self._broadcast.publish(Change(ChangeKind.EVENT, event.sign.site_id, event.sign, event))

    def put_scene(self, scene: Scene) -> None:
        self._scenes[scene.site] = scene
        self._tell(Change(ChangeKind.SCENE, scene.site))

    def put_world(self, world: World) -> None:
        self._worlds[world.site] = world
        self._tell(Change(ChangeKind.WORLD, world.site))

    def put_look(self, sign: SignId, look: Look) -> None:
        """Of a sign that is known; the last one of each is kept for some seconds."""
        if sign in self._signs:
            self._looks[sign] = look
            self._tell(Change(ChangeKind.LOOK, sign.site_id, sign))

    def _update(self, sign: SignId, now_ms: int, fields: Mapping[str, object]) -> None:
        before = self._signs.get(sign, SignState(sign))
        self._replace(replace(before, last_seen_ms=now_ms, **fields))  # type: ignore[arg-type]

    def _replace(self, state: SignState) -> None:
        if state.id not in self._signs:
            insort(self._names, state.id)
        self._signs[state.id] = state
        self._ordered = None
        self.revision += 1
        if len(self._broadcast):
            self._broadcast.publish(Change(ChangeKind.SIGN, state.id.site_id, state.id))

    def _tell(self, change: Change) -> None:
        self.revision += 1
        self._broadcast.publish(change)
