"""An enrolment bundle: one file by which a laptop without a network can sign.

Three lines: what it is, a header that everybody can read, and the sealed content in base64. The key comes
from the passphrase by scrypt; AES-GCM seals the content and, as additional data, the header.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import Annotated, Self, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field

from gangvakt.errors import BundleRefused, Refusal
from gangvakt.provision.certificates import Credentials
from gangvakt.provision.wire import (
    SiteKit,
    checked,
    decode_certificate,
    encode,
)
from gangvakt.provision.wire_values import (
    MOST_SIGNS,
    MOST_SITES,
    BundleId,
    Certificate64,
    SiteText,
    Title,
)

MAGIC = b"gangvakt-bundle-1"
LARGEST_FILE = 2 * 1024 * 1024  # bytes; a bundle of 50 sites takes half of it
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 12, 256
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32

# scrypt: 128 MiB and a third of a second on a laptop, so that guessing a stolen bundle's passphrase is dear.
COST, BLOCK, LANES = 2**17, 8, 1
LOWEST_COST, HIGHEST_COST = 2**10, 2**20  # a file must not make us spend more than 1 GiB

SOURCE = "bundle"
WRONG = "the right passphrase and a file that nobody changed"

M = TypeVar("M", bound=BaseModel)
Hex = Annotated[str, Field(pattern=r"^([0-9a-f]{2})+$", max_length=64)]


class Header(BaseModel):
    """What can be read without the passphrase."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: BundleId
    label: Title
    sites: Annotated[tuple[SiteText, ...], Field(min_length=1, max_length=MOST_SITES)]
    limit: Annotated[int, Field(ge=1, le=MOST_SIGNS)]
    expires_ms: Annotated[int, Field(ge=0, le=2**53)]


class _Sealing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    header: Header
    cost: Annotated[int, Field(ge=LOWEST_COST, le=HIGHEST_COST)]
    salt: Hex
    nonce: Hex


class Bundle(BaseModel):
    """The whole of it: `key` signs every sign of `sites`; `authorities` are what the signs trust."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: Header
    key: Annotated[str, Field(max_length=1000, repr=False)]
    certificate: Certificate64
    authorities: Annotated[tuple[Certificate64, ...], Field(min_length=1, max_length=4)]
    sites: Annotated[tuple[SiteKit, ...], Field(min_length=1, max_length=MOST_SITES, repr=False)]

    @classmethod
    def of(
        cls,
        header: Header,
        authority: Credentials,
        authorities: tuple[str, ...],
        sites: tuple[SiteKit, ...],
    ) -> Self:
        return cls(
            header=header,
            key=authority.key_pem.decode(),
            certificate=encode(authority.certificate),
            authorities=authorities,
            sites=sites,
        )

    def authority(self) -> Credentials:
        """BundleRefused when key and certificate do not belong together."""
        try:
            key = serialization.load_pem_private_key(self.key.encode(), password=None)
        except (ValueError, TypeError) as error:
            raise BundleRefused(SOURCE, "key", "(hidden)", "a private key") from error
        certificate = decode_certificate(self.certificate)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise BundleRefused(SOURCE, "key", "(hidden)", "the one of its certificate")
        return Credentials(key, certificate)


def check_passphrase(passphrase: str) -> str:
    """BundleRefused when it is too short to protect anything."""
    if SHORTEST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        return passphrase
    allowed = f"{SHORTEST_PASSPHRASE} to {LONGEST_PASSPHRASE} characters"
    raise BundleRefused(SOURCE, "passphrase", f"{len(passphrase)} characters", allowed)


def seal(bundle: Bundle, passphrase: str, cost: int = COST) -> bytes:
    """The file's content."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    sealing = _Sealing(header=bundle.header, cost=cost, salt=salt.hex(), nonce=nonce.hex())
    head = MAGIC + b"\n" + sealing.model_dump_json().encode() + b"\n"
    content = bundle.model_dump_json().encode()
    sealed = AESGCM(_key(check_passphrase(passphrase), salt, cost)).encrypt(nonce, content, head)
    return head + base64.b64encode(sealed) + b"\n"


def read_header(data: bytes) -> Header:
    """What a bundle says of itself; it is proved by `open_bundle` only. BundleRefused when it is none."""
    return _split(data)[0].header


def open_bundle(data: bytes, passphrase: str) -> Bundle:
    """BundleRefused for another passphrase or a changed file."""
    sealing, head, sealed = _split(data)
    try:
        key = _key(passphrase[:LONGEST_PASSPHRASE], bytes.fromhex(sealing.salt), sealing.cost)
        content = AESGCM(key).decrypt(bytes.fromhex(sealing.nonce), sealed, head)
    except (InvalidTag, ValueError, MemoryError) as error:
        raise BundleRefused(SOURCE, "passphrase", "(hidden)", WRONG) from error
    bundle = _read(Bundle, content)
    if bundle.header != sealing.header:
        raise BundleRefused(SOURCE, "header", sealing.header.id, "the one that is sealed inside")
    bundle.authority()
    return bundle


def _split(data: bytes) -> tuple[_Sealing, bytes, bytes]:
    if len(data) > LARGEST_FILE:
        raise BundleRefused(SOURCE, "size", len(data), f"at most {LARGEST_FILE} bytes")
    lines = data.split(b"\n")
    if lines[0] != MAGIC or len(lines) < 3:
        raise BundleRefused(SOURCE, "begin", data[: len(MAGIC)].decode("ascii", "replace"), MAGIC.decode())
    try:
        sealed = base64.b64decode(lines[2], validate=True)
    except (ValueError, binascii.Error) as error:
        raise BundleRefused(SOURCE, "content", f"{len(lines[2])} bytes", "base64, whole") from error
    return _read(_Sealing, lines[1]), b"\n".join(lines[:2]) + b"\n", sealed


def _read(model: type[M], data: bytes) -> M:
    try:
        return checked(model, SOURCE, data)
    except Refusal as refused:
        raise BundleRefused(SOURCE, refused.field, refused.value, refused.allowed) from refused


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=BLOCK, p=LANES).derive(
        passphrase.encode(errors="surrogatepass")
    )
