"""The part of a controller that keeps the audit, and what takes two people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gangvakt.errors import SettingRefused
from gangvakt.fleet.audit_chain import Head
from gangvakt.fleet.roles import Role
from gangvakt.orders.admission import ADMIT_UPDATE, SIGN_UPDATE
from gangvakt.orders.pairs import PairKind, Pairs
from gangvakt.settings import Settings
from gangvakt.store import Store
from gangvakt.store.pairs import POLICIES, Pair, set_policy
from gangvakt.upkeep.audit_seals import Sealer, certificates_in, read_heads

if TYPE_CHECKING:
    from gangvakt.cli.assembly import Assembly

RENEW_KEYS = "update.keys"
RENEW_AUTHORITY, CHANGE_PASSPHRASE = "ca.renew", "ca.passphrase"
RULE = "rule.two-persons"
# Done at the data folder, by whoever has the passphrase: the controller does not have it.
BY_HAND = (SIGN_UPDATE, RENEW_KEYS, RENEW_AUTHORITY, CHANGE_PASSPHRASE)


async def start_audit(made: Assembly) -> None:
    """The chain is sealed daily, and what waits for a second person waits here."""
    ground = made.ground
    pairs = pairs_on(ground.store)
    sealer = Sealer(
        ground.store.audit, ground.settings.audit_dir, ground.settings.seal_dir, lambda: ground.pki
    )
    made.services = replace(
        made.services, audit=ground.store.audit, pairs=pairs, sealed_heads=partial(_heads, ground.settings)
    )
    made.runs += [pairs.run, sealer.run]


def _heads(settings: Settings) -> Sequence[Head]:
    return read_heads(settings.audit_dir, certificates_in(settings.pki_dir))


def pairs_on(store: Store) -> Pairs:
    """With the kinds that need nothing but the store."""
    pairs = Pairs(store)
    for name in BY_HAND:
        pairs.register(PairKind(name, Role.ADMINISTRATOR))

    async def change_rule(pair: Pair) -> Mapping[str, object]:
        rule = pair.data["rule"]
        async with store.exclusive() as connection:
            await set_policy(connection, str(rule), pair.asked_by)
        return {"rule": rule}

    async def admit(pair: Pair) -> Mapping[str, object]:
        return {}  # that it is done is what is looked for

    pairs.register(PairKind(RULE, Role.ADMINISTRATOR, change_rule, repeatable=True, check=_check_rule))
    pairs.register(PairKind(ADMIT_UPDATE, Role.ADMINISTRATOR, admit, repeatable=True))
    return pairs


def _check_rule(data: Mapping[str, object]) -> None:
    if data.get("rule") not in POLICIES:
        raise SettingRefused("approval", "rule", data.get("rule"), ", ".join(POLICIES))
