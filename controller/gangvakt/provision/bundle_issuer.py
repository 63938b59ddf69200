"""Signing without the controller, from an enrolment bundle."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gangvakt.clock import ClockMs, day, utc_ms
from gangvakt.errors import BundleSpent, Missing, NotPending, SignExists
from gangvakt.fleet import SignId
from gangvakt.provision.bundle import LARGEST_FILE, Bundle, open_bundle
from gangvakt.provision.bundle_journal import BundleJournal, Entry, JournalPage, Signed
from gangvakt.provision.certificates import Period, certify_client, fingerprint
from gangvakt.provision.csr import key_of, read_request
from gangvakt.provision.identity import new_incarnation
from gangvakt.provision.issuer import KeyIssuer
from gangvakt.provision.pki import BACKDATE, SIGN_LIFE
from gangvakt.provision.registration import PENDING_LIFE_MS
from gangvakt.provision.wire import AbandonIn, ConfirmIn, Issued, RequestIn, SiteKit, encode


class BundleIssuer(KeyIssuer):
    """The bundle in file `path`; its journal lies beside it. BundleRefused when it cannot be opened.

    A sign that takes another's place gets the crossing's present group key: the next one comes from the
    controller, once it has been told.
    """

    def __init__(self, path: Path, passphrase: str, clock_ms: ClockMs = utc_ms) -> None:
        bundle = open_bundle(read_bundle_file(path), passphrase)
        super().__init__(_BundleSigner(bundle, BundleJournal(path), clock_ms))


def read_bundle_file(path: Path) -> bytes:
    """Missing when it cannot be read; no more than a bundle can be long, and a byte."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Missing("bundle", str(path), error.strerror or "it cannot be read") from error


class _BundleSigner:
    def __init__(self, bundle: Bundle, journal: BundleJournal, clock_ms: ClockMs) -> None:
        self._bundle, self._journal, self._clock_ms = bundle, journal, clock_ms

    def begin(self, wanted: RequestIn) -> Issued:
        request, now_ms = read_request(wanted.csr), self._clock_ms()
        kit = self._kit(wanted)
        sign = kit.id.sign(wanted.mac)
        certificate = certify_client(
            self._bundle.authority(), key_of(request), str(sign), self._period(now_ms)
        )
        issued = Issued(
            sign=str(sign),
            certificate=encode(certificate),
            authorities=self._bundle.authorities,
            incarnation=new_incarnation(),
            kit=kit,
        )
        signed = Signed(
            fingerprint=fingerprint(certificate),
            sign=issued.sign,
            mac=wanted.mac,
            board=wanted.board,
            incarnation=issued.incarnation,
            certificate=issued.certificate,
            again=wanted.again,
            replaces=wanted.replaces,
            begun_ms=now_ms,
        )
        with self._journal.alone() as page:
            self._check(page, wanted, now_ms)
            page.begin(signed)
        return issued

    def confirm(self, sign: SignId, done: ConfirmIn) -> None:
        now_ms = self._clock_ms()
        with self._journal.alone() as page:
            signed = page.with_certificate(done.fingerprint)
            if signed is None or signed.sign != str(sign):
                raise NotPending(str(sign), "nothing was begun with this certificate")
            if signed.state == Entry.REGISTERED.value:
                return
            if signed.state != Entry.PENDING.value or now_ms >= signed.begun_ms + PENDING_LIFE_MS:
                raise NotPending(str(sign), "another flashing of the board began, or an hour has passed")
            page.register(signed, done.report, now_ms)

    def abandon(self, sign: SignId, begun: AbandonIn) -> None:
        with self._journal.alone() as page:
            page.end(begun.fingerprint)

    def online(self, sign: SignId) -> bool | None:
        return None

    def why_unseen(self, sign: SignId) -> str | None:
        return None

    def _check(self, page: JournalPage, wanted: RequestIn, now_ms: int) -> None:
        header = self._bundle.header
        if now_ms >= header.expires_ms:
            raise BundleSpent(header.id, f"its time ended at {day(header.expires_ms)}")
        used = page.used(now_ms, besides=wanted.mac)
        if used >= header.limit:
            raise BundleSpent(header.id, f"{used} of {header.limit} signs are made")
        known = page.registered(wanted.mac)
        if known is not None and not wanted.again:
            since, replacing = day(known.registered_ms or known.begun_ms), wanted.replaces is not None
            raise SignExists(wanted.mac, known.sign, since, replacing=replacing)

    def _kit(self, wanted: RequestIn) -> SiteKit:
        site = str(SignId.parse(wanted.replaces).site_id) if wanted.replaces else wanted.site
        for kit in self._bundle.sites:
            if kit.site == site:
                return kit
        held = ", ".join(kit.site for kit in self._bundle.sites)
        raise Missing("site", f"{site} in bundle {self._bundle.header.id}", f"it is for {held}")

    def _period(self, now_ms: int) -> Period:
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        end = self._bundle.authority().certificate.not_valid_after_utc
        return Period(now - BACKDATE, min(now + SIGN_LIFE, end))
