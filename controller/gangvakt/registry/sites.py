"""The sites' desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gangvakt.errors import NameRefused, SiteExists
from gangvakt.fleet import SiteId
from gangvakt.provision.identity import GroupKey
from gangvakt.provision.site_address import default_address
from gangvakt.provision.wire import SiteChange, SiteIn, SiteKit, SiteOut
from gangvakt.registry.approval import approved
from gangvakt.registry.ground import Ground
from gangvakt.store.audit import changed
from gangvakt.store.audit import record as record_action
from gangvakt.store.records import SiteRecord
from gangvakt.store.site_files import site_files
from gangvakt.store.sites import all_sites, get_site, insert_site, update_site

LONGEST_SIGN = "0" * 12  # a board's MAC


class Sites:
    """Adding, changing and telling sites."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def add(self, new: SiteIn) -> SiteOut:
        """SiteExists when it is there already; NameRefused when no sign's name would fit behind it."""
        _check_length(SiteId.parse(new.site))
        kit = SiteKit(
            site=new.site,
            title=new.title,
            brokers=new.brokers,
            config=new.config,
            config_version=1,
            wifi=new.wifi,
            apn=None if new.wifi else new.apn,
            address=new.address or default_address(new.brokers[0][0]),
            group_key=GroupKey.first(),
        )
        record = SiteRecord(kit, self._ground.clock_ms())
        async with self._ground.store.exclusive() as connection:
            if not await insert_site(connection, record):
                raise SiteExists(new.site)
            await record_action(connection, "site.add", new.site, None, _audited(record))
        return site_out(record)

    async def change(self, site: SiteId, change: SiteChange) -> SiteOut:
        """Signs that stand already keep what they were flashed with until they are told.

        SettingRefused for a config that the road authority's decision does not allow.
        """
        async with self._ground.store.exclusive() as connection:
            held = await get_site(connection, site)
            record = SiteRecord(_changed(held.kit, change), self._ground.clock_ms())
            if change.config is not None:
                described = await site_files(connection, str(site))
                approved(record.kit.config, described[0].approval)
            await update_site(connection, record)
            differs = changed(_audited(held), _audited(record))
            await record_action(connection, "site.change", str(site), *differs)
        return site_out(record)

    async def one(self, site: SiteId) -> SiteOut:
        async with self._ground.store.reading() as connection:
            return site_out(await get_site(connection, site))

    async def all(self) -> tuple[SiteOut, ...]:
        async with self._ground.store.reading() as connection:
            return tuple(site_out(record) for record in await all_sites(connection))


def site_out(record: SiteRecord) -> SiteOut:
    """Without its secrets."""
    kit = record.kit
    return SiteOut(
        site=kit.site,
        title=kit.title,
        brokers=kit.brokers,
        config=kit.config,
        config_version=kit.config_version,
        ssid=kit.wifi.ssid if kit.wifi else None,
        apn=kit.apn,
        address=kit.address,
        group_version=kit.group_key.version,
        changed_ms=record.changed_ms,
    )


def _audited(record: SiteRecord) -> dict[str, Any]:
    """The key of the Wi-Fi is in it so that a change of it shows; the audit hides what it is."""
    told = site_out(record).model_dump(mode="json", exclude={"changed_ms"})
    return told | {"psk": record.kit.wifi.psk if record.kit.wifi else None}


def with_group_key(record: SiteRecord, key: GroupKey, now_ms: int) -> SiteRecord:
    return replace(record, kit=record.kit.model_copy(update={"group_key": key}), changed_ms=now_ms)


def _changed(kit: SiteKit, change: SiteChange) -> SiteKit:
    named = ("title", "brokers", "config", "address")
    update = {name: getattr(change, name) for name in named if getattr(change, name) is not None}
    if change.cable or change.wifi or change.apn:
        update |= {"wifi": change.wifi, "apn": None if change.wifi else change.apn}
    if change.config is not None and change.config != kit.config:
        update["config_version"] = kit.config_version + 1
    return kit.model_copy(update=update)


def _check_length(site: SiteId) -> None:
    try:
        site.sign(LONGEST_SIGN)
    except NameRefused as refused:
        allowed = f"together {len(LONGEST_SIGN) + 1} characters less, for the signs behind it"
        raise NameRefused("name", "municipality/site", str(site), allowed) from refused
