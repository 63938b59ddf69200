"""The route of how fast vehicles came to a crossing."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from gangvakt.api.scope import require
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SiteId
from gangvakt.fleet.speeds import (
    KMH_PER_CLASS,
    VEHICLES,
    Period,
    Speeds,
    periods_of,
    speeds_by_sign,
    speeds_of,
)

END_MS = 2**43  # in the year 2248
HOUR_MS = 3_600_000
LONGEST_DAYS = 31  # of one answer: some thousand events for each sign

Site = Annotated[
    str, Query(max_length=65, description="Of this crossing's signs.", examples=["drammen/storgata"])
]
From = Annotated[
    int, Query(ge=0, lt=END_MS, description="Of what was told then or later.", examples=[1800000000000])
]
To = Annotated[
    int,
    Query(
        ge=0,
        le=END_MS,
        description=f"Of what was told before then; at most {LONGEST_DAYS} days later.",
        examples=[1800086400000],
    ),
]


class SpeedsOut(BaseModel):
    """Vehicles, mean and 85-percentile of their speed; null: none came."""

    model_config = ConfigDict(from_attributes=True)

    vehicles: int = Field(description="How many came, each once.", examples=[412])
    mean_kmh: float | None = Field(description="Mean speed, km/h.", examples=[46.2])
    p85_kmh: float | None = Field(
        description="The speed that 85 of 100 do not exceed, km/h.", examples=[52.4]
    )


class SpeedsOfHourOut(SpeedsOut):
    """Of one hour of UTC."""

    start_ms: int = Field(description="When the hour begins.", examples=[1800000000000])


class SpeedsOfSignOut(SpeedsOut):
    """Of one sign: one way in which vehicles come."""

    sign: str = Field(description="The sign.", examples=["drammen/storgata/north"])


class SpeedReportOut(SpeedsOut):
    """Of a crossing, all its signs together, and by sign, hour and speed."""

    class_kmh: int = Field(description="How wide each class is, km/h.", examples=[KMH_PER_CLASS])
    classes: list[int] = Field(
        description="Vehicles by speed, from 0 km/h on; the last class has all that are faster.",
        examples=[[0, 0, 3, 12]],
    )
    signs: list[SpeedsOfSignOut] = Field(description="Those that count vehicles.")
    hours: list[SpeedsOfHourOut] = Field(description="Those in which one counted, oldest first.")

    @classmethod
    def of(cls, periods: tuple[Period, ...]) -> Self:
        whole = speeds_of(periods)
        hours: dict[int, list[Period]] = defaultdict(list)
        for one in periods:
            hours[one.middle_ms - one.middle_ms % HOUR_MS].append(one)
        return cls(
            **_figures(whole),
            class_kmh=KMH_PER_CLASS,
            classes=list(whole.counts),
            signs=[
                SpeedsOfSignOut(sign=str(sign), **_figures(speeds))
                for sign, speeds in speeds_by_sign(periods).items()
            ],
            hours=[
                SpeedsOfHourOut(start_ms=start_ms, **_figures(speeds_of(hours[start_ms])))
                for start_ms in sorted(hours)
            ],
        )


def _figures(speeds: Speeds) -> dict[str, Any]:
    found = {"mean_kmh": speeds.mean_kmh, "p85_kmh": speeds.p85_kmh}
    rounded = {name: None if kmh is None else round(kmh, 1) for name, kmh in found.items()}
    return {"vehicles": speeds.vehicles, **rounded}


def add_speed_routes(router: APIRouter, services: Services) -> None:
    @router.get("/speeds")
    async def speeds(request: Request, site: Site, from_ms: From, to_ms: To) -> SpeedReportOut:
        """How fast vehicles came to one crossing, as its signs with a radar for them have told; empty where
        none has one. As long as events are kept."""
        of = SiteId.parse(site)
        require(request, of.municipality)
        if to_ms - from_ms > LONGEST_DAYS * 24 * HOUR_MS:
            raise SettingRefused("request", "to_ms", to_ms, f"at most {LONGEST_DAYS} days after from_ms")
        events = await services.events.of_site(of, from_ms, to_ms, (VEHICLES,))
        return SpeedReportOut.of(periods_of(events))
