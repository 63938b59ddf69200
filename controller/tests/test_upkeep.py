"""What a controller does over the years: its own certificates in place, those of its signs one by one."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from gangvakt.broker.embedded import EmbeddedBroker
from gangvakt.fleet import SignId
from gangvakt.provision import authority
from gangvakt.provision.bundle_authority import make_bundle_authority
from gangvakt.provision.certificates import Credentials, Period, common_name, is_issued_by, make_client
from gangvakt.provision.lifetimes import Kind, Lifetime, State
from gangvakt.provision.pki import (
    CONTROLLER_NAME,
    OWN_LIFE,
    RENEW_BEFORE,
    SIGN_LIFE,
    SIMULATOR_NAME,
    Pki,
    new_authority,
)
from gangvakt.upkeep import LiveTls, Renewer, Watch
from gangvakt.upkeep.renewal import LONGEST, MOST_PIECES, PIECE_BYTES, pack, pieces
from gangvakt.upkeep.renewer import AT_ONCE
from gangvakt.upkeep.renewer import RENEW_BEFORE as SIGN_RENEW_BEFORE

from .support import NORTH, SOUTH, Keys

NAMES = ("localhost", "127.0.0.1")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORD = b"elg i lia ved elva"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


class Years:
    """A controller's certificates under a clock that the test moves, without a broker."""

    def __init__(self, folder: Path, begin: datetime = NOW) -> None:
        self.now = begin
        self.pki = Pki.open(folder / "pki", self.clock)
        self.connected: dict[str, x509.Certificate] = {}
        self.sent: list[tuple[SignId, bytes]] = []
        self.issued: list[x509.Certificate] = []
        self.below: list[x509.Certificate] = []
        self.reachable = True
        self.renewer = Renewer(
            self.pki,
            lambda: self.connected,
            self._send,
            now=self.clock,
            authorities=lambda: self.below,
            issued=self._issued,
        )

    def clock(self) -> datetime:
        return self.now

    def connect(self, sign: SignId) -> x509.Certificate:
        certificate = self.pki.issue_sign(sign).certificate
        self.connected[str(sign)] = certificate
        return certificate

    def succeed(self) -> None:
        """The authority gets a successor, and the controller notices."""
        successor = new_authority(self.now, self.pki.authority.certificate)
        authority.succeed(self.pki.folder, successor, None)
        assert self.pki.reload()

    async def _send(self, sign: SignId, parts: Sequence[bytes]) -> bool:
        self.sent.append((sign, b"".join(part[5:] for part in parts)))
        return self.reachable

    async def _issued(self, sign: SignId, certificate: x509.Certificate) -> None:
        self.issued.append(certificate)


@pytest.fixture
def years(tmp_path: Path) -> Years:
    return Years(tmp_path)


def certificate_in(renewal: bytes) -> x509.Certificate:
    """The first DER value behind sum and time."""
    body = renewal[36:]
    size = 4 + int.from_bytes(body[2:4], "big")
    return x509.load_der_x509_certificate(body[:size])


async def test_a_sign_is_renewed_half_a_year_before_its_certificate_ends(years: Years) -> None:
    old = years.connect(NORTH)
    years.now = old.not_valid_after_utc - SIGN_RENEW_BEFORE - HOUR
    assert await years.renewer.round() == ()
    years.now += HOUR
    assert await years.renewer.round() == (NORTH,)
    ((sign, renewal),) = years.sent
    new = certificate_in(renewal)
    assert (sign, common_name(new)) == (NORTH, str(NORTH))
    assert new.not_valid_after_utc == years.now + SIGN_LIFE
    assert years.issued == [new]


async def test_a_sign_of_the_old_authority_is_renewed_at_once_and_gets_both(years: Years) -> None:
    years.connect(NORTH)
    years.succeed()
    assert await years.renewer.round() == (NORTH,)
    ((_, renewal),) = years.sent
    current, old = years.pki.authority_files().values()
    assert is_issued_by(certificate_in(renewal), years.pki.authority.certificate)
    assert renewal.endswith(current + old)


async def test_a_renewed_sign_is_left_alone(years: Years) -> None:
    years.connect(NORTH)
    years.succeed()
    years.connect(NORTH)
    assert await years.renewer.round() == ()


async def test_a_new_certificate_that_would_not_live_longer_is_none(years: Years) -> None:
    years.now = years.pki.authority.certificate.not_valid_after_utc - 100 * DAY
    years.connect(NORTH)
    assert await years.renewer.round() == ()


async def test_a_bundles_sign_is_renewed_with_the_authority_that_it_trusts(years: Years) -> None:
    bundle = make_bundle_authority(timedelta(days=14), years.now)
    years.connected[str(NORTH)] = _signed_by(bundle, years.now)
    assert await years.renewer.round() == (NORTH,)  # nobody knows its bundle
    years.below.append(bundle.certificate)
    years.now += DAY
    assert await years.renewer.round() == ()
    years.succeed()
    years.below.clear()
    assert await years.renewer.round() == (NORTH,)


async def test_only_a_few_go_offline_at_once_the_most_urgent_first(years: Years) -> None:
    signs = [SignId("drammen", "storgata", f"sign{number}") for number in range(2 * AT_ONCE)]
    for sign in signs:
        years.connect(sign)
        years.now += DAY
    years.succeed()
    assert await years.renewer.round() == tuple(signs[:AT_ONCE])
    assert await years.renewer.round() == tuple(signs[AT_ONCE:])
    assert await years.renewer.round() == ()


async def test_a_sign_that_does_not_take_it_is_tried_again_ever_more_rarely(
    years: Years, caplog: pytest.LogCaptureFixture
) -> None:
    years.connect(NORTH)
    years.succeed()
    tries = []
    for hour in range(7 * 24):
        if await years.renewer.round():
            tries.append(hour)
        years.now += HOUR
    assert tries == [0, 1, 3, 7, 15, 31, 55, 79, 103, 127, 151]
    assert f"{NORTH} has not taken its new certificate; attempt 2" in caplog.text


async def test_one_that_could_not_be_sent_is_told(years: Years, caplog: pytest.LogCaptureFixture) -> None:
    years.connect(NORTH)
    years.succeed()
    years.reachable = False
    await years.renewer.round()
    assert f"the new certificate of {NORTH} could not be sent" in caplog.text


async def test_controller_and_simulator_are_no_signs(years: Years) -> None:
    foreign = new_authority(NOW).certificate
    years.connected = {CONTROLLER_NAME: foreign, SIMULATOR_NAME: foreign}
    assert await years.renewer.round() == ()


async def test_rounds_go_on_after_one_that_failed(years: Years, caplog: pytest.LogCaptureFixture) -> None:
    calls = []

    def connected() -> dict[str, x509.Certificate]:
        calls.append(1)
        raise RuntimeError("the broker's own trouble")

    renewer = Renewer(years.pki, connected, years._send, now=years.clock)
    task = asyncio.create_task(renewer.run(0.001))
    async with asyncio.timeout(10):
        while len(calls) < 3:
            await asyncio.sleep(0.001)
    task.cancel()
    assert "renewing certificates" in caplog.text


def test_the_longest_renewal_there_is_fits_its_pieces(tmp_path: Path) -> None:
    years = Years(tmp_path)
    longest = SignId("m" * 32, "s" * 18, "3" * 12)  # 64 characters together are allowed
    years.succeed()
    renewal = pack(years.pki.issue_sign(longest), years.pki.authority_files().values(), 1_800_000_000)
    parts = list(pieces(renewal))
    assert len(renewal) < LONGEST * 0.9, len(renewal)
    topic = f"gangvakt/v1/{longest}/renewal"
    assert max(2 + len(topic) + 2 + len(part) for part in parts) <= 256  # what a sign's MQTT client takes


@given(st.binary(min_size=1, max_size=LONGEST))
def test_pieces_make_up_the_whole(renewal: bytes) -> None:
    parts = list(pieces(renewal))
    assert b"".join(part[5:] for part in parts) == renewal
    assert [(part[0], part[3], part[4]) for part in parts] == [(1, n, len(parts)) for n in range(len(parts))]
    assert len({part[1:3] for part in parts}) == 1
    assert max(len(part) for part in parts) <= PIECE_BYTES + 5


@pytest.mark.parametrize("size", [0, LONGEST + 1])
def test_more_than_a_sign_takes_is_never_sent(size: int) -> None:
    with pytest.raises(ValueError, match=rf"allowed: 1\.\.{PIECE_BYTES * MOST_PIECES}"):
        list(pieces(bytes(size)))


def test_a_renewal_is_summed_and_tells_the_time(years: Years) -> None:
    credentials = years.pki.issue_sign(NORTH)
    renewal = pack(credentials, [b"authority"], 1_800_000_000)
    assert renewal[:32] == hashlib.sha256(renewal[32:]).digest()
    assert int.from_bytes(renewal[32:36], "big") == 1_800_000_000
    assert renewal[36:] == credentials.certificate_der + credentials.key_der + b"authority"


@asynccontextmanager
async def serving(tls: LiveTls) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker("127.0.0.1", 0, tls.server)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


async def servers_certificate(port: int, files: Path) -> x509.Certificate:
    tls = ssl.create_default_context(cafile=str(files / "trust.crt"))
    tls.load_cert_chain(files / "controller.crt", files / "controller.key")
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    return x509.load_der_x509_certificate(der)


async def test_the_servers_certificate_is_renewed_while_clients_stay_connected(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    now = [datetime.now(UTC)]
    pki = Pki.open(tmp_path / "pki", lambda: now[0])
    tls = LiveTls(pki, NAMES)
    async with serving(tls) as broker, keys.client(str(NORTH), broker.endpoint.port) as standing:
        first = await servers_certificate(broker.endpoint.port, pki.folder)
        assert not tls.refresh()
        now[0] += OWN_LIFE - RENEW_BEFORE + DAY
        assert tls.refresh()
        second = await servers_certificate(broker.endpoint.port, pki.folder)
        assert second.not_valid_after_utc > first.not_valid_after_utc
        await standing.publish(f"gangvakt/v1/{NORTH}/telemetry", "still here", qos=1)


async def test_a_successor_made_by_another_process_is_trusted_without_a_restart(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    pki = Pki.open(tmp_path / "pki")
    tls = LiveTls(pki, NAMES)
    async with serving(tls) as broker, keys.client(str(NORTH), broker.endpoint.port) as standing:
        successor = new_authority(datetime.now(UTC), pki.authority.certificate)
        authority.succeed(pki.folder, successor, None)
        assert tls.refresh()
        keys.pki.reload()
        async with keys.client(str(SOUTH), broker.endpoint.port) as south:
            await south.publish(f"gangvakt/v1/{SOUTH}/telemetry", "new", qos=1)
        assert is_issued_by(broker.certificates()[str(NORTH)], pki.trusted[1])
        await standing.publish(f"gangvakt/v1/{NORTH}/telemetry", "old", qos=1)


def test_files_that_cannot_be_read_leave_everything_as_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pki = Pki.open(tmp_path)
    tls = LiveTls(pki, NAMES)
    (tmp_path / "ca.crt").write_bytes(b"rubbish")
    assert not tls.refresh()
    assert "certificates stay as they are" in caplog.text


def test_a_key_that_got_another_passphrase_meanwhile_is_told_once_and_taken_once_it_is_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    known: list[bytes | None] = [None]
    pki = Pki.open(tmp_path, passphrase=lambda: known[0])
    tls, old = LiveTls(pki, NAMES), pki.authority.certificate
    pki.encrypt(WORD)
    authority.succeed(tmp_path, new_authority(NOW, old), WORD)
    for wrong in (None, None, b"another word altogether"):
        known[0] = wrong
        assert not tls.refresh()
    assert caplog.messages == ["the authority's key has another passphrase now: restart the controller"]
    assert pki.authority.certificate == old
    known[0] = WORD
    assert tls.refresh()
    assert pki.trusted[1] == old


def test_it_is_told_once_a_day_which_certificates_end_soon(
    years: Years, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    tls = LiveTls(years.pki, NAMES)
    watch = Watch(years.pki, tls, lambda: years.connected, now=years.clock)
    sign = years.connect(NORTH)
    watch.round()
    assert caplog.messages == []
    years.connected.clear()  # it is remembered while it is away
    years.now = sign.not_valid_after_utc - 90 * DAY
    for _ in range(3):
        watch.round()
    day = f"{sign.not_valid_after_utc:%Y-%m-%d}"
    (told,) = caplog.messages
    assert told.startswith(f"certificate of sign {NORTH} ends in 90 days, on {day}: it is renewed when")
    years.now += DAY
    watch.round()
    assert len(caplog.messages) == 2


def test_all_kinds_of_certificates_are_watched(years: Years) -> None:
    years.connect(NORTH)
    bundle = make_bundle_authority(timedelta(days=14), years.now)
    years.succeed()
    tls = LiveTls(years.pki, NAMES)
    watch = Watch(
        years.pki, tls, lambda: years.connected, now=years.clock, authorities=lambda: [bundle.certificate]
    )
    assert {lifetime.kind for lifetime in watch.lifetimes()} == set(Kind)


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (90 * DAY + HOUR, State.GOOD),
        (90 * DAY, State.ENDS_SOON),
        (HOUR, State.ENDS_SOON),
        (0 * DAY, State.ENDED),
    ],
)
def test_ninety_days_before_its_end_a_certificate_is_worth_a_warning(left: timedelta, state: State) -> None:
    lifetime = Lifetime(Kind.AUTHORITY, "CA", NOW + left, "00")
    assert lifetime.state(NOW) is state
    warning = lifetime.warning(NOW)
    assert (warning is None) == (state is State.GOOD)
    assert warning is None or warning.endswith("`gangvakt ca renew` makes its successor")


def test_an_old_authority_ends_in_peace() -> None:
    for left in (DAY, -DAY):
        assert Lifetime(Kind.OLD_AUTHORITY, "CA", NOW + left, "00").warning(NOW) is None


def _signed_by(bundle: Credentials, now: datetime) -> x509.Certificate:
    return make_client(bundle, str(NORTH), Period(now - DAY, now + SIGN_LIFE)).certificate
