"""The routes of the registry: sites, registrations and enrolment bundles."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from gangvakt.api.scope import require, sees
from gangvakt.api.services import Services
from gangvakt.errors import Missing
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.wire import (
    AbandonIn,
    BundleIn,
    BundleKit,
    BundleOut,
    BundlesOut,
    ConfirmIn,
    Issued,
    RegistrationOut,
    RegistrationsOut,
    RequestIn,
    SiteChange,
    SiteIn,
    SiteOut,
    SitesOut,
    SyncIn,
    SyncOut,
)
from gangvakt.provision.wire_values import ID_PATTERN

ONE_SITE = "/sites/{municipality}/{site}"
ONE_SIGN = "/registrations/{municipality}/{site}/{sign}"
BundlePath = Annotated[str, Path(pattern=ID_PATTERN)]


def add_registry_routes(router: APIRouter, services: Services) -> None:
    _add_site_routes(router, services)
    _add_registration_routes(router, services)
    _add_ending_routes(router, services)
    _add_bundle_routes(router, services)


def _add_site_routes(router: APIRouter, services: Services) -> None:
    sites = services.registry.sites

    @router.get("/sites")
    async def all_sites(request: Request) -> SitesOut:
        """Every site of the municipalities that are seen, without its secrets."""
        found = await sites.all()
        return SitesOut(sites=tuple(one for one in found if _is_seen(request, one.site)))

    @router.post("/sites", status_code=HTTPStatus.CREATED)
    async def add_site(body: SiteIn, request: Request) -> SiteOut:
        """A new site."""
        require(request, _municipality(body.site))
        return await sites.add(body)

    @router.get(ONE_SITE)
    async def one_site(municipality: str, site: str) -> SiteOut:
        """One site."""
        return await sites.one(SiteId(municipality, site))

    @router.patch(ONE_SITE)
    async def change_site(municipality: str, site: str, body: SiteChange) -> SiteOut:
        """Changes what is given."""
        return await sites.change(SiteId(municipality, site), body)


def _add_registration_routes(router: APIRouter, services: Services) -> None:
    signs = services.registry.signs

    @router.get("/registrations")
    async def registrations(
        request: Request, site: Annotated[str | None, Query(max_length=65)] = None
    ) -> RegistrationsOut:
        """Every registration there ever was, of one site (`municipality/site`) or all seen, oldest first."""
        found = await signs.all(SiteId.parse(site) if site else None)
        shown = tuple(_seen(services, one) for one in found if _is_seen(request, one.sign))
        return RegistrationsOut(registrations=shown)

    @router.get(ONE_SIGN)
    async def registration(municipality: str, site: str, sign: str) -> RegistrationOut:
        """The newest registration of a sign."""
        return _seen(services, await signs.one(SignId(municipality, site, sign)))

    @router.post("/registrations", status_code=HTTPStatus.CREATED)
    async def begin(body: RequestIn, request: Request) -> Issued:
        """A certificate for a board's request, good for an hour; also for one that takes another's place."""
        for place in (body.site, body.replaces):
            if place is not None:
                require(request, _municipality(place))
        return await signs.begin(body)

    @router.post(f"{ONE_SIGN}/confirm")
    async def confirm(municipality: str, site: str, sign: str, body: ConfirmIn) -> RegistrationOut:
        """The board passed its self-test: it is registered, and what it stands in for ends."""
        return await signs.confirm(SignId(municipality, site, sign), body)


def _add_ending_routes(router: APIRouter, services: Services) -> None:
    signs = services.registry.signs

    @router.post(f"{ONE_SIGN}/abandon", status_code=HTTPStatus.NO_CONTENT)
    async def abandon(municipality: str, site: str, sign: str, body: AbandonIn) -> None:
        """Flashing failed: what was begun ends."""
        await signs.abandon(SignId(municipality, site, sign), body)

    @router.post(f"{ONE_SIGN}/revoke")
    async def revoke(municipality: str, site: str, sign: str) -> RegistrationOut:
        """The sign's certificates open nothing any more."""
        return await signs.revoke(SignId(municipality, site, sign))


def _add_bundle_routes(router: APIRouter, services: Services) -> None:
    bundles = services.registry.bundles

    async def require_bundle(request: Request, bundle: str) -> None:
        """Missing as well for another's."""
        if not any(one.id == bundle and _is_all_seen(request, one) for one in await bundles.all()):
            raise Missing("bundle", bundle)

    @router.get("/bundles")
    async def all_bundles(request: Request) -> BundlesOut:
        """Every enrolment bundle all of whose sites are seen, newest first."""
        found = await bundles.all()
        return BundlesOut(bundles=tuple(one for one in found if _is_all_seen(request, one)))

    @router.post("/bundles", status_code=HTTPStatus.CREATED)
    async def make_bundle(body: BundleIn, request: Request) -> BundleKit:
        """What goes into a new bundle beside its own key, which stays with whoever makes it."""
        for site in body.sites:
            require(request, _municipality(site))
        return await bundles.make(body)

    @router.post("/bundles/{bundle}/revoke")
    async def revoke_bundle(bundle: BundlePath, request: Request) -> BundleOut:
        """No further sign of it comes in."""
        await require_bundle(request, bundle)
        return await bundles.revoke(bundle)

    @router.post("/bundles/{bundle}/sync")
    async def sync(bundle: BundlePath, body: SyncIn, request: Request) -> SyncOut:
        """Takes in what the bundle has signed meanwhile; the same again changes nothing."""
        await require_bundle(request, bundle)
        return SyncOut(results=await bundles.sync(bundle, body))


def _municipality(place: str) -> str:
    return place.partition("/")[0]


def _is_seen(request: Request, place: str) -> bool:
    return sees(request, _municipality(place))


def _is_all_seen(request: Request, bundle: BundleOut) -> bool:
    return all(_is_seen(request, site) for site in bundle.sites)


def _seen(services: Services, one: RegistrationOut) -> RegistrationOut:
    """Online means: with the identity of this registration, not with one that the sign had before."""
    state = services.fleet.sign(SignId.parse(one.sign))
    status = state.status if state and state.online else None
    is_same = status is not None and one.incarnation in (None, status.incarnation)
    return one.model_copy(update={"online": is_same})
