"""The poles of a crossing as they are now: lamps, presence, light, power and link."""

from __future__ import annotations

from gangvakt.api.services import Services
from gangvakt.clock import ClockMs, utc_ms
from gangvakt.fleet import SignState, SiteId
from gangvakt.fleet.presence import Presence, Sight
from gangvakt.fleet.signs import Telemetry
from gangvakt.fleet.view import SeenFleet
from gangvakt.web.feed import TABLE_EVERY_S, Kinds
from gangvakt.web.parts import SignList
from gangvakt.web.senses import senses_of
from gangvakt.web.texts import Texts
from gangvakt.web.views import View, sign_row


class PoleTable:
    """Keeps the cards of a crossing's signs."""

    def __init__(
        self,
        services: Services,
        fleet: SeenFleet,
        texts: Texts,
        element: SignList,
        site: SiteId,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self._patrol, self._fleet, self._texts = services.patrol, fleet, texts
        self._power_of = services.registry.power_profile
        self._element, self._site, self._clock_ms = element, site, clock_ms
        self._shown_s = -TABLE_EVERY_S
        self._rows: list[View] | None = None

    def refresh(self, changed: Kinds, now_s: float) -> None:
        if now_s - self._shown_s < TABLE_EVERY_S:
            return
        self._shown_s, now_ms = now_s, self._clock_ms()
        rows = [self._row(sign) for sign in self._fleet.signs_of(self._site)]
        if rows != self._rows:
            self._rows = rows
            self._element.show(rows, now_ms)

    def _row(self, sign: SignState) -> View:
        sight = self._patrol.sight(sign.id) if self._patrol else None
        row = sign_row(sign, sight.presence if sight else Presence.UNKNOWN, self._texts)
        senses = senses_of(sign.telemetry, self._power_of(sign.id), self._texts)
        more = (*_presence(sight, self._texts), *senses, *_counters(sign.telemetry, self._texts))
        facts = [*row["facts"], *({"name": name, "value": value} for name, value in more)]
        return {**row, "street": None, "facts": facts}


def _presence(sight: Sight | None, texts: Texts) -> list[tuple[str, str]]:
    if sight is None:
        return []
    told = [(texts.say("cross_presence"), texts.say(f"cross_presence_{sight.presence.value}"))]
    if sight.missing:
        told.append((texts.say("cross_missing"), str(sight.missing)))
    return told


def _counters(telemetry: Telemetry | None, texts: Texts) -> list[tuple[str, str]]:
    if telemetry is None:
        return []
    told: list[tuple[str, str]] = []
    if telemetry.reconnects is not None:
        told.append((texts.say("cross_reconnects"), str(telemetry.reconnects)))
    if telemetry.ahead_ms is not None:
        told.append((texts.say("cross_ahead"), f"{telemetry.ahead_ms} ms"))
    return told
