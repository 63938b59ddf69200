"""The configuration that each sign shall have, from its layers, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import Missing, SettingRefused
from gangvakt.fleet import Fault, LiveFleet, ReportedConfig, SignId, SiteId, WantedConfig
from gangvakt.fleet.config_layers import (
    LOCKS,
    Difference,
    Layer,
    Origin,
    Resolved,
    adopted,
    differences,
    pinned,
    resolve,
)
from gangvakt.fleet.selection import board_of
from gangvakt.orders.messages import config_bytes
from gangvakt.provision.file_wire import Approval
from gangvakt.provision.site_config import check_changes, check_config, defaults, schema_hash
from gangvakt.registry.approval import approved
from gangvakt.store.config_versions import ConfigVersion
from gangvakt.store.orders import OrderTable

Send = Callable[[SignId, bytes], Awaitable[bool]]
ApprovalOf = Callable[[SiteId], Awaitable[Approval | None]]
TemplatesOf = Callable[[SignId, str | None], Awaitable[tuple[Layer, ...]]]


async def _undecided(_site: SiteId) -> Approval | None:
    return None


async def _no_templates(_sign: SignId, _board: str | None) -> tuple[Layer, ...]:
    return ()


@dataclass(frozen=True)
class ConfigState:
    """`state`: in force, sent (the sign has not said anything yet), waits, trial, refused, rolled_back; None
    when nothing was ever wanted. `errors` are those of the version that is wanted."""

    sign: SignId
    wanted: WantedConfig | None
    reported: ReportedConfig | None
    state: str | None
    errors: tuple[Fault, ...]

    @property
    def version(self) -> int:
        """The highest there is, wanted or reported; 0 for none."""
        return max((one.version for one in (self.wanted, self.reported) if one is not None), default=0)

    @property
    def values(self) -> Mapping[str, object]:
        """What is wanted, else what is reported."""
        held = self.wanted or self.reported
        return held.values if held is not None else {}


@dataclass(frozen=True)
class Cause:
    """Why a configuration is wanted: `kind` is change, plan or rollback, `plan` the plan's number."""

    user: str
    kind: str = "change"
    plan: int | None = None


@dataclass(frozen=True)
class _Held:
    """What a sign was told last and has not given up, else what it reports; `own` of that are its own."""

    values: Mapping[str, object]
    own: Mapping[str, object]
    below: Resolved
    version: int
    schema: str


class Configs:
    """Publishes what is wanted, retained: a sign that is away finds it when it comes."""

    def __init__(
        self,
        fleet: LiveFleet,
        table: OrderTable,
        send: Send,
        *,
        approval: ApprovalOf = _undecided,
        templates: TemplatesOf = _no_templates,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self.table = table
        self._approval, self._templates = approval, templates
        self._fleet, self._send, self._clock_ms = fleet, send, clock_ms
        self._one_at_a_time = asyncio.Lock()  # versions are counted

    async def state(self, sign: SignId) -> ConfigState:
        """Missing when the sign is not known."""
        reported = self._reported(sign)
        wanted = await self.table.wanted(sign)
        state, errors = judged(wanted, reported)
        return ConfigState(sign, wanted, reported, state, errors)

    async def want(
        self, sign: SignId, changes: Mapping[str, object], user: str, expected: int | None = None
    ) -> ConfigState:
        """Change these of the sign's own values, None for what the layers below say; it gets what its
        templates say by now as well.

        SettingRefused for what the firmware or the road authority's decision on the crossing does not allow.
        Outdated when its version is not the `expected` one, that of what was read before.
        """
        check_changes(changes)
        async with self._one_at_a_time:
            held = await self._held(sign)
            if expected is not None and held.version != expected:
                raise await self.table.outdated(sign, expected, held.version)
            await self._order(sign, held, _changed(held.own, changes), Cause(user))
        return await self.state(sign)

    async def bring(self, sign: SignId, changes: Mapping[str, object], cause: Cause) -> bool:
        """As `want`; False, and nothing is told, where the sign has all of it."""
        async with self._one_at_a_time:
            held = await self._held(sign)
            own = _changed(held.own, changes)
            if not differences(await self._resolved(sign, held.below, own), held.values, defaults()):
                return False
            await self._order(sign, held, own, cause)
            return True

    async def restore(self, sign: SignId, version: int, user: str) -> ConfigState:
        """Back to what was wanted, or told, as that version. Missing where there is none."""
        target = await self.table.version(sign, version)
        if target is None:
            raise Missing("configuration", f"{version} of {sign}", "`gangvakt config history` lists them")
        locks = {name: value for name, value in target.own.items() if name in LOCKS}
        await self.put_back(sign, target.wanted.values, Cause(user, "rollback"), locks)
        return await self.state(sign)

    async def put_back(
        self,
        sign: SignId,
        values: Mapping[str, object],
        cause: Cause,
        locks: Mapping[str, object] | None = None,
    ) -> None:
        """Exactly these values, whatever the templates say by now; `locks` are those that were its own."""
        async with self._one_at_a_time:
            held = await self._held(sign)
            free = {name: value for name, value in values.items() if name not in LOCKS}
            kept = {name: value for name, value in held.own.items() if name in LOCKS}
            own = pinned(held.below, free, defaults()) | (kept if locks is None else dict(locks))
            await self._order(sign, held, own, cause)

    async def preview(self, sign: SignId, changes: Mapping[str, object]) -> tuple[Difference, ...]:
        """What `want` would change at the sign; refused as there."""
        check_changes(changes)
        held = await self._held(sign)
        wanted = await self._resolved(sign, held.below, _changed(held.own, changes))
        check_config(wanted.values)
        reported = self._reported(sign)
        return differences(wanted, reported.values if reported else {}, defaults())

    async def resolved(self, sign: SignId) -> Resolved:
        """What the sign shall run with by its layers as they are now, each value with who gave it."""
        held = await self._held(sign)
        return await self._resolved(sign, held.below, held.own)

    async def publish_all(self) -> None:
        """Tell the broker anew, which forgets when it restarts."""
        for sign, wanted in await self.table.all_wanted():
            await self._send(sign, config_bytes(wanted))

    def _reported(self, sign: SignId) -> ReportedConfig | None:
        state = self._fleet.sign(sign)
        if state is None:
            raise Missing("sign", str(sign))
        return state.config

    async def _held(self, sign: SignId) -> _Held:
        """Missing, or SettingRefused for a sign with another field table."""
        reported = self._reported(sign)
        if reported is None:
            raise Missing("configuration of", str(sign), "it has not told any yet; wait until it is online")
        if reported.schema != schema_hash():
            allowed = f"{schema_hash()}: update the sign's firmware or this controller"
            raise SettingRefused("config", "schema", reported.schema, allowed)
        before = await self.table.wanted(sign)
        is_open = before is not None and _is_open(before, reported)
        values, number = reported.values, reported.version
        if before is not None and is_open:
            values, number = before.values, before.version
        state = self._fleet.sign(sign)
        below = resolve(await self._templates(sign, board_of(state) if state else None))
        kept = await self.table.version(sign, number)
        own = adopted(below, values)
        if kept is not None and not differences(kept.wanted, values, defaults()):
            own = dict(kept.own)
        own.pop("version", None)
        return _Held(
            values, own, below, max(reported.version, before.version if before else 0), reported.schema
        )

    async def _resolved(self, sign: SignId, below: Resolved, own: Mapping[str, object]) -> Resolved:
        free = resolve((Layer(Origin.OWN, own),))
        open_ones = Resolved({**below.settings, **free.settings})
        approval = await self._approval(sign.site_id)
        held_to = approved(open_ones.values, approval)
        locks = {name: held_to[name] for name in LOCKS} if approval is not None else {}
        return Resolved({**open_ones.settings, **resolve((Layer(Origin.LOCK, locks),)).settings})

    async def _order(self, sign: SignId, held: _Held, own: Mapping[str, object], cause: Cause) -> None:
        """Stored, then sent: nothing is where it is refused."""
        resolved = await self._resolved(sign, held.below, own)
        wanted = WantedConfig(held.version + 1, held.schema, check_config(resolved.values))
        data = config_bytes(wanted)
        entry = ConfigVersion(
            sign,
            wanted.version,
            wanted.schema,
            own,
            resolved,
            held.values,
            cause.kind,
            cause.plan,
            cause.user,
            self._clock_ms(),
        )
        await self.table.want(entry)
        await self._send(sign, data)


def _changed(own: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**own, **changes}.items() if value is not None}


def _is_open(wanted: WantedConfig, reported: ReportedConfig) -> bool:
    """Whether the sign has it still before it, and has not given it up."""
    told = reported.desired
    if wanted.version <= reported.version:
        return False
    return told is None or told.version != wanted.version or told.state not in ("refused", "rolled_back")


def judged(
    wanted: WantedConfig | None, reported: ReportedConfig | None
) -> tuple[str | None, tuple[Fault, ...]]:
    """What a sign made of what was wanted: the words of ConfigState, and why it refused."""
    if wanted is None:
        return None, ()
    told = reported.desired if reported else None
    if told is not None and told.version == wanted.version:
        return told.state, told.errors
    if reported is not None and reported.version >= wanted.version:
        return "in force", ()
    return "sent", ()
