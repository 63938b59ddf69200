"""The configuration that each sign shall have, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gangvakt.clock import ClockMs, utc_ms
from gangvakt.errors import Missing, SettingRefused
from gangvakt.fleet import Fault, LiveFleet, ReportedConfig, SignId, SiteId, WantedConfig
from gangvakt.orders.messages import config_bytes
from gangvakt.provision.file_wire import Approval
from gangvakt.provision.site_config import check_config, schema_hash
from gangvakt.registry.approval import approved
from gangvakt.store.orders import OrderTable

Send = Callable[[SignId, bytes], Awaitable[bool]]
ApprovalOf = Callable[[SiteId], Awaitable[Approval | None]]


async def _undecided(_site: SiteId) -> Approval | None:
    return None


@dataclass(frozen=True)
class ConfigState:
    """`state`: in force, sent (the sign has not said anything yet), waits, trial, refused, rolled_back; None
    when nothing was ever wanted. `errors` are those of the version that is wanted."""

    sign: SignId
    wanted: WantedConfig | None
    reported: ReportedConfig | None
    state: str | None
    errors: tuple[Fault, ...]


class Configs:
    """Publishes what is wanted, retained: a sign that is away finds it when it comes."""

    def __init__(
        self,
        fleet: LiveFleet,
        table: OrderTable,
        send: Send,
        *,
        approval: ApprovalOf = _undecided,
        clock_ms: ClockMs = utc_ms,
    ) -> None:
        self._approval = approval
        self._fleet, self._table, self._send, self._clock_ms = fleet, table, send, clock_ms

    async def state(self, sign: SignId) -> ConfigState:
        """Missing when the sign is not known."""
        reported = self._reported(sign)
        wanted = await self._table.wanted(sign)
        state, errors = _judged(wanted, reported)
        return ConfigState(sign, wanted, reported, state, errors)

    async def want(self, sign: SignId, changes: Mapping[str, object], user: str) -> ConfigState:
        """Change these values, None for the default; the others stay as they are wanted, or reported.

        SettingRefused for what the road authority's decision on the crossing does not allow.
        """
        reported = self._reported(sign)
        if reported is None:
            raise Missing("configuration of", str(sign), "it has not told any yet; wait until it is online")
        if reported.schema != schema_hash():
            allowed = f"{schema_hash()}: update the sign's firmware or this controller"
            raise SettingRefused("config", "schema", reported.schema, allowed)
        before = await self._table.wanted(sign)
        is_newer = before is not None and before.version > reported.version
        held = (
            before.values
            if before is not None and is_newer and _is_open(before, reported)
            else reported.values
        )
        values = {name: value for name, value in {**held, **changes}.items() if value is not None}
        values.pop("version", None)
        check_config({name: value for name, value in changes.items() if value is not None})
        version = max(reported.version, before.version if before else 0) + 1
        held_to = approved(values, await self._approval(sign.site_id))
        wanted = WantedConfig(version, reported.schema, check_config(held_to))
        data = config_bytes(wanted)
        await self._table.want(sign, wanted, user, self._clock_ms())
        await self._send(sign, data)
        return await self.state(sign)

    async def publish_all(self) -> None:
        """Tell the broker anew, which forgets when it restarts."""
        for sign, wanted in await self._table.all_wanted():
            await self._send(sign, config_bytes(wanted))

    def _reported(self, sign: SignId) -> ReportedConfig | None:
        state = self._fleet.sign(sign)
        if state is None:
            raise Missing("sign", str(sign))
        return state.config


def _is_open(wanted: WantedConfig, reported: ReportedConfig) -> bool:
    """Whether the sign has it still before it, and has not given it up."""
    told = reported.desired
    if wanted.version <= reported.version:
        return False
    return told is None or told.version != wanted.version or told.state not in ("refused", "rolled_back")


def _judged(
    wanted: WantedConfig | None, reported: ReportedConfig | None
) -> tuple[str | None, tuple[Fault, ...]]:
    if wanted is None:
        return None, ()
    told = reported.desired if reported else None
    if told is not None and told.version == wanted.version:
        return told.state, told.errors
    if reported is not None and reported.version >= wanted.version:
        return "in force", ()
    return "sent", ()
