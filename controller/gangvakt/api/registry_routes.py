"""The routes of the registry: sites, registrations and enrolment bundles."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from gangvakt.api.conditional import NOT_MODIFIED, conditional
from gangvakt.api.paging import After, Limit, Page, decode_cursor, encode_cursor, page_of_sorted
from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.api.sign_filter import Municipality
from gangvakt.errors import Missing
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.wire import (
    AbandonIn,
    BundleIn,
    BundleKit,
    BundleOut,
    ConfirmIn,
    Issued,
    RegistrationOut,
    RequestIn,
    SiteChange,
    SiteIn,
    SiteOut,
    SyncIn,
    SyncOut,
)
from gangvakt.provision.wire_values import ID_PATTERN

ONE_SITE = "/sites/{municipality}/{site}"
ONE_SIGN = "/registrations/{municipality}/{site}/{sign}"
LAST_MS = 10**15  # beyond every time: bundles are ordered by what is left until then
BundlePath = Annotated[str, Path(pattern=ID_PATTERN)]


def add_registry_routes(router: APIRouter, services: Services) -> None:
    _add_site_routes(router, services)
    _add_registration_routes(router, services)
    _add_ending_routes(router, services)
    _add_bundle_routes(router, services)


def _add_site_routes(router: APIRouter, services: Services) -> None:
    sites = services.registry.sites

    @router.get("/sites", response_model=Page[SiteOut], responses=NOT_MODIFIED)
    async def list_sites(
        request: Request, municipality: Municipality = None, after: After = None, limit: Limit = 100
    ) -> Response:
        """Sites without their secrets, ordered by their names."""
        shown = [one for one in await sites.all() if _sees_site(request, one.site, municipality)]
        return conditional(request, page_of_sorted(shown, after, limit, lambda one: one.site))

    @router.post("/sites", status_code=HTTPStatus.CREATED)
    async def add_site(body: SiteIn, request: Request) -> SiteOut:
        """A new site."""
        require(request, SiteId.parse(body.site).municipality)
        return await sites.add(body)

    @router.get(ONE_SITE)
    async def get_site(municipality: str, site: str) -> SiteOut:
        """One site."""
        return await sites.one(SiteId(municipality, site))

    @router.patch(ONE_SITE)
    async def change_site(municipality: str, site: str, body: SiteChange) -> SiteOut:
        """Changes what is given."""
        return await sites.change(SiteId(municipality, site), body)


def _add_registration_routes(router: APIRouter, services: Services) -> None:
    signs = services.registry.signs

    @router.get("/registrations")
    async def list_registrations(
        request: Request,
        site: Annotated[
            str | None, Query(max_length=65, description="Of one site, `municipality/site`.")
        ] = None,
        after: After = None,
        limit: Limit = 100,
    ) -> Page[RegistrationOut]:
        """Every registration there ever was, oldest first."""
        wanted = SiteId.parse(site) if site else None
        behind = decode_cursor(after) if after is not None else 0
        found = await signs.page(wanted, behind, limit + 1)
        more = encode_cursor(found[limit - 1][0]) if len(found) > limit else None
        shown = (one for _, one in found[:limit] if _sees_site(request, one.sign))
        return Page(items=tuple(_seen(services, one) for one in shown), next=more)

    @router.get(ONE_SIGN)
    async def get_registration(municipality: str, site: str, sign: str) -> RegistrationOut:
        """The newest registration of a sign."""
        return _seen(services, await signs.one(SignId(municipality, site, sign)))

    @router.post("/registrations", status_code=HTTPStatus.CREATED)
    async def begin_registration(body: RequestIn, request: Request) -> Issued:
        """A certificate for a board's request, good for an hour; also for one that takes another's place."""
        if named := body.site or body.replaces:
            require(request, named.partition("/")[0])
        return await signs.begin(body)

    @router.post(f"{ONE_SIGN}/confirm")
    async def confirm_registration(
        municipality: str, site: str, sign: str, body: ConfirmIn
    ) -> RegistrationOut:
        """The board passed its self-test: it is registered, and what it stands in for ends."""
        return await signs.confirm(SignId(municipality, site, sign), body)


def _add_ending_routes(router: APIRouter, services: Services) -> None:
    signs = services.registry.signs

    @router.post(f"{ONE_SIGN}/abandon", status_code=HTTPStatus.NO_CONTENT)
    async def abandon_registration(municipality: str, site: str, sign: str, body: AbandonIn) -> None:
        """Flashing failed: what was begun ends."""
        await signs.abandon(SignId(municipality, site, sign), body)

    @router.post(f"{ONE_SIGN}/revoke")
    async def revoke_registration(municipality: str, site: str, sign: str) -> RegistrationOut:
        """The sign's certificates open nothing any more."""
        return await signs.revoke(SignId(municipality, site, sign))


def _add_bundle_routes(router: APIRouter, services: Services) -> None:
    bundles = services.registry.bundles

    async def require_bundle(request: Request, bundle: str) -> None:
        """Missing as well for another's."""
        if not any(one.id == bundle and _is_all_seen(request, one) for one in await bundles.all()):
            raise Missing("bundle", bundle)

    @router.get("/bundles")
    async def list_bundles(request: Request, after: After = None, limit: Limit = 100) -> Page[BundleOut]:
        """Enrolment bundles, newest first, all of whose sites are seen."""
        found = await bundles.all()
        shown = [one for one in found if _is_all_seen(request, one)]
        return page_of_sorted(shown, after, limit, _newest_first)

    @router.post("/bundles", status_code=HTTPStatus.CREATED)
    async def make_bundle(body: BundleIn, request: Request) -> BundleKit:
        """What goes into a new bundle beside its own key, which stays with whoever makes it."""
        for site in body.sites:
            require(request, site.partition("/")[0])
        return await bundles.make(body)

    @router.post("/bundles/{bundle}/revoke")
    async def revoke_bundle(bundle: BundlePath, request: Request) -> BundleOut:
        """No further sign of it comes in."""
        await require_bundle(request, bundle)
        return await bundles.revoke(bundle)

    @router.post("/bundles/{bundle}/sync")
    async def sync_bundle(bundle: BundlePath, body: SyncIn, request: Request) -> SyncOut:
        """Takes in what the bundle has signed meanwhile; the same again changes nothing."""
        await require_bundle(request, bundle)
        return SyncOut(results=await bundles.sync(bundle, body))


def _sees_site(request: Request, name: str, municipality: str | None = None) -> bool:
    """Of a site's or a sign's name; of one municipality, where one is named."""
    whose = name.partition("/")[0]
    return municipality in (None, whose) and sees(request, whose)


def _is_all_seen(request: Request, bundle: BundleOut) -> bool:
    return all(_sees_site(request, site) for site in bundle.sites)


def _newest_first(bundle: BundleOut) -> str:
    return f"{LAST_MS - bundle.created_ms:016}{bundle.id}"


def _seen(services: Services, one: RegistrationOut) -> RegistrationOut:
    """Online means: with the identity of this registration, not with one that the sign had before."""
    state = services.fleet.sign(SignId.parse(one.sign))
    status = state.status if state and state.online else None
    is_same = status is not None and one.incarnation in (None, status.incarnation)
    return one.model_copy(update={"online": is_same})
