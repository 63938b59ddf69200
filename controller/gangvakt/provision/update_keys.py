"""The two keys whose updates signs take: one signs, the other one waits to follow it.

Every image and every update carries the public parts of both. So a key that signs can be replaced: its
follower is trusted everywhere already, and brings the public part of its own follower with the next update.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gangvakt.errors import KeyLocked, KeysDamaged, UpdateKeysMissing, WouldOverwrite
from gangvakt.files import PRIVATE_FOLDER, make_folder, write_file
from gangvakt.provision.passphrase import Passphrase

BITS, EXPONENT = 3072, 65537
MODULUS_BYTES = BITS // 8
SIGNS, FOLLOWS = "signs.key", "follows.key"
TRUSTED = "trusted"  # moduli, big-endian, of the one that signs and of its follower


class UpdateKeys:
    """In one folder; its files are read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exist(self) -> bool:
        return (self.folder / TRUSTED).exists()

    def create(self, passphrase: bytes) -> None:
        """Make both. WouldOverwrite where there are some."""
        make_folder(self.folder, PRIVATE_FOLDER)
        for name in (SIGNS, FOLLOWS):
            if (self.folder / name).exists():
                raise WouldOverwrite(self.folder / name)
        self._write({name: _make() for name in (SIGNS, FOLLOWS)}, passphrase)

    def renew(self, passphrase: Passphrase) -> None:
        """The follower signs from now on, and has a new follower."""
        follower, word = self._private(FOLLOWS, passphrase), passphrase()
        assert word is not None  # it has just opened the key
        self._write({SIGNS: follower, FOLLOWS: _make()}, word)

    def trusted(self) -> bytes:
        """The public parts, as images carry them; b"" where there are no keys."""
        try:
            return (self.folder / TRUSTED).read_bytes()
        except FileNotFoundError:
            return b""

    def marks(self) -> tuple[int, ...]:
        """By which manifests name the keys: that which signs first."""
        found = self.trusted()
        return tuple(mark_of(found[at : at + MODULUS_BYTES]) for at in range(0, len(found), MODULUS_BYTES))

    def signature(self, data: bytes, passphrase: Passphrase) -> bytes:
        """Of `data`, by the key that signs. UpdateKeysMissing, KeyLocked."""
        return self._private(SIGNS, passphrase).sign(data, padding.PKCS1v15(), hashes.SHA256())

    def _private(self, name: str, passphrase: Passphrase) -> rsa.RSAPrivateKey:
        path = self.folder / name
        if not path.exists():
            raise UpdateKeysMissing(self.folder)
        word = passphrase()
        if not word:
            raise KeyLocked(path, given=False)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=word)
        except (ValueError, TypeError) as error:
            raise KeyLocked(path, given=True) from error
        if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != BITS:
            raise KeysDamaged(path, "it is no RSA key of 3072 bits")
        return key

    def _write(self, keys: dict[str, rsa.RSAPrivateKey], passphrase: bytes) -> None:
        """The follower first: should this be interrupted, the key that signs is one that signs trust."""
        for name in (FOLLOWS, SIGNS):
            write_file(self.folder / name, _pem(keys[name], passphrase), private=True)
        write_file(self.folder / TRUSTED, b"".join(modulus_of(keys[name]) for name in (SIGNS, FOLLOWS)))


def modulus_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.public_key().public_numbers().n.to_bytes(MODULUS_BYTES, "big")


def mark_of(modulus: bytes) -> int:
    """The byte by which a manifest says which key has signed it."""
    return hashlib.sha256(modulus).digest()[0]


def is_signed(data: bytes, signature: bytes, modulus: bytes) -> bool:
    """Whether the key with that modulus has signed `data`."""
    key = rsa.RSAPublicNumbers(EXPONENT, int.from_bytes(modulus, "big")).public_key()
    try:
        key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _make() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(EXPONENT, BITS)


def _pem(key: rsa.RSAPrivateKey, passphrase: bytes) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase),
    )
