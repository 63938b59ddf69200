"""From a board to a registered sign, and out again."""

from __future__ import annotations

import asyncio
import json

import pytest
from cryptography import x509
from pydantic import ValidationError
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from gangvakt.errors import (
    GangvaktError,
    Missing,
    NameRefused,
    NotPending,
    SettingRefused,
    SignExists,
    SiteExists,
    StoreError,
)
from gangvakt.fleet import SignId, SiteId
from gangvakt.provision.certificates import common_name
from gangvakt.provision.identity import Wifi, identity_file
from gangvakt.provision.registration import TRANSITIONS, RegistrationState
from gangvakt.provision.wire import SiteChange, decode_certificate
from gangvakt.store import SeenSign, Work
from gangvakt.store.sites import get_site

from .office import (
    BOARD,
    HOUR_MS,
    MAC,
    OTHER,
    OTHER_MAC,
    OTHER_SITE,
    REPORT,
    SIGN,
    SITE,
    Desk,
    a_request,
    a_site,
)
from .support import NORTH


async def group_version(desk: Desk) -> int:
    return (await desk.registry.sites.one(SITE)).group_version


async def test_a_board_becomes_a_sign_named_by_its_mac(desk: Desk) -> None:
    asked = await desk.begin()
    assert asked.sign == SIGN
    assert await desk.state() == "pending"
    assert common_name(asked.certificate) == str(SIGN)
    authority = decode_certificate(asked.issued.authorities[0])
    asked.certificate.verify_directly_issued_by(authority)
    await desk.registry.signs.confirm(asked.sign, asked.confirm)
    told = await desk.registry.signs.one(SIGN)
    assert (told.state, told.mac, told.board, told.issued_by) == ("registered", MAC, BOARD, "authority")
    assert (told.versions, told.report) == (REPORT["versions"], REPORT)
    assert told.fingerprint == asked.confirm.fingerprint
    (listed,) = await desk.registry.signs.all()
    assert listed == told.model_copy(update={"report": {}})


async def test_confirming_twice_is_harmless(desk: Desk) -> None:
    asked = await desk.register()
    first = await desk.registry.signs.one(SIGN)
    desk.now_ms[0] += 2 * HOUR_MS
    assert await desk.registry.signs.confirm(asked.sign, asked.confirm) == first


async def test_what_is_not_confirmed_within_an_hour_is_over(desk: Desk) -> None:
    asked = await desk.begin()
    desk.now_ms[0] += HOUR_MS
    with pytest.raises(NotPending, match="within an hour"):
        await desk.registry.signs.confirm(asked.sign, asked.confirm)
    await desk.register()


async def test_of_two_technicians_with_one_board_the_later_one_wins(desk: Desk) -> None:
    first, second = await asyncio.gather(desk.begin(), desk.begin())
    results = await asyncio.gather(
        *(desk.registry.signs.confirm(SIGN, one.confirm) for one in (first, second)), return_exceptions=True
    )
    losers = [one for one in results if isinstance(one, NotPending)]
    assert len(losers) == 1
    assert "another flashing of the board began" in str(losers[0])
    assert (await desk.states()).count((str(SIGN), "registered")) == 1


async def test_what_was_abandoned_cannot_be_confirmed_and_the_next_try_succeeds(desk: Desk) -> None:
    asked = await desk.begin()
    for _ in range(2):
        await desk.registry.signs.abandon(asked.sign, asked.abandon)
    with pytest.raises(NotPending, match="abandoned"):
        await desk.registry.signs.confirm(asked.sign, asked.confirm)
    await desk.register()


async def test_abandoning_late_does_not_end_a_registered_sign(desk: Desk) -> None:
    asked = await desk.register()
    await desk.registry.signs.abandon(asked.sign, asked.abandon)
    assert await desk.state() == "registered"


async def test_a_registered_board_is_refused_and_the_way_on_is_named(desk: Desk) -> None:
    await desk.register()
    for options in ({}, {"site": OTHER_SITE}):
        with pytest.raises(SignExists) as refused:
            await desk.begin(**options)
        assert str(SIGN) in str(refused.value)
        assert "since 2027-01-15 08:00 UTC" in str(refused.value)
        assert "--again" in str(refused.value)


async def test_again_revokes_the_old_certificate_only_when_the_new_one_is_confirmed(desk: Desk) -> None:
    old = await desk.register()
    new = await desk.begin(again=True)
    assert new.issued.incarnation != old.issued.incarnation
    assert await desk.states() == [(str(SIGN), "registered"), (str(SIGN), "pending")]
    await desk.registry.signs.confirm(new.sign, new.confirm)
    assert await desk.states() == [(str(SIGN), "revoked"), (str(SIGN), "registered")]


async def test_a_board_that_moves_is_a_sign_at_one_place_only(desk: Desk) -> None:
    await desk.register()
    moved = await desk.register(again=True, site=OTHER_SITE)
    assert await desk.states() == [(str(SIGN), "revoked"), (str(moved.sign), "registered")]


async def test_a_replacement_takes_site_and_config_and_renews_the_group_key(desk: Desk) -> None:
    await desk.register()
    before = await desk.register(OTHER_MAC)
    await desk.registry.sites.change(SITE, SiteChange(config={"mode": "shadow"}))
    asked = await desk.begin("30aea4120003", replaces=SIGN)
    assert asked.sign.site_id == SITE
    assert asked.issued.kit.config == {"mode": "shadow"}
    assert (await desk.state(SIGN), await group_version(desk)) == ("registered", 1)
    await desk.registry.signs.confirm(asked.sign, asked.confirm)
    assert (await desk.state(SIGN), await desk.state(OTHER)) == ("replaced", "registered")
    async with desk.store.reading() as connection:
        key = (await get_site(connection, SITE)).kit.group_key
    assert key == asked.issued.kit.group_key
    assert (key.version, key.hex != before.issued.kit.group_key.hex) == (2, True)


async def test_an_abandoned_replacement_leaves_the_old_sign_and_the_group_key(desk: Desk) -> None:
    await desk.register()
    asked = await desk.begin(OTHER_MAC, replaces=SIGN)
    await desk.registry.signs.abandon(asked.sign, asked.abandon)
    assert (await desk.state(SIGN), await group_version(desk)) == ("registered", 1)


async def test_two_replacements_at_one_crossing_understand_each_other(desk: Desk) -> None:
    await desk.register()
    await desk.register(OTHER_MAC)
    first = await desk.begin("30aea4120003", replaces=SIGN)
    second = await desk.begin("30aea4120004", replaces=OTHER)
    assert first.issued.kit.group_key == second.issued.kit.group_key
    for one in (first, second):
        await desk.registry.signs.confirm(one.sign, one.confirm)
    assert await group_version(desk) == 2


async def test_a_sign_is_replaced_once(desk: Desk) -> None:
    await desk.register()
    first = await desk.begin("30aea4120003", replaces=SIGN)
    second = await desk.begin("30aea4120004", replaces=SIGN)
    await desk.registry.signs.confirm(first.sign, first.confirm)
    with pytest.raises(NotPending, match=r"was replaced by \S+0003 already"):
        await desk.registry.signs.confirm(second.sign, second.confirm)
    with pytest.raises(SettingRefused, match="replaced by"):
        await desk.begin("30aea4120005", replaces=SIGN)


async def test_a_revoked_sign_can_still_be_replaced(desk: Desk) -> None:
    await desk.register()
    await desk.registry.signs.revoke(SIGN)
    await desk.register(OTHER_MAC, replaces=SIGN)
    assert await desk.states() == [(str(SIGN), "revoked"), (str(OTHER), "registered")]


async def test_what_cannot_be_replaced_is_one_line(desk: Desk) -> None:
    with pytest.raises(Missing, match="no registered sign"):
        await desk.begin(OTHER_MAC, replaces=SIGN)
    await desk.register()
    with pytest.raises(SettingRefused, match="--again"):
        await desk.begin(MAC, replaces=SIGN)
    await desk.register(OTHER_MAC)
    with pytest.raises(SignExists, match=f"take another board.*`gangvakt sign revoke {OTHER}`") as refused:
        await desk.begin(OTHER_MAC, replaces=SIGN)
    assert "--again" not in str(refused.value)


async def test_a_sign_enrolled_by_hand_can_be_revoked_once_it_was_heard(desk: Desk) -> None:
    with pytest.raises(Missing):
        await desk.registry.signs.revoke(NORTH)
    await desk.store.journal.write(Work(signs=(SeenSign(NORTH, 1, None),)))
    for _ in range(2):
        assert (await desk.registry.signs.revoke(NORTH)).state == "revoked"
    assert await desk.states() == [(str(NORTH), "revoked")]


async def test_unknown_sites_and_signs_are_named(desk: Desk) -> None:
    nowhere = SiteId("drammen", "nowhere")
    with pytest.raises(Missing, match="gangvakt site add drammen/nowhere"):
        await desk.begin(site=nowhere)
    with pytest.raises(Missing):
        await desk.registry.sites.change(nowhere, SiteChange())
    with pytest.raises(Missing):
        await desk.registry.signs.one(SIGN)


async def test_a_site_is_added_once_and_leaves_room_for_its_signs(desk: Desk) -> None:
    with pytest.raises(SiteExists, match="gangvakt site set"):
        await desk.registry.sites.add(a_site())
    with pytest.raises(NameRefused, match="for the signs behind it"):
        await desk.registry.sites.add(a_site(SiteId("a" * 32, "b" * 32)))


async def test_a_changed_config_counts_its_version(desk: Desk) -> None:
    changed = await desk.registry.sites.change(SITE, SiteChange(config={"lead_ms": 4500}))
    assert (changed.config_version, changed.title) == (2, "Storgata")
    same = await desk.registry.sites.change(SITE, SiteChange(title="Other", config={"lead_ms": 4500}))
    assert (same.config_version, same.title) == (2, "Other")


def test_what_is_over_stays_over() -> None:
    ends = {RegistrationState.REVOKED, RegistrationState.REPLACED}
    assert all(not TRANSITIONS[end] for end in ends)
    assert set(TRANSITIONS) == set(RegistrationState)
    assert not RegistrationState.PENDING.may_become(RegistrationState.REPLACED)


class Failing:
    """The database refuses the n-th writing statement from now on, as a full disk would."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, *arguments: object) -> None:
        statement = str(arguments[2])
        if not statement.startswith(("INSERT", "UPDATE")):
            return
        self.left -= 1
        if self.left == 0:
            raise OperationalError(statement, {}, OSError("disk full"))

    def __enter__(self) -> Failing:
        event.listen(Engine, "before_cursor_execute", self)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self)


async def flash(desk: Desk, *, replaces: SignId | None) -> None:
    """A flashing that gives up at the first failure, as the tool does."""
    asked = await desk.begin(OTHER_MAC, replaces=replaces)
    try:
        await desk.registry.signs.confirm(asked.sign, asked.confirm)
    except GangvaktError:
        await desk.registry.signs.abandon(asked.sign, asked.abandon)
        raise


@pytest.mark.parametrize("replaces", [None, SIGN])
async def test_whatever_statement_fails_nothing_is_half_registered(
    desk: Desk, replaces: SignId | None
) -> None:
    await desk.register()
    failures = 0
    for at in range(1, 30):
        with Failing(at) as failing:
            try:
                await flash(desk, replaces=replaces)
            except StoreError:
                failures += 1
                assert (await desk.state(SIGN), await group_version(desk)) == ("registered", 1)
                assert (str(OTHER), "registered") not in await desk.states()
            else:
                assert failing.left > 0
                break
    assert failures >= 4
    assert await desk.state(OTHER) == "registered"
    assert await desk.state(SIGN) == ("replaced" if replaces else "registered")
    assert await group_version(desk) == (2 if replaces else 1)


async def test_a_renewed_certificate_belongs_to_the_registered_sign(desk: Desk) -> None:
    await desk.register()
    request = x509.load_pem_x509_csr(a_request().csr.encode())
    further = desk.registry.ground.pki().issue_from_request(request, SIGN)
    await desk.registry.signs.renewed(SIGN, further)
    assert (await desk.registry.signs.one(SIGN)).serial == f"{further.serial_number:x}"


async def test_a_site_has_one_way_to_its_controller(desk: Desk) -> None:
    site = SiteId("drammen", "fjell")
    made = await desk.registry.sites.add(a_site(site, apn="iot.example"))
    assert (made.ssid, made.apn) == (None, "iot.example")
    wifi = SiteChange(wifi=Wifi("Signs", "not-a-secret"))
    assert [(await desk.registry.sites.change(site, wifi)).apn] == [None]
    changed = await desk.registry.sites.change(site, SiteChange(apn="other.example"))
    assert (changed.ssid, changed.apn) == (None, "other.example")
    assert (await desk.registry.sites.change(site, SiteChange(cable=True))).apn is None
    with pytest.raises(ValidationError):
        a_site(site, apn='x",1')


def test_the_identity_of_a_cellular_sign_names_its_access_point() -> None:
    made = json.loads(identity_file(SIGN, "0123abcd", [("10.0.0.5", 8883)], None, apn="iot.example"))
    assert made["link"] == {"kind": "ppp", "apn": "iot.example"}
