"""What keeps an open page up to date: one timer and one subscription to the fleet for each page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from nicegui import Client

from gangvakt.alarms import Patrol
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet import ChangeKind, Changes, SignId, SignState, SiteId
from gangvakt.fleet.presence import Presence
from gangvakt.fleet.view import SeenFleet
from gangvakt.web.parts import EventList, SignList, StreetView
from gangvakt.web.texts import Texts
from gangvakt.web.views import View, event_row, scene_view, sign_row, simulated_sites, world_view

# Half of the time between two world messages: none waits long enough to be seen as a jerk.
TICK_S = 0.05
# Often enough that a change stands on the page well within a second, however busy the browser is.
TABLE_EVERY_S = 0.5
# A warning follows its sign's status by milliseconds: it must not wait for that one's turn.
EVENTS_EVERY_S = 0.2
EVENTS_SHOWN = 60
MOST_CARDS = 60  # of more signs the overview is the list
EVERYTHING = frozenset(ChangeKind)

Kinds = frozenset[ChangeKind]


class LivePart(Protocol):
    """A part of a page that follows the fleet."""

    def refresh(self, changed: Kinds, now_s: float) -> None:
        """Called each tick with the kinds of what changed since the last one; `now_s` is monotonic."""


class PageFeed:
    """Hands the fleet's changes to the parts of one page while its browser is connected."""

    def __init__(self, fleet: SeenFleet, client: Client, parts: Sequence[LivePart]) -> None:
        self._fleet, self._client, self._parts = fleet, client, parts
        self._changes: Changes | None = None
        client.on_delete(self.close)

    def tick(self) -> None:
        if not self._client.has_socket_connection:
            return
        changed = self._changed()
        now_s = time.monotonic()
        for part in self._parts:
            part.refresh(changed, now_s)

    def close(self) -> None:
        """The browser is gone for good."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None

    def _changed(self) -> Kinds:
        if self._changes is None:  # subscribed only now, because many a page is fetched and never connects
            self._changes = self._fleet.subscribe()
            return EVERYTHING
        lost = self._changes.dropped
        kinds = frozenset(change.kind for change in self._changes.take())
        if lost:
            self._changes.dropped = 0
            return EVERYTHING
        return kinds


class SignTable:
    """Keeps the list of signs; also notices signs that fall silent, which no message tells."""

    def __init__(
        self,
        fleet: SeenFleet,
        texts: Texts,
        element: SignList,
        site: SiteId | None = None,
        patrol: Patrol | None = None,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self._fleet, self._texts, self._element, self._site = fleet, texts, element, site
        self._patrol = patrol
        self._clock_ms = clock_ms
        self._shown_s = -TABLE_EVERY_S
        self._rows: list[View] | None = None

    def refresh(self, changed: Kinds, now_s: float) -> None:
        if now_s - self._shown_s < TABLE_EVERY_S:
            return
        self._shown_s = now_s
        now_ms = self._clock_ms()
        signs = self._fleet.signs() if self._site is None else self._fleet.signs_of(self._site)
        rows = [self._row(sign) for sign in signs[:MOST_CARDS]]
        if rows != self._rows:
            self._rows = rows
            self._element.show(rows, now_ms)

    def _row(self, sign: SignState) -> View:
        site = sign.id.site_id
        elsewhere = self._site is None and self._fleet.scene(site) is not None
        row = sign_row(sign, presence_of(self._patrol, sign.id), self._texts)
        return {**row, "street": street_path(site) if elsewhere else None}


class EventTable:
    """Keeps the stream of events, of all signs or of the chosen one."""

    def __init__(
        self, fleet: SeenFleet, texts: Texts, element: EventList, site: SiteId | None = None
    ) -> None:
        self._fleet, self._texts, self._element, self._site = fleet, texts, element, site
        self._shown_s = -EVENTS_EVERY_S
        self._pending = True
        self._chosen: SignId | None = None
        element.on_choose(self.choose)

    def choose(self, name: str) -> None:
        """Show only the sign of that name (as in the choices), or all signs for any other text."""
        self._chosen = next((sign for sign in self._signs() if str(sign) == name), None)
        self._pending = True
        self._shown_s = -EVENTS_EVERY_S

    def refresh(self, changed: Kinds, now_s: float) -> None:
        self._pending |= bool(changed & {ChangeKind.EVENT, ChangeKind.SIGN})
        if not self._pending or now_s - self._shown_s < EVENTS_EVERY_S:
            return
        self._pending, self._shown_s = False, now_s
        self._element.show(self._rows(), [str(sign) for sign in self._signs()])

    def _signs(self) -> list[SignId]:
        return [sign.id for sign in self._fleet.signs() if self._site in (None, sign.id.site_id)]

    def _rows(self) -> list[View]:
        wanted = (
            event
            for event in self._fleet.recent_events(self._chosen, limit=500)
            if self._site in (None, event.sign.site_id)
        )
        return [event_row(event, self._texts) for event, _ in zip(wanted, range(EVENTS_SHOWN), strict=False)]


class StreetPicture:
    """Keeps a street: that of `site`, or of the first simulated crossing there is."""

    def __init__(self, fleet: SeenFleet, element: StreetView, site: SiteId | None = None) -> None:
        self._fleet, self._element, self._site = fleet, element, site
        self._shown: SiteId | None = None
        self._t_s: float | None = None

    def refresh(self, changed: Kinds, now_s: float) -> None:
        if ChangeKind.SCENE in changed:
            self._show_scene()
        if ChangeKind.WORLD in changed and self._shown is not None:
            self._show_world(self._shown)

    def _show_scene(self) -> None:
        site = self._site or next(iter(simulated_sites(self._fleet)), None)
        scene = self._fleet.scene(site) if site else None
        if site is None or scene is None:
            return
        self._shown = site
        self._element.show_scene(scene_view(scene), None if self._site else street_path(site))

    def _show_world(self, site: SiteId) -> None:
        world = self._fleet.world(site)
        if world is not None and world.t_s != self._t_s:
            self._t_s = world.t_s
            self._element.show_world(world_view(world))


def presence_of(patrol: Patrol | None, sign: SignId) -> Presence:
    """What is said of a sign; UNKNOWN where nobody watches."""
    sight = patrol.sight(sign) if patrol else None
    return sight.presence if sight else Presence.UNKNOWN


def street_path(site: SiteId) -> str:
    """Path of the page that shows the street of a site."""
    return f"/street/{site.municipality}/{site.site}"
