"""Log-in with what a municipality has already: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from gangvakt.api.auth import AuthService, Caller, Login
from gangvakt.errors import LastUser, LoginRefused, ProviderFailed, ProviderMissing
from gangvakt.fleet.roles import ROLES, Grants, Role
from gangvakt.provision.oidc_wire import ProviderOptions
from gangvakt.provision.people_wire import USER_PATTERN
from gangvakt.settings import is_loopback
from gangvakt.store import Member
from gangvakt.store.acting import RESERVED
from gangvakt.store.login_providers import Flow, Provider
from gangvakt.store.staff import StaffTable

# Authlib takes a tenth of a second to load, and is needed only where a provider is set up.
if TYPE_CHECKING:
    from authlib.oidc.core import CodeIDToken

DISCOVERY = "/.well-known/openid-configuration"
TIMEOUT_S = 10.0
LARGEST_ANSWER = 256 * 1024  # bytes
KEPT_S = 3600.0  # what a provider says of itself
LEEWAY_S = 60  # how far two clocks may be apart
# Signed by a key that the provider keeps to itself: never by a secret that both know, and never by nobody.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
NO_ROLE = "your account has no role here: ask an administrator"
LONGEST_NAME = 57  # with a dash and six letters of a hash a name has 64 characters


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it keeps to show that it is the same when it comes back."""

    url: str
    state: str


@dataclass(frozen=True)
class Returned:
    """What the browser brings back; `held` is the state that it kept."""

    state: str
    held: str
    code: str | None
    error: str | None = None
    issuer: str | None = None


@dataclass(frozen=True)
class Known:
    """What a provider says of itself."""

    metadata: Mapping[str, Any]
    keys: KeySet
    since_s: float


class Oidc:
    """Log-ins at providers. An account here is issuer and subject there, whatever it is called."""

    def __init__(self, staff: StaffTable, auth: AuthService) -> None:
        self._staff, self._auth = staff, auth
        self._tls = ssl.create_default_context()  # once: it reads every authority that the system trusts
        self._known: dict[str, Known] = {}

    async def begin(self, name: str, back: str, next_page: str) -> Begun:
        """To provider `name`, which leads back to the URL `back`. ProviderMissing, ProviderFailed."""
        provider = await self.provider(name)
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        metadata = (await self._look(provider)).metadata
        flow = Flow(name, _random(), secrets.token_urlsafe(48), next_page, self._now_ms())
        state = _random()
        url = prepare_grant_uri(
            _endpoint(name, metadata, "authorization_endpoint"),
            provider.client_id,
            "code",
            redirect_uri=back,
            scope=_scope(provider),
            state=state,
            nonce=flow.nonce,
            code_challenge=create_s256_code_challenge(flow.verifier),
            code_challenge_method="S256",
        )
        await self._staff.providers.begin(state, flow)
        return Begun(url, state)

    async def finish(self, returned: Returned, back: str, caller: Caller) -> tuple[Login, str]:
        """A session, and the page to go on to. ProviderFailed for all that cannot be believed; LoginRefused
        for whoever is locked, or has no role here."""
        if not returned.state or not hmac.compare_digest(returned.state, returned.held):
            raise ProviderFailed("?", "it was not begun in this browser")
        flow = await self._staff.providers.take(returned.state, self._now_ms())
        if flow is None:
            raise ProviderFailed("?", "it took too long, or was finished already: begin again")
        provider = await self.provider(flow.provider)
        if returned.error or not returned.code:
            raise ProviderFailed(provider.name, f"it says {(returned.error or 'nothing')[:64]!r}")
        if returned.issuer is not None and returned.issuer != provider.issuer:
            raise ProviderFailed(provider.name, "somebody else answered")
        token = await self._exchange(provider, flow, returned.code, back)
        member = await self._member(provider, await self._claims(provider, flow, token))
        return await self._auth.enter(member, caller), flow.next

    async def provider(self, name: str) -> Provider:
        """ProviderMissing."""
        provider = await self._staff.providers.get(name)
        if provider is None:
            raise ProviderMissing(name)
        return provider

    async def _look(self, provider: Provider, *, anew: bool = False) -> Known:
        """What the provider says of itself, from its own address."""
        known = self._known.get(provider.issuer)
        if known is not None and not anew and time.monotonic() - known.since_s < KEPT_S:
            return known
        metadata = await self._ask(provider, "GET", provider.issuer.rstrip("/") + DISCOVERY)
        if metadata.get("issuer") != provider.issuer:
            raise ProviderFailed(provider.name, "its document names another issuer")
        keys = await self._ask(provider, "GET", _endpoint(provider.name, metadata, "jwks_uri"))
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderFailed(provider.name, "its keys cannot be read") from error
        known = self._known[provider.issuer] = Known(metadata, key_set, time.monotonic())
        return known

    async def _ask(self, provider: Provider, method: str, url: str, **options: Any) -> dict[str, Any]:
        """A JSON document from the provider; redirects are not followed."""
        try:
            async with httpx.AsyncClient(verify=self._tls, timeout=TIMEOUT_S) as client:
                answer = await client.request(method, url, **options)
            found = answer.json() if answer.is_success and len(answer.content) <= LARGEST_ANSWER else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderFailed(provider.name, f"{url} does not answer") from error
        if not isinstance(found, dict):
            raise ProviderFailed(provider.name, f"{url} answers {answer.status_code}, not a document")
        return found

    async def _exchange(self, provider: Provider, flow: Flow, code: str, back: str) -> dict[str, Any]:
        """The code for tokens."""
        endpoint = _endpoint(provider.name, (await self._look(provider)).metadata, "token_endpoint")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": provider.client_id,
            "code_verifier": flow.verifier,
        }
        # RFC 6749 has both form-encoded before they are put together.
        name, secret = quote_plus(provider.client_id), quote_plus(provider.client_secret)
        answer = await self._ask(
            provider, "POST", endpoint, data=form, auth=(name, secret) if secret else None
        )
        if "id_token" not in answer:
            raise ProviderFailed(provider.name, "it gives no token of who logged in")
        return answer

    async def _claims(self, provider: Provider, flow: Flow, token: Mapping[str, Any]) -> CodeIDToken:
        """What the provider says of whoever logged in, once nothing about it can be doubted."""
        from authlib.oidc.core import CodeIDToken

        known = await self._look(provider)
        wanted = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
        }
        about = {
            "nonce": flow.nonce,
            "client_id": provider.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            try:
                decoded = _decoded(token, known.keys)
            except InvalidKeyIdError:  # it has a new key since
                decoded = _decoded(token, (await self._look(provider, anew=True)).keys)
            claims = CodeIDToken(decoded.claims, decoded.header, wanted, about)
            claims.validate(now=int(self._auth.clock_s()), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderFailed(provider.name, f"its token is refused ({_short(error)})") from error
        return claims

    async def _member(self, provider: Provider, claims: Mapping[str, Any]) -> Member:
        """Whose account it is; made at the first log-in. Roles follow the provider where it tells them."""
        options = ProviderOptions.model_validate(provider.options)
        reference = (provider.issuer, str(claims["sub"])[:255])
        held = await self._staff.of_reference(*reference)
        told = granted(options, claims)
        if held is None:
            if not told:
                raise LoginRefused(NO_ROLE)
            held = await self._add(options, claims, reference, told)
        elif options.roles_claim is not None and told != held.grants:
            if not await self._staff.set_grants(held.user, told, by=provider.name):
                raise LastUser(held.user)
            held = await self._staff.of_reference(*reference) or held
        if held.locked or not held.grants:
            raise LoginRefused(NO_ROLE)
        return held

    async def _add(
        self, options: ProviderOptions, claims: Mapping[str, Any], reference: tuple[str, str], grants: Grants
    ) -> Member:
        for user in names_of(str(claims.get(options.user_claim, "")), reference):
            # No password opens it: what is stored is none.
            if await self._staff.add(
                user, "", must_change=False, grants=grants, reference=reference, by=user
            ):
                break
        member = await self._staff.of_reference(*reference)
        if member is None:
            raise LoginRefused("no name is free for your account: ask an administrator")
        return member

    def _now_ms(self) -> int:
        return int(self._auth.clock_s() * 1000)


def granted(options: ProviderOptions, claims: Mapping[str, Any]) -> Grants:
    """The highest role of each municipality among all that the values of the claim give."""
    values = claims.get(options.roles_claim) if options.roles_claim else None
    listed = [values] if isinstance(values, str) else values if isinstance(values, list) else []
    given = [options.everybody, *(options.roles.get(value, {}) for value in listed if isinstance(value, str))]
    roles: dict[str, Role] = {}
    for one in given:
        for where, word in one.items():
            roles[where] = max(ROLES[word], roles.get(where, ROLES[word]))
    return Grants(roles)


def names_of(claimed: str, reference: tuple[str, str]) -> tuple[str, str]:
    """What a new user may be called: as he is there, else with letters that are his alone."""
    mark = hashlib.sha256("\n".join(reference).encode()).hexdigest()[:6]
    cleaned = re.sub(r"[^A-Za-z0-9._@-]", "", claimed)[:LONGEST_NAME].lstrip("-") or "user"
    is_free = re.fullmatch(USER_PATTERN, cleaned) and cleaned.casefold() not in RESERVED
    return (cleaned if is_free else f"user-{mark}", f"{cleaned}-{mark}")


def _decoded(token: Mapping[str, Any], keys: KeySet) -> jwt.Token:
    registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
    return jwt.decode(str(token["id_token"]), keys, registry=registry)


def _scope(provider: Provider) -> str:
    options = ProviderOptions.model_validate(provider.options)
    return " ".join(dict.fromkeys(("openid", *options.scopes)))


def _endpoint(name: str, metadata: Mapping[str, Any], field: str) -> str:
    """A URL of the provider's document; in the clear to this computer alone."""
    url = metadata.get(field)
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    ):
        raise ProviderFailed(name, f"its document has no {field} that is safe")
    return str(url)


def _random() -> str:
    return secrets.token_urlsafe(32)


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0][:80] or type(error).__name__
