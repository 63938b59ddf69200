"""The signs' desk: from a request to a registered sign, and out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography import x509
from sqlalchemy.ext.asyncio import AsyncConnection

from gangvakt.clock import day
from gangvakt.errors import Missing, NotPending, SettingRefused, SignExists
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.csr import read_request
from gangvakt.provision.identity import GroupKey, new_incarnation
from gangvakt.provision.registration import PENDING_LIFE_MS, RegistrationState
from gangvakt.provision.wire import AbandonIn, ConfirmIn, Issued, RegistrationOut, RequestIn, encode
from gangvakt.registry.ground import Ground, certificate_record
from gangvakt.registry.sites import with_group_key
from gangvakt.registry.views import own_status, registration_out
from gangvakt.store import registrations as table
from gangvakt.store.audit import record as record_action
from gangvakt.store.records import NewRegistration, Registration
from gangvakt.store.sites import get_site, update_site

AUTHORITY = "authority"  # who signed: the controller's own authority, or else a bundle
NOT_IN_TIME = "it was not confirmed within an hour"

PENDING, REGISTERED = RegistrationState.PENDING, RegistrationState.REGISTERED
REVOKED, REPLACED = RegistrationState.REVOKED, RegistrationState.REPLACED


class Signs:
    """Every step is one transaction: a board is never left half registered."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def begin(self, wanted: RequestIn) -> Issued:
        """A certificate that may connect for an hour; what was begun before with the board ends.

        Missing: no such site, or no such sign to replace. SignExists: the board is one already.
        """
        request, now_ms = read_request(wanted.csr), self._ground.clock_ms()
        pki = self._ground.pki()  # before the transaction, since it may ask for a passphrase
        async with self._ground.store.exclusive() as connection:
            await table.end_expired(connection, now_ms, NOT_IN_TIME)
            old = await _to_replace(connection, wanted)
            record = await get_site(connection, old.sign.site_id if old else _site_of(wanted))
            sign = record.kit.id.sign(wanted.mac)
            await _make_room(connection, wanted, sign, now_ms)
            key = await _next_group_key(connection, old, record.kit.group_key) if old else None
            certificate = pki.issue_from_request(request, sign)
            new = NewRegistration(
                sign,
                wanted.mac,
                wanted.board,
                PENDING,
                AUTHORITY,
                new_incarnation(),
                now_ms,
                expires_ms=now_ms + PENDING_LIFE_MS,
                replaces=old.sign if old else None,
                group_key=key,
            )
            held = certificate_record(certificate, now_ms)
            await table.insert_registration(connection, new, held)
            begun = {"mac": new.mac, "board": new.board, "certificate": held.fingerprint}
            begun["replaces"] = str(new.replaces) if new.replaces else None
            await record_action(connection, "registration.begin", str(sign), None, begun)
        await self._ground.changed()
        return Issued(
            sign=str(sign),
            certificate=encode(certificate),
            authorities=tuple(encode(one) for one in pki.trusted),
            incarnation=new.incarnation or "",
            kit=self._ground.kit_of(record).model_copy(update={"group_key": key} if key else {}),
        )

    async def confirm(self, sign: SignId, done: ConfirmIn) -> RegistrationOut:
        """Registers it and ends what it stands in for; NotPending when something came in between."""
        now_ms = self._ground.clock_ms()
        async with self._ground.store.exclusive() as connection:
            await table.end_expired(connection, now_ms, NOT_IN_TIME)
            held = await table.with_certificate(connection, done.fingerprint)
            if held is None or held.sign != sign:
                raise NotPending(str(sign), "nothing was begun with this certificate")
            if held.state is not REGISTERED:
                await self._register(connection, held, done, now_ms)
                states = {"state": held.state.value}, {"state": REGISTERED.value}
                await record_action(connection, "registration.confirm", str(sign), *states)
            held = await table.with_certificate(connection, done.fingerprint) or held
        await self._ground.changed()
        return registration_out(held)

    async def abandon(self, sign: SignId, begun: AbandonIn) -> None:
        """Ends what was begun; nothing when there is nothing."""
        async with self._ground.store.exclusive() as connection:
            held = await table.with_certificate(connection, begun.fingerprint)
            if held is not None and held.sign == sign and held.state is PENDING:
                await table.move(connection, held, REVOKED, self._ground.clock_ms(), why="it was abandoned")
                states = {"state": held.state.value}, {"state": REVOKED.value}
                await record_action(connection, "registration.abandon", str(sign), *states)
        await self._ground.changed()

    async def revoke(self, sign: SignId, why: str = "it was revoked") -> RegistrationOut:
        """Its certificates open nothing any more, also those not known here; Missing for an unknown sign."""
        now_ms = self._ground.clock_ms()
        async with self._ground.store.exclusive() as connection:
            held = await table.of_sign(connection, sign)
            for one in held:
                await table.move(connection, one, REVOKED, now_ms, why=why)
            if not held:
                await _close_for(connection, sign, now_ms, why, await self._was_heard(sign))
            last = (await table.of_sign(connection, sign))[-1]
            states = (
                {"state": held[-1].state.value if held else None},
                {"state": last.state.value, "why": why},
            )
            await record_action(connection, "registration.revoke", str(sign), *states)
        await self._ground.changed()
        return registration_out(last)

    async def renewed(self, sign: SignId, certificate: x509.Certificate) -> None:
        """A registered sign is about to get a further certificate; without this word it is refused."""
        now_ms = self._ground.clock_ms()
        async with self._ground.store.exclusive() as connection:
            held = [one for one in await table.of_sign(connection, sign) if one.state is REGISTERED]
            for one in held:
                further = certificate_record(certificate, now_ms)
                await table.insert_certificate(connection, one.id, further)
                told = {"certificate": further.fingerprint}
                await record_action(connection, "registration.renew", str(sign), None, told)
        await self._ground.changed()

    async def one(self, sign: SignId) -> RegistrationOut:
        """The newest registration; Missing when there is none."""
        async with self._ground.store.reading() as connection:
            held = await table.of_sign(connection, sign)
        if not held:
            raise _unknown(sign)
        status = own_status(held[-1], await self._ground.store.signs.status(sign))
        crash = status.get("crash")
        told = registration_out(held[-1], status)
        return told.model_copy(update={"crash": crash if isinstance(crash, dict) else None})

    async def all(self, site: SiteId | None = None) -> tuple[RegistrationOut, ...]:
        """Every registration there ever was, oldest first; the reports are told one by one only."""
        async with self._ground.store.reading() as connection:
            found = await table.of_site(connection, site)
        return await self._listed(found)

    async def page(
        self, site: SiteId | None, after: int, limit: int
    ) -> tuple[tuple[int, RegistrationOut], ...]:
        """As `all`, but at most `limit` with a number above `after`, each with its number."""
        async with self._ground.store.reading() as connection:
            found = await table.page_of_site(connection, site, after, limit)
        return tuple(zip((one.id for one in found), await self._listed(found), strict=True))

    async def _listed(self, found: Sequence[Registration]) -> tuple[RegistrationOut, ...]:
        statuses = await self._ground.store.signs.statuses({one.sign for one in found})
        told = (registration_out(one, own_status(one, statuses.get(one.sign))) for one in found)
        return tuple(one.model_copy(update={"report": {}}) for one in told)

    async def _register(
        self, connection: AsyncConnection, held: Registration, done: ConfirmIn, now_ms: int
    ) -> None:
        if held.state is not PENDING:
            raise NotPending(str(held.sign), f"{held.why or held.state.value} at {day(held.changed_ms)}")
        await revoke_predecessors(connection, held.sign, held.mac, now_ms)
        if held.replaces and held.group_key:
            await take_the_place(connection, held.sign, held.replaces, lambda _: held.group_key, now_ms)
        report = table.as_json(done.report)
        await table.move(connection, held, REGISTERED, now_ms, registered_ms=now_ms, report=report)

    async def _was_heard(self, sign: SignId) -> bool:
        return any(seen.sign == sign for seen in await self._ground.store.signs.all())


async def revoke_predecessors(
    connection: AsyncConnection, sign: SignId, mac: str | None, now_ms: int
) -> None:
    """What the board was before, here or at another site."""
    found = await table.of_board(connection, mac or "", sign)
    for one in found:
        if one.state is REGISTERED:
            await table.move(connection, one, REVOKED, now_ms, why=f"the board was flashed anew as {sign}")


async def take_the_place(
    connection: AsyncConnection,
    sign: SignId,
    old: SignId,
    next_key: Callable[[GroupKey], GroupKey | None],
    now_ms: int,
) -> None:
    """`old` is replaced by `sign`, and the crossing gets the next group key; NotPending when both were."""
    for other in await table.taking_the_place_of(connection, old):
        if other.state is not PENDING and other.registered_ms is not None and other.sign != sign:
            raise NotPending(str(sign), f"{old} was replaced by {other.sign} already")
    for one in await table.of_sign(connection, old):
        await table.move(connection, one, REPLACED, now_ms, why=f"replaced by {sign}")
    record = await get_site(connection, sign.site_id)
    held, key = record.kit.group_key, next_key(record.kit.group_key)
    if key is None or key == held:
        return
    if key.version <= held.version:
        raise NotPending(str(sign), "the crossing's group key was renewed meanwhile")
    await update_site(connection, with_group_key(record, key, now_ms))


async def _to_replace(connection: AsyncConnection, wanted: RequestIn) -> Registration | None:
    if wanted.replaces is None:
        return None
    old = SignId.parse(wanted.replaces)
    held = await table.of_sign(connection, old)
    if not any(one.registered_ms is not None for one in held):
        raise _unknown(old)
    gone = [one for one in held if one.state is REPLACED]
    if gone and not any(one.state is REGISTERED for one in held):
        raise SettingRefused("options", "sign", str(old), f"a sign in service; this one was {gone[-1].why}")
    if old.sign == wanted.mac:
        raise SettingRefused("options", "board", wanted.mac, "another one; the same is flashed with --again")
    return held[-1]


async def _make_room(connection: AsyncConnection, wanted: RequestIn, sign: SignId, now_ms: int) -> None:
    for one in await table.of_board(connection, wanted.mac, sign):
        if one.state is REGISTERED and not wanted.again:
            since, replacing = day(one.registered_ms or one.created_ms), wanted.replaces is not None
            raise SignExists(wanted.mac, str(one.sign), since, replacing=replacing)
        if one.state is PENDING:
            await table.move(connection, one, REVOKED, now_ms, why="another flashing of the board began")


async def _next_group_key(connection: AsyncConnection, old: Registration, held: GroupKey) -> GroupKey:
    """One for all that are on their way into the same crossing, so that they understand each other."""
    for one in await table.of_site(connection, old.sign.site_id):
        if one.state is PENDING and one.group_key and one.group_key.version > held.version:
            return one.group_key
    return held.renewed()


async def _close_for(
    connection: AsyncConnection, sign: SignId, now_ms: int, why: str, was_heard: bool
) -> None:
    """A sign that was enrolled by hand has no registration: it gets one that keeps it out."""
    if not was_heard:
        raise _unknown(sign)
    new = NewRegistration(sign, None, None, REVOKED, AUTHORITY, None, now_ms, why=why)
    await table.insert_registration(connection, new, None)


def _site_of(wanted: RequestIn) -> SiteId:
    if wanted.site is None:
        raise SettingRefused("options", "--site", None, "municipality/site")
    return SiteId.parse(wanted.site)


def _unknown(sign: SignId) -> Missing:
    return Missing("registered sign", str(sign), "`gangvakt sign list` shows all")
