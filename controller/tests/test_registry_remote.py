"""What a bad network does to those who ask a controller far away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from gangvakt.errors import ControllerFailed, GangvaktError
from gangvakt.files import make_folder
from gangvakt.fleet import SignId
from gangvakt.provision.issuer import Enrolment, KeyIssuer
from gangvakt.registry.remote import CONFIRM_PAUSE_S, CONFIRM_TRIES, ApiOffice

from .office import BOARD, MAC, REPORT, SITE, a_site
from .test_serve import Serving, serving

PASSWORD = "another horse battery"
CONFIRM = "/confirm"


class BadNetwork(ThreadingHTTPServer):
    """Carries every question to the controller, and loses as many answers to confirmations as it is told."""

    def __init__(self, controller: str) -> None:
        super().__init__(("127.0.0.1", 0), _Carrier)
        self.controller, self.lost = controller, 0
        self.carried: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Carrier(BaseHTTPRequestHandler):
    server: BadNetwork

    def do_POST(self) -> None:
        network = self.server
        network.carried.append(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {"Authorization": self.headers["Authorization"], "Content-Type": "application/json"}
        answer = httpx.post(f"{network.controller}{self.path}", content=body, headers=headers)
        if network.lost and self.path.endswith(CONFIRM):
            network.lost -= 1
            return
        self.send_response(answer.status_code)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def bad_network(controller: str) -> Iterator[BadNetwork]:
    with BadNetwork(controller) as network:
        thread = threading.Thread(target=network.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield network
        finally:
            network.shutdown()
            thread.join()


TRUSTED = bytes(range(256)) * 3  # public parts of two keys that sign updates


class Bench:
    """A technician behind a bad network, and the office that knows the truth."""

    def __init__(self, network: BadNetwork, office: ApiOffice, token: str) -> None:
        self.network, self.office = network, office
        self.paused: list[float] = []
        self.remote = ApiOffice(network.url, token, self.paused.append)
        self.issuer = KeyIssuer(self.remote)

    def begin(self) -> Enrolment:
        return self.issuer.begin(str(SITE), MAC, BOARD, again=True)

    def state(self, sign: SignId) -> str:
        return self.office.registration(sign).state

    @property
    def confirmations(self) -> int:
        return sum(path.endswith(CONFIRM) for path in self.network.carried)


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, str]]:
    """A running controller with a site, and the token of somebody who is logged in."""
    data = tmp_path_factory.mktemp("controller")
    make_folder(data / "updates" / "keys")
    (data / "updates" / "keys" / "trusted").write_bytes(TRUSTED)
    with serving(data) as running:
        assert running.process.stdout
        one_time = running.process.stdout.readline().split()[-1]
        url = f"http://127.0.0.1:{running.http_port}"
        token = ApiOffice(url, ApiOffice(url).login("admin", one_time).token).choose_password(PASSWORD).token
        ApiOffice(url, token).add_site(a_site())
        yield running, token


@pytest.fixture
def bench(controller: tuple[Serving, str]) -> Iterator[Bench]:
    running, token = controller
    url = f"http://127.0.0.1:{running.http_port}"
    with bad_network(url) as network:
        yield Bench(network, ApiOffice(url, token), token)


def test_a_board_flashed_over_a_log_in_trusts_the_keys_of_updates(bench: Bench) -> None:
    assert bench.begin().files["trusted"] == TRUSTED


def test_a_confirmation_whose_answer_gets_lost_is_said_again(bench: Bench) -> None:
    enrolment = bench.begin()
    bench.network.lost = CONFIRM_TRIES - 1
    bench.issuer.confirm(enrolment.sign, REPORT)
    assert bench.state(enrolment.sign) == "registered"
    assert bench.confirmations == CONFIRM_TRIES
    assert bench.paused == [CONFIRM_PAUSE_S] * (CONFIRM_TRIES - 1)


def test_whoever_never_gets_an_answer_gives_up(bench: Bench) -> None:
    enrolment = bench.begin()
    bench.network.lost = CONFIRM_TRIES
    with pytest.raises(ControllerFailed, match="cannot reach the controller"):
        bench.issuer.confirm(enrolment.sign, REPORT)
    assert bench.confirmations == CONFIRM_TRIES


def test_a_controller_that_says_no_is_asked_once(bench: Bench) -> None:
    late = bench.begin()
    KeyIssuer(bench.remote).begin(str(SITE), MAC, BOARD, again=True)
    with pytest.raises(ControllerFailed, match="another flashing of the board began"):
        bench.issuer.confirm(late.sign, REPORT)
    assert (bench.confirmations, bench.paused) == (1, [])


@pytest.mark.parametrize("bundle", ["../sites", "a?b=c", "a#b", "a/b"])
def test_what_somebody_typed_leads_nowhere_else(bench: Bench, bundle: str) -> None:
    with pytest.raises(GangvaktError) as refused:
        bench.remote.revoke_bundle(bundle)
    assert "\n" not in str(refused.value)
    path = bench.network.carried[-1]
    assert path.startswith("/api/v1/bundles/")
    assert path.count("/") == len(["", "api", "v1", "bundles", "ID", "revoke"]) - 1
    assert path.endswith("/revoke")
