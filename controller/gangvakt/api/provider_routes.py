"""Log-in providers, for administrators of everything."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from gangvakt.api.guard import login_of
from gangvakt.api.services import Services
from gangvakt.clock import utc_ms
from gangvakt.errors import ProviderMissing
from gangvakt.provision.oidc_wire import NAME_PATTERN, ProviderIn, ProviderOptions, ProviderOut, ProvidersOut
from gangvakt.store.login_providers import Provider

NamePath = Annotated[str, Path(pattern=NAME_PATTERN, description="What the provider is called here.")]


def add_provider_routes(router: APIRouter, services: Services) -> None:
    providers = services.auth.staff.providers

    @router.get("/login-providers")
    async def list_login_providers() -> ProvidersOut:
        """Where else people log in."""
        return ProvidersOut(items=tuple(provider_out(one) for one in await providers.all()))

    @router.put("/login-providers/{name}")
    async def save_login_provider(name: NamePath, body: ProviderIn, request: Request) -> ProviderOut:
        """A new one, or instead of the one of that name."""
        held = await providers.get(name)
        saved = provider_of(name, body, held)
        await providers.save(saved, utc_ms(), by=login_of(request).user)
        return provider_out(saved)

    @router.delete("/login-providers/{name}", status_code=HTTPStatus.NO_CONTENT)
    async def remove_login_provider(name: NamePath, request: Request) -> None:
        """Nobody logs in there any more; accounts and what they did stay."""
        if not await providers.remove(name, by=login_of(request).user):
            raise ProviderMissing(name)


def provider_of(name: str, wanted: ProviderIn, held: Provider | None) -> Provider:
    """A secret stays with the issuer that it was told for."""
    known = held.client_secret if held is not None and held.issuer == wanted.issuer else ""
    secret = known if wanted.client_secret is None else wanted.client_secret
    return Provider(name, wanted.issuer, wanted.client_id, secret, wanted.options.model_dump(mode="json"))


def provider_out(one: Provider) -> ProviderOut:
    return ProviderOut(
        name=one.name,
        issuer=one.issuer,
        client_id=one.client_id,
        has_secret=bool(one.client_secret),
        options=ProviderOptions.model_validate(one.options),
    )
