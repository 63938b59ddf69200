"""Whether two people have seen an update before signs are told of it: when it was signed, or afterwards."""

from __future__ import annotations

import hashlib

from gangvakt.errors import UpdateUnseen
from gangvakt.orders.pairs import Pairs
from gangvakt.provision.pack import Manifest

SIGN_UPDATE = "update.sign"
ADMIT_UPDATE = "update.admit"  # of a file that was signed elsewhere, or when there was one administrator


class Admission:
    """Who has the key and its passphrase can sign without this program, but not bring it to the signs."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    async def check(self, update: Manifest) -> None:
        """UpdateUnseen where an update takes two people and not both have seen this very one."""
        if not await self._pairs.needed(ADMIT_UPDATE):
            return
        if not await self._pairs.were_two((SIGN_UPDATE, ADMIT_UPDATE), subject_of(update)):
            raise UpdateUnseen(update.board, update.version)


def subject_of(update: Manifest) -> str:
    """What two people agree on: the hash is that of what is signed."""
    return f"{update.board} {update.version} {hashlib.sha256(update.packed()).hexdigest()}"


def facts_of(update: Manifest) -> dict[str, object]:
    """What the second person is shown."""
    return {"board": update.board, "version": update.version, "contents": update.sha256.hex()}
