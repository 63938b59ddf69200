"""The routes of the registry: sites, registrations and enrolment bundles."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from gangvakt.api.services import Services
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
    async def all_sites() -> SitesOut:
        """Every site, without its secrets."""
        return SitesOut(sites=await sites.all())

    @router.post("/sites", status_code=HTTPStatus.CREATED)
    async def add_site(body: SiteIn) -> SiteOut:
        """A new site."""
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
    async def registrations(site: Annotated[str | None, Query(max_length=65)] = None) -> RegistrationsOut:
        """Every registration there ever was, of one site (`municipality/site`) or all, oldest first."""
        found = await signs.all(SiteId.parse(site) if site else None)
        return RegistrationsOut(registrations=tuple(_seen(services, one) for one in found))

    @router.get(ONE_SIGN)
    async def registration(municipality: str, site: str, sign: str) -> RegistrationOut:
        """The newest registration of a sign."""
        return _seen(services, await signs.one(SignId(municipality, site, sign)))

    @router.post("/registrations", status_code=HTTPStatus.CREATED)
    async def begin(body: RequestIn) -> Issued:
        """A certificate for a board's request, good for an hour; also for one that takes another's place."""
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

    @router.get("/bundles")
    async def all_bundles() -> BundlesOut:
        """Every enrolment bundle, newest first."""
        return BundlesOut(bundles=await bundles.all())

    @router.post("/bundles", status_code=HTTPStatus.CREATED)
    async def make_bundle(body: BundleIn) -> BundleKit:
        """What goes into a new bundle beside its own key, which stays with whoever makes it."""
        return await bundles.make(body)

    @router.post("/bundles/{bundle}/revoke")
    async def revoke_bundle(bundle: BundlePath) -> BundleOut:
        """No further sign of it comes in."""
        return await bundles.revoke(bundle)

    @router.post("/bundles/{bundle}/sync")
    async def sync(bundle: BundlePath, body: SyncIn) -> SyncOut:
        """Takes in what the bundle has signed meanwhile; the same again changes nothing."""
        return SyncOut(results=await bundles.sync(bundle, body))


def _seen(services: Services, one: RegistrationOut) -> RegistrationOut:
    """Online means: with the identity of this registration, not with one that the sign had before."""
    state = services.fleet.sign(SignId.parse(one.sign))
    status = state.status if state and state.online else None
    is_same = status is not None and one.incarnation in (None, status.incarnation)
    return one.model_copy(update={"online": is_same})
