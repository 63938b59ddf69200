"""Heads of the audit's chain, written down outside of the database and sealed: a chain whose tail was cut
off, or that was made anew, does not hold them.

`heads.jsonl` holds a line a day: time, number, hash, and the seal (Ed25519, base64) over
"gangvakt-audit <at_ms> <number> <hash>", with the certificate of the key that sealed it. The same goes to the
log, which a careful administrator keeps on another computer.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import AuditSealBroken, GangvaktError
from gangvakt.files import PRIVATE_FOLDER, make_folder
from gangvakt.fleet.audit_chain import Head, canonical
from gangvakt.provision.certificates import is_issued_by
from gangvakt.provision.pki import Pki
from gangvakt.provision.seal_key import SealKey, open_seal_key
from gangvakt.store.audit_table import AuditTable

LOG = logging.getLogger(__name__)

FILE = "heads.jsonl"
LOOK_S = 600.0
DAY_MS = 24 * 3600 * 1000
LARGEST_FILE = 64 * 1024 * 1024  # a century of days


class Sealer:
    """Writes the head down once a day, and at each start."""

    def __init__(
        self,
        audit: AuditTable,
        folder: Path,
        seal_folder: Path,
        pki: Callable[[], Pki],
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self._audit, self._folder, self._seal_folder = audit, folder, seal_folder
        self._pki, self._clock_ms = pki, clock_ms
        self._last: tuple[int, int] | None = None  # the day, and the number that was sealed

    async def run(self) -> None:
        """Until cancelled; what fails is tried again, and logged."""
        while True:
            try:
                await self.turn()
            except (GangvaktError, OSError) as error:
                LOG.warning("the audit is not sealed now: %s", error)
            await asyncio.sleep(LOOK_S)

    async def turn(self) -> None:
        """Seals when a day is over and something was added."""
        day, head = self._clock_ms() // DAY_MS, await self._audit.head()
        if head.number == 0 or (self._last and (self._last[0] == day or self._last[1] == head.number)):
            return
        await asyncio.to_thread(self.seal, head)
        self._last = (day, head.number)

    def seal(self, head: Head) -> None:
        now_ms = self._clock_ms()
        key = open_seal_key(
            self._seal_folder, self._pki().authority, datetime.fromtimestamp(now_ms / 1000, UTC)
        )
        line = _line(now_ms, head, key)
        with (make_folder(self._folder, PRIVATE_FOLDER) / FILE).open("a", encoding="ascii") as file:
            file.write(f"{line}\n")
        LOG.info("the audit ends with row %d, hash %s", head.number, head.hash)


def read_heads(folder: Path, authorities: Sequence[x509.Certificate] = ()) -> tuple[Head, ...]:
    """Those that were sealed; none where nothing ever was. AuditSealBroken names the first bad line.

    With `authorities`, the key that sealed must be certified by one of them.
    """
    try:
        text = (folder / FILE).read_bytes()[:LARGEST_FILE].decode("ascii")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise AuditSealBroken(str(folder / FILE), 1, "it cannot be read") from error
    lines = enumerate(text.splitlines(), 1)
    return tuple(_head(line, number, str(folder / FILE), authorities) for number, line in lines)


def certificates_in(folder: Path) -> tuple[x509.Certificate, ...]:
    """Those of a folder's files; what is damaged is none."""
    found: list[x509.Certificate] = []
    for path in sorted(folder.glob("*.crt")):
        with suppress(OSError, ValueError):
            found += x509.load_pem_x509_certificates(path.read_bytes())
    return tuple(found)


def _line(now_ms: int, head: Head, key: SealKey) -> str:
    told = {
        "at_ms": now_ms,
        "number": head.number,
        "hash": head.hash,
        "seal": base64.b64encode(key.key.sign(_sealed(now_ms, head))).decode(),
        "certificate": key.certificate_pem.decode(),
    }
    return canonical(told)


def _sealed(at_ms: int, head: Head) -> bytes:
    return f"gangvakt-audit {at_ms} {head.number} {head.hash}".encode()


def _head(line: str, number: int, file: str, authorities: Sequence[x509.Certificate]) -> Head:
    try:
        told = json.loads(line)
        head, at_ms = Head(int(told["number"]), str(told["hash"])), int(told["at_ms"])
        certificate = x509.load_pem_x509_certificate(told["certificate"].encode())
        key, seal = certificate.public_key(), base64.b64decode(told["seal"], validate=True)
        if not isinstance(key, Ed25519PublicKey):
            raise AuditSealBroken(file, number, "its key is none that seals")
        key.verify(seal, _sealed(at_ms, head))
    except InvalidSignature as error:
        raise AuditSealBroken(file, number, "its seal is not that of what it says") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise AuditSealBroken(file, number, "it is no line that a controller writes") from error
    if authorities and not any(is_issued_by(certificate, one) for one in authorities):
        raise AuditSealBroken(file, number, "its key is not certified by this controller's authority")
    return head
