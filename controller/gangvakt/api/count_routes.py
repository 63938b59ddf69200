"""The route of hourly and daily sums."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from gangvakt.api.conditional import NOT_MODIFIED, conditional
from gangvakt.api.paging import After, Limit, Page, number_of, page_of
from gangvakt.api.scope import require
from gangvakt.api.services import Services
from gangvakt.errors import SettingRefused
from gangvakt.fleet import SignId, SiteId

END_MS = 2**43  # in the year 2248

Sign = Annotated[
    str | None,
    Query(max_length=98, description="Of this sign.", examples=["drammen/storgata/30aea4120001"]),
]
Site = Annotated[
    str | None,
    Query(
        max_length=65, description="Of all signs of this crossing together.", examples=["drammen/storgata"]
    ),
]
Span = Annotated[Literal["hour", "day"], Query(description="How long each sum is; days are those of UTC.")]
From = Annotated[
    int, Query(ge=0, lt=END_MS, description="Sums that begin then or later.", examples=[1800000000000])
]
To = Annotated[
    int,
    Query(ge=0, le=END_MS, description="Sums that begin before then.", examples=[1800086400000]),
]


class CountOut(BaseModel):
    """What happened in one hour or day."""

    model_config = ConfigDict(from_attributes=True)

    start_ms: int = Field(description="When the hour or day begins.", examples=[1800000000000])
    events: int = Field(description="All events.", examples=[431])
    activations: int = Field(description="How often the lamps were switched on.", examples=[187])
    tracked: int = Field(description="Activations for somebody whom the radar followed.", examples=[180])
    timed: int = Field(description="Activations whose time to the kerb is known.", examples=[171])
    warning_ms: int = Field(
        description="Times to the kerb of the timed ones together; through `timed` it is their mean.",
        examples=[461700],
    )
    lit_ms: int = Field(description="How long lamps were on together.", examples=[1309000])
    boots: int = Field(description="Starts.", examples=[1])
    faults: int = Field(description="Faults that began.", examples=[0])


def add_count_routes(router: APIRouter, services: Services) -> None:
    @router.get("/counts", response_model=Page[CountOut], responses=NOT_MODIFIED)
    async def list_counts(
        request: Request,
        sign: Sign = None,
        site: Site = None,
        span: Span = "day",
        from_ms: From = 0,
        to_ms: To = END_MS,
        after: After = None,
        limit: Limit = 100,
    ) -> Response:
        """Hourly or daily sums of one sign or one crossing, oldest first, without those in which nothing
        happened. What happened in the last minutes may not be in them yet."""
        of = _wanted(sign, site)
        require(request, of.municipality)
        if services.rollups is None:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "nothing is summed up here")
        behind = number_of(after, END_MS)
        start_ms = from_ms if behind is None else max(from_ms, behind + 1)
        found = await services.rollups.read(of, span, start_ms, to_ms, limit + 1)
        page = page_of([CountOut.model_validate(one) for one in found], limit, lambda one: one.start_ms)
        return conditional(request, page)


def _wanted(sign: str | None, site: str | None) -> SignId | SiteId:
    """NameRefused for a name that is none, SettingRefused for none or both."""
    if (sign is None) == (site is None):
        raise SettingRefused("request", "sign", sign, "a sign, or a site instead; one of both")
    return SignId.parse(sign) if sign is not None else SiteId.parse(site or "")
