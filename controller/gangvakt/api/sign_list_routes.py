"""The routes of the list of signs as spreadsheets and maps have it."""

from __future__ import annotations

from fastapi import APIRouter, Request

from gangvakt.api.guard import login_of
from gangvakt.api.paging import After, Limit, Page, page_of_sorted
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.api.sign_filter import Municipality
from gangvakt.provision.sign_rows import SignRowOut, SignRowsIn, SignRowsOut


def add_sign_list_routes(router: APIRouter, services: Services) -> None:
    lists = services.registry.sign_lists

    @router.get("/sign-files")
    async def list_sign_files(
        request: Request, municipality: Municipality = None, after: After = None, limit: Limit = 100
    ) -> Page[SignRowOut]:
        """Where each sign is mounted, what feeds it and where its life stands, ordered by their names."""
        shown = [one for one in await lists.all() if _is_seen(request, one.sign, municipality)]
        return page_of_sorted(shown, after, limit, lambda one: one.sign)

    @router.post("/sign-files")
    async def take_in_sign_files(body: SignRowsIn, request: Request) -> SignRowsOut:
        """Files all these signs, or none; those that change. `errors` names every row that is refused."""
        for row in body.rows:
            require(request, row.sign.partition("/")[0])
        return SignRowsOut(items=await lists.take_in(body, login_of(request).user))


def _is_seen(request: Request, sign: str, municipality: str | None) -> bool:
    owner = sign.partition("/")[0]
    return sees(request, owner) and municipality in (None, owner)
