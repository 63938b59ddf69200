"""A registry on a real store, and boards that ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.certificates import fingerprint
from gangvakt.provision.csr import make_request
from gangvakt.provision.issuer import Enrolment
from gangvakt.provision.pki import KeyFiles, Pki
from gangvakt.provision.wire import AbandonIn, ConfirmIn, Issued, RequestIn, SiteIn, decode_certificate
from gangvakt.registry import Registry
from gangvakt.store import Store

from .migrated import a_store

SITE = SiteId("drammen", "storgata")
OTHER_SITE = SiteId("drammen", "torget")
MAC, OTHER_MAC = "30aea4120001", "30aea4120002"
SIGN, OTHER = SITE.sign(MAC), SITE.sign(OTHER_MAC)
BOARD = "esp32-devkitc"
REPORT = {"versions": {"firmware": "0.1.0"}, "selftest": {"ok": True}}
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def a_site(site: SiteId = SITE, **values: object) -> SiteIn:
    given = {"site": str(site), "title": "Storgata", "brokers": [("10.0.0.5", 8883)], **values}
    return SiteIn.model_validate(given)


@dataclass(frozen=True)
class Asked:
    """What one technician got for one board."""

    issued: Issued

    @property
    def sign(self) -> SignId:
        return self.issued.id

    @property
    def certificate(self) -> x509.Certificate:
        return decode_certificate(self.issued.certificate)

    @property
    def confirm(self) -> ConfirmIn:
        return ConfirmIn(fingerprint=fingerprint(self.certificate), report=REPORT)

    @property
    def abandon(self) -> AbandonIn:
        return AbandonIn(fingerprint=fingerprint(self.certificate))


def a_request(
    mac: str = MAC, site: SiteId = SITE, *, again: bool = False, replaces: SignId | None = None
) -> RequestIn:

    csr = make_request(ec.generate_private_key(ec.SECP256R1()))
    named = {"replaces": str(replaces)} if replaces else {"site": str(site)}
    return RequestIn.model_validate({"mac": mac, "board": BOARD, "csr": csr, "again": again, **named})


@dataclass
class Desk:
    """The registry, and its clock in ms."""

    registry: Registry
    store: Store
    now_ms: list[int] = field(default_factory=list)

    async def begin(self, mac: str = MAC, **options: object) -> Asked:
        return Asked(await self.registry.signs.begin(a_request(mac, **options)))  # type: ignore[arg-type]

    async def register(self, mac: str = MAC, **options: object) -> Asked:
        asked = await self.begin(mac, **options)
        await self.registry.signs.confirm(asked.sign, asked.confirm)
        return asked

    async def state(self, sign: SignId = SIGN) -> str:
        return (await self.registry.signs.one(sign)).state

    async def states(self) -> list[tuple[str, str]]:
        return [(one.sign, one.state) for one in await self.registry.signs.all()]


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[Desk]:
    """With both sites."""
    now_ms = [1_800_000_000_000]
    async with a_store(folder / "gangvakt.db") as store:
        pki = Pki.open(folder / "pki")
        registry = Registry(store, lambda: pki, lambda: now_ms[0])
        desk = Desk(registry, store, now_ms)
        for site in (SITE, OTHER_SITE):
            await registry.sites.add(a_site(site))
        yield desk


def key_files(enrolment: Enrolment, folder: Path) -> KeyFiles:
    """What is flashed, as a TLS library on this computer reads it."""
    made = {name: folder / f"{enrolment.sign.sign}.{name}" for name in ("ca", "cert", "key")}
    for name in ("ca", "cert"):
        certificate = x509.load_der_x509_certificate(enrolment.files[f"{name}.der"])
        made[name].write_bytes(certificate.public_bytes(Encoding.PEM))
    key = load_der_private_key(enrolment.files["key.der"], password=None)
    made["key"].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return KeyFiles(made["ca"], made["cert"], made["key"])
