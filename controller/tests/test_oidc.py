"""Log-in at a municipality's provider: a real one on loopback, and everything that may not be believed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from gangvakt.api.auth import AuthService, Caller, Hurdle, Login
from gangvakt.api.oidc import Oidc, Returned, granted, names_of
from gangvakt.api.passwords import Passwords
from gangvakt.errors import LoginRefused, ProviderFailed, ProviderMissing
from gangvakt.fleet.roles import Grants, Role
from gangvakt.provision.oidc_wire import ProviderIn, ProviderOptions
from gangvakt.store import Store
from gangvakt.store.acting import RESERVED
from gangvakt.store.login_providers import FLOW_LIFE_MS, Provider

from .apis import CHEAP
from .migrated import a_store
from .oidc_provider import CLIENT, SECRET, OidcProvider, Person, an_oidc_provider

BACK = "http://signs.example/login/back"
OPTIONS = {
    "title": "Drammen",
    "roles_claim": "groups",
    "roles": {"traffic": {"drammen": "operator"}, "it": {"*": "administrator"}},
}


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    with an_oidc_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    fresh = OidcProvider(running.port)
    vars(running).update(vars(fresh))
    return running


class Desk:
    """A controller that knows the provider as `drammen`, and a browser."""

    def __init__(self, store: Store, provider: OidcProvider) -> None:
        self.store, self.provider, self.now_s = store, provider, time.time()
        self.auth = AuthService(store.staff, b"k" * 32, Passwords(CHEAP), lambda: self.now_s)
        self.oidc = Oidc(store.staff, self.auth)

    async def set_up(self, **changes: Any) -> None:
        options = ProviderOptions.model_validate(OPTIONS | changes)
        known = Provider("drammen", self.provider.issuer, CLIENT, SECRET, options.model_dump(mode="json"))
        await self.store.staff.providers.save(known, 1, "test")

    async def go(self) -> Returned:
        """To the provider and back, as a browser does."""
        begun = await self.oidc.begin("drammen", BACK, "/street/drammen/storgata")
        async with httpx.AsyncClient(verify=False) as browser:
            sent = await browser.get(begun.url)
        back = urlsplit(sent.headers["location"])
        query = {name: values[0] for name, values in parse_qs(back.query).items()}
        assert back._replace(query="").geturl() == BACK
        return Returned(query["state"], begun.state, query.get("code"), issuer=query.get("iss"))

    async def come(self, returned: Returned) -> Login:
        login, page = await self.oidc.finish(returned, BACK, Caller("192.0.2.1", "a browser"))
        assert page == "/street/drammen/storgata"
        return login

    async def log_in(self) -> Login:
        return await self.come(await self.go())


@pytest.fixture
async def desk(tmp_path: Path, provider: OidcProvider) -> AsyncIterator[Desk]:
    async with a_store(tmp_path / "x.db") as store:
        desk = Desk(store, provider)
        await desk.auth.first_password()
        await desk.set_up()
        yield desk


async def test_the_first_log_in_makes_an_account_with_the_roles_of_the_claim(desk: Desk) -> None:
    login = await desk.log_in()
    assert (login.user, login.granted, login.hurdle) == ("kari", Grants({"drammen": Role.OPERATOR}), None)
    assert await desk.auth.login_of(login.token) is not None
    with pytest.raises(LoginRefused):
        await desk.auth.login("kari", "", "192.0.2.1")


async def test_an_account_is_issuer_and_subject_whatever_it_is_called(desk: Desk) -> None:
    await desk.log_in()
    desk.provider.person = Person(name="kari.nordmann")
    assert (await desk.log_in()).user == "kari", "the same person under a new name"
    desk.provider.person = Person(subject="another", name="kari")
    assert (await desk.log_in()).user.startswith("kari-"), "another person of the same name"


async def test_a_name_that_is_taken_here_is_not_taken_over(desk: Desk) -> None:
    desk.provider.person = Person(name="admin")
    assert (await desk.log_in()).user.startswith("admin-")


async def test_roles_follow_the_provider_and_end_with_it(desk: Desk) -> None:
    before = await desk.log_in()
    desk.provider.person = Person(groups=("traffic", "it"))
    assert (await desk.log_in()).granted["*"] is Role.ADMINISTRATOR
    assert await desk.auth.login_of(before.token) is None, "other roles end sessions"
    desk.provider.person = Person(groups=("cleaning",))
    with pytest.raises(LoginRefused, match="no role here"):
        await desk.log_in()
    member = await desk.store.staff.get("kari")
    assert member is not None
    assert member.grants == Grants()


async def test_without_a_claim_roles_are_given_here(desk: Desk) -> None:
    await desk.set_up(roles_claim=None, everybody={"drammen": "viewer"})
    await desk.log_in()
    await desk.store.staff.set_grants("kari", Grants({"drammen": Role.TECHNICIAN}))
    assert (await desk.log_in()).granted["drammen"] is Role.TECHNICIAN


async def test_who_is_locked_here_is_not_let_in(desk: Desk) -> None:
    await desk.log_in()
    await desk.store.staff.set_locked("kari", True)
    with pytest.raises(LoginRefused):
        await desk.log_in()


async def test_its_administrators_have_their_second_factor_there(desk: Desk) -> None:
    desk.provider.person = Person(groups=("it",))
    await desk.store.staff.factors.demand(True, [], 1, "admin")
    assert (await desk.log_in()).hurdle is not Hurdle.SECOND_FACTOR


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "http://127.0.0.1:1"}, "iss"),
        ({"nonce": "of another log-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1_700_000_000}, "expired"),
        ({"aud": "another program"}, "aud"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "azp"),
        ({"sub": None}, "sub"),
        ({"iat": 4_000_000_000}, "future"),
        ({"at_hash": "AAAA"}, "at_hash"),
    ],
)
async def test_a_token_that_is_not_for_this_log_in_is_refused(
    desk: Desk, claims: dict[str, Any], why: str
) -> None:
    desk.provider.claims = claims
    with pytest.raises(ProviderFailed, match=why):
        await desk.log_in()
    assert await desk.store.staff.get("kari") is None


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_a_token_that_anybody_could_have_made_is_refused(desk: Desk, algorithm: str) -> None:
    desk.provider.algorithm = algorithm
    with pytest.raises(ProviderFailed, match="token is refused"):
        await desk.log_in()


async def test_a_token_of_another_key_is_refused(desk: Desk) -> None:
    desk.provider.signing_key = ECKey.generate_key("P-256", {"kid": "first"})
    with pytest.raises(ProviderFailed, match="token is refused"):
        await desk.log_in()


async def test_a_key_that_was_renewed_is_fetched(desk: Desk) -> None:
    await desk.log_in()
    desk.provider.renew_key()
    assert (await desk.log_in()).user == "kari"


async def test_a_way_back_works_once_and_in_time_and_in_its_browser(desk: Desk) -> None:
    returned = await desk.go()
    await desk.come(returned)
    with pytest.raises(ProviderFailed, match="finished already"):
        await desk.come(returned)
    late = await desk.go()
    desk.now_s += FLOW_LIFE_MS / 1000 + 1
    with pytest.raises(ProviderFailed, match="too long"):
        await desk.come(late)
    planted = await desk.go()
    with pytest.raises(ProviderFailed, match="not begun in this browser"):
        await desk.come(Returned(planted.state, "", planted.code))


async def test_a_code_of_another_log_in_is_refused(desk: Desk) -> None:
    stolen, own = await desk.go(), await desk.go()
    with pytest.raises(ProviderFailed, match="answers 400"):
        await desk.come(Returned(own.state, own.held, stolen.code))


async def test_an_answer_of_another_issuer_or_an_error_is_refused(desk: Desk) -> None:
    returned = await desk.go()
    with pytest.raises(ProviderFailed, match="somebody else"):
        await desk.come(Returned(returned.state, returned.held, returned.code, issuer="http://evil.example"))
    returned = await desk.go()
    with pytest.raises(ProviderFailed, match="access_denied"):
        await desk.come(Returned(returned.state, returned.held, None, error="access_denied"))


async def test_a_document_that_names_another_issuer_is_refused(desk: Desk) -> None:
    desk.provider.named_issuer = "http://127.0.0.1:1"
    with pytest.raises(ProviderFailed, match="another issuer"):
        await desk.go()
    with pytest.raises(ProviderMissing):
        await desk.oidc.begin("nobody", BACK, "/")


@pytest.mark.parametrize(
    "issuer",
    ["http://id.example.no", "https://", "ftp://id.example.no", "http://127.0.0.1.evil.example", "x"],
)
def test_a_provider_in_the_clear_is_refused(issuer: str) -> None:
    with pytest.raises(ValueError, match="issuer"):
        ProviderIn.model_validate({"issuer": issuer, "client_id": "x", "options": {"title": "x"}})


def test_the_highest_role_of_all_groups_counts() -> None:
    options = ProviderOptions.model_validate(OPTIONS | {"everybody": {"drammen": "viewer", "lier": "viewer"}})
    assert granted(options, {"groups": ["traffic", 7, None, "unknown"]}) == Grants(
        {"drammen": Role.OPERATOR, "lier": Role.VIEWER}
    )
    assert granted(options, {"groups": {"traffic": 1}}) == Grants(
        {"drammen": Role.VIEWER, "lier": Role.VIEWER}
    )


@pytest.mark.parametrize(
    "claimed", ["", "-", "<b>æ</b>", "x" * 300, "../../etc", "kari nordmann", "Controller"]
)
def test_whatever_somebody_is_called_there_his_name_here_can_be_typed(claimed: str) -> None:
    from gangvakt.cli.user import USER

    names = names_of(claimed, ("issuer", "subject"))
    assert all(USER.fullmatch(name) and name.casefold() not in RESERVED for name in names)
