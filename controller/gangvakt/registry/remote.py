"""The registry behind the API of a controller."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from gangvakt.errors import ControllerFailed, LoggedOut, SettingRefused
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.alarm_wire import AlarmDetailOut, AlarmOut, AlarmsDoneOut, BulkIn
from gangvakt.provision.issuer import KeyIssuer
from gangvakt.provision.order_wire import AnswerOut, CommandIn, ConfigIn, ConfigOut, RecordingOut
from gangvakt.provision.pages import Page
from gangvakt.provision.site_address import check_address
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
    SyncResult,
    checked,
)
from gangvakt.registry.answers import detail_of, reason_of, rows_of
from gangvakt.registry.asking import Query, listed
from gangvakt.registry.asking import path_of as _path
from gangvakt.registry.remote_approvals import ApiApprovals
from gangvakt.registry.remote_files import ApiFiles
from gangvakt.registry.remote_rollouts import ApiRollouts
from gangvakt.settings import is_loopback

API = "/api/v1"
TIMEOUT_S = 30.0  # a mobile network at the roadside
NO_HEADERS: Mapping[str, str] = {}
CONFIRM_TRIES = 3
CONFIRM_PAUSE_S = 2.0  # a telephone that changes its mast

M = TypeVar("M", bound=BaseModel)
Pause = Callable[[float], object]


class LoginAnswer(BaseModel):
    user: str
    must_change: bool
    token: str
    needs: str | None = None


class Nothing(BaseModel):
    """The answer of what has none."""


class ApiOffice:
    """Asks the controller at `url`; `token` is that of a log-in. ControllerFailed or LoggedOut otherwise.

    `pause(seconds)` waits between two tries.
    """

    def __init__(self, url: str, token: str | None = None, pause: Pause = time.sleep) -> None:
        self._url, self._pause = check_url(url), pause
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.files = ApiFiles(self._content)
        self.approvals = ApiApprovals(self._content)
        self.rollouts = ApiRollouts(self._content)

    def login(self, user: str, password: str) -> LoginAnswer:
        """Opens a session; ControllerFailed for a wrong password."""
        values = {"user": user, "password": password}
        return self._ask(LoginAnswer, "POST", "/login", values, may_be_logged_out=True)

    def send_code(self, code: str) -> LoginAnswer:
        """The second half of a log-in; ControllerFailed for a wrong code."""
        return self._ask(LoginAnswer, "POST", "/login/code", {"code": code}, may_be_logged_out=True)

    def choose_password(self, password: str) -> LoginAnswer:
        return self._ask(LoginAnswer, "POST", "/password", {"new_password": password})

    def logout(self) -> None:
        self._ask(Nothing, "POST", "/logout")

    def begin(self, wanted: RequestIn) -> Issued:
        return self._ask(Issued, "POST", "/registrations", wanted, a_bundle_would_do=True)

    def confirm(self, sign: SignId, done: ConfirmIn) -> None:
        """Said again where the answer is missing: the sign may be registered, and again is harmless."""
        path = _path("registrations", sign, "confirm")
        for tries_left in reversed(range(CONFIRM_TRIES)):
            try:
                self._ask(RegistrationOut, "POST", path, done, a_bundle_would_do=True)
            except ControllerFailed as error:
                if not (error.may_be_done and tries_left):
                    raise
                self._pause(CONFIRM_PAUSE_S)
            else:
                return

    def abandon(self, sign: SignId, begun: AbandonIn) -> None:
        self._ask(Nothing, "POST", _path("registrations", sign, "abandon"), begun)

    def online(self, sign: SignId) -> bool | None:
        path = _path("registrations", sign)
        return self._ask(RegistrationOut, "GET", path, a_bundle_would_do=True).online

    def why_unseen(self, sign: SignId) -> str | None:
        return None  # the controller that answers is the one with the broker

    def add_site(self, new: SiteIn) -> SiteOut:
        """Without an address in `new`, the site's pages are where the controller was reached."""
        if new.address is None and self._is_reached_as_by_signs(new):
            new = new.model_copy(update={"address": self._url})
        return self._ask(SiteOut, "POST", "/sites", new)

    def change_site(self, site: SiteId, change: SiteChange) -> SiteOut:
        return self._ask(SiteOut, "PATCH", _path("sites", site), change)

    def site(self, site: SiteId) -> SiteOut:
        return self._ask(SiteOut, "GET", _path("sites", site))

    def sites(self) -> tuple[SiteOut, ...]:
        return self.listed(Page[SiteOut], "sites").items

    def registration(self, sign: SignId) -> RegistrationOut:
        return self._ask(RegistrationOut, "GET", _path("registrations", sign))

    def registrations(self, site: SiteId | None = None) -> tuple[RegistrationOut, ...]:
        query = [("site", str(site))] if site else []
        return self.listed(Page[RegistrationOut], "registrations", query=query).items

    def revoke(self, sign: SignId) -> RegistrationOut:
        return self._ask(RegistrationOut, "POST", _path("registrations", sign, "revoke"))

    def make_bundle(self, wanted: BundleIn) -> BundleKit:
        return self._ask(BundleKit, "POST", "/bundles", wanted)

    def bundles(self) -> tuple[BundleOut, ...]:
        return self.listed(Page[BundleOut], "bundles").items

    def revoke_bundle(self, bundle: str) -> BundleOut:
        return self._ask(BundleOut, "POST", _path("bundles", bundle, "revoke"))

    def command(self, sign: SignId, wanted: CommandIn) -> AnswerOut:
        """The sign's answer; ControllerFailed when it is away or does not answer."""
        return self._ask(AnswerOut, "POST", _path("signs", sign, "commands"), wanted)

    def config(self, sign: SignId) -> ConfigOut:
        return self._ask(ConfigOut, "GET", _path("signs", sign, "config"))

    def want_config(self, sign: SignId, wanted: ConfigIn, version: int | None = None) -> ConfigOut:
        """Refused when another than `version` stands there."""
        return self.put(ConfigOut, version, "signs", *str(sign).split("/"), "config", body=wanted)

    def fetch_recording(self, sign: SignId, number: int) -> AnswerOut:
        """Have the sign send it to the controller; the sign's answer."""
        return self._ask(AnswerOut, "POST", _path("signs", sign, "recordings", str(number)))

    def recording(self, sign: SignId, number: int) -> RecordingOut:
        """How far it has come."""
        return self._ask(RecordingOut, "GET", _path("signs", sign, "recordings", str(number)))

    def recording_file(self, sign: SignId, number: int) -> bytes:
        """One that is kept."""
        return self._reply("GET", _path("signs", sign, "recordings", str(number), "file")).content

    def export(self, sign: SignId, query: str) -> bytes:
        """A sealed export; `query` says of which time."""
        return self._reply("GET", f"{_path('signs', sign, 'export')}?{query}").content

    def ask(
        self, answer: type[M], method: str, *parts: str, body: BaseModel | None = None, query: str = ""
    ) -> M:
        """Any route by the parts of its path; ControllerFailed and LoggedOut as always."""
        path = _path(*parts) + (f"?{query}" if query else "")
        return self._ask(answer, method, path, body)

    def put(self, answer: type[M], version: int | None, *parts: str, body: BaseModel) -> M:
        """As `ask`, for what has versions: refused when another than this one stands there; None for any."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        content = self._reply("PUT", _path(*parts), body, headers=headers).content
        return checked(answer, f"answer of {self._url}", content)

    def listed(self, page: type[Page[M]], *parts: str, query: Query = (), most: int | None = None) -> Page[M]:
        """Any list by the parts of its path: all of it, or its first `most` entries."""
        return listed(lambda path: self._ask(page, "GET", path), _path(*parts), query, most)

    def alarm(self, number: int) -> AlarmDetailOut:
        return self._ask(AlarmDetailOut, "GET", _path("alarms", str(number)))

    def step_alarm(self, number: int, step: str, told: BaseModel) -> AlarmOut:
        """One of acknowledge, suspend, resume, comment, assign."""
        return self._ask(AlarmOut, "POST", _path("alarms", str(number), step), told)

    def step_alarms(self, wanted: BulkIn) -> AlarmsDoneOut:
        """One step for all that fit, or for none."""
        return self._ask(AlarmsDoneOut, "POST", "/alarms/steps", wanted)

    def sync(self, bundle: str, told: SyncIn) -> tuple[SyncResult, ...]:
        return self._ask(SyncOut, "POST", _path("bundles", bundle, "sync"), told).results

    def _is_reached_as_by_signs(self, new: SiteIn) -> bool:
        """This computer's own name leads nowhere from a label, unless everything runs on this computer."""
        return is_loopback(httpx.URL(self._url).host) <= is_loopback(new.brokers[0][0])

    def _ask(
        self,
        answer: type[M],
        method: str,
        path: str,
        body: BaseModel | dict[str, str] | None = None,
        *,
        may_be_logged_out: bool = False,
        a_bundle_would_do: bool = False,
    ) -> M:
        reply = self._reply(method, path, body, may_be_logged_out, a_bundle_would_do)
        return checked(answer, f"answer of {self._url}", reply.content or b"{}")

    def _content(
        self,
        method: str,
        path: str,
        body: BaseModel | bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> bytes:
        return self._reply(method, path, body, headers=headers).content

    def _reply(
        self,
        method: str,
        path: str,
        body: BaseModel | dict[str, str] | bytes | None = None,
        may_be_logged_out: bool = False,
        a_bundle_would_do: bool = False,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> httpx.Response:
        content = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
        sent: dict[str, Any] = {"content": content} if isinstance(content, bytes) else {"json": content}
        try:
            reply = httpx.request(
                method,
                f"{self._url}{API}{path}",
                headers={**self._headers, **headers},
                timeout=TIMEOUT_S,
                **sent,
            )
        except httpx.HTTPError as error:
            raise ControllerFailed.unreachable(
                self._url, reason_of(error), a_bundle_would_do=a_bundle_would_do
            ) from error
        # A wrong code or password of somebody who is logged in is a 401 as well, but no question who he is.
        is_asked_who = reply.status_code == HTTPStatus.UNAUTHORIZED and "WWW-Authenticate" in reply.headers
        if is_asked_who and not may_be_logged_out:
            raise LoggedOut(self._url)
        if not reply.is_success:
            may_be_done, rows = reply.is_server_error, rows_of(reply)
            raise ControllerFailed(self._url, detail_of(reply), may_be_done=may_be_done, rows=rows)
        return reply


class ApiIssuer(KeyIssuer):
    """Lets the controller at `url` sign."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(ApiOffice(url, token))


def check_url(url: str) -> str:
    """The controller's base address; without TLS for this computer only, since keys and passwords pass."""
    try:
        base = check_address(url)
        parts = httpx.URL(base)
    except (SettingRefused, httpx.InvalidURL):
        raise SettingRefused("options", "URL", url[:80], "https://HOST, or http://localhost:PORT") from None
    if parts.scheme == "https" or is_loopback(parts.host):
        return base
    raise SettingRefused("options", "URL", url[:80], "https://HOST; http:// for this computer only")
